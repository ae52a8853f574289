/* SPDX-License-Identifier: MIT
 * line_reader.c - a buffer that grows to the length of a line, and is filled from the file.
 */
#include "base/line_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/grow.h"

enum { CHUNK = 256 * 1024 };

void line_reader_of_text(struct line_reader *l, const char *text, size_t len)
{
	*l = (struct line_reader){ .pos = text, .end = text + len, .ended = true };
}

bool line_reader_open(struct line_reader *l, const char *path)
{
	/* O_NONBLOCK: opening a pipe would wait for its writer. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;

	*l = (struct line_reader){ 0 };
	if (fd >= 0 && fstat(fd, &status) == 0) {
		if (S_ISREG(status.st_mode))
			l->file = fdopen(fd, "rb");
		else
			errno = S_ISDIR(status.st_mode) ? EISDIR : ESPIPE;
	}
	if (!l->file) {
		int error = errno;

		if (fd >= 0)
			close(fd);
		errno = error;
		return false;
	}
	setvbuf(l->file, NULL, _IONBF, 0); /* it has a buffer of its own here */
	return true;
}

void line_reader_close(struct line_reader *l)
{
	if (l->file)
		fclose(l->file);
	free(l->buf);
	*l = (struct line_reader){ 0 };
}

/* Make room for a chunk behind what is left: move that to the front, and grow. */
static bool make_room(struct line_reader *l)
{
	size_t left = (size_t)(l->end - l->pos);

	if (l->pos)
		memmove(l->buf, l->pos, left);
	if (!GROW(l->buf, left + CHUNK, l->cap))
		return false;
	l->pos = l->buf;
	l->end = l->buf + left;
	return true;
}

/* Read a chunk. False if that fails. */
static bool fill(struct line_reader *l)
{
	size_t n;

	if (!make_room(l))
		return false;
	errno = 0;
	n = fread(l->buf + (l->end - l->buf), 1, CHUNK, l->file);
	l->end += n;
	l->ended = n < CHUNK && feof(l->file);
	return !ferror(l->file);
}

/* The end of the line; reads on until it is found, or the line is too long. NULL if reading fails.
 */
static const char *find_end(struct line_reader *l)
{
	size_t seen = 0;

	for (;;) {
		const char *end =
		    l->pos ? memchr(l->pos + seen, '\n', (size_t)(l->end - l->pos) - seen) : NULL;

		if (end)
			return end;
		seen = (size_t)(l->end - l->pos);
		if (l->ended || seen > LINE_MAX_BYTES + 1)
			return l->end;
		if (!fill(l))
			return NULL;
	}
}

/* Skip the rest of a line that is too long. */
static bool skip_line(struct line_reader *l)
{
	for (;;) {
		const char *end = memchr(l->pos, '\n', (size_t)(l->end - l->pos));

		l->pos = end ? end + 1 : l->end;
		if (end || l->ended)
			return true;
		if (!fill(l))
			return false;
	}
}

enum lines_read line_reader_next(struct line_reader *l, const char **line, size_t *len)
{
	const char *end = find_end(l);

	if (!end)
		return LINES_FAILED;
	if (l->pos == l->end)
		return LINES_END;
	l->number++;
	*line = l->pos;
	*len = (size_t)(end - l->pos);
	if (*len > 0 && end < l->end && end[-1] == '\r')
		--*len;
	if (*len > LINE_MAX_BYTES)
		return skip_line(l) ? LINES_LONG : LINES_FAILED;
	l->pos = end < l->end ? end + 1 : end;
	return LINES_ONE;
}
