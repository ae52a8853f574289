/* SPDX-License-Identifier: MIT */
/* Request lines as libmicrohttpd leaves them in its memory, at each of its levels of discipline. */
#include "http/head.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "unit/unit.h"

/* Question marks and versions that are not the target's, for whoever reads on. */
#define HEADERS " HTTP/1.1\r\nHost: x\r\nX: a?b\r\nY: HTTP/1.1?c\r\n\r\n"
#define LINE(line)                                                                                 \
	{                                                                                          \
		line, sizeof line - 1, line HEADERS, sizeof line HEADERS - 1                       \
	}

static const struct sent_text {
	const char *line;
	size_t len;
	const char *text;
	size_t text_len;
} requests[] = {
	LINE("GET /a"),        LINE("GET /a?b=c"),   LINE("GET /a?"),       LINE("GET /a "),
	LINE("GET /a?b=c   "), LINE("GET /a \t "),   LINE("GET /a\t"),      LINE("GET /a \v\f"),
	LINE("GET  /a  b  "),  LINE("GET /a\rb"),    LINE("GET /a \r "),    LINE("GET  "),
	LINE("GET /a\0b"),     LINE("GET /a\0?b=c"), LINE("GET /a\0\0b?c"),
};

/* How often the library has called on_target(), and head_hide_query() was wrong. */
static int called, missed, damaged;

static void *on_target(void *cls, const char *uri, struct MHD_Connection *connection)
{
	const struct sent_text *r = cls;
	const char *at = strchr(r->line, '/');
	size_t before = at ? (size_t)(at - r->line) : r->len, line = r->len - before;
	size_t len = r->text_len - before;
	const char *query = memchr(r->line + before, '?', line);
	char *copy = malloc(len); /* no byte more, for the address sanitizer */

	(void)connection;
	called++;
	if (!copy)
		return NULL;
	memcpy(copy, uri, len);
	head_hide_query(copy);
	if (query && query + 1 < r->line + r->len && copy[query + 1 - r->line - before] != '\0')
		missed++;
	if (memcmp(copy + line, uri + line, len - line) != 0)
		damaged++;
	free(copy);
	return NULL;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *upload,
				  size_t *upload_len, void **context)
{
	(void)cls;
	(void)connection;
	(void)url;
	(void)method;
	(void)version;
	(void)upload;
	(void)upload_len;
	(void)context;
	return MHD_NO; /* close it */
}

static void on_log(void *cls, const char *fmt, va_list args)
{
	(void)cls;
	(void)fmt;
	(void)args;
}

/* Send a request to a server of that discipline, which runs in this thread. */
static void ask(const struct sent_text *r, int discipline)
{
#if MHD_VERSION >= 0x00097701
	const enum MHD_OPTION option = MHD_OPTION_CLIENT_DISCIPLINE_LVL;
#else
	const enum MHD_OPTION option = MHD_OPTION_STRICT_FOR_CLIENT;
#endif
	const struct sockaddr address = { .sa_family = AF_UNIX };
	struct MHD_Daemon *daemon =
	    MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ERROR_LOG, 0, NULL,
			     NULL, on_request, NULL, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
			     MHD_OPTION_URI_LOG_CALLBACK, on_target, r, option, discipline,
			     MHD_OPTION_END);
	int ends[2];
	char answer[1024];
	ssize_t n;

	CU_ASSERT_FATAL(daemon && socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
	CU_ASSERT(send(ends[0], r->text, r->text_len, 0) == (ssize_t)r->text_len);
	shutdown(ends[0], SHUT_WR);
	CU_ASSERT(MHD_add_connection(daemon, ends[1], &address, sizeof address) == MHD_YES);
	do {
		MHD_run(daemon);
		n = recv(ends[0], answer, sizeof answer, MSG_DONTWAIT);
	} while (n > 0 || (n < 0 && errno == EAGAIN));
	MHD_stop_daemon(daemon);
	close(ends[0]);
}

/* The query is hidden, and nothing behind the target is read as one or changed. */
static void test_hide_query(void)
{
	for (int discipline = -3; discipline <= 3; discipline++) {
		called = 0;
		for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
			missed = damaged = 0;
			ask(&requests[i], discipline);
			EQ_INT_IN(requests[i].line, missed, 0);
			EQ_INT_IN(requests[i].line, damaged, 0);
		}
		CU_ASSERT(called >= 3);
	}
}

UNIT_MAIN("head", { "hide query", test_hide_query })
