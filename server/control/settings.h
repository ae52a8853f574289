/*
 * settings.h - the control endpoints of the server and of a workspace's settings: health, ready,
 * clock, transitions.
 */
#ifndef CONTROL_SETTINGS_H
#define CONTROL_SETTINGS_H

#include <stdbool.h>

struct exchange;

/* Answer {"status":"ok"}. */
bool control_answer_ok(struct exchange *x);

/* 200 while the process answers at all. */
bool control_health(struct exchange *x);
/* 200 once the fixtures are loaded; the server listens only then. */
bool control_ready(struct exchange *x);

/* The clock, and how devices progress. */
bool control_get_clock(struct exchange *x);
bool control_put_clock(struct exchange *x);
bool control_advance_clock(struct exchange *x);
bool control_get_transitions(struct exchange *x);
bool control_put_transitions(struct exchange *x);

#endif
