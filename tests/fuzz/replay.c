/* SPDX-License-Identifier: MIT
 * replay.c - a fuzzer's corpus, each file once, by whatever compiler: what was a crash stays mended
 * where there is no libFuzzer, too. Finds the files by the program's name, unless they are given.
 */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

/* An input that takes longer, even instrumented, on a busy machine, is a failure. */
enum { SECONDS = 60, FILE_MAX = 1 << 20 };

static bool replay(const char *path)
{
	FILE *file = fopen(path, "rbe");
	uint8_t *data = malloc(FILE_MAX);
	size_t size = file && data ? fread(data, 1, FILE_MAX, file) : 0;
	/* In memory of exactly its size, so that a sanitizer sees a read beyond it. */
	uint8_t *exact = malloc(size ? size : 1);
	bool ok = file && data && exact && !ferror(file);

	/* The last line of all, where it is the end of the process. */
	printf("%s\n", path);
	fflush(stdout);
	if (ok) {
		memcpy(exact, data, size);
		alarm(SECONDS);
		LLVMFuzzerTestOneInput(exact, size);
		alarm(0);
	} else {
		perror(path);
	}
	if (file)
		fclose(file);
	free(data);
	free(exact);
	return ok;
}

static int is_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
	const char *name = strrchr(program_invocation_short_name, '_'), *srcdir = getenv("srcdir");
	unsigned passed = 0, failed = 0;
	struct dirent **files = NULL;
	char folder[4096], path[8192];
	int n = 0;

	for (int i = 1; i < argc; i++)
		failed += !replay(argv[i]), passed++;
	if (argc < 2) {
		snprintf(folder, sizeof folder, "%s/tests/fuzz/corpus/%s", srcdir ? srcdir : ".",
			 name ? name + 1 : "");
		n = scandir(folder, &files, is_file, alphasort);
		if (n <= 0)
			fprintf(stderr, "no corpus in %s\n", folder);
	}
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, files[i]->d_name);
		failed += !replay(path), passed++;
		free(files[i]);
	}
	free(files);
	if (passed == 0)
		failed = passed = 1;
	printf("== %u passed, %u failed\n", passed - failed, failed);
	return failed ? 1 : 0;
}
