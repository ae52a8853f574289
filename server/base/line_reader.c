/*
 * line_reader.c - a buffer that grows to what a line needs and is filled from behind.
 */
#include "base/line_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/grow.h"

enum { PIECE = 256 * 1024 };

void line_reader_of_text(struct line_reader *l, const char *text, size_t len)
{
	*l = (struct line_reader){ .at = text, .end = text + len, .ended = true };
}

bool line_reader_open(struct line_reader *l, const char *path)
{
	/* Opening a pipe would wait for who writes to it. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat is;

	*l = (struct line_reader){ 0 };
	if (fd >= 0 && fstat(fd, &is) == 0) {
		if (S_ISREG(is.st_mode))
			l->file = fdopen(fd, "rb");
		else
			errno = S_ISDIR(is.st_mode) ? EISDIR : ESPIPE;
	}
	if (!l->file) {
		int why = errno;

		if (fd >= 0)
			close(fd);
		errno = why;
		return false;
	}
	setvbuf(l->file, NULL, _IONBF, 0); /* the buffer is here */
	return true;
}

void line_reader_close(struct line_reader *l)
{
	if (l->file)
		fclose(l->file);
	free(l->room);
	*l = (struct line_reader){ 0 };
}

/* Make room behind what is left: by moving it to the front, by growing. */
static bool make_room(struct line_reader *l)
{
	size_t left = (size_t)(l->end - l->at);

	if (l->at)
		memmove(l->room, l->at, left);
	if (!GROW(l->room, left + PIECE, l->cap))
		return false;
	l->at = l->room;
	l->end = l->room + left;
	return true;
}

/* Read on; false when that fails. */
static bool fill(struct line_reader *l)
{
	size_t n;

	if (!make_room(l))
		return false;
	errno = 0;
	n = fread(l->room + (l->end - l->room), 1, PIECE, l->file);
	l->end += n;
	l->ended = n < PIECE && feof(l->file);
	return !ferror(l->file);
}

/* Where the line ends, reading on as long as it is not too long; NULL when reading fails. */
static const char *find_end(struct line_reader *l)
{
	size_t seen = 0;

	for (;;) {
		const char *end =
		    l->at ? memchr(l->at + seen, '\n', (size_t)(l->end - l->at) - seen) : NULL;

		if (end)
			return end;
		seen = (size_t)(l->end - l->at);
		if (l->ended || seen > LINE_MAX_BYTES + 1)
			return l->end;
		if (!fill(l))
			return NULL;
	}
}

/* Pass over the rest of a line that is too long. */
static bool skip(struct line_reader *l)
{
	for (;;) {
		const char *end = memchr(l->at, '\n', (size_t)(l->end - l->at));

		l->at = end ? end + 1 : l->end;
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
	if (l->at == l->end)
		return LINES_END;
	l->number++;
	*line = l->at;
	*len = (size_t)(end - l->at);
	if (*len > 0 && end < l->end && end[-1] == '\r')
		--*len;
	if (*len > LINE_MAX_BYTES)
		return skip(l) ? LINES_LONG : LINES_FAILED;
	l->at = end < l->end ? end + 1 : end;
	return LINES_ONE;
}
