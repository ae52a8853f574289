/*
 * body.h - reading a request's body by a table of fields. Knows JSON and the table, nothing of what
 * a member is for.
 */
#ifndef MODEL_BODY_H
#define MODEL_BODY_H

#include "model/parse.h"
#include "model/resource.h"

struct body;

/* What a body says of one field. */
struct member {
	const struct field *field;
	bool set; /* it is there; where the version cannot say null, null is as if it were not */
	const char *text;    /* a single value as it is stored; NULL: null */
	const char **texts;  /* K_IDS, K_TEXTS; */
	struct body *bodies; /* K_OBJECT, K_OBJECTS: */
	size_t count;        /* so many */
	int64_t number;      /* K_SECONDS, in microseconds; K_NANOS, K_WHOLE */
};

struct body {
	struct member *members;
	size_t count;
};

/*
 * Read a JSON object by the fields that the version has of a shape. `strict` refuses members that
 * it does not have; otherwise they are passed over. False on failure, with p->error.
 */
bool body_parse(struct parser *p, const struct shape *shape, bool strict, const char *text,
		size_t len, struct body *body) MUST_CHECK;

/* What the body says of the field of that name; where the version has none, that it is not set. */
const struct member *body_member(const struct body *body, const char *name);
/* Its text, or NULL where it is not set, or null. */
const char *body_text(const struct body *body, const char *name);
/* The number of its word, of a field that is one of an enumeration, or 0 where it is not set. */
unsigned body_word(const struct body *body, const char *name);
/* The object that it is, or NULL where it is not set. */
const struct body *body_object(const struct body *body, const char *name);

#endif
