/*
 * world.h - fixtures in memory: records as documents describe them, before any is stored. Knows the
 * resource table and JSON, not the database, which it asks through `struct known`.
 *
 * A record is one object of one resource. It may be written several times - in its array and,
 * expanded, inside others - and everything said of it must agree.
 */
#ifndef WORLD_H
#define WORLD_H

#include <cjson/cJSON.h>

#include "arena.h"
#include "expand.h"
#include "ident.h"
#include "problem.h"
#include "rfc3339.h"
#include "row.h"

struct record;

/*
 * What is stored already: how a world asks for it. Whoever answers notes it when it could not look;
 * `has` is then true, so that no problem is made of it.
 */
struct known {
	void *of; /* their first argument */
	/* Is there a row of that id, or would there be, were it not broken and reported as such? */
	bool (*has)(void *of, enum resource_id resource, const char *id);
	/* The row, with what answers always show of it and what the tree expands; in the arena.
	 * NULL where there is none. */
	const struct row *(*read)(void *of, struct arena *a, enum resource_id resource,
				  const char *id, const struct expansion *tree);
};

/* What is said of one field. */
struct given {
	bool set;
	bool wrong;       /* by a value that cannot be: reported, and not to be looked at */
	struct place at;  /* the object that says it, */
	const char *name; /* and the name it gives it; NULL: the field's */
	const char *text; /* a value in the form it is stored in; NULL: null */
	const char **ids; /* a relation, other than through an own column: where it leads to */
	size_t nids;
	const cJSON *owned;          /* the objects that live inside, as written, */
	struct record *first, *last; /* and as records */
};

struct record {
	const struct resource *resource;
	const char *id; /* NULL where it has none, or none yet */
	struct place at;
	struct record *owner; /* the record it lives inside, or NULL */
	size_t position;      /* among its owner's */
	bool broken;          /* something is missing or wrong: not to be stored */
	bool stored;          /* it is already, and agrees: not to be stored again */
	struct record *walk;  /* complete.c's, when it looks for circles: where a walk began */
	struct record *next;  /* in its owner's list, or in the world's */
	struct given given[]; /* by field */
};

/* A name that one record has: its id, or values that no two may share. */
struct name {
	const void *kind; /* the resource whose id it is, or the rule (struct unique) */
	const char *text;
	struct record *record; /* NULL: free */
};

struct world {
	struct arena arena;
	void *block; /* the arena's first, kept when the world is emptied */
	struct problems *problems;
	struct known known;
	struct record *first, *last; /* those without an owner, as they came */
	struct name *names;          /* open addressing */
	size_t cap, count;
	cJSON **documents; /* the records borrow their texts */
	size_t ndocuments, documents_cap;
	char now[TIME_LEN + 1];
	struct ident *ident;
	bool out_of_memory;
	/* More is to come: a record may refer to one of its own resource that is not there yet.
	 * Which resources have such records is noted. */
	bool more;
	bool early[R_COUNT];
};

/*
 * Problems are added to `problems`. What is left out and made up is from `now`, and from `ident`.
 * The pointers must outlive the world.
 */
void world_init(struct world *w, struct problems *problems, int64_t now, struct ident *ident,
		const struct known *known);
/* Forget all records. What they took is kept for others, as far as it is not much. */
void world_clear(struct world *w);
void world_free(struct world *w);

/* Add a document: `text` is what the file of that name holds. */
void world_add(struct world *w, const char *file, const char *text, size_t len);
/* Add an object, which a line of a file is. False, with a problem, where that is none. */
bool world_add_line(struct world *w, const char *file, size_t line, const char *text, size_t len);

/* The record of that id, be it in an array or inside an owner; NULL where there is none. */
struct record *world_find(const struct world *w, enum resource_id resource, const char *id);
/* The same, new if there is none; without an id (NULL) always new. NULL when memory is short. */
struct record *world_record(struct world *w, const struct resource *r, const char *id,
			    struct place at);
/* Who has that name; and if it is nobody, give it to the record, and return that. The text is
 * borrowed. NULL when memory is short. */
struct record *world_name(struct world *w, const void *kind, const char *text,
			  struct record *record);
/* A new record inside another, at the end of its list for `field`. NULL when memory is short. */
struct record *world_own(struct world *w, struct record *owner, const struct field *field,
			 struct place at);

struct given *record_given(struct record *record, const char *field);
/* The text given for a field, or NULL when it is not given, or null. */
const char *record_text(struct record *record, const char *field);
/* Give a field a text, as if the record said so itself. */
void record_set(struct record *record, const char *field, const char *text);
/* Report a problem at a field of a record, and mark the record, and its owner, as broken. */
void record_problem(struct world *w, struct record *record, const char *field, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
/* The same at one item of a field that is a list. */
void record_problem_item(struct world *w, struct record *record, const char *field, size_t item,
			 const char *fmt, ...) PRINTF_LIKE(5, 6);
/* A text for a message: 'text', or null. */
const char *world_quote(struct world *w, const char *text);
/* Do two values say the same? */
bool world_same_json(const cJSON *a, const cJSON *b);
/* A place for a message: "file: pointer", or the file alone. */
const char *world_place(struct world *w, const struct place *at);

#endif
