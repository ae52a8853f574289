/*
 * port_file.h - the file that tells which port a server really has: --port-file.
 */
#ifndef CLI_PORT_FILE_H
#define CLI_PORT_FILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Take away what an earlier server left, so that nobody takes it for ours. False, with a line in
 * err, where the path holds anything else than such a file or an empty one: that is not ours to
 * replace.
 */
bool port_file_clear(const char *path, char *err, size_t errlen);
/* The port in it. False, with a line in err, where no server's port is. */
bool port_file_read(const char *path, unsigned *port, char *err, size_t errlen);
/* Write it: it appears under its name whole, or not at all. False, with a line in err. */
bool port_file_write(const char *path, unsigned port, char *err, size_t errlen);
/* Take it away again, unless it is another server's by now. */
void port_file_remove(const char *path, unsigned port);

#endif
