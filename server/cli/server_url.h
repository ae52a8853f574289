/*
 * server_url.h - the URL of a server that listens on a host and port. Pure.
 */
#ifndef CLI_SERVER_URL_H
#define CLI_SERVER_URL_H

#include "base/buf.h"

/* Is it every address of the machine, to which nothing can connect? */
bool server_url_is_wildcard(const char *host);

/* Append "http://127.0.0.1:8080": the host's own address, or the loopback's for every address. */
void server_url_add(struct buf *url, const char *host, unsigned port);

#endif
