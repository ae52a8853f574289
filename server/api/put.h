/* SPDX-License-Identifier: MIT
 * put.h - pieces of OpenAPI documents, by the tables of fields: schemas, parameters, errors. Knows
 * nothing of what a document describes.
 */
#ifndef API_PUT_H
#define API_PUT_H

#include "base/json_writer.h"
#include "model/operation.h"

struct exchange;

enum { PUT_NAME = 64, PUT_LINE = 256 };

/* The document that is being written. */
struct document {
	struct writer w;
	struct arena *arena;
	const struct operation_table *table;
	enum version v;
	long max_limit;
	bool strict; /* bodies refuse what they do not have, and a null that has no meaning */
};

/* Texts, with NULL at the end. */
#define PUT_LIST(...)                                                                              \
	(const char *const[])                                                                      \
	{                                                                                          \
		__VA_ARGS__, NULL                                                                  \
	}

/* ---- pieces ---------------------------------------------------------------------------------- */

void put_text(struct document *d, const char *key, const char *text);
void put_int(struct document *d, const char *key, long long value);
void put_true(struct document *d, const char *key);
void put_open(struct document *d, const char *key);
void put_open_item(struct document *d);
void put_close(struct document *d);
/* Open objects inside each other, by their keys; close so many. */
void put_open_all(struct document *d, const char *const *keys);
void put_close_all(struct document *d, size_t n);
void put_open_list(struct document *d, const char *key);
void put_close_list(struct document *d);
void put_item(struct document *d, const char *text);
void put_list(struct document *d, const char *key, const char *const *texts);
/* An object of one text: {"type": "string"}, say. */
void put_object(struct document *d, const char *key, const char *member, const char *text);

/* ---- schemas --------------------------------------------------------------------------------- */

/* The members of a schema of texts of that format, */
void put_format(struct document *d, const char *type, const char *format);
/* and a schema, under a key, of a text that is always the same. */
void put_constant(struct document *d, const char *key, const char *text);
/* "ConfigInstance" of "config_instance"; a reference to that schema. */
const char *put_schema_name(const struct resource *r, char out[PUT_NAME]);
void put_ref(struct document *d, const struct resource *r, const char *suffix);
/* The words that the version has, as an enumeration. */
void put_words(struct document *d, const struct word *words, bool or_null);
/* The schema of a field's value; in a body of that shape, with its limits; else NULL. */
void put_value(struct document *d, const struct field *f, const struct shape *body);
void put_default(struct document *d, const struct field *f);
/* The schema of a resource in an answer of the API; of a page of a list. */
void put_properties(struct document *d, const struct resource *r);
void put_page(struct document *d, const struct resource *r);
/* The schema of an object in a body; of one in an answer. */
void put_members(struct document *d, const struct shape *shape);
void put_shown(struct document *d, const struct shape *shape);
/* The schema Error: {"error":{"code","params","message"}}. */
void put_error(struct document *d);

/* ---- paths ----------------------------------------------------------------------------------- */

typedef bool operation_test(const struct document *d, const struct operation *op);
typedef void operation_writer(struct document *d, const struct operation *op);

/* The member "paths": each path of the table's operations that the document `has`, in the order of
 * the table, with what its operations share (`put_common`, or NULL) and each operation (`put`). */
void put_paths(struct document *d, operation_test *has, operation_writer *put_common,
	       operation_writer *put);
/* Open the object of an operation, whose key is its method. */
void put_open_operation(struct document *d, const struct operation *op);

/* ---- parameters and answers ------------------------------------------------------------------ */

void put_open_parameter(struct document *d, const char *name, const char *where);
/* The parameters of an operation's query, as items of a list. */
void put_query(struct document *d, const struct operation *op);
/* The name of the parameter in an operation's path; false if it has none. */
bool put_path_parameter(const struct operation *op, char name[PUT_LINE]);
/* A header of an answer. */
void put_header(struct document *d, const char *name);
/* Open a media type's schema. */
void put_open_media(struct document *d, const char *type);
void put_close_media(struct document *d);
/* The host and port that the client has asked, if a URL can have them; else NULL. */
const char *put_server_name(const struct exchange *x);

#endif
