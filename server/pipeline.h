/*
 * pipeline.h - the way of a request through the server. Needs no socket.
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include "exchange.h"

/* Take an exchange from its request to its answer. x->db must be the calling thread's. */
void serve(struct exchange *x);

#endif
