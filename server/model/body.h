/* SPDX-License-Identifier: MIT
 * body.h - reads a request's body by a table of fields. Knows JSON and the table; nothing of what a
 * member is for.
 */
#ifndef MODEL_BODY_H
#define MODEL_BODY_H

#include "model/parse.h"
#include "model/resource.h"

struct body;

/* What a body says about one field. */
struct member {
	const struct field *field;
	bool set; /* present; a null that the version does not allow counts as absent */
	const char
	    *text; /* a single value in its stored form; of K_JSON and the like, JSON; NULL: null */
	const char **texts;  /* of K_IDS, K_TEXTS */
	struct body *bodies; /* of K_OBJECT, K_OBJECTS */
	size_t count;        /* of texts or bodies */
	int64_t number;      /* K_SECONDS, in microseconds; K_NANOS, K_WHOLE */
};

struct body {
	struct member *members;
	size_t count;
};

/* What becomes of members that the version does not have. */
enum body_mode {
	BODY_LENIENT, /* they are passed over, and noted */
	BODY_STRICT,  /* they are refused, and so is a null that has no meaning */
	BODY_KNOWN,   /* they are refused */
};

/*
 * Read a JSON object by the fields that the version has of a shape; the result is in the arena.
 * False on failure, with p->error.
 */
bool body_parse(struct parser *p, const struct shape *shape, enum body_mode mode, const char *text,
		size_t len, struct body *body) MUST_CHECK;

/* body_parse() of an object elsewhere: what it is called in messages, and what stands before its
 * members' names there. */
bool body_parse_as(struct parser *p, const struct shape *shape, enum body_mode mode,
		   const char *called, const char *prefix, const char *text, size_t len,
		   struct body *body) MUST_CHECK;

/* The member of that name; an unset one if the version has no such field. */
const struct member *body_member(const struct body *body, const char *name);
/* Its text; NULL if it is not set or null. */
const char *body_text(const struct body *body, const char *name);
/* The number of an enumeration's word; 0 if it is not set. */
unsigned body_word(const struct body *body, const char *name);
/* An object; NULL if it is not set. */
const struct body *body_object(const struct body *body, const char *name);

#endif
