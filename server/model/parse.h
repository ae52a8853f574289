/* SPDX-License-Identifier: MIT
 * parse.h - what the parsers of queries and bodies share. Knows nothing of what they read.
 *
 * When memory is short a parser returns false, and p->error has no message.
 */
#ifndef MODEL_PARSE_H
#define MODEL_PARSE_H

#include "base/arena.h"
#include "base/utf8.h"
#include "model/version.h"

/* What is wrong with a request, for the client. */
struct parse_error {
	const char *field; /* the parameter or member, such as "documents[0].name", or NULL */
	const char *message;
};

enum { IGNORED_MAX = 32, IGNORED_BYTES = 64 /* of a name; a header has to hold them all */ };

/* What a request has and its operation does not: "query.limt", "body.content.kind". */
struct ignored {
	const char *names[IGNORED_MAX]; /* the last is "..." if there are more */
	size_t count;
};

struct parser {
	struct arena *arena;  /* of the results and the error's texts */
	enum version version; /* of the request */
	struct parse_error error;
	struct ignored *ignored; /* filled with what is passed over; or NULL */
};

/* Note that a name is passed over; `where` is "query." or "body.". */
static inline void parse_ignore(struct parser *p, const char *where, const char *name)
{
	struct ignored *i = p->ignored;

	if (!i || i->count == IGNORED_MAX)
		return;
	name = i->count + 1 == IGNORED_MAX ? "..." : utf8_clean(p->arena, name, IGNORED_BYTES);
	if (name && i->count + 1 < IGNORED_MAX)
		name = arena_printf(p->arena, "%s%s", where, name);
	if (name)
		i->names[i->count++] = name;
}

/* Note what is wrong with a field (may be NULL), as printf has it; false. */
#define PARSE_FAIL(p, field, ...) parse_fail((p), (field), arena_printf((p)->arena, __VA_ARGS__))

static inline bool parse_fail(struct parser *p, const char *field, const char *message)
{
	p->error = (struct parse_error){ field, message };
	return false;
}

/* Text of the client for a message, shortened; "?" when memory is short, which the arena notes. */
static inline const char *parse_shown(struct parser *p, const char *text)
{
	enum { SHOWN_MAX = 64 };
	const char *clean = utf8_clean(p->arena, text, SHOWN_MAX);

	return clean ? clean : "?";
}

/* A parameter's name without what clients append to the names of lists: "expand[]", "expand[0]".
 * NULL when memory is short. */
static inline const char *parse_plain_name(struct parser *p, const char *name)
{
	size_t len = strlen(name);
	const char *bracket = len > 0 && name[len - 1] == ']' ? strrchr(name, '[') : NULL;

	if (!bracket || bracket == name ||
	    bracket + 1 + strspn(bracket + 1, "0123456789") != name + len - 1)
		return name;
	return arena_strndup(p->arena, name, (size_t)(bracket - name));
}

/* The next of the items that a separator splits a text into, in the arena; *text becomes the rest,
 * NULL after the last item. NULL when memory is short. */
static inline const char *parse_item(struct parser *p, const char **text, char separator)
{
	const char *end = strchrnul(*text, separator);
	const char *item = arena_strndup(p->arena, *text, (size_t)(end - *text));

	*text = *end ? end + 1 : NULL;
	return item;
}

#endif
