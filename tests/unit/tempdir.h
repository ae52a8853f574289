/* SPDX-License-Identifier: MIT
 * tempdir.h - a temporary folder for one test, under TMPDIR, with what the test puts into it.
 */
#ifndef TEMPDIR_H
#define TEMPDIR_H

#include <CUnit/Basic.h>
#include <dirent.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

struct tempdir {
	char path[256];
	char file[512]; /* what tempdir_path returned last */
};

/* Make one; where that fails, the test ends. */
static inline struct tempdir tempdir_make(void)
{
	struct tempdir d = { .path = "" };
	const char *in = getenv("TMPDIR");
	int len = snprintf(d.path, sizeof d.path,
			   "%s/unit."
			   "XX"
			   "XX"
			   "XX",
			   in && *in ? in : P_tmpdir);

	CU_ASSERT_FATAL(len < (int)sizeof d.path && mkdtemp(d.path));
	return d;
}

/* The path of a name in the folder; valid until the next call. */
static inline const char *tempdir_path(struct tempdir *d, const char *name)
{
	snprintf(d->file, sizeof d->file, "%s/%s", d->path, name);
	return d->file;
}

/* Write a file in the folder; false if that fails. */
static inline bool tempdir_write(struct tempdir *d, const char *name, const char *text, size_t len)
{
	FILE *file = fopen(tempdir_path(d, name), "we");
	bool ok = file && fwrite(text, 1, len, file) == len;

	return file && fclose(file) == 0 && ok;
}

/* How many files are in it. */
static inline int tempdir_count(const struct tempdir *d)
{
	struct dirent **all = NULL;
	int n = scandir(d->path, &all, NULL, alphasort);

	for (int i = 0; i < n; i++)
		free(all[i]);
	free(all);
	return n - 2; /* without . and .. */
}

static inline int tempdir_remove_one(const char *path, const struct stat *st, int type,
				     struct FTW *place)
{
	(void)st;
	(void)type;
	(void)place;
	return remove(path);
}

/* Remove the folder and everything in it; false if that fails. */
static inline bool tempdir_remove(const struct tempdir *d)
{
	return nftw(d->path, tempdir_remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0;
}

#endif
