/* SPDX-License-Identifier: MIT
 * pipeline.h - the stages that take a request to its answer. Needs no socket.
 */
#ifndef HTTP_PIPELINE_H
#define HTTP_PIPELINE_H

#include "http/exchange.h"

/*
 * The headers have arrived: find the key, the operation and, unless that is a
 * control endpoint, the workspace; enter the
 * request in the journal. False if there can be no such workspace: x has failed, and the body need
 * not be read. Other failures wait for serve(), so that they are told once the body has come.
 */
bool arrive(struct exchange *x);
/* After that: the greatest body, in bytes, that the operation may have. */
size_t body_max(const struct exchange *x);
/* Take an exchange from its request, arrived or not yet, to its answer. x->worker must be the
 * calling thread's number. */
void serve(struct exchange *x);
/* Run an operation again that waits (see struct wait): it may wait once more. */
void serve_again(struct exchange *x);

#endif
