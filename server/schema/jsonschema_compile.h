/*
 * jsonschema_compile.h - a JSON Schema, read into what jsonschema.c walks. Nobody else's business.
 */
#ifndef SCHEMA_JSONSCHEMA_COMPILE_H
#define SCHEMA_JSONSCHEMA_COMPILE_H

#include "schema/jsontree.h"
#include "schema/regex.h"

/* Keywords that are one number; NAN where a schema has none. */
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

/* Keywords that are one schema, or refer to one; NULL where a schema has none. */
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
	CONTENT_SCHEMA, /* only for its names */
	SUBS
};

/* Keywords whose own node, checked, is all that is needed; below it, nodes have their .schema. */
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

/* A schema with an $id, and the document as a whole. */
struct js_resource {
	const char *uri;
	struct node *node;
};

struct schema {
	const struct node *node; /* NULL: `true` or `{}`, or with never, `false` */
	bool never, unique_items;
	unsigned types; /* a set of enum node_type; 0: any */
	double bound[BOUNDS];
	const struct schema *sub[SUBS];
	const struct node *part[PARTS];
	const struct js_resource *resource;
	const struct node **enum_values;   /* of the enum, sorted */
	struct regex *pattern, **patterns; /* of the pattern, of patternProperties; owned */
	const char *dynamic_anchor;        /* that its $dynamicRef may find elsewhere; or NULL */
	enum { UNSEEN, OPEN, DONE } visit; /* in the search for loops */
	struct schema *next;
};

/* What a schema's text is compiled into. */
struct jsonschema {
	struct arena *arena;
	const struct schema *root;
	struct schema *schemas; /* all of them, in no order */
	void *names;            /* for tsearch: of resources and anchors */
	const char *why;        /* "pointer: what is wrong" */
};

/* Compile into *s. False if it is no good schema, with s->why; or when memory is short, with any.
 */
bool jsonschema_compile(struct jsonschema *s, struct arena *a, const cJSON *schema) MUST_CHECK;
/* Whatever jsonschema_compile returned. */
void jsonschema_free(struct jsonschema *s);
/* The schema in a resource with this $dynamicAnchor, or NULL. */
const struct schema *jsonschema_dynamic(const struct jsonschema *s,
					const struct js_resource *resource, const char *anchor);

#endif
