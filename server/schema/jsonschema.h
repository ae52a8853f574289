/*
 * jsonschema.h - JSON Schema, draft 2020-12: is this a schema, and does a value fit it. Pure.
 *
 * All keywords of the core, applicator, unevaluated and validation vocabularies; format, content...
 * and the like are annotations. Nothing outside of the schema's own document is looked at:
 * references to it are refused, and other drafts, too. Patterns are those of regex.h. Numbers are
 * doubles, but for multipleOf the decimals that they stand for. Of keys that repeat the last one
 * counts.
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
 * arena, is "pointer: what is wrong", or at the root only what is wrong; NULL when memory is short.
 */
bool jsonschema_check(struct arena *a, const cJSON *schema, const char **why) MUST_CHECK;
/*
 * Does the value fit? If not, *violations are the first ones, in the order of the value, at most
 * VIOLATIONS_MAX; NULL when memory is short. A schema that does not compile, a value deeper than
 * JSON_DEPTH, and what would take more than JSONSCHEMA_STEPS are violations of the whole.
 */
bool jsonschema_validate(struct arena *a, const cJSON *schema, const cJSON *value,
			 struct violation **violations) MUST_CHECK;

#endif
