/* SPDX-License-Identifier: MIT
 * line_reader.h - reads a text line by line: from memory, or from a file, for which it takes no
 * more memory than for the longest line. Pure but for the file.
 */
#ifndef BASE_LINE_READER_H
#define BASE_LINE_READER_H

#include <stdio.h>

#include "base/util.h"

enum { LINE_MAX_BYTES = 16 * 1024 * 1024 };

struct line_reader {
	FILE *file; /* owned; NULL: from memory */
	char *buf;  /* owned: what was read of the file and is not used up */
	size_t cap;
	const char *pos, *end; /* what is left of it, or of the text in memory */
	bool ended;            /* the file has been read to its end */
	size_t number;         /* of the last line, from 1 */
};

enum lines_read {
	LINES_ONE,
	LINES_LONG /* a line was too long, and is skipped */,
	LINES_END,
	LINES_FAILED
};

void line_reader_of_text(struct line_reader *l, const char *text, size_t len);
/* False, with errno set, if the file cannot be read, or is no regular file. */
bool line_reader_open(struct line_reader *l, const char *path) MUST_CHECK;
/* The next line, without the LF or CR LF that ends it, which the last line need not have. Valid
 * until the next call. LINES_FAILED sets errno. */
enum lines_read line_reader_next(struct line_reader *l, const char **line, size_t *len) MUST_CHECK;
/* Close it, also if it could not be opened. */
void line_reader_close(struct line_reader *l);

#endif
