/*
 * problem.c - the list of problem.h. Text from outside is shown escaped, so that a problem is one
 * line whatever is in the file.
 */
#include "problem.h"

#include <stdio.h>

enum { MESSAGE_MAX = 2048 };

void problemv(struct problems *p, const char *file, const char *pointer, const char *fmt,
	      va_list args)
{
	char message[MESSAGE_MAX];
	size_t before = p->text.len;

	p->count++;
	if (vsnprintf(message, sizeof message, fmt, args) < 0)
		message[0] = '\0';
	buf_add_control(&p->text, file);
	buf_add(&p->text, ": ");
	if (pointer && *pointer) {
		buf_add_control(&p->text, pointer);
		buf_add(&p->text, ": ");
	}
	buf_add_control(&p->text, message);
	buf_addc(&p->text, '\n');
	if (p->text.bad && p->text.text) { /* no more fit: whole lines only */
		p->text.len = before;
		p->text.text[before] = '\0';
	}
}

void problem(struct problems *p, const char *file, const char *pointer, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	problemv(p, file, pointer, fmt, args);
	va_end(args);
}

void problems_free(struct problems *p)
{
	buf_free(&p->text);
}
