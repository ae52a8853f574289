/*
 * line_reader.h - a text read line by line: from memory, or from a file in no more memory than its
 * longest line. Pure but for the file.
 */
#ifndef BASE_LINE_READER_H
#define BASE_LINE_READER_H

#include <stdio.h>

#include "base/util.h"

enum { LINE_MAX_BYTES = 16 * 1024 * 1024 };

struct line_reader {
	FILE *file; /* owned; NULL: from memory */
	char *buf;  /* owned: what of the file has been read and is not used up */
	size_t cap;
	const char *pos, *end; /* that, or what is left in memory */
	bool ended;            /* the file */
	size_t number;         /* of the last line, from 1 */
};

enum lines_read {
	LINES_ONE,
	LINES_LONG /* a line too long, passed over */,
	LINES_END,
	LINES_FAILED
};

void line_reader_of_text(struct line_reader *l, const char *text, size_t len);
/* False, with errno set, when the file cannot be read, or is not one that can be read again. */
bool line_reader_open(struct line_reader *l, const char *path) MUST_CHECK;
/* The next line, without its end: LF, CR LF, or the text's. Valid until the next. LINES_FAILED sets
 * errno. */
enum lines_read line_reader_next(struct line_reader *l, const char **line, size_t *len) MUST_CHECK;
void line_reader_close(struct line_reader *l); /* also one that was not opened */

#endif
