/* SPDX-License-Identifier: MIT
 * fault_rule.h - reading a fault rule that a tester sends.
 */
#ifndef HTTP_FAULT_RULE_H
#define HTTP_FAULT_RULE_H

#include "http/exchange.h"
#include "workspace/fault.h"

/*
 * Read a rule by the members of fault_shape; its texts are in the arena. False, with x failed, if
 * it could never apply, or never be seen. `place` is what messages call it: "faults[2]".
 */
bool fault_rule_read(struct exchange *x, const char *place, const struct body *body,
		     struct arena *a, struct fault *rule) MUST_CHECK;

enum { FAULT_HEADER_MAX = 4096 /* bytes */ };

/* Read the rule of the request's header Miru-Mock-Fault, which it has. */
bool fault_rule_read_header(struct exchange *x, struct fault *rule) MUST_CHECK;

/* "no such operation 'NAME'; the nearest is...", for a message; NULL when memory is short. */
const char *fault_no_operation(struct exchange *x, const char *name);

#endif
