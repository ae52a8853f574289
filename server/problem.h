/*
 * problem.h - what is wrong with fixtures: a list of lines, each naming a file, a place in it, and
 * what was expected; and the first of them as JSON.
 */
#ifndef PROBLEM_H
#define PROBLEM_H

#include <stdarg.h>

#include "buf.h"

struct problems {
	struct buf text; /* a line each */
	struct buf json; /* an array of at most PROBLEMS_LISTED objects; empty: of none */
	size_t count;    /* of all */
	bool failed;     /* not the fixtures are wrong: the database failed, or memory is short */
};

enum {
	PROBLEMS_BYTES = 16 * 1024 * 1024,
	PROBLEMS_LISTED = 100,
	PROBLEMS_LISTED_BYTES = 1024 * 1024,
};

#define PROBLEMS_INIT                                                                              \
	{                                                                                          \
		.text = BUF_INIT(PROBLEMS_BYTES), .json = BUF_INIT(PROBLEMS_LISTED_BYTES)          \
	}

/* Where something stands: in a line of a file that is read by lines, by a pointer; or where the
 * text is no JSON, and so has no pointers, by line and column. */
struct place {
	const char *file;
	size_t line, column; /* from 1; 0: none */
	const char *pointer; /* "" or NULL: the whole */
};

/* "file: pointer: message"; no pointer (NULL or "") means the whole file. */
void problem(struct problems *p, const char *file, const char *pointer, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
/* The same of any place: "file:line:column: pointer: message", of which there is what there is. */
void problem_in(struct problems *p, const struct place *at, const char *fmt, ...) PRINTF_LIKE(3, 4);
void problemv(struct problems *p, const struct place *at, const char *fmt, va_list args)
    __attribute__((format(printf, 3, 0)));
void problems_free(struct problems *p);

#endif
