/*
 * parse.h - what the parsers of queries and bodies share. Knows nothing of what they read.
 */
#ifndef MODEL_PARSE_H
#define MODEL_PARSE_H

#include "base/arena.h"
#include "model/version.h"

/* What is wrong with a request: texts for the client. */
struct parse_error {
	const char *field;   /* the parameter or member, such as "documents[0].name", or NULL */
	const char *message; /* NULL: memory is short */
};

struct parser {
	struct arena *arena;      /* of the results, and of the error's texts */
	enum version version;     /* that the client speaks */
	struct parse_error error; /* set when a function that parses returns false */
};

#endif
