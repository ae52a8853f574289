/* SPDX-License-Identifier: MIT
 * listen.h - the listening sockets, one for each address of a host, all with one port; and the
 * thread that accepts from them. Knows nothing of HTTP.
 */
#ifndef HTTP_LISTEN_H
#define HTTP_LISTEN_H

#include <sys/socket.h>

#include "base/util.h"

struct listener;

/*
 * Listen on every address of a host and one port (0: any free one). "*" is every address of the
 * machine. "localhost" and numeric addresses need no resolver. NULL, with a line in err, on
 * failure.
 */
struct listener *listen_open(const char *host, unsigned port, char *err, size_t errlen);
/* The port that all of the sockets have. */
unsigned listen_port(const struct listener *l);
/* Close the sockets; after listen_stop(), if it was started. NULL is fine. */
void listen_close(struct listener *l);

/* What the listener's thread calls. */
struct listen_calls {
	/* Is there room for one more? If not, clients wait to be accepted. */
	bool (*has_room)(void *arg);
	/* Takes a socket that was accepted, and closes it at its end. */
	void (*accepted)(void *arg, int socket, const struct sockaddr *address, socklen_t len);
	/* Called after accepting, and when no client has come for the milliseconds that it
	 * returned (`idle`). -1: not before a client comes. */
	int (*tick)(void *arg, bool idle);
};

/* Start the thread. False when threads or descriptors are short. */
bool listen_start(struct listener *l, const struct listen_calls *calls, void *arg) MUST_CHECK;
/*
 * Accept what has connected by now, for at most that many milliseconds; then refuse all others, and
 * end the thread.
 */
void listen_stop(struct listener *l, unsigned ms);

#endif
