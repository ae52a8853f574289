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

/* Takes a socket that was accepted, and closes it at its end. Called by the listener's thread. */
typedef void listen_accepted(void *arg, int socket, const struct sockaddr *address, socklen_t len);

/* Is there room for one more? If not, clients wait to be accepted. Called by that thread, too. */
typedef bool listen_has_room(void *arg);

/* Start the thread. False when threads or descriptors are short. */
bool listen_start(struct listener *l, listen_has_room *has_room, listen_accepted *accepted,
		  void *arg) MUST_CHECK;
/*
 * Accept what has connected by now, for at most that many milliseconds; then refuse all others, and
 * end the thread.
 */
void listen_stop(struct listener *l, unsigned ms);

#endif
