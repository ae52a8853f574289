/*
 * status.h - the one definition of a deployment's status (behaviour: section 11.1). Pure.
 */
#ifndef MODEL_STATUS_H
#define MODEL_STATUS_H

/* The error where there is one, else the activity. Borrows and returns one of its arguments. */
const char *status_merge(const char *activity_status, const char *error_status);

#endif
