/* SPDX-License-Identifier: MIT
 * language.h - the languages of config schemas: the formats of each, whether documents are schemas,
 * and whether content is an instance of a schema (behaviour: sections 10.2 and 10.3). Pure.
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
	bool any_file;       /* its files may have any extension; false: only that of the format */
	bool many_documents; /* a schema may have more than one document */
	bool parsed;         /* its content is parsed; false: it is taken as it is */
	/* Is `data` a document? If so, its canonical form is appended. If not, *why says what is
	 * wrong; it is NULL when memory is short. */
	bool (*document)(struct arena *a, const char *format, const char *data,
			 struct buf *canonical, const char **why);
	/* Does parsed content fit the first document, `data`? If not, *violations are as of
	 * jsonschema_validate(). NULL: all content that can be parsed does. */
	bool (*instance)(struct arena *a, const char *format, const char *data,
			 const cJSON *content, struct violation **violations);
};

/* The language with that name, a word of schema_language_words. */
const struct language *language_find(const char *name);
/* Is a text in a list that ends with NULL? */
bool language_has(const char *const *list, const char *text);
/* May instances be written to a file of that name? */
bool language_allows_file(const struct language *l, const char *filepath);

/* Append the canonical form of a document. A text that is no document, which fixtures may have, is
 * taken as it is. False when memory is short. */
bool language_canonical(struct arena *a, const struct language *l, const char *format,
			const char *data, struct buf *canonical) MUST_CHECK;

/* A text, and the format that it is written in. */
struct formatted {
	const char *format, *text;
};

/*
 * Is content, in a format of the language's instances, an instance of a document? A document
 * without text has any instance. If not, *why says why it cannot be parsed, or *violations what
 * does not fit. The other one is NULL; both are when memory is short.
 */
bool language_check(struct arena *a, const struct language *l, const struct formatted *document,
		    const struct formatted *content, const char **why,
		    struct violation **violations) MUST_CHECK;

#endif
