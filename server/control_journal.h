/*
 * control_journal.h - the control endpoints of the journal, /_mock/requests.
 */
#ifndef CONTROL_JOURNAL_H
#define CONTROL_JOURNAL_H

#include <stdbool.h>

struct exchange;

/* The requests that the workspace has had, narrowed by the query. */
bool control_get_requests(struct exchange *x);
/* Forget them. */
bool control_delete_requests(struct exchange *x);

#endif
