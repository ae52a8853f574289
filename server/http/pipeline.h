/* SPDX-License-Identifier: MIT
 * pipeline.h - the stages that take a request to its answer. Needs no socket.
 */
#ifndef HTTP_PIPELINE_H
#define HTTP_PIPELINE_H

#include "http/exchange.h"

/*
 * Locate the target's path; find the API key and, unless it is a request for a control endpoint,
 * the workspace that it picks. False once x has failed: there can be no such workspace.
 */
bool identify(struct exchange *x);
/* Once identified: the greatest body, in bytes, that the operation of the request's method and
 * target may have. */
size_t body_max(struct exchange *x);
/* Take an exchange from its request, identified or not yet, to its answer. x->worker must be the
 * calling thread's number. */
void serve(struct exchange *x);

#endif
