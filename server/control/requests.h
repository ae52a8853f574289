/*
 * requests.h - the control endpoints of the journal, /_mock/requests.
 */
#ifndef CONTROL_REQUESTS_H
#define CONTROL_REQUESTS_H

#include <stdbool.h>

struct exchange;

/* The requests that the workspace has had, narrowed by the query. */
bool control_get_requests(struct exchange *x);
/* Forget them. */
bool control_delete_requests(struct exchange *x);

#endif
