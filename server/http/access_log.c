/* SPDX-License-Identifier: MIT
 * access_log.c - the line of an exchange, as text or as JSON.
 */
#include "http/access_log.h"

#include <strings.h>

#include "base/log.h"
#include "base/percent.h"
#include "base/utf8.h"
#include "http/exchange.h"
#include "workspace/keyring.h"

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

/* May the parameter's value be an API key? `key` is one of control endpoints; other names that end
 * so are what a client may take for the header's. */
static bool is_key(struct exchange *x, const char *name, size_t len)
{
	static const char key[] = "key";
	char *plain = arena_alloc(&x->arena, len + 1);

	if (!plain || percent_decode(name, len, true, plain) != PERCENT_OK)
		return !plain;
	len = strlen(plain);
	return len >= strlen(key) && strcasecmp(plain + len - strlen(key), key) == 0;
}

/* The target, with API keys masked; NULL when memory is short. */
static const char *shown_target(struct exchange *x)
{
	const char *at = x->request.target + strcspn(x->request.target, "?");
	struct buf shown CLEANUP(buf_free) = BUF_INIT(1 << 20);
	char mask[KEY_MASK_BYTES];

	buf_addn(&shown, x->request.target, (size_t)(at - x->request.target));
	while (*at && shown.len <= TARGET_SHOWN) { /* at a ? or a & */
		const size_t name = strcspn(++at, "&="), len = strcspn(at, "&");
		const char *value = at + name + (name < len), *end = at + len;

		buf_addn(&shown, at - 1, (size_t)(value - at) + 1);
		if (value < end && is_key(x, at, name))
			buf_add(&shown, keyring_mask(value, (size_t)(end - value), mask));
		else
			buf_addn(&shown, value, (size_t)(end - value));
		at = end;
	}
	return shown.bad ? NULL : arena_strdup(&x->arena, shown.text);
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
	add_shown(b, x, shown_target(x), false);
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
	add_shown(b, x, shown_target(x), true);
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
