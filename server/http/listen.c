/* SPDX-License-Identifier: MIT
 * listen.c - resolving the host, binding, listening.
 */
#include "http/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 511 };

static void write_error(const char *host, unsigned port, char *err, size_t errlen)
{
	if (errno == EADDRINUSE)
		snprintf(err, errlen,
			 "port %u of %s is taken; choose another with --port, or --port 0 for any "
			 "free one",
			 port, host);
	else
		snprintf(err, errlen, "cannot listen on %s port %u: %s", host, port,
			 strerror(errno));
}

/* A socket that listens on the address; -1, with errno set, on failure. */
static int open_socket(const struct addrinfo *to)
{
	static const int on = 1;
	int s = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, to->ai_protocol);

	if (s < 0)
		return -1;
	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(s, to->ai_addr, to->ai_addrlen) == 0 && listen(s, BACKLOG) == 0)
		return s;

	int why = errno;

	close(s);
	errno = why;
	return -1;
}

/* 0, with errno set, on failure. */
static unsigned port_of(int s)
{
	union {
		struct sockaddr_in6 v6;
		struct sockaddr_in v4;
		struct sockaddr any;
	} bound = { 0 };
	socklen_t len = sizeof bound;

	if (getsockname(s, &bound.any, &len) != 0)
		return 0;
	return ntohs(bound.any.sa_family == AF_INET6 ? bound.v6.sin6_port : bound.v4.sin_port);
}

int listen_open(const char *host, unsigned port, unsigned *bound, char *err, size_t errlen)
{
	static const struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
					       .ai_socktype = SOCK_STREAM };
	struct addrinfo *to;
	char service[16];
	int s, rc;

	snprintf(service, sizeof service, "%u", port);
	rc = getaddrinfo(host, service, &hints, &to);
	if (rc != 0) {
		snprintf(err, errlen, "cannot listen on '%s': %s", host, gai_strerror(rc));
		return -1;
	}
	s = open_socket(to);
	*bound = s < 0 ? 0 : port_of(s);
	if (*bound == 0)
		write_error(host, port, err, errlen);
	if (*bound == 0 && s >= 0) {
		close(s);
		s = -1;
	}
	freeaddrinfo(to);
	return s;
}
