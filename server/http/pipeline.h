/*
 * pipeline.h - the way of a request through the server. Needs no socket.
 */
#ifndef HTTP_PIPELINE_H
#define HTTP_PIPELINE_H

#include "http/exchange.h"

/*
 * Find out whose request it is - the key, and the workspace that it picks - from its headers. False
 * where there can be no such workspace; then it has failed.
 */
bool identify(struct exchange *x);
/* Take an exchange from its request, admitted or not yet, to its answer. x->worker is the calling
 * thread's number. */
void serve(struct exchange *x);

#endif
