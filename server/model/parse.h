/*
 * parse.h - what the parsers of queries and bodies share. Knows nothing of what they read.
 */
#ifndef MODEL_PARSE_H
#define MODEL_PARSE_H

#include "base/arena.h"
#include "base/utf8.h"
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

/* Note what is wrong with a field, in the words of a format. */
#define PARSE_FAIL(p, field, ...) parse_fail((p), (field), arena_printf((p)->arena, __VA_ARGS__))

static inline bool parse_fail(struct parser *p, const char *field, const char *message)
{
	p->error = (struct parse_error){ field, message };
	return false;
}

/* What a client has sent, for a message: cut short; "?" when memory is, which the arena notes. */
static inline const char *parse_shown(struct parser *p, const char *text)
{
	enum { SHOWN_MAX = 64 };
	const char *clean = utf8_clean(p->arena, text, SHOWN_MAX);

	return clean ? clean : "?";
}

/* What a text begins with, up to a separator: *text becomes what follows, NULL after the last. */
static inline const char *parse_item(struct parser *p, const char **text, char separator)
{
	const char *end = strchrnul(*text, separator);
	const char *item = arena_strndup(p->arena, *text, (size_t)(end - *text));

	*text = *end ? end + 1 : NULL;
	return item;
}

#endif
