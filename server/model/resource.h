/* SPDX-License-Identifier: MIT
 * resource.h - the table of the API's resources: fields, words, relations, and the versions in
 * which each exists (behaviour: sections 7, 8 and 14). Pure data and look-ups.
 *
 * The reading of queries, SQL, JSON, fixtures and the test of the schema follow these rows. A new
 * field is a row here and a column in schema.sql.
 */
#ifndef MODEL_RESOURCE_H
#define MODEL_RESOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/error.h"
#include "model/string_format.h"
#include "model/word.h"

enum resource_id {
	R_API_KEY,
	R_GROUP,
	R_DEVICE,
	R_GIT_COMMIT,
	R_CONFIG_TYPE,
	R_CONFIG_SCHEMA,
	R_INSTANCE_SLOT,
	R_SCHEMA_DOCUMENT,
	R_SCHEMA_COMMIT,
	R_CONFIG_INSTANCE,
	R_INSTANCE_CONTENT,
	R_RELEASE,
	R_DEPLOYMENT,
	R_COUNT
};

enum kind {
	K_ID,  /* the resource's own id */
	K_REF, /* the id of a row of `refers` */
	K_TEXT,
	K_ENUM, /* one of `words` */
	K_TIME, /* RFC 3339 in JSON, schema.sql's form in the database */
	K_BOOL,
	K_SCOPES, /* a list of scopes */
	K_ONE,    /* a related object */
	K_MANY,   /* a list of related objects */
	K_TEXTS,  /* a list of non-empty texts; stored as JSON */
	K_NANOS,  /* nanoseconds, from 1 to NANOS_MAX */
	/* Of bodies only: */
	K_IDS,         /* a list of ids */
	K_SECONDS,     /* seconds */
	K_WHOLE,       /* a whole number, from `least` to `most` */
	K_OBJECT,      /* an object with the fields `members` */
	K_OBJECTS,     /* a list of such objects */
	K_JSON,        /* any JSON, kept as its text */
	K_JSON_OBJECT, /* an object of any members, of at most `most` bytes, kept as its text */
};

enum {
	F_NULL = 1,      /* may be null, and is then shown as null */
	F_OPTIONAL = 2,  /* may be null, and is then left out */
	F_EXPAND = 4,    /* shown only if `expand` asks for it */
	F_GENERATED = 8, /* generated if a fixture leaves it out */
	F_SECRET = 16,   /* never shown in messages */
	F_STATE = 512,   /* a time that is a state: its changes are events */
	/* Of bodies only: */
	F_REQUIRED = 32,
	F_LENIENT = 64,        /* --lenient-parent relaxes its rule */
	F_NON_EMPTY = 128,     /* a list of at least one */
	F_CHECKED_LATER = 256, /* the operation checks its format, and has an error of its own */
};

/* Ten seconds. */
#define NANOS_MAX INT64_C(10000000000)

/*
 * How the rows of a resource (near) lead to rows of another, the target (far).
 *
 * With a link table: to rows `t` of the target for which a row `l` of the link table has l.near =
 * the near row's key and l.far = the target row's key. A to-one relation through a column of the
 * near row uses the near table as the link table. Without: to rows of the target with t.near = the
 * near row's key. `where` narrows both: SQL over l and t. Lists are in the order of `position`.
 */
struct relation {
	enum resource_id target;
	const char *link;
	const char *near, *far;
	const char *where;
	const char *ids; /* to-many through a link table: the name of the list of ids in fixtures */
};

/* A part of the fields: all, or those that a POST or a PATCH may give. */
enum part { PART_ALL, PART_CREATE, PART_PATCH };

/* The fields that a body, an object within it, or a query may have. */
struct shape {
	const struct field *fields; /* NULL: none */
	size_t count;
	enum part part;
	size_t listed; /* messages list only so many, the first ones; 0: all */
};

