/* SPDX-License-Identifier: MIT
 * port_file.h - the file of --port-file, into which a server writes its port.
 */
#ifndef CLI_PORT_FILE_H
#define CLI_PORT_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* A server holds its file: locked, for as long as the process lives. */
struct port_file {
	int fd; /* -1: it has none */
};

/*
 * Remove a file that an earlier server left, which would be taken for ours, or an empty one. False,
 * with a line in err, if a running server holds it, or if the path is anything else: that is not
 * ours to replace.
 */
bool port_file_clear(const char *path, char *err, size_t errlen);
/* Read the port. False, with a line in err, if there is none. */
bool port_file_read(const char *path, unsigned *port, char *err, size_t errlen);
/* Write the port, and hold the file: it appears with the port, or not at all. False, with a line in
 * err, on failure. */
bool port_file_write(struct port_file *f, const char *path, unsigned port, char *err,
		     size_t errlen);
/* Remove the file, if it is still the one that was written, and let go of it. */
void port_file_remove(struct port_file *f, const char *path, unsigned port);

#endif
