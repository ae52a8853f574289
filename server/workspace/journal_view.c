/* SPDX-License-Identifier: MIT
 * journal_view.c - matches and shows entries. Texts are made valid UTF-8, and secrets are masked.
 */
#include "workspace/journal_view.h"

#include <inttypes.h>
#include <strings.h>

#include "base/json_writer.h"
#include "base/rfc3339.h"
#include "base/utf8.h"
#include "model/api_path.h"
#include "model/operation.h"
#include "workspace/keyring.h"

enum { SCRATCH_MAX = 4 << 20 };

/* ---- matching -------------------------------------------------------------------------------- */

static bool text_is(const struct entry *e, enum request_text which, const char *wanted)
{
	const char *text = entry_request(e)->text[which].data;

	return text && streq(text, wanted);
}

bool journal_matches(const struct entry *e, const struct journal_filter *f)
{
	const struct journal_request *r = entry_request(e);
	const struct journal_answer *a = entry_answer(e);

	if (f->op && r->op != f->op)
		return false;
	if (f->no_op && r->op)
		return false;
	if (f->method && !text_is(e, REQUEST_METHOD, f->method))
		return false;
	if (f->path && !api_path_matches(f->path, r->text[REQUEST_PATH].data, r->prefix_len))
		return false;
	if (f->key && !text_is(e, REQUEST_KEY, f->key) && !text_is(e, REQUEST_KEY_NAME, f->key))
		return false;
	if (f->status_to && !(a && a->status >= f->status_from && a->status <= f->status_to))
		return false;
	return r->time >= f->since;
}

void journal_select(struct entries *entries, const struct journal_filter *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < entries->count; i++) {
		struct entry *e = entries->list[i];

		if (journal_matches(e, f))
			entries->list[kept++] = e;
		else
			entry_unref(e);
	}
	entries->count = kept;
}

/* ---- writing --------------------------------------------------------------------------------- */

/* Bytes as a text in `scratch`, with U+FFFD for what is not UTF-8; NULL if there are none. */
static const char *clean(struct writer *w, struct buf *scratch, struct bytes text)
{
	buf_clear(scratch);
	utf8_add(scratch, text.data ? text.data : "", text.len);
	w->out->bad |= scratch->bad;
	return text.data && scratch->text ? scratch->text : text.data;
}

static void write_bytes(struct writer *w, struct buf *scratch, struct bytes text)
{
	writer_text_or_null(w, clean(w, scratch, text));
}

/* Write what is kept of a body of so many bytes, with a mark where it is cut. */
static void write_body(struct writer *w, struct buf *scratch, struct bytes body, uint64_t bytes)
{
	const char *text = clean(w, scratch, body);

	if (text && bytes > body.len) {
		buf_printf(scratch, "...[%" PRIu64 " more bytes]", bytes - body.len);
		w->out->bad |= scratch->bad;
		text = scratch->text;
	}
	writer_text_or_null(w, text);
}

/* Write texts, each of which a NUL ends, as an array. */
static void write_names(struct writer *w, struct buf *scratch, struct bytes names)
{
	writer_open(w, '[');
	for (size_t at = 0, len; at < names.len; at += len + 1) {
		len = strlen(names.data + at);
		write_bytes(writer_item(w), scratch, (struct bytes){ names.data + at, len });
	}
	writer_close(w, ']');
}

static struct bytes mask(struct bytes key, char shown[static KEY_MASK_BYTES])
{
	if (!key.data)
		return key;
	keyring_mask(key.data, key.len, shown);
	return (struct bytes){ shown, strlen(shown) };
}

static bool is_secret(const char *name)
{
	static const char *const exact[] = { "X-API-Key", "Authorization", "Proxy-Authorization",
					     "Cookie" };
	static const char *const parts[] = { "token", "secret", "password", "api-key", "apikey" };

	for (size_t i = 0; i < ARRAY_LEN(exact); i++)
		if (strcasecmp(name, exact[i]) == 0)
			return true;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (strcasestr(name, parts[i]))
			return true;
	return false;
}

/* Add a fault rule, JSON or nearly, with the texts of its members "key" masked. */
static void add_rule(struct buf *out, struct bytes rule)
{
	static const char name[] = "\"key\"";
	const char *at = rule.data, *key;
	char shown[KEY_MASK_BYTES];

	while ((key = strstr(at, name))) {
		key += strlen(name);
		key += strspn(key, " \t:");
		utf8_add(out, at, (size_t)(key - at));
		at = key;
		if (*key != '"')
			continue;
		for (at++; *at && *at != '"'; at++)
			at += *at == '\\' && at[1];
		buf_addc(out, '"');
		keyring_mask(key + 1, (size_t)(at - key - 1), shown);
		utf8_add(out, shown, strlen(shown));
	}
	utf8_add(out, at, strlen(at));
}

/* The next header of a text of names and values from `at` on; NULL at the end. */
static const char *next_header(struct bytes headers, size_t *at, struct bytes *value)
{
	const char *name = headers.data + *at;

	if (*at >= headers.len)
		return NULL;
	value->data = name + strlen(name) + 1;
	value->len = strlen(value->data);
	*at = (size_t)(value->data + value->len + 1 - headers.data);
	return name;
}

/* Has a header of that name come before a place? */
static bool came_before(struct bytes headers, size_t place, const char *name)
{
	struct bytes value;

	headers.len = place;
	for (size_t at = 0; at < headers.len;)
		if (strcasecmp(next_header(headers, &at, &value), name) == 0)
			return true;
	return false;
}

