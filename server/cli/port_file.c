/*
 * port_file.c - writing and removing a port file, and nothing that is none.
 */
#include "cli/port_file.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The port in a file of ours, 0 in an empty one, -1 in any other. */
static long read_port(const char *path)
{
	char text[8] = "", end;
	long port = -1;
	struct stat st;
	FILE *file;

	/* Not a link, a pipe or a device, which opening could change, or wait for. */
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
		return true; /* nothing is there; or writing will say what is wrong */
	if (read_port(path) < 0) {
		snprintf(err, errlen,
			 "--port-file %s: there is something that no server wrote; name another",
			 path);
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
			 "--port-file %s: no server has written its port there; start one with it",
			 path);
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
	snprintf(err, errlen, "cannot write %s: %s", path, strerror(errno));
	if (file) /* else it is not ours */
		unlink(temporary);
	return false;
}

void port_file_remove(const char *path, unsigned port)
{
	if (read_port(path) == (long)port)
		unlink(path);
}
