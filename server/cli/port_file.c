/* SPDX-License-Identifier: MIT
 * port_file.c - reads, writes and removes a port file, and leaves any other file alone.
 */
#include "cli/port_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
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

/* Does a running server hold it? If the file system has no locks, that is not known. */
static bool is_held(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	bool held;

	if (fd < 0)
		return false;
	held = flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
	close(fd);
	return held;
}

/* is_held(), for longer than a server takes that has been told to end. */
static bool stays_held(const char *path)
{
	enum { TICK_MS = 10, WAIT_MS = 1000 };

	for (int ms = 0; ms < WAIT_MS; ms += TICK_MS) {
		if (!is_held(path))
			return false;
		nanosleep(&(struct timespec){ .tv_nsec = TICK_MS * 1000000L }, NULL);
	}
	return true;
}

bool port_file_clear(const char *path, char *err, size_t errlen)
{
	struct stat st;
	long port;

	if (lstat(path, &st) != 0)
		return true; /* there is no file; if the path is wrong, writing will fail */
	port = read_port(path);
	if (port < 0) {
		snprintf(err, errlen,
			 "--port-file %s: not a file that a server wrote; choose another", path);
		return false;
	}
	if (stays_held(path)) {
		snprintf(err, errlen,
			 "--port-file %s: the server on port %ld, which is running, has written "
			 "it; choose another",
			 path, port);
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

bool port_file_write(struct port_file *f, const char *path, unsigned port, char *err, size_t errlen)
{
	char temporary[4096];

	f->fd = -1;
	if (!port_file_clear(path, err, errlen)) /* another may have begun since */
		return false;
	errno = ENAMETOOLONG;
	if (snprintf(temporary, sizeof temporary, "%s.%ld", path, (long)getpid()) <
	    (int)sizeof temporary)
		f->fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (f->fd >= 0) {
		(void)!flock(f->fd, LOCK_EX | LOCK_NB); /* it is new, so the lock is free */
		if (dprintf(f->fd, "%u\n", port) > 0 && rename(temporary, path) == 0)
			return true;
	}
	snprintf(err, errlen, "--port-file %s: cannot be written: %s", path, strerror(errno));
	if (f->fd >= 0) { /* else it may be a file of another process */
		unlink(temporary);
		close(f->fd);
		f->fd = -1;
	}
	return false;
}

void port_file_remove(struct port_file *f, const char *path, unsigned port)
{
	if (f->fd < 0)
		return;
	if (read_port(path) == (long)port)
		unlink(path);
	close(f->fd);
	f->fd = -1;
}
