/*
 * problem.c - the list of problem.h. Text from outside is shown escaped, so that a problem is one
 * line whatever is in the file.
 */
#include "problem.h"

#include <stdio.h>

#include "utf8.h"

enum { MESSAGE_MAX = 2048 };

/* No more fit: whole problems only. */
static void cut(struct buf *b, size_t len)
{
	if (!b->text)
		return;
	b->len = len;
	b->text[len] = '\0';
}

static void add_line(struct buf *b, const struct place *at, const char *message)
{
	size_t before = b->len;

	buf_add_control(b, at->file);
	if (at->line)
		buf_printf(b, ":%zu", at->line);
	if (at->column)
		buf_printf(b, ":%zu", at->column);
	buf_add(b, ": ");
	if (at->pointer && *at->pointer) {
		buf_add_control(b, at->pointer);
		buf_add(b, ": ");
	}
	buf_add_control(b, message);
	buf_addc(b, '\n');
	if (b->bad)
		cut(b, before);
}

/* Put an object behind the others, in front of the array's end. */
static void add_object(struct buf *b, const struct place *at, const char *message)
{
	size_t before = b->len;

	if (b->bad)
		return;
	if (before > 0)
		b->len--;
	buf_add(b, before > 0 ? "," : "[");
	buf_addc(b, '{');
	if (at->line)
		buf_printf(b, "\"line\":%zu,", at->line);
	if (at->column) {
		buf_printf(b, "\"column\":%zu,", at->column);
	} else {
		buf_add(b, "\"pointer\":");
		buf_add_json(b, at->pointer ? at->pointer : "");
		buf_addc(b, ',');
	}
	buf_add(b, "\"message\":");
	buf_add_json(b, message);
	buf_add(b, "}]");
	if (b->bad) {
		cut(b, before);
		if (before > 0)
			b->text[before - 1] = ']';
	}
}

/* A message that was cut must not end within a character. */
static void end_whole(char *message, size_t len)
{
	size_t last = len;

	while (last > 0 && ((unsigned char)message[last - 1] & 0xc0) == 0x80)
		last--; /* to behind the byte that begins the last character */
	if (last > 0 && utf8_sequence(message + last - 1, len - last + 1) == 0)
		message[last - 1] = '\0';
}

void problemv(struct problems *p, const struct place *at, const char *fmt, va_list args)
{
	char message[MESSAGE_MAX];
	int len = vsnprintf(message, sizeof message, fmt, args);

	if (len < 0)
		message[0] = '\0';
	else if ((size_t)len >= sizeof message)
		end_whole(message, sizeof message - 1);
	add_line(&p->text, at, message);
	if (p->count++ < PROBLEMS_LISTED)
		add_object(&p->json, at, message);
}

void problem_in(struct problems *p, const struct place *at, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	problemv(p, at, fmt, args);
	va_end(args);
}

void problem(struct problems *p, const char *file, const char *pointer, const char *fmt, ...)
{
	const struct place at = { .file = file, .pointer = pointer };
	va_list args;

	va_start(args, fmt);
	problemv(p, &at, fmt, args);
	va_end(args);
}

void problems_free(struct problems *p)
{
	buf_free(&p->text);
	buf_free(&p->json);
}
