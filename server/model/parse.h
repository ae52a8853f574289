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

struct parser {
	struct arena *arena;  /* of the results and the error's texts */
	enum version version; /* of the request */
	struct parse_error error;
};

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
