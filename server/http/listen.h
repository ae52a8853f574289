/* SPDX-License-Identifier: MIT
 * listen.h - the listening socket. Knows nothing of HTTP.
 */
#ifndef HTTP_LISTEN_H
#define HTTP_LISTEN_H

#include <stddef.h>

/*
 * Open a socket that listens on a host's address and a port (0: any free one); *bound becomes the
 * port that it has. The caller closes it. -1, with a line in err, on failure.
 */
int listen_open(const char *host, unsigned port, unsigned *bound, char *err, size_t errlen);

#endif
