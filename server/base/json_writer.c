/*
 * json_writer.c - commas, indentation and escaping.
 */
#include "base/json_writer.h"

static void new_line(struct writer *w)
{
	static const char spaces[] = "                                ";

	buf_addc(w->to, '\n');
	for (size_t left = (size_t)w->depth * 2; left > 0;) {
		size_t n = left < sizeof spaces - 1 ? left : sizeof spaces - 1;

		buf_addn(w->to, spaces, n);
		left -= n;
	}
}

void writer_open(struct writer *w, char bracket)
{
	buf_addc(w->to, bracket);
	w->depth++;
	w->empty = true;
}

void writer_close(struct writer *w, char bracket)
{
	w->depth--;
	if (w->indent && !w->empty)
		new_line(w);
	buf_addc(w->to, bracket);
	w->empty = false;
	if (w->indent && w->depth == 0)
		buf_addc(w->to, '\n');
}

struct writer *writer_item(struct writer *w)
{
	if (!w->empty)
		buf_addc(w->to, ',');
	if (w->indent)
		new_line(w);
	w->empty = false;
	return w;
}

struct writer *writer_key(struct writer *w, const char *key)
{
	size_t len = strlen(key);
	char *at;

	writer_item(w);
	at = buf_room(w->to, len + 4);
	if (!at)
		return w;
	*at++ = '"';
	memcpy(at, key, len);
	at += len;
	*at++ = '"';
	*at++ = ':';
	if (w->indent)
		*at++ = ' ';
	buf_used(w->to, at);
	return w;
}

void writer_text(struct writer *w, const char *text)
{
	buf_add_json(w->to, text);
}

void writer_text_or_null(struct writer *w, const char *text)
{
	if (text)
		writer_text(w, text);
	else
		writer_raw(w, "null");
}

void writer_int(struct writer *w, long long value)
{
	buf_add_int(w->to, value);
}

void write_count(struct writer *w, long long count)
{
	if (count >= 0)
		writer_int(w, count);
	else
		writer_raw(w, "null");
}

void writer_raw(struct writer *w, const char *json)
{
	buf_add(w->to, json);
}
