/* SPDX-License-Identifier: MIT
 * behavior_rule.h - reading behaviors that a tester, or a document of fixtures, has. Knows no HTTP.
 */
#ifndef WORKSPACE_BEHAVIOR_RULE_H
#define WORKSPACE_BEHAVIOR_RULE_H

#include "model/body.h"
#include "store/sql.h"
#include "workspace/behavior.h"

/* The fields of {"behaviors":[...]}. */
extern const struct field behaviors_fields[1];

/* The rules of a body of those fields; the rows that they name must exist. NULL if they are
 * refused, with p->error; or, without that, when the database or memory fails. */
struct behaviors *behavior_rules_read(struct parser *p, struct db *db, const struct sql *sql,
				      const struct body *body) MUST_CHECK;
/* False, with p->error, if there are too many. */
bool behavior_rules_check_count(struct parser *p, size_t count) MUST_CHECK;

#endif
