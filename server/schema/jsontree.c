/* SPDX-License-Identifier: MIT
 * jsontree.c - makes the tree of nodes, and answers questions about it.
 */
#include "schema/jsontree.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"

enum {
	SHOWN_MAX = 64,
	POINTER_MAX = 256,
	PATH_MAX_LEN = 4096,
	BYTES_PER_WEIGHT = 64,
	DIGITS_PER_WEIGHT = 8
};

struct loader {
	struct arena *arena;
	size_t count; /* of nodes so far */
	bool too_deep;
};

static struct node *load(struct loader *l, const cJSON *json, const struct node *parent,
			 unsigned depth);

/* Load a member or an item into its place. */
static bool load_child(struct loader *l, struct node *n, const cJSON *json, size_t place,
		       unsigned depth)
{
	struct node *child = load(l, json, n, depth);

	if (!child)
		return false;
	child->key = n->type == NODE_OBJECT ? json->string : NULL;
	child->key_weight = child->key ? strlen(child->key) / BYTES_PER_WEIGHT : 0;
	child->index = place;
	n->items[place] = child;
	n->weight += child->weight + child->key_weight;
	return true;
}

static bool load_items(struct loader *l, struct node *n, const cJSON *json, unsigned depth)
{
	const cJSON *item;
	size_t place = 0;

	cJSON_ArrayForEach(item, json)
		n->count++;
	n->items = arena_alloc(l->arena, (n->count + 1) * sizeof(struct node *));
	if (!n->items)
		return false;
	cJSON_ArrayForEach(item, json)
		if (!load_child(l, n, item, place++, depth))
			return false;
	return true;
}

/* For each member, in the object's order, its index when sorted; SIZE_MAX if its key repeats later.
 */
static size_t *plan_members(struct loader *l, struct node *n, const cJSON *json)
{
	size_t count, *places;
	struct json_member *members = json_members(json, &count);

	if (!members)
		return NULL;
	places = arena_alloc(l->arena, (count + 1) * sizeof *places);
	for (size_t i = 0; places && i < count; i++)
		places[members[i].order] =
		    json_member_repeats(members, count, i) ? SIZE_MAX : n->count++;
	free(members);
	return places;
}

static bool load_members(struct loader *l, struct node *n, const cJSON *json, unsigned depth)
{
	const cJSON *item;
	size_t *places = plan_members(l, n, json);

	n->items = arena_alloc(l->arena, (n->count + 1) * sizeof(struct node *));
	if (!places || !n->items)
		return false;
	cJSON_ArrayForEach(item, json) {
		if (*places != SIZE_MAX && !load_child(l, n, item, *places, depth))
			return false;
		places++;
	}
	return true;
}

static bool load_number(struct loader *l, struct node *n, const cJSON *json)
{
	struct decimal *number = arena_alloc(l->arena, sizeof *number);
	char room[JSON_NUMBER_LEN];
	const char *text = json_number_text(json, room);

	if (text == room)
		text = arena_strdup(l->arena, room);
	if (!number || !text)
		return false;
	*number = decimal_read(text);
	n->type = NODE_NUMBER;
	n->number = number;
	n->weight += number->count / DIGITS_PER_WEIGHT;
	return true;
}

static struct node *load(struct loader *l, const cJSON *json, const struct node *parent,
			 unsigned depth)
{
	struct node *n = arena_zalloc(l->arena, sizeof *n);

	if (!n)
		return NULL;
	n->parent = parent;
	n->order = l->count++;
	n->weight = 1;
	if (cJSON_IsBool(json)) {
		n->type = NODE_BOOLEAN;
		n->boolean = cJSON_IsTrue(json);
	} else if (cJSON_IsNumber(json) && !isnan(json->valuedouble)) {
		if (!load_number(l, n, json))
			return NULL;
	} else if (cJSON_IsString(json)) {
		n->type = NODE_STRING;
		n->text = json->valuestring;
		n->count = utf8_count(n->text);
		n->weight += n->count / BYTES_PER_WEIGHT;
	} else if (cJSON_IsArray(json) || cJSON_IsObject(json)) {
		l->too_deep |= depth == JSON_DEPTH;
		if (l->too_deep)
			return NULL;
		n->type = cJSON_IsArray(json) ? NODE_ARRAY : NODE_OBJECT;
		if (!(n->type == NODE_ARRAY ? load_items(l, n, json, depth + 1)
					    : load_members(l, n, json, depth + 1)))
			return NULL;
	} else {
		n->type = NODE_NULL;
	}
	return n;
}

struct node *jsontree_load(struct arena *a, const cJSON *json, const char **why)
{
	struct loader l = { .arena = a };
	struct node *n = load(&l, json, NULL, 0);

	*why = l.too_deep ? JSON_TOO_DEEP : NULL;
	return n;
}

struct node *jsontree_get(const struct node *object, const char *key)
{
	size_t low = 0, high = object && object->type == NODE_OBJECT ? object->count : 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int result = strcmp(key, object->items[middle]->key);

