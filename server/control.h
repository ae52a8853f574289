/*
 * control.h - the control endpoints, /_mock/: what testers do to the server. No key, no version.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include <stdbool.h>

struct exchange;

/* 200 while the process answers at all. */
bool control_health(struct exchange *x);
/* 200 once the fixtures are loaded; the server listens only then. */
bool control_ready(struct exchange *x);

#endif
