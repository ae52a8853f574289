/* SPDX-License-Identifier: MIT
 * log.c - a buffer that requests fill, and a thread that empties it.
 */
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/rfc3339.h"
#include "base/thread.h"

enum {
	BUFFER = 256 * 1024, /* bytes that may wait */
	GATHER_MS = 20,      /* wait this long for more lines before writing the first */
	STOP_MS = 500,       /* from the stop until unwritten lines are dropped */
	CHUNK = 4096,        /* what a pipe that polls writable takes without blocking (PIPE_BUF) */
};

struct log {
	enum log_format format;
	int fd;
	struct thread thread; /* woken for the first line, and when `waiting` is half full */
	struct buf waiting;
	unsigned long dropped;
	int64_t deadline; /* of all writing, once the log stops; else 0 */
};

/* The time, with which every line begins. */
static void begin_line(struct buf *b, enum log_format format)
{
	char now[TIME_LEN + 1];

	rfc3339_format(clock_real(), now);
	if (format == LOG_JSON) {
		buf_add(b, "{\"time\":");
		buf_add_json(b, now);
	} else {
		buf_addn(b, now, TIME_LEN);
	}
}

/* A line that is not about a request. */
static void add_line(struct buf *b, enum log_format format, const char *kind, const char *what)
{
	begin_line(b, format);
	if (format == LOG_JSON) {
		buf_printf(b, ",\"%s\":", kind);
		buf_add_json(b, what);
		buf_add(b, "}\n");
	} else {
		buf_printf(b, " %s: ", kind);
		buf_add_control(b, what);
		buf_addc(b, '\n');
	}
}

static int64_t in_ms(int64_t ms)
{
	return clock_monotonic() + ms * 1000;
}

/* Has the log been stopped, and is the time over? */
static bool is_overdue(struct log *log)
{
	thread_lock(&log->thread);
	int64_t deadline = log->deadline;
	thread_unlock(&log->thread);
	return deadline != 0 && clock_monotonic() >= deadline;
}

/* Write all of it, however long that takes; once the log stops, until its deadline. */
static void drain(struct log *log, const char *text, size_t len)
{
	while (len > 0) {
		struct pollfd ready = { .fd = log->fd, .events = POLLOUT };

		if (poll(&ready, 1, 50) > 0) {
			ssize_t n = write(log->fd, text, len < CHUNK ? len : CHUNK);

			if (n < 0 && errno != EAGAIN && errno != EINTR)
				return; /* its reader is gone */
			if (n > 0) {
				text += n;
				len -= (size_t)n;
			}
		} else if (is_overdue(log)) {
			return;
		}
	}
}

static void *run(void *arg)
{
	struct log *log = arg;
	struct thread *thread = &log->thread;
	struct buf writing = BUF_INIT(BUFFER);

	thread_lock(thread);
	for (;;) {
		while (log->waiting.len == 0 && !thread->stopping)
			thread_wait(thread);
		if (log->waiting.len == 0)
			break;

		int64_t gathered = in_ms(GATHER_MS);

		while (!thread->stopping && log->waiting.len < BUFFER / 2 &&
		       thread_wait_until(thread, gathered))
			;

		struct buf full = log->waiting;
		unsigned long dropped = log->dropped;

		log->waiting = writing;
		log->dropped = 0;
		writing = full;
		thread_unlock(thread);
		drain(log, writing.text, writing.len);
		if (dropped > 0) {
			char what[80];

			snprintf(what, sizeof what,
				 "%lu log lines dropped: standard error was not read", dropped);
			buf_clear(&writing);
			add_line(&writing, log->format, "note", what);
			drain(log, writing.text, writing.len);
		}
		buf_clear(&writing);
		thread_lock(thread);
	}
	thread_unlock(thread);
	buf_free(&writing);
	return NULL;
}

struct log *log_start(enum log_format format, int fd)
{
	struct log *log = calloc(1, sizeof *log);

	if (!log)
		return NULL;
	log->format = format;
	log->fd = fd;
	log->waiting = (struct buf)BUF_INIT(BUFFER);
	if (thread_start(&log->thread, run, log))
		return log;
	free(log);
	return NULL;
}

void log_stop(struct log *log)
{
	thread_lock(&log->thread);
	log->deadline = in_ms(STOP_MS);
	thread_unlock(&log->thread);
	thread_stop(&log->thread);
	buf_free(&log->waiting);
	free(log);
}

bool log_begin(struct log *log, struct buf *line)
{
	if (log->format == LOG_OFF)
		return false;
	begin_line(line, log->format);
	return true;
}

enum log_format log_format(const struct log *log)
{
	return log->format;
}

/* Wakes the thread only for the first line, and when the buffer is half full. */
void log_line(struct log *log, const struct buf *line)
{
	thread_lock(&log->thread);

	size_t before = log->waiting.len;

	if (line->bad || before + line->len > BUFFER) {
		log->dropped++;
	} else {
		buf_addn(&log->waiting, line->text, line->len);
		if (before == 0 || (before < BUFFER / 2 && log->waiting.len >= BUFFER / 2))
			thread_wake(&log->thread);
	}
	thread_unlock(&log->thread);
}

static void log_text(struct log *log, const char *kind, const char *what)
{
	struct buf line CLEANUP(buf_free) = BUF_INIT(LOG_LINE_MAX);

	add_line(&line, log->format, kind, what);
	log_line(log, &line);
}

void log_note(struct log *log, const char *what)
{
	if (log->format != LOG_OFF)
		log_event(log, what);
}

void log_event(struct log *log, const char *what)
{
	log_text(log, "note", what);
}

void log_failure(struct log *log, const char *what)
{
	log_text(log, "failure", what ? what : "out of memory");
}
