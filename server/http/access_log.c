/* SPDX-License-Identifier: MIT
 * access_log.c - the line of an exchange, as text or as JSON.
 */
#include "http/access_log.h"

#include "base/log.h"
#include "base/utf8.h"
#include "http/exchange.h"

enum { TARGET_SHOWN = 1024 /* bytes of a target or a name */ };

/* Add a text from outside, made fit for a line. */
static void add_shown(struct buf *b, struct exchange *x, const char *text, bool json)
{
	const char *clean = text ? utf8_clean(&x->arena, text, TARGET_SHOWN) : NULL;

	if (json)
		buf_add_json(b, clean ? clean : "");
	else
		buf_add_control(b, clean ? clean : "-");
}

/* Add the answer's status, or `none` if the connection was cut before it. */
static void add_status(struct buf *b, const struct exchange *x, const char *none)
{
	if (x->answer.status)
		buf_add_int(b, x->answer.status);
	else
		buf_add(b, none);
}

static void text_line(struct buf *b, struct exchange *x, int64_t micros)
{
	const char *code = failure_code(&x->failure);

	buf_addc(b, ' ');
	add_status(b, x, "-");
	buf_addc(b, ' ');
	add_shown(b, x, x->request.method, false);
	buf_addc(b, ' ');
	add_shown(b, x, x->request.target, false);
	buf_addc(b, ' ');
	buf_add(b, x->versioned ? version_name(x->version) : "-");
	buf_add(b, " key=");
	if (x->key)
		add_shown(b, x, x->key->name, true);
	else
		buf_addc(b, '-');
	buf_addc(b, ' ');
	if (*code) {
		buf_add(b, code);
		buf_addc(b, ' ');
	}
	buf_add_int(b, micros);
	buf_add(b, "us\n");
}

static void json_line(struct buf *b, struct exchange *x, int64_t micros)
{
	buf_add(b, ",\"status\":");
	add_status(b, x, "null");
	buf_add(b, ",\"method\":");
	add_shown(b, x, x->request.method, true);
	buf_add(b, ",\"target\":");
	add_shown(b, x, x->request.target, true);
	buf_add(b, ",\"version\":");
	buf_add_json(b, x->versioned ? version_name(x->version) : "");
	buf_add(b, ",\"key\":");
	add_shown(b, x, x->key ? x->key->name : NULL, true);
	buf_add(b, ",\"code\":");
	buf_add_json(b, failure_code(&x->failure));
	buf_add(b, ",\"micros\":");
	buf_add_int(b, micros);
	buf_add(b, "}\n");
}

void access_log(struct exchange *x, int64_t micros)
{
	struct log *log = x->app->log;
	struct buf line CLEANUP(buf_free) = BUF_INIT(LOG_LINE_MAX);

	if (x->op && x->op->probe && x->answer.status == 200)
		return;
	if (!log_begin(log, &line))
		return;
	if (log_format(log) == LOG_JSON)
		json_line(&line, x, micros);
	else
		text_line(&line, x, micros);
	log_line(log, &line);
}