struct field {
	const char *name; /* JSON key, query parameter, and column unless `sql` or `derive` */
	enum kind kind;
	unsigned flags;
	struct span on;                  /* the versions that show it */
	struct span filter, sort;        /* the versions that filter and sort lists by it */
	struct span create, patch;       /* the versions whose POST and PATCH may give it */
	enum string_format strfmt;       /* K_TEXT */
	int64_t least, most;             /* K_WHOLE; K_JSON_OBJECT: most bytes */
	enum resource_id refers;         /* K_REF */
	const struct word *words;        /* K_ENUM; ends with a row without text */
	const struct relation *relation; /* K_ONE, K_MANY */
	const struct shape *members;     /* K_OBJECT, K_OBJECTS */
	/* The default in fixtures and new rows: a fixed value ("now" for a time), or the value of
	 * another field. Without a default it is null if it may be, else required. */
	const char *preset, *same_as;
	/* If no column stores it: SQL over t, or a function of two other fields. */
	const char *sql;
	/* If an index can serve the filter by `sql`: SQL that ends before the comparison. */
	const char *matching;
	const char *(*derive)(const char *, const char *);
	const char *from[2];
};

/* Fields whose values no two rows may share; owned rows: no two of one owner. */
struct unique {
	const char *fields[2];
	const char *when[2]; /* only rows in which this field has this value; or NULL */
	const char *says;    /* the rule, for a message */
	enum error taken;    /* the error of a request that breaks it */
};

struct resource {
	const char *object; /* the value of "object" in answers; NULL: none */
	const char *called; /* its name in messages, after "a" */
	const char *array;  /* in fixtures; NULL: its rows are inside their owner */
	const char *table;
	const char *key;     /* the column that relations lead to */
	const char *prefix;  /* of generated ids, or NULL */
	const char *example; /* an id that the demo has, or NULL */
	const struct field *fields;
	size_t nfields;
	const struct unique *uniques; /* ends with a row without fields */
};

extern const struct resource resources[R_COUNT];

/* Answers that no table stores: the key of the request, the result of a ping, a token. */
extern const struct resource principal_answer, ping_answer, token_answer;

enum { FIELDS_MAX = 24 }; /* no resource has more; tests/unit/store/schema_sql.c asserts it */

/* Does a part of the fields have the field in that version? */
static inline bool is_part(const struct field *f, enum part part, enum version v)
{
	return span_has(part == PART_CREATE ? f->create : part == PART_PATCH ? f->patch : f->on, v);
}

static inline bool is_relation(const struct field *f)
{
	return f->kind == K_ONE || f->kind == K_MANY;
}

static inline bool may_be_null(const struct field *f)
{
	return (f->flags & (F_NULL | F_OPTIONAL)) != 0;
}

/* Is there a column of its name in the resource's table? */
static inline bool is_stored(const struct field *f)
{
	return !is_relation(f) && !f->sql && !f->derive;
}

/* Is it read with the row? It is stored, or an SQL expression that some version shows. */
static inline bool is_selected(const struct field *f)
{
	return is_stored(f) || (f->sql && span_is_ever(f->on));
}

/* May a fixture have it? All that answers show, and all that is stored. */
static inline bool is_given(const struct field *f)
{
	return is_relation(f) || f->derive || is_selected(f);
}

/* The column of the near table that a to-one relation goes through; NULL: it goes another way. */
static inline const char *resource_ref_column(const struct resource *near, const struct field *f)
{
	return f->relation->link == near->table ? f->relation->far : NULL;
}

/* Are the rows inside their owner: written and read with it, without an array in fixtures? */
static inline bool is_owned(const struct field *f)
{
	return is_relation(f) && !f->relation->link && !resources[f->relation->target].array;
}

static inline enum resource_id resource_number(const struct resource *r)
{
	return (enum resource_id)(r - resources);
}

/* Must a request that may give the field give it? */
static inline bool is_required(const struct field *f, enum part part)
{
	return part == PART_CREATE ? !may_be_null(f) && !f->preset && !f->same_as
				   : (f->flags & F_REQUIRED) != 0;
}

/* The field of that name, in any version; NULL if there is none. */
const struct field *resource_find_field(const struct resource *r, const char *name);
/* The field of that name, which there must be. */
const struct field *resource_field(const struct resource *r, const char *name);
/* The field that refers to a parent of the same resource; NULL if there is none. */
const struct field *resource_own_ref(const struct resource *r);
/* The resource of that array of fixtures; NULL if there is none. */
const struct resource *resource_of_array(const char *array);
/* The resource whose prefix an id has; NULL if there is none. */
const struct resource *resource_of_id(const char *id);

#endif
