/*
 * language.h - the languages of config schemas: which formats go with each, whether documents are
 * schemas, whether content is an instance of one (behaviour: sections 10.2 and 10.3). Pure.
 */
#ifndef SCHEMA_LANGUAGE_H
#define SCHEMA_LANGUAGE_H

#include "base/buf.h"
#include "schema/jsonschema.h"

enum { LANGUAGE_FORMATS = 6 };

struct language {
	const char *name;
	/* Each ends with NULL. */
	const char *formats[LANGUAGE_FORMATS];          /* of its documents */
	const char *instance_formats[LANGUAGE_FORMATS]; /* of its instances */
	bool any_file;       /* their files may be called anything, rather than as the format is */
	bool many_documents; /* may have more than one document */
	bool parsed;         /* their content is read, rather than taken as it is */
	/* Is that a document? If so, its canonical form is added to the buffer; if not, *why says
	 * why, or is NULL when memory is short. */
	bool (*document)(struct arena *a, const char *format, const char *data,
			 struct buf *canonical, const char **why);
	/* Does parsed content fit the (first) document? If not, see jsonschema_validate().
	 * NULL: whatever can be read does. */
	bool (*instance)(struct arena *a, const char *format, const char *data,
			 const cJSON *content, struct violation **violations);
};

/* The language of that name, which is a word of schema_language_words. */
const struct language *language_find(const char *name);
/* Is a text in such a list? */
bool language_has(const char *const *list, const char *text);
/* May its instances be written to that file? */
bool language_allows_file(const struct language *l, const char *filepath);

/* Add the canonical form of a document, be it one or not. False when memory is short. */
bool language_canonical(struct arena *a, const struct language *l, const char *format,
			const char *data, struct buf *canonical) MUST_CHECK;

/* A text, and the format that it is written in. */
struct formatted {
	const char *format, *text;
};

/*
 * Is content, in one of its instance formats, an instance of a document (without text: any)? If
 * not, *why says where and why it cannot be read, or *violations what does not fit; the other is
 * NULL, and both are when memory is short.
 */
bool language_check(struct arena *a, const struct language *l, const struct formatted *document,
		    const struct formatted *content, const char **why,
		    struct violation **violations) MUST_CHECK;

#endif
