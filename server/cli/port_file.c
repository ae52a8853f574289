/* SPDX-License-Identifier: MIT
 * port_file.c - reads, writes and removes a port file, and leaves any other file alone.
 */
#include "cli/port_file.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The port in a port file; 0 if the file is empty, -1 if it is anything else. */
static long read_port(const char *path)
{
	char text[8] = "", end;
	long port = -1;
	struct stat st;
	FILE *file;

	/* A link, pipe or device is not opened: that could have an effect, or wait. */
	if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return -1;
	if (st.st_size == 0)
		return 0;
	file = fopen(path, "re");
	if (!file)
		return -1;
	if (fscanf(file, "%5[0-9]%c", text, &end) == 2 && end == '\n' && fgetc(file) == EOF)
		port = strtol(text, NULL, 10);
	fclose(file);
	return port;
}

bool port_file_clear(const char *path, char *err, size_t errlen)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return true; /* there is no file; if the path is wrong, writing will fail */
	if (read_port(path) < 0) {
		snprintf(err, errlen,
			 "--port-file %s: not a file that a server wrote; choose another", path);
		return false;
	}
	unlink(path);
	return true;
}

bool port_file_read(const char *path, unsigned *port, char *err, size_t errlen)
{
	long found = read_port(path);

	if (found <= 0 || found > UINT16_MAX) {
		snprintf(err, errlen,
			 "--port-file %s: no server has written its port; start one with it", path);
		return false;
	}
	*port = (unsigned)found;
	return true;
}

bool port_file_write(const char *path, unsigned port, char *err, size_t errlen)
{
	char temporary[4096];
	FILE *file = NULL;
	bool ok;

	errno = ENAMETOOLONG;
	if (snprintf(temporary, sizeof temporary, "%s.%ld", path, (long)getpid()) <
	    (int)sizeof temporary)
		file = fopen(temporary, "wxe");
	ok = file && fprintf(file, "%u\n", port) > 0;
	ok = file && fclose(file) == 0 && ok && rename(temporary, path) == 0;
	if (ok)
		return true;
	snprintf(err, errlen, "--port-file %s: cannot be written: %s", path, strerror(errno));
	if (file) /* else it may be a file of another process */
		unlink(temporary);
	return false;
}

void port_file_remove(const char *path, unsigned port)
{
	if (read_port(path) == (long)port)
		unlink(path);
}
