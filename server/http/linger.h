/* SPDX-License-Identifier: MIT
 * linger.h - reads on, and drops, what a client sends whose connection has had its last answer.
 * Closing a socket that has unread data, or gets more, resets the connection, and the client loses
 * the answer. Knows sockets; nothing of requests.
 */
#ifndef HTTP_LINGER_H
#define HTTP_LINGER_H

#include <stdint.h>

#include "base/util.h"

struct lingerer;

/* For at most `max` sockets at a time, each for at most `longest` microseconds. Its thread begins
 * with the first socket. NULL when memory or descriptors are short. */
struct lingerer *linger_new(unsigned max, int64_t longest);
/* Close all sockets. NULL is fine. */
void linger_free(struct lingerer *l);

/* Shut the sending side of a socket, and close the socket once its client has closed its side, or
 * has been silent for a second, or the time is over; at once if there is no room. */
void linger_add(struct lingerer *l, int socket);
/* How many there are. */
unsigned linger_count(struct lingerer *l);

#endif
