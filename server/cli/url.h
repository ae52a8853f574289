/*
 * url.h - where a server that listens on a host and port is to be reached. Pure.
 */
#ifndef CLI_URL_H
#define CLI_URL_H

#include "base/buf.h"

/* Every address of the machine, which is none to connect to. */
bool address_is_every(const char *host);

/* Append "http://127.0.0.1:8080": the host's own address, or where it is every one, the loop's. */
void address_url(struct buf *to, const char *host, unsigned port);

#endif
