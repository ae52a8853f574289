/* SPDX-License-Identifier: MIT
 * scenario.h - what fixtures say of what happens, beside their rows: clock, pace, fault rules and
 * behaviors, with which a workspace begins, and to which a reset goes back. Does not change once it
 * is read; reference counted.
 */
#ifndef WORKSPACE_SCENARIO_H
#define WORKSPACE_SCENARIO_H

#include "base/refcount.h"
#include "fixture/scenario_text.h"
#include "workspace/behavior.h"
#include "workspace/fault.h"

struct scenario {
	struct refcount refs;
	struct fault_set *faults;      /* or NULL */
	struct behaviors *behaviors;   /* or NULL */
	char *texts[SCENARIO_MEMBERS]; /* as the fixtures have them, JSON, or NULL */
};

/* A reference more; NULL is fine. */
struct scenario *scenario_ref(struct scenario *s);
void scenario_unref(struct scenario *s);

/* The rules with which a workspace begins: sets of its own, or NULL. */
struct scenario_rules {
	struct fault_set *faults;
	struct behaviors *behaviors;
};

/* Copy the rules of a scenario; none, if `s` is NULL. False when memory is short. */
bool scenario_copy_rules(const struct scenario *s, struct scenario_rules *rules) MUST_CHECK;
/* Free rules that no workspace was given. */
void scenario_free_rules(struct scenario_rules *rules);

/* Does it have a member? `s` may be NULL. */
bool scenario_has(const struct scenario *s, enum scenario_member which);
/* Its members as the fixtures have them, JSON or NULL; NULL if `s` is. */
const char *const *scenario_texts(const struct scenario *s);

#endif
