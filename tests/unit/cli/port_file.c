/* SPDX-License-Identifier: MIT */
/* The port file: what is taken for one, what is left alone, and that it appears whole. */
#include "cli/port_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "unit/tempdir.h"
#include "unit/unit.h"

/* What a file may hold: the port that it tells, or 0; and whether it is ours to remove. */
static const struct {
	const char *text;
	unsigned port;
	bool ours;
} cases[] = {
	{ "8080\n", 8080, true }, { "1\n", 1, true },       { "65535\n", 65535, true },
	{ "", 0, true }, /* as a shell or a test makes one in advance */
	{ "0\n", 0, true },       { "65536\n", 0, true },   { "8080", 0, false },
	{ "8080x", 0, false },    { "8080\r\n", 0, false }, { "8080\n\n", 0, false },
	{ "8080\nx", 0, false },  { "8080 \n", 0, false },  { " 8080\n", 0, false },
	{ "+8080\n", 0, false },  { "-1\n", 0, false },     { "080800\n", 0, false },
	{ "0x50\n", 0, false },   { "\n", 0, false },       { "port\n", 0, false },
};

static void test_cases(void)
{
	struct tempdir dir = tempdir_make();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *text = cases[i].text, *path;
		char err[1024] = "";
		unsigned port = 0;

		CU_ASSERT(tempdir_write(&dir, "port", text, strlen(text)));
		path = tempdir_path(&dir, "port");
		EQ_INT_IN(text, port_file_read(path, &port, err, sizeof err), cases[i].port != 0);
		EQ_INT_IN(text, port, cases[i].port);
		EQ_INT_IN(text, strstr(err, path) != NULL, cases[i].port == 0);
		err[0] = '\0';
		EQ_INT_IN(text, port_file_clear(path, err, sizeof err), cases[i].ours);
		EQ_INT_IN(text, strstr(err, path) != NULL, !cases[i].ours);
		EQ_INT_IN(text, access(path, F_OK) != 0, cases[i].ours);
	}
	CU_ASSERT(tempdir_remove(&dir));
}

static void test_life(void)
{
	char err[1024] = "";
	unsigned port = 0;
	struct tempdir dir = tempdir_make();
	struct port_file first, second;
	const char *path;

	path = tempdir_path(&dir, "port");
	CU_ASSERT(port_file_clear(path, err, sizeof err)); /* nothing is there */
	CU_ASSERT(port_file_write(&first, path, 8080, err, sizeof err));
	CU_ASSERT(port_file_read(path, &port, err, sizeof err));
	EQ_INT(port, 8080);
	EQ_STR(err, "");
	CU_ASSERT(!port_file_clear(path, err, sizeof err));
	CU_ASSERT(!port_file_write(&second, path, 65535, err, sizeof err));
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "the server on port 8080, which is running"));
	CU_ASSERT(port_file_read(path, &port, err, sizeof err));
	EQ_INT(port, 8080);
	EQ_INT(tempdir_count(&dir), 1); /* the temporary one is gone */
	close(first.fd);                /* as when the server is killed */
	CU_ASSERT(port_file_write(&second, path, 65535, err, sizeof err));
	CU_ASSERT(port_file_read(path, &port, err, sizeof err));
	EQ_INT(port, 65535);
	port_file_remove(&second, path, 8080); /* another has written it */
	EQ_INT(tempdir_count(&dir), 1);
	CU_ASSERT(port_file_write(&second, path, 65535, err, sizeof err));
	port_file_remove(&second, path, 65535);
	EQ_INT(tempdir_count(&dir), 0);
	port_file_remove(&second, path, 65535);
	CU_ASSERT(!port_file_write(&first, tempdir_path(&dir, "none/port"), 8080, err, sizeof err));
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "none/port: cannot be written: "));
	CU_ASSERT(tempdir_remove(&dir));
}

/* Links, pipes and folders are not port files, whatever is behind them, and stay. */
static void test_others(void)
{
	static const char *const names[] = { "link", "dangling", "pipe", "folder" };
	struct port_file held;
	char err[1024] = "";
	unsigned port = 0;
	struct tempdir dir = tempdir_make();

	CU_ASSERT(tempdir_write(&dir, "port", "8080\n", 5));
	EQ_INT(symlink("port", tempdir_path(&dir, "link")), 0);
	EQ_INT(symlink("none", tempdir_path(&dir, "dangling")), 0);
	EQ_INT(mkfifo(tempdir_path(&dir, "pipe"), 0600), 0);
	EQ_INT(mkdir(tempdir_path(&dir, "folder"), 0700), 0);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *path = tempdir_path(&dir, names[i]);

		held.fd = dup(STDOUT_FILENO);
		EQ_INT_IN(names[i], port_file_read(path, &port, err, sizeof err), false);
		EQ_INT_IN(names[i], port_file_clear(path, err, sizeof err), false);
		port_file_remove(&held, path, 8080);
	}
	EQ_INT(tempdir_count(&dir), 5);
	CU_ASSERT(tempdir_remove(&dir));
}

UNIT_MAIN("port_file", { "cases", test_cases }, { "life", test_life }, { "others", test_others })
