/* SPDX-License-Identifier: MIT
 * jsonschema.h - JSON Schema, draft 2020-12: checks schemas, and values against them. Pure.
 *
 * Implements all keywords of the core, applicator, unevaluated and validation vocabularies; format,
 * content... and the like are annotations. References to other documents and other drafts are
 * errors. Patterns are those of regex.h. Numbers are doubles; multipleOf takes them as decimals. Of
 * a key that repeats, the last member counts.
 */
#ifndef SCHEMA_JSONSCHEMA_H
#define SCHEMA_JSONSCHEMA_H

#include <cjson/cJSON.h>

#include "base/arena.h"

enum { VIOLATIONS_MAX = 20, JSONSCHEMA_STEPS = 10 * 1000 * 1000 };

struct violation {
	const char *path; /* a JSON array of keys and indices: ["speed",0] */
	const char *message;
	struct violation *next;
};

/*
 * Does the schema compile, and does each `default` in it fit its own schema? If not, *why, in the
 * arena, is "pointer: what is wrong", without a pointer at the root; NULL when memory is short.
 */
bool jsonschema_check(struct arena *a, const cJSON *schema, const char **why) MUST_CHECK;
/*
 * Does the value fit the schema? If not, *violations are the first ones in the order of the value,
 * at most VIOLATIONS_MAX; NULL when memory is short. If the schema does not compile, the value is
 * deeper than JSON_DEPTH, or more than JSONSCHEMA_STEPS are needed, there is one violation, of the
 * value as a whole.
 */
bool jsonschema_validate(struct arena *a, const cJSON *schema, const cJSON *value,
			 struct violation **violations) MUST_CHECK;

#endif
