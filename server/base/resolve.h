/* SPDX-License-Identifier: MIT
 * resolve.h - the addresses of a host.
 */
#ifndef BASE_RESOLVE_H
#define BASE_RESOLVE_H

#include <netdb.h>

#include "base/util.h"

/*
 * The addresses of a host for TCP, to be released with freeaddrinfo(). "*" is every address of the
 * machine, to listen on. "*", "localhost" and numeric addresses need no resolver. NULL, with what
 * is wrong in err, on failure.
 */
struct addrinfo *resolve(const char *host, char *err, size_t errlen);

#endif
