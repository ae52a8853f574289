/* SPDX-License-Identifier: MIT
 * settings.h - the clock and the pace of devices, as testers and documents of fixtures set them.
 * Knows no HTTP.
 */
#ifndef WORKSPACE_SETTINGS_H
#define WORKSPACE_SETTINGS_H

#include "base/clock.h"
#include "model/body.h"
#include "model/progression.h"

/* The fields of either body. */
extern const struct field clock_fields[4], transitions_fields[3];

/* Set them by a body of those fields. Alone. False, with p->error, and nothing has changed, if the
 * body makes no sense. */
bool settings_set_clock(struct parser *p, const struct body *body, struct clock *clock) MUST_CHECK;
bool settings_set_transitions(struct parser *p, const struct body *body, const struct clock *clock,
			      struct transitions *t) MUST_CHECK;

#endif
