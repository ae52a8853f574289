/*
 * faults.h - the control endpoints of faults, /_mock/faults.
 */
#ifndef CONTROL_FAULTS_H
#define CONTROL_FAULTS_H

#include <stdbool.h>

struct exchange;

/* The rules, in their order, and how often each has fired. */
bool control_get_faults(struct exchange *x);
/* Others in place of all that there are. */
bool control_put_faults(struct exchange *x);
bool control_delete_faults(struct exchange *x);

#endif
