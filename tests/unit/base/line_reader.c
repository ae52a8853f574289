/* SPDX-License-Identifier: MIT */
/* Reading line by line: how lines end, lines that are too long, and files that are refused. */
#include "base/line_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "unit/tempdir.h"
#include "unit/unit.h"

/* Each line in brackets; with a NUL shown as 0. */
static const struct {
	const char *text;
	size_t len;
	const char *want;
} cases[] = {
#define CASE(text, want)                                                                           \
	{                                                                                          \
		text, sizeof(text) - 1, want                                                       \
	}
	CASE("", ""),
	CASE("a", "[a]"),
	CASE("a\n", "[a]"),
	CASE("\n", "[]"),
	CASE("\n\n", "[][]"),
	CASE("a\nb", "[a][b]"),
	CASE("a\n\nb\n", "[a][][b]"),
	CASE("\na", "[][a]"),
	CASE("a\r\nb\r\n", "[a][b]"),
	CASE("\r\n", "[]"),
	CASE("a\r\r\n", "[a\r]"),
	CASE("a\rb\n", "[a\rb]"),
	CASE("a\r", "[a\r]"), /* there is no LF behind it */
	CASE("\n\ra\n", "[][\ra]"),
	CASE(" a \n", "[ a ]"),
	CASE("a\0b\nc", "[a0b][c]"),
	CASE("\0", "[0]"),
#undef CASE
};

/* Read to the end, and show the lines; their numbers must count up from 1. */
static void check_lines(const char *what, struct line_reader *l, const char *want)
{
	struct buf shown CLEANUP(buf_free) = BUF_INIT(256);
	enum lines_read read;
	const char *line;
	size_t len, count = 0;

	while ((read = line_reader_next(l, &line, &len)) == LINES_ONE) {
		EQ_INT_IN(what, (long long)l->number, (long long)++count);
		buf_addc(&shown, '[');
		for (size_t i = 0; i < len; i++)
			buf_addc(&shown, line[i] ? line[i] : '0');
		buf_addc(&shown, ']');
	}
	EQ_INT_IN(what, read, LINES_END);
	EQ_INT_IN(what, line_reader_next(l, &line, &len), LINES_END);
	EQ_STR_IN(what, shown.text ? shown.text : "", want);
}

static void test_cases(void)
{
	struct tempdir dir = tempdir_make();
	struct line_reader l;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		bool ok = tempdir_write(&dir, "lines", cases[i].text, cases[i].len);

		line_reader_of_text(&l, cases[i].text, cases[i].len);
		check_lines("from memory", &l, cases[i].want);
		line_reader_close(&l);
		ok = ok && line_reader_open(&l, tempdir_path(&dir, "lines"));
		CU_ASSERT(ok);
		if (ok) {
			check_lines("from a file", &l, cases[i].want);
			line_reader_close(&l);
		}
	}
	CU_ASSERT(tempdir_remove(&dir));
}

/* Lines that lie across the borders of what is read at once, each longer than the one before. */
static void test_pieces(void)
{
	enum { LINES = 40, PART = 10000 };
	char part[PART];
	struct buf text CLEANUP(buf_free) = BUF_INIT(32 * 1024 * 1024);
	struct tempdir dir = tempdir_make();
	struct line_reader l;
	const char *line;
	size_t len;

	for (int i = 0; i < LINES; i++) {
		memset(part, 'a' + i % 26, sizeof part);
		for (int k = 0; k < i; k++)
			buf_addn(&text, part, sizeof part);
		buf_addc(&text, '\n');
	}
	if (text.bad || !tempdir_write(&dir, "lines", text.text, text.len) ||
	    !line_reader_open(&l, tempdir_path(&dir, "lines"))) {
		CU_FAIL("no file");
	} else {
		for (int i = 0; i < LINES; i++) {
			EQ_INT(line_reader_next(&l, &line, &len), LINES_ONE);
			EQ_INT((long long)len, (long long)i * PART);
			EQ_INT(len == 0 || (line[0] == 'a' + i % 26 &&
					    memcmp(line, line + 1, len - 1) == 0),
			       true);
		}
		EQ_INT(line_reader_next(&l, &line, &len), LINES_END);
		line_reader_close(&l);
	}
	CU_ASSERT(tempdir_remove(&dir));
}

/* Three lines: one, one of the greatest length or longer, and "end". */
static void check_long(struct line_reader *l, size_t first, bool fits)
{
	const char *line;
	size_t len;

	EQ_INT(line_reader_next(l, &line, &len), LINES_ONE);
	EQ_INT((long long)len, (long long)first);
	EQ_INT(line_reader_next(l, &line, &len), fits ? LINES_ONE : LINES_LONG);
	if (fits)
		EQ_INT((long long)len, LINE_MAX_BYTES);
	EQ_INT((long long)l->number, 2);
	EQ_INT(line_reader_next(l, &line, &len), LINES_ONE);
	EQ_INT((long long)len, 3);
	EQ_INT(strncmp(line, "end", 3), 0);
	EQ_INT((long long)l->number, 3);
	EQ_INT(line_reader_next(l, &line, &len), LINES_END);
	line_reader_close(l);
}

static void test_long(void)
{
	enum { PIECE = 256 * 1024 }; /* what is read at once */
	static const struct {
		size_t first; /* the length of the line before */
		size_t more;  /* than the greatest length */
		const char *end;
		bool fits;
	} ends[] = {
		{ 1, 0, "\nend", true },           { 1, 0, "\r\nend", true },
		{ PIECE - 2, 0, "\r\nend", true }, /* the LF is read by itself */
		{ 1, 1, "\nend", false },          { 1, 1, "\r\nend", false },
		{ 1, PIECE, "\nend", false },
	};
	const size_t most = LINE_MAX_BYTES + 2 * PIECE;
	struct tempdir dir = tempdir_make();
	struct line_reader l;
	char *text;

	text = malloc(most);
	for (size_t i = 0; text && i < ARRAY_LEN(ends); i++) {
		size_t len = ends[i].first + 1 + LINE_MAX_BYTES + ends[i].more;

		memset(text, 'x', most);
		text[ends[i].first] = '\n';
		memcpy(text + len, ends[i].end, strlen(ends[i].end));
		len += strlen(ends[i].end);
		line_reader_of_text(&l, text, len);
		check_long(&l, ends[i].first, ends[i].fits);
		if (tempdir_write(&dir, "lines", text, len) &&
		    line_reader_open(&l, tempdir_path(&dir, "lines")))
			check_long(&l, ends[i].first, ends[i].fits);
		else
			CU_FAIL("no file");
	}
	CU_ASSERT(text != NULL);
	free(text);
	CU_ASSERT(tempdir_remove(&dir));
}

/* What is not a file that can be read again is refused, without waiting for anybody. */
static void test_refused(void)
{
	struct tempdir dir = tempdir_make();
	struct line_reader l;

	CU_ASSERT(!line_reader_open(&l, tempdir_path(&dir, "none")));
	EQ_INT(errno, ENOENT);
	CU_ASSERT(!line_reader_open(&l, dir.path));
	EQ_INT(errno, EISDIR);
	EQ_INT(mkfifo(tempdir_path(&dir, "pipe"), 0600), 0);
	CU_ASSERT(!line_reader_open(&l, tempdir_path(&dir, "pipe")));
	EQ_INT(errno, ESPIPE);
	line_reader_close(&l); /* one that was not opened */
	CU_ASSERT(tempdir_remove(&dir));
}

UNIT_MAIN("line_reader", { "cases", test_cases }, { "pieces", test_pieces }, { "long", test_long },
	  { "refused", test_refused })
