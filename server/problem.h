/*
 * problem.h - what is wrong with fixtures: a list of lines, each naming a file, a place in it, and
 * what was expected.
 */
#ifndef PROBLEM_H
#define PROBLEM_H

#include <stdarg.h>

#include "buf.h"

struct problems {
	struct buf text; /* a line each */
	size_t count;
};

enum { PROBLEMS_BYTES = 16 * 1024 * 1024 };

#define PROBLEMS_INIT                                                                              \
	{                                                                                          \
		.text = BUF_INIT(PROBLEMS_BYTES)                                                   \
	}

/* "file: pointer: message"; no pointer (NULL or "") means the whole file. */
void problem(struct problems *p, const char *file, const char *pointer, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
void problemv(struct problems *p, const char *file, const char *pointer, const char *fmt,
	      va_list args) __attribute__((format(printf, 4, 0)));
void problems_free(struct problems *p);

#endif
