/*
 * jsontree.h - JSON to be looked at from all sides: who knows its place, its parent and its keys in
 * order. Made of a cJSON tree, which must outlive it. Pure.
 */
#ifndef SCHEMA_JSONTREE_H
#define SCHEMA_JSONTREE_H

#include "base/arena.h"
#include "base/json.h"

/* Bits, so that a schema's types are a set of them. */
enum node_type {
	NODE_NULL = 1,
	NODE_BOOLEAN = 2,
	NODE_INTEGER = 4, /* in sets only: the type of a whole number is NODE_NUMBER, too */
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
	size_t order;      /* its place in the document */
	size_t weight;     /* of it and all within, about what it costs to compare it */
	size_t key_weight; /* of the key, likewise */
	union {
		const char *text;
		double number;
		bool boolean;
	};
	size_t count;                /* of items, of members, of the characters of a text */
	struct node **items;         /* of an array; of an object, sorted by key, each key once */
	const struct schema *schema; /* what jsonschema_compile.c made of it */
};

/*
 * NULL on failure, with *why: that the tree is deeper than JSON_DEPTH, or NULL when memory is
 * short. Of keys that repeat the last one counts.
 */
struct node *jsontree_load(struct arena *a, const cJSON *json, const char **why) MUST_CHECK;
/* An object's member, or NULL; also of what is no object. */
struct node *jsontree_get(const struct node *object, const char *key);
/* A total order of values; 0 for equal ones. */
int jsontree_compare(const struct node *a, const struct node *b);
/* The items of an array in that order, equal ones as they come. NULL when memory is short. */
const struct node **jsontree_sort(struct arena *a, const struct node *array) MUST_CHECK;
/* Two equal items of an array. False if there are none, or when memory is short. */
bool jsontree_equal_items(struct arena *a, const struct node *array, size_t *first, size_t *second);

bool jsontree_is_integer(const struct node *n);

/*
 * Texts for messages, valid UTF-8, cut where long. They are never NULL: when memory is short they
 * are empty, and the arena has failed.
 */

/* The names of a set of enum node_type: "boolean or object". */
const char *jsontree_type_names(struct arena *a, unsigned types);
/* The keys and indices that lead to a node, as a JSON array. */
const char *jsontree_path(struct arena *a, const struct node *n);
/* The same as a JSON pointer. */
const char *jsontree_pointer(struct arena *a, const struct node *n);
/* A text in single quotes. */
const char *jsontree_quote(struct arena *a, const char *text);
/* A value that is no collection: texts in single quotes. */
const char *jsontree_show(struct arena *a, const struct node *n);
const char *jsontree_show_number(struct arena *a, double number);

#endif
