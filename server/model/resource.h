/*
 * resource.h - the table that describes the API's resources: fields, words, relations and the
 * versions in which each exists (behaviour: sections 7, 8 and 14). Pure data and look-ups over it.
 *
 * Query reading, SQL, JSON, fixtures and the schema test are all derived from these rows. A new
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
	K_REF, /* the id of one of another resource */
	K_TEXT,
	K_ENUM, /* one of `words` */
	K_TIME, /* RFC 3339 outside, schema.sql's form inside */
	K_BOOL,
	K_SCOPES, /* a list of scopes */
	K_ONE,    /* a related object */
	K_MANY,   /* a list of related objects */
	K_TEXTS,  /* a list of texts that are not empty; stored as JSON */
	K_NANOS,  /* a number of nanoseconds, from 1 to NANOS_MAX */
	/* Of bodies only: */
	K_IDS,     /* a list of ids */
	K_SECONDS, /* a number of them */
	K_WHOLE,   /* a whole number, from `least` to `most` */
	K_OBJECT,  /* an object of its own fields */
	K_OBJECTS, /* a list of such */
};

enum {
	F_NULL = 1,      /* may be null, and is then shown as null */
	F_OPTIONAL = 2,  /* may be null, and is then left out */
	F_EXPAND = 4,    /* shown only where `expand` asks for it */
	F_GENERATED = 8, /* made up where a fixture leaves it out */
	F_SECRET = 16,   /* not to be shown in messages */
	/* Of bodies only: */
	F_REQUIRED = 32,
	F_LENIENT = 64,        /* --lenient-parent concerns it */
	F_NON_EMPTY = 128,     /* a list that is not empty */
	F_CHECKED_LATER = 256, /* its form is checked by the operation, which has an error for it */
};

/* Of K_NANOS: ten seconds. */
#define NANOS_MAX INT64_C(10000000000)

/*
 * How rows of one resource lead to rows of another.
 *
 * With a link table: the rows `t` of the target for which a row `l` of the link has l.near = the
 * near row's key and l.far = the target row's key. A to-one relation through a column of the near
 * row's own is that table linking itself.
 * Without: the target's rows with t.near = the near row's key.
 * `where` narrows either, in SQL over l and t. Lists come in the order of `position`.
 */
struct relation {
	enum resource_id target;
	const char *link;
	const char *near, *far;
	const char *where;
	const char *ids; /* to-many through a link: the fixtures' name for the list of ids */
};

/* What a request may say of rows of a table: of all of them, or of those that it may write. */
enum part { PART_ALL, PART_CREATE, PART_PATCH };

/* The fields that may be given together: in a body, in an object within one, in a query. */
struct shape {
	const struct field *fields; /* NULL: none */
	size_t count;
	enum part part;
};

struct field {
	const char *name; /* JSON key, query parameter, and column unless `sql` or `derive` */
	enum kind kind;
	unsigned flags;
	struct span on;                  /* versions that show it */
	struct span filter, sort;        /* versions whose lists filter and sort by it */
	struct span create, patch;       /* versions whose bodies give it, in a POST and a PATCH */
	enum string_format strfmt;       /* K_TEXT */
	int64_t least, most;             /* K_WHOLE */
	enum resource_id refers;         /* K_REF */
	const struct word *words;        /* K_ENUM; ends with a row without text */
	const struct relation *relation; /* K_ONE, K_MANY */
	const struct shape *members;     /* K_OBJECT, K_OBJECTS */
	/* What a fixture that leaves it out gets: a fixed value, "now" for a time; or another
	 * field's value. Without either, null where it may be null, else it must be given. */
	const char *preset, *same_as;
	/* Where no column stores it: SQL over t, or a function of two other fields. */
	const char *sql;
	/* A filter by `sql` that an index can serve: SQL that ends where the values are compared.
	 */
	const char *matching;
	const char *(*derive)(const char *, const char *);
	const char *from[2];
};

/* Fields whose values no two rows may share; of rows inside an owner, no two in one. */
struct unique {
	const char *fields[2];
	const char *when[2]; /* only rows that hold in this field this value; or NULL */
	const char *says;    /* the rule, for a message */
	enum error taken;    /* what a request is refused with that breaks it */
};

struct resource {
	const char *object; /* the value of "object", or NULL where there is none */
	const char *called; /* in messages, after "a" */
	const char *array;  /* its name in fixtures; NULL where it lives inside its owner */
	const char *table;
	const char *key;    /* the column that relations lead to */
	const char *prefix; /* of its ids, or NULL */
	const struct field *fields;
	size_t nfields;
	const struct unique *uniques; /* ends with a row without fields */
};

extern const struct resource resources[R_COUNT];

/* Answers that no table holds: the key that asks, a ping's end, a token. */
extern const struct resource principal_answer, ping_answer, token_answer;

enum { FIELDS_MAX = 24 }; /* no resource has more; tests/unit/store/schema_sql.c asserts it */

/* May the part of a table that a request writes, or all of it, say a field in that version? */
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

/* Has a column of its own name in the resource's table. */
static inline bool is_stored(const struct field *f)
{
	return !is_relation(f) && !f->sql && !f->derive;
}

/* Is read from the database with the row: stored, or an SQL expression that some version shows. */
static inline bool is_selected(const struct field *f)
{
	return is_stored(f) || (f->sql && span_is_ever(f->on));
}

/* Can stand in a fixture: everything that answers show, and what they never show but is stored. */
static inline bool is_given(const struct field *f)
{
	return is_relation(f) || f->derive || is_selected(f);
}

/* The column of the near resource's own that a to-one relation goes through, or NULL. */
static inline const char *resource_ref_column(const struct resource *near, const struct field *f)
{
	return f->relation->link == near->table ? f->relation->far : NULL;
}

/* Lives inside its owner: written and read with it, without an array of its own in fixtures. */
static inline bool is_owned(const struct field *f)
{
	return is_relation(f) && !f->relation->link && !resources[f->relation->target].array;
}

static inline enum resource_id resource_number(const struct resource *r)
{
	return (enum resource_id)(r - resources);
}

/* Must a request that may say a field say it? */
static inline bool is_required(const struct field *f, enum part part)
{
	return part == PART_CREATE ? !may_be_null(f) && !f->preset && !f->same_as
				   : (f->flags & F_REQUIRED) != 0;
}

/* The field of that name, in any version, or NULL. */
const struct field *resource_find_field(const struct resource *r, const char *name);
/* The same where the name is the program's own: the resource must have the field. */
const struct field *resource_field(const struct resource *r, const char *name);
/* The field that refers to another of the same resource, its parent; NULL where there is none. */
const struct field *resource_own_ref(const struct resource *r);
/* The resource of that fixture array, or NULL. */
const struct resource *resource_of_array(const char *array);
/* The resource whose ids customarily begin as this one does, or NULL. */
const struct resource *resource_of_id(const char *id);

#endif
