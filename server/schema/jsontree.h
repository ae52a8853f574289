/* SPDX-License-Identifier: MIT
 * jsontree.h - JSON as a tree of nodes that know their place and their parent, and have their
 * members sorted by key. Made from a cJSON tree, which must outlive it. Pure.
 */
#ifndef SCHEMA_JSONTREE_H
#define SCHEMA_JSONTREE_H

#include "base/arena.h"
#include "base/decimal.h"
#include "base/json.h"

/* Bits, so that a schema's types are a set. */
enum node_type {
	NODE_NULL = 1,
	NODE_BOOLEAN = 2,
	NODE_INTEGER = 4, /* in sets only: a node that is an integer has the type NODE_NUMBER */
	NODE_NUMBER = 8,
	NODE_STRING = 16,
	NODE_ARRAY = 32,
	NODE_OBJECT = 64,
};

struct schema;

struct node {
	enum node_type type;
	const struct node *parent;
	const char *key;   /* in an object; NULL elsewhere */
	size_t index;      /* in an array */
	size_t order;      /* its number, in the order of the document */
	size_t weight;     /* about the cost to compare it, with all that is within */
	size_t key_weight; /* the cost to compare the key */
	union {
		const char *text;
		const struct decimal *number;
		bool boolean;
	};
	size_t count;                /* of items, members, or the characters of a text */
	struct node **items;         /* of an array; of an object, sorted by key, each key once */
	const struct schema *schema; /* for jsonschema_compile.c: the schema that the node is */
};

/*
 * Make a tree. Of a key that repeats, the last member counts. If it fails: NULL, and *why, that it
 * is deeper than JSON_DEPTH; *why is NULL when memory is short.
 */
struct node *jsontree_load(struct arena *a, const cJSON *json, const char **why) MUST_CHECK;
/* The member with a key. NULL if there is none, or `object` is no object or NULL. */
struct node *jsontree_get(const struct node *object, const char *key);
/* Compare values in a total order: 0 if they are equal. */
int jsontree_compare(const struct node *a, const struct node *b);
/* The items of an array in that order, equal ones in the array's order. NULL when memory is short.
 */
const struct node **jsontree_sort(struct arena *a, const struct node *array) MUST_CHECK;
/* Find two equal items of an array. False if there are none, or when memory is short. */
bool jsontree_equal_items(struct arena *a, const struct node *array, size_t *first, size_t *second);

bool jsontree_is_integer(const struct node *n);

/*
 * Texts for messages, in valid UTF-8, cut if they are long. They are never NULL: when memory is
 * short, they are empty, and the arena has failed.
 */

/* A set of enum node_type: "boolean or object". */
const char *jsontree_type_names(struct arena *a, unsigned types);
/* The keys and indices that lead to a node, as a JSON array. */
const char *jsontree_path(struct arena *a, const struct node *n);
/* The JSON pointer to a node. */
const char *jsontree_pointer(struct arena *a, const struct node *n);
/* A text in single quotes. */
const char *jsontree_quote(struct arena *a, const char *text);
/* A value, with a text in single quotes, and a number as it was written; of an array or an object
 * only the type. */
const char *jsontree_show(struct arena *a, const struct node *n);
const char *jsontree_show_number(struct arena *a, const struct decimal *number);

#endif
