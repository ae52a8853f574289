/* SPDX-License-Identifier: MIT
 * head.c - a table of the headers that are kept.
 */
#include "http/head.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

/* How often it may come. */
enum times {
	SAME, /* again with the same value */
	ONCE,
	OFTEN, /* it is a list, whose first part is kept */
};

#define KEEP(name, member, ...)                                                                    \
	{                                                                                          \
		name, sizeof name - 1, offsetof(struct request, member), __VA_ARGS__               \
	}

static const struct {
	const char *name;
	size_t len;
	size_t at; /* in struct request */
	enum times times;
	bool framing; /* the library acts on it, so it is kept exactly as the library saw it */
} kept_headers[] = {
	KEEP("Host", host, ONCE),
	KEEP("X-API-Key", api_key),
	KEEP("User-Agent", user_agent),
	KEEP("Miru-Version", miru_version),
	KEEP("Content-Type", content_type),
	KEEP("Content-Encoding", content_encoding),
	KEEP("x-stainless-retry-count", retry_count),
	KEEP("Content-Length", content_length, ONCE, true),
	KEEP("Transfer-Encoding", transfer_encoding, ONCE, true),
	KEEP("Accept", accept, OFTEN),
	KEEP("Last-Event-ID", last_event_id),
	KEEP("Authorization", authorization, OFTEN),
	KEEP("Miru-Mock-Fault", fault, ONCE),
	KEEP("Origin", origin),
	KEEP("Sec-Fetch-Site", fetch_site),
	KEEP("Sec-Fetch-Mode", fetch_mode),
	KEEP("Sec-Fetch-Dest", fetch_dest),
	KEEP("Access-Control-Request-Method", cors_method),
	KEEP("Access-Control-Request-Headers", cors_headers, OFTEN),
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* A value without the white space behind it, which the library leaves (RFC 9110, section 5.5). */
static const char *trimmed(struct exchange *x, const char *value)
{
	size_t len = strlen(value), all = len;
	const char *text;

	while (len > 0 && is_space(value[len - 1]))
		len--;
	if (len == all)
		return value;
	text = arena_strndup(&x->arena, value, len);
	return text ? text : value;
}

/*
 * May a proxy read this header differently than the library does? The library takes "Name : value"
 * for a header called "Name ", and appends a folded line to the header's name. Such a name is a
 * copy, which lies behind the value's text in memory.
 */
static bool is_ambiguous(const char *name, size_t len, const char *value)
{
	return len == 0 || is_space(name[0]) || is_space(name[len - 1]) || value <= name + len;
}

void head_add(struct exchange *x, const char *name, size_t len, const char *value)
{
	struct request *r = &x->request;

	if (value && is_ambiguous(name, len, value))
		r->ambiguous = name;
	if (r->nheaders < HEADERS_KEPT)
		x->headers[r->nheaders] = (struct pair){ name, value ? value : "" };
	r->nheaders++;
	for (size_t i = 0; i < ARRAY_LEN(kept_headers); i++) {
		if (kept_headers[i].len != len || strcasecmp(kept_headers[i].name, name) != 0)
			continue;

		const char **kept = (void *)((char *)r + kept_headers[i].at);

		value = value ? value : "";
		if (!kept_headers[i].framing)
			value = trimmed(x, value);
		if (*kept && kept_headers[i].times == OFTEN)
			continue;
		if (*kept && (kept_headers[i].times == ONCE || !streq(*kept, value)))
			r->repeated = kept_headers[i].name;
		*kept = value;
	}
}

/* Does the version stand there? The library has ended it with a NUL. Since 1.0 there may be white
 * space before it, if the library is told to be lenient. */
static bool is_version(const char *at)
{
	static const char version[] = "HTTP/";

	return strncmp(at + strspn(at, " \t\v\f"), version, strlen(version)) == 0;
}

/* The text is in the library's read buffer. It has put a NUL between the target and the version,
 * which it has checked. A NUL before that one is the client's own (1.0 refuses those), and the
 * question mark may stand behind it. */
void head_hide_query(char *uri)
{
	char *query = strchr(uri, '?'), *end = uri + strlen(uri);

	while (!query && !is_version(end + 1)) {
		query = strchr(end + 1, '?');
		end += 1 + strlen(end + 1);
	}
	if (query)
		query[1] = '\0';
}

bool head_announces_more(const struct exchange *x, size_t bytes)
{
	const struct request *r = &x->request;

	return r->transfer_encoding ||
	       (r->content_length && strtoull(r->content_length, NULL, 10) > bytes);
}

bool head_check_body(struct exchange *x, size_t max_body)
{
	const struct request *r = &x->request;
	const char *length = r->content_length, *coding = r->transfer_encoding;

	if (r->ambiguous)
		return fail(x, ERR_INVALID_REQUEST,
			    "malformed header '%s': white space around its name, or a value on "
			    "more than one line",
			    quote(x, r->ambiguous));
	if (r->repeated)
		return fail(x, ERR_INVALID_REQUEST, "the header %s came twice; send it once",
			    r->repeated);
	if (coding && length)
		return fail(x, ERR_INVALID_REQUEST,
			    "Content-Length and Transfer-Encoding exclude each other");
	if (coding && strcasecmp(coding, "chunked") != 0)
		return fail(x, ERR_NOT_IMPLEMENTED,
			    "Transfer-Encoding '%s' is not supported; chunked is",
			    quote(x, coding));
	if (length && strtoull(length, NULL, 10) > max_body)
		return fail(x, ERR_BODY_TOO_LARGE,
			    "a body of %s bytes is too large; at most %zu are accepted",
			    quote(x, length), max_body);
	return true;
}

/* The server decodes nothing: it would read the coded bytes as the body. */
static bool is_coded(const struct request *r)
{
	return r->content_encoding && *r->content_encoding &&
	       strcasecmp(r->content_encoding, "identity") != 0;
}

bool head_check(struct exchange *x, size_t bytes)
{
	size_t target = strlen(x->request.target);

	if (target > HEAD_TARGET_MAX)
		return fail(x, ERR_TARGET_TOO_LONG,
			    "a target of %zu bytes is too long; at most %d are accepted", target,
			    HEAD_TARGET_MAX);
	if (bytes > HEAD_MAX)
		return fail(x, ERR_HEAD_TOO_LARGE,
			    "request line and headers of %zu bytes are too large; at most %d are "
			    "accepted",
			    bytes, HEAD_MAX);
	if (!is_coded(&x->request))
		return true;
	answer_header(x, "Accept-Encoding", "identity");
	return fail(x, ERR_CONTENT_ENCODING,
		    "Content-Encoding '%s' is not supported; send the body as it is",
		    quote(x, x->request.content_encoding));
}

const char *head_date(const struct exchange *x)
{
	static _Thread_local char text[64]; /* "Thu, 01 Jan 1970 00:00:00 GMT" */
	static _Thread_local time_t of;
	int64_t micros = clock_now(&x->workspace->clock);
	time_t now = (time_t)((micros - (micros < 0 ? 999999 : 0)) / 1000000);
	char day[16], time[16];
	struct tm tm;

	if ((!text[0] || now != of) && gmtime_r(&now, &tm)) {
		/* Names in English: the process is in the C locale, and stays in it. */
		strftime(day, sizeof day, "%a, %d %b", &tm);
		strftime(time, sizeof time, "%H:%M:%S", &tm);
		snprintf(text, sizeof text, "%s %04d %s GMT", day, tm.tm_year + 1900, time);
		of = now;
	}
	return text;
}
