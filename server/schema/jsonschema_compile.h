/* SPDX-License-Identifier: MIT
 * jsonschema_compile.h - compiles a JSON Schema for jsonschema.c, and is for that file only.
 */
#ifndef SCHEMA_JSONSCHEMA_COMPILE_H
#define SCHEMA_JSONSCHEMA_COMPILE_H

#include "schema/jsontree.h"
#include "schema/regex.h"

/* Keywords whose value is a number. NULL: the schema does not have it. */
enum bound {
	MULTIPLE_OF,
	MINIMUM,
	MAXIMUM,
	EXCLUSIVE_MINIMUM,
	EXCLUSIVE_MAXIMUM,
	MIN_LENGTH,
	MAX_LENGTH,
	MIN_ITEMS,
	MAX_ITEMS,
	MIN_CONTAINS,
	MAX_CONTAINS,
	MIN_PROPERTIES,
	MAX_PROPERTIES,
	BOUNDS
};

/* Keywords whose value is a schema, or refers to one. NULL: the schema does not have it. */
enum sub {
	REF,
	DYNAMIC_REF,
	NOT,
	IF,
	THEN,
	ELSE,
	IN_PLACE, /* the ones before apply to the same value */
	ITEMS = IN_PLACE,
	CONTAINS,
	ADDITIONAL_PROPERTIES,
	PROPERTY_NAMES,
	UNEVALUATED_ITEMS,
	UNEVALUATED_PROPERTIES,
	CONTENT_SCHEMA, /* compiled for its $id and anchors only */
	SUBS
};

/* Keywords for which the checked node is enough; nodes below it that are schemas have `schema`. */
enum js_part {
	ALL_OF,
	ANY_OF,
	ONE_OF,
	DEPENDENT_SCHEMAS,
	SCHEMAS_IN_PLACE, /* the ones before apply to the same value */
	PREFIX_ITEMS = SCHEMAS_IN_PLACE,
	PROPERTIES,
	PATTERN_PROPERTIES,
	DEFS,
	ENUM,
	CONST,
	DEFAULT,
	REQUIRED,
	DEPENDENT_REQUIRED,
	PARTS
};

/* A schema resource: the document, or a schema with an $id. */
struct js_resource {
	const char *uri;
	struct node *node;
};

struct schema {
	const struct node *node; /* NULL: true or {}; with `never`, false */
	bool never, unique_items;
	unsigned types; /* a set of enum node_type; 0: any */
	const struct decimal *bound[BOUNDS];
	const struct schema *sub[SUBS];
	const struct node *part[PARTS];
	const struct js_resource *resource;
	const struct node **enum_values;   /* the items of enum, sorted */
	struct regex *pattern, **patterns; /* for pattern, and for patternProperties; owned */
	const char *dynamic_anchor;        /* that its $dynamicRef may find elsewhere; or NULL */
	enum { UNSEEN, OPEN, DONE } visit; /* by the search for loops */
	struct schema *next;
};

/* A compiled document. */
struct jsonschema {
	struct arena *arena;
	const struct schema *root;
	struct schema *schemas; /* all of them, in no order */
	void *names;            /* of resources and anchors, for tsearch() */
	const char *why;        /* "pointer: what is wrong" */
};

/* Compile into *s. False if it is no valid schema, with s->why, and when memory is short. Then the
 * arena has failed, or s->why is NULL. */
bool jsonschema_compile(struct jsonschema *s, struct arena *a, const cJSON *schema) MUST_CHECK;
/* Call this also if jsonschema_compile() returned false. */
void jsonschema_free(struct jsonschema *s);
/* The schema in a resource with this $dynamicAnchor, or NULL. */
const struct schema *jsonschema_dynamic(const struct jsonschema *s,
					const struct js_resource *resource, const char *anchor);

#endif
