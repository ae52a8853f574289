/* SPDX-License-Identifier: MIT
 * server_url.h - the URL of a server that listens on a host and port. Pure.
 */
#ifndef CLI_SERVER_URL_H
#define CLI_SERVER_URL_H

#include "base/buf.h"

/* Does a host stand for every address of the machine? No client can connect to it. */
bool server_url_is_wildcard(const char *host);

/* Append a URL such as "http://127.0.0.1:8080": of the host or, if it is a wildcard, of loopback.
 */
void server_url_add(struct buf *url, const char *host, unsigned port);

#endif
