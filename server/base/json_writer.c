/* SPDX-License-Identifier: MIT
 * json_writer.c - commas, indentation and escaping.
 */
#include "base/json_writer.h"

static void new_line(struct writer *w)
{
	static const char spaces[] = "                                ";

	buf_addc(w->out, '\n');
	for (size_t rest = (size_t)w->depth * 2; rest > 0;) {
		size_t n = rest < sizeof spaces - 1 ? rest : sizeof spaces - 1;

		buf_addn(w->out, spaces, n);
		rest -= n;
	}
}

void writer_open(struct writer *w, char bracket)
{
	buf_addc(w->out, bracket);
	w->depth++;
	w->empty = true;
}

void writer_close(struct writer *w, char bracket)
{
	w->depth--;
	if (w->indent && !w->empty)
		new_line(w);
	buf_addc(w->out, bracket);
	w->empty = false;
	if (w->indent && w->depth == 0)
		buf_addc(w->out, '\n');
}

struct writer *writer_item(struct writer *w)
{
	if (!w->empty)
		buf_addc(w->out, ',');
	if (w->indent)
		new_line(w);
	w->empty = false;
	return w;
}

struct writer *writer_key(struct writer *w, const char *key)
{
	size_t len = strlen(key);
	char *pos;

	writer_item(w);
	pos = buf_room(w->out, len + 4);
	if (!pos)
		return w;
	*pos++ = '"';
	memcpy(pos, key, len);
	pos += len;
	*pos++ = '"';
	*pos++ = ':';
	if (w->indent)
		*pos++ = ' ';
	buf_used(w->out, pos);
	return w;
}

struct writer *writer_key_text(struct writer *w, const char *key)
{
	buf_add_json(writer_item(w)->out, key);
	buf_add(w->out, w->indent ? ": " : ":");
	return w;
}

void writer_text(struct writer *w, const char *text)
{
	if (text)
		buf_add_json(w->out, text);
	else
		w->out->bad = true;
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
	buf_add_int(w->out, value);
}

void writer_count(struct writer *w, long long count)
{
	if (count >= 0)
		writer_int(w, count);
	else
		writer_raw(w, "null");
}

void writer_raw(struct writer *w, const char *json)
{
	buf_add(w->out, json);
}
