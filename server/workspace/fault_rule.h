/* SPDX-License-Identifier: MIT
 * fault_rule.h - reading fault rules that a tester, or a document of fixtures, has. Knows no HTTP.
 */
#ifndef WORKSPACE_FAULT_RULE_H
#define WORKSPACE_FAULT_RULE_H

#include "model/body.h"
#include "model/operation.h"
#include "workspace/fault.h"

/* The fields of {"faults":[...]}. */
extern const struct field faults_fields[1];

/*
 * Read a rule by the members of fault_shape; its texts are in the arena `a`. False, with p->error,
 * if it could never apply, or never be seen. ``place` is what messages call it: "faults[2]". They
 * do not speak of `limit` if the rule is for a `single` request.
 */
bool fault_rule_read(struct parser *p, const struct operation_table *operations, const char *place,
		     bool single, const struct body *body, struct arena *a,
		     struct fault *rule) MUST_CHECK;
/* Note what is wrong with a field of a rule; false. */
bool fault_rule_fail(struct parser *p, const char *place, const char *field, const char *message);

/* The rules of a body of faults_fields. NULL, with p->error, if they are refused, or when memory is
 * short. */
struct fault_set *fault_rules_read(struct parser *p, const struct operation_table *operations,
				   const struct body *body) MUST_CHECK;
/* Note that there are too many rules; false. */
bool fault_rules_fail_count(struct parser *p, size_t count);

/* "no such operation 'NAME'; the nearest is...", for a message; NULL when memory is short. */
const char *fault_no_operation(struct parser *p, const struct operation_table *operations,
			       const char *name);

#endif