/* Write all values of a name, from `at` on, as one: RFC 9110, section 5.3. */
static void write_values(struct writer *w, struct buf *scratch, struct bytes headers, size_t at,
			 const char *name)
{
	char shown[KEY_MASK_BYTES];
	struct bytes value;
	const char *other;

	buf_clear(scratch);
	while ((other = next_header(headers, &at, &value))) {
		if (strcasecmp(other, name) != 0)
			continue;
		value = is_secret(name) ? mask(value, shown) : value;
		buf_add(scratch, scratch->len > 0 ? ", " : "");
		if (strcasecmp(name, "Miru-Mock-Fault") == 0)
			add_rule(scratch, value);
		else
			utf8_add(scratch, value.data, value.len);
	}
	w->out->bad |= scratch->bad;
	writer_text(w, scratch->text ? scratch->text : "");
}

static void write_headers(struct writer *w, struct buf *scratch, const struct journal_request *r)
{
	const struct bytes headers = r->text[REQUEST_HEADERS];
	struct bytes value;
	const char *name;

	writer_open(w, '{');
	for (size_t at = 0, here; here = at, (name = next_header(headers, &at, &value));) {
		if (came_before(headers, here, name))
			continue;
		writer_key_text(w, clean(w, scratch, (struct bytes){ name, strlen(name) }));
		write_values(w, scratch, headers, here, name);
	}
	if (r->headers_left > 0) {
		buf_clear(scratch);
		buf_printf(scratch, "%zu more", r->headers_left);
		w->out->bad |= scratch->bad;
		writer_text_or_null(writer_key(w, "..."), scratch->text);
	}
	writer_close(w, '}');
}

/* Write the id in the path by the name that the operation's path has for it. */
static void write_path_params(struct writer *w, struct buf *scratch,
			      const struct journal_request *r)
{
	const char *brace = r->op ? strchr(r->op->path, '{') : NULL;

	writer_open(w, '{');
	if (brace && r->text[REQUEST_ID].data) {
		const struct bytes name = { brace + 1, strcspn(brace + 1, "}") };

		writer_key_text(w, clean(w, scratch, name));
		write_bytes(w, scratch, r->text[REQUEST_ID]);
	}
	writer_close(w, '}');
}

void journal_write_entry(struct writer *w, struct buf *scratch, const struct entry *e,
			 const char *workspace)
{
	static const struct journal_answer nothing = { .micros = -1, .fault = -1 };
	char time[TIME_LEN + 1], exact[TIME_LEN + 1], masked[KEY_MASK_BYTES];
	const struct journal_request *r = entry_request(e);
	const struct journal_answer *a = entry_answer(e);
	const struct bytes *t = r->text;

	a = a ? a : &nothing;
	rfc3339_format(r->time, time);
	rfc3339_shortest(time, exact);
	writer_open(w, '{');
	writer_int(writer_key(w, "id"), entry_id(e));
	writer_text(writer_key(w, "time"), exact);
	writer_text(writer_key(w, "state"), journal_state_text(a->state));
	write_bytes(writer_key(w, "method"), scratch, t[REQUEST_METHOD]);
	write_bytes(writer_key(w, "path"), scratch, t[REQUEST_PATH]);
	write_path_params(writer_key(w, "path_params"), scratch, r);
	write_bytes(writer_key(w, "query"), scratch, t[REQUEST_QUERY]);
	writer_text_or_null(writer_key(w, "operation"), r->op ? r->op->name : NULL);
	writer_count(writer_key(w, "status"), a->status > 0 ? a->status : -1);
	write_bytes(writer_key(w, "code"), scratch, a->text[ANSWER_CODE]);
	writer_text_or_null(writer_key(w, "version"), a->version);
	write_bytes(writer_key(w, "key"), scratch,
		    t[REQUEST_KEY_NAME].data ? t[REQUEST_KEY_NAME] : mask(t[REQUEST_KEY], masked));
	writer_text(writer_key(w, "workspace"), workspace);
	writer_count(writer_key(w, "duration_us"), a->micros);
	writer_count(writer_key(w, "retry_count"), r->retry_count);
	write_bytes(writer_key(w, "user_agent"), scratch, t[REQUEST_USER_AGENT]);
	writer_count(writer_key(w, "fault"), a->fault);
	write_names(writer_key(w, "ignored"), scratch, a->text[ANSWER_IGNORED]);
	write_headers(writer_key(w, "request_headers"), scratch, r);
	write_body(writer_key(w, "request_body"), scratch, a->text[ANSWER_REQUEST],
		   a->request_bytes);
	writer_int(writer_key(w, "request_bytes"), (long long)a->request_bytes);
	write_body(writer_key(w, "response_body"), scratch, a->text[ANSWER_RESPONSE],
		   a->response_bytes);
	writer_int(writer_key(w, "response_bytes"), (long long)a->response_bytes);
	writer_close(w, '}');
}

void journal_write(struct writer *w, const struct entries *entries, const char *workspace)
{
	struct buf scratch CLEANUP(buf_free) = BUF_INIT(SCRATCH_MAX);

	writer_open(w, '{');
	writer_open(writer_key(w, "requests"), '[');
	for (size_t i = 0; i < entries->count && !w->out->bad; i++)
		journal_write_entry(writer_item(w), &scratch, entries->list[i], workspace);
	writer_close(w, ']');
	writer_int(writer_key(w, "matched"), (long long)entries->count);
	writer_int(writer_key(w, "total"), entries->total);
	writer_int(writer_key(w, "dropped"), entries->dropped);
	writer_close(w, '}');
}