		if (result == 0)
			return object->items[middle];
		if (result < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static int compare_items(const struct node *a, const struct node *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++) {
		const struct node *x = a->items[i], *y = b->items[i];
		int result = x->key ? strcmp(x->key, y->key) : 0;

		if (result == 0)
			result = jsontree_compare(x, y);
		if (result != 0)
			return result;
	}
	return (a->count > b->count) - (a->count < b->count);
}

int jsontree_compare(const struct node *a, const struct node *b)
{
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	switch (a->type) {
	case NODE_BOOLEAN:
		return a->boolean - b->boolean;
	case NODE_NUMBER:
		return decimal_compare(a->number, b->number);
	case NODE_STRING:
		return strcmp(a->text, b->text);
	case NODE_ARRAY:
	case NODE_OBJECT:
		return compare_items(a, b);
	default:
		return 0;
	}
}

static int compare_for_sort(const void *a, const void *b)
{
	const struct node *x = *(const struct node *const *)a, *y = *(const struct node *const *)b;
	int result = jsontree_compare(x, y);

	return result != 0 ? result : x->order < y->order ? -1 : 1;
}

const struct node **jsontree_sort(struct arena *a, const struct node *array)
{
	const struct node **sorted = arena_alloc(a, (array->count + 1) * sizeof(struct node *));

	if (!sorted)
		return NULL;
	memcpy(sorted, array->items, array->count * sizeof(struct node *));
	qsort(sorted, array->count, sizeof(struct node *), compare_for_sort);
	return sorted;
}

bool jsontree_equal_items(struct arena *a, const struct node *array, size_t *first, size_t *second)
{
	const struct node **sorted = jsontree_sort(a, array);
	bool found = false;

	for (size_t i = 1; sorted && i < array->count && !found; i++) {
		found = jsontree_compare(sorted[i - 1], sorted[i]) == 0;
		*first = sorted[i - 1]->index;
		*second = sorted[i]->index;
	}
	return found;
}

bool jsontree_is_integer(const struct node *n)
{
	return n->type == NODE_NUMBER && decimal_is_integer(n->number);
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static const char *clean(struct arena *a, const char *text, size_t max)
{
	return or_empty(utf8_clean(a, text, max));
}

/* Move a buffer's text, which must not be empty, into the arena. */
static const char *finish(struct arena *a, struct buf *b, size_t max)
{
	const char *text = or_empty(b->bad ? arena_fail(a) : clean(a, b->text, max));

	buf_free(b);
	return text;
}

const char *jsontree_type_names(struct arena *a, unsigned types)
{
	static const char *const names[] = { "null",   "boolean", "integer", "number",
					     "string", "array",   "object" };
	const char *text = NULL;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (types & 1u << i)
			text =
			    text ? or_empty(arena_printf(a, "%s or %s", text, names[i])) : names[i];
	return or_empty(text);
}

/* Append the keys and indices from the root to `n`. */
static void add_steps(struct arena *a, struct buf *b, const struct node *n)
{
	if (!n->parent)
		return;
	add_steps(a, b, n->parent);
	if (n->parent->parent)
		buf_addc(b, ',');
	if (n->key)
		buf_add_json(b, clean(a, n->key, SHOWN_MAX));
	else
		buf_add_int(b, (long long)n->index);
}

const char *jsontree_path(struct arena *a, const struct node *n)
{
	struct buf b = BUF_INIT((size_t)(JSON_DEPTH + 1) * PATH_MAX_LEN);

	buf_addc(&b, '[');
	add_steps(a, &b, n);
	buf_addc(&b, ']');
	return finish(a, &b, b.max);
}

static void add_tokens(struct arena *a, struct buf *b, const struct node *n)
{
	if (!n->parent)
		return;
	add_tokens(a, b, n->parent);
	buf_addc(b, '/');
	if (!n->key)
		buf_add_int(b, (long long)n->index);
	for (const char *key = n->key ? clean(a, n->key, SHOWN_MAX) : ""; *key; key++) {
		if (*key == '~' || *key == '/')
			buf_add(b, *key == '~' ? "~0" : "~1");
		else
			buf_addc(b, *key);
	}
}

const char *jsontree_pointer(struct arena *a, const struct node *n)
{
	struct buf b = BUF_INIT((size_t)(JSON_DEPTH + 1) * PATH_MAX_LEN);

	add_tokens(a, &b, n);
	return n->parent ? finish(a, &b, POINTER_MAX) : "";
}

const char *jsontree_quote(struct arena *a, const char *text)
{
	return or_empty(arena_printf(a, "'%s'", clean(a, text, SHOWN_MAX)));
}

const char *jsontree_show_number(struct arena *a, const struct decimal *number)
{
	return clean(a, number->text, SHOWN_MAX);
}

const char *jsontree_show(struct arena *a, const struct node *n)
{
	switch (n->type) {
	case NODE_STRING:
		return jsontree_quote(a, n->text);
	case NODE_NUMBER:
		return jsontree_show_number(a, n->number);
	case NODE_BOOLEAN:
		return n->boolean ? "true" : "false";
	default:
		return jsontree_type_names(a, n->type);
	}
}
