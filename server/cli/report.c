/* SPDX-License-Identifier: MIT
 * report.c - escapes the line, and writes it.
 */
#include "cli/report.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"

enum {
	LINE_MAX_BYTES = 8 * ERR_BYTES,
	CHUNK = 4096, /* what a pipe that polls writable takes without blocking (PIPE_BUF) */
	HURRY_MS = 200,
};

static int patience = -1; /* ms for each piece; -1: for ever */

void report_hurry(void)
{
	patience = HURRY_MS;
}

void report_text(const char *text)
{
	size_t len = strlen(text);

	while (len > 0) {
		struct pollfd ready = { .fd = STDERR_FILENO, .events = POLLOUT };
		ssize_t n;

		if (poll(&ready, 1, patience) <= 0)
			return;
		n = write(STDERR_FILENO, text, len < CHUNK ? len : CHUNK);
		if (n < 0)
			return;
		text += n;
		len -= (size_t)n;
	}
}

int report(int status, const char *fmt, ...)
{
	struct buf line CLEANUP(buf_free) = BUF_INIT(LINE_MAX_BYTES);
	char text[ERR_BYTES];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	buf_add(&line, "miru-mock: ");
	buf_add_control(&line, *text ? text : "out of memory");
	buf_addc(&line, '\n');
	report_text(line.bad ? "miru-mock: out of memory\n" : line.text);
	return status;
}
