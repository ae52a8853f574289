/* SPDX-License-Identifier: MIT
 * server_url.h - the URL of a server that listens on a host and port. Asks no resolver.
 */
#ifndef CLI_SERVER_URL_H
#define CLI_SERVER_URL_H

#include "base/buf.h"

enum { SERVER_HOST_MAX = 4096 /* bytes */ };

/* If a host stands for every address of the machine, which no client can connect to: which ones, as
 * "every address" or "every IPv4 address". Else NULL. */
const char *server_url_wildcard(const char *host);

/*
 * The host that a client connects to: loopback for a wildcard and for localhost; an address in its
 * usual form; else the name. Written to out, of SERVER_HOST_MAX + 1 bytes, and cut off if it is
 * longer. Returns out.
 */
const char *server_url_host(const char *host, char *out);

/* Append a URL such as "http://127.0.0.1:8080", of that host. */
void server_url_add(struct buf *url, const char *host, unsigned port);

#endif
