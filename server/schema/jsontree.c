/*
 * jsontree.c - a tree of nodes from a tree of cJSON's, and what is asked of it.
 */
#include "schema/jsontree.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"

enum { SHOWN_MAX = 64, POINTER_MAX = 256, PATH_MAX_LEN = 4096, BYTES_PER_WEIGHT = 64 };

struct loader {
	struct arena *arena;
	const char *why;
	size_t count; /* of nodes so far */
};

static void *failed(struct loader *l, const char *why)
{
	l->why = why;
	return NULL;
}

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
		return failed(l, json_out_of_memory);
	cJSON_ArrayForEach(item, json)
		if (!load_child(l, n, item, place++, depth))
			return false;
	return true;
}

/* Where each member goes among the sorted ones; in the object's order; SIZE_MAX: nowhere. */
static size_t *plan_members(struct node *n, const cJSON *json)
{
	size_t count, *places;
	struct json_member *members = json_members(json, &count);

	if (!members)
		return NULL;
	places = reallocarray(NULL, count + 1, sizeof *places);
	for (size_t i = 0; places && i < count; i++)
		places[members[i].order] =
		    json_member_repeats(members, count, i) ? SIZE_MAX : n->count++;
	free(members);
	return places;
}

static bool load_members(struct loader *l, struct node *n, const cJSON *json, unsigned depth)
{
	const cJSON *item;
	size_t i = 0, *places = plan_members(n, json);
	bool good = places != NULL;

	n->items = arena_alloc(l->arena, (n->count + 1) * sizeof(struct node *));
	if (!places || !n->items) {
		free(places);
		return failed(l, json_out_of_memory);
	}
	cJSON_ArrayForEach(item, json) {
		if (good && places[i] != SIZE_MAX)
			good = load_child(l, n, item, places[i], depth);
		i++;
	}
	free(places);
	return good;
}

static struct node *load(struct loader *l, const cJSON *json, const struct node *parent,
			 unsigned depth)
{
	struct node *n = arena_zalloc(l->arena, sizeof *n);

	if (!n)
		return failed(l, json_out_of_memory);
	n->parent = parent;
	n->at = l->count++;
	n->weight = 1;
	if (cJSON_IsBool(json)) {
		n->type = NODE_BOOLEAN;
		n->yes = cJSON_IsTrue(json);
	} else if (cJSON_IsNumber(json) && !isnan(json->valuedouble)) {
		n->type = NODE_NUMBER;
		n->number = json->valuedouble;
	} else if (cJSON_IsString(json)) {
		n->type = NODE_STRING;
		n->text = json->valuestring;
		n->count = utf8_count(n->text);
		n->weight += n->count / BYTES_PER_WEIGHT;
	} else if (cJSON_IsArray(json) || cJSON_IsObject(json)) {
		if (depth == JSON_DEPTH)
			return failed(l, "nested too deep");
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

	*why = l.why;
	return n;
}

struct node *jsontree_get(const struct node *object, const char *key)
{
	size_t low = 0, high = object && object->type == NODE_OBJECT ? object->count : 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(key, object->items[middle]->key);

		if (order == 0)
			return object->items[middle];
		if (order < 0)
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
		int order = x->key ? strcmp(x->key, y->key) : 0;

		if (order == 0)
			order = jsontree_compare(x, y);
		if (order != 0)
			return order;
	}
	return (a->count > b->count) - (a->count < b->count);
}

int jsontree_compare(const struct node *a, const struct node *b)
{
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	switch (a->type) {
	case NODE_BOOLEAN:
		return a->yes - b->yes;
	case NODE_NUMBER:
		return (a->number > b->number) - (a->number < b->number);
	case NODE_STRING:
		return strcmp(a->text, b->text);
	case NODE_ARRAY:
	case NODE_OBJECT:
		return compare_items(a, b);
	default:
		return 0;
	}
}

static int compare_places(const void *a, const void *b)
{
	const struct node *x = *(const struct node *const *)a, *y = *(const struct node *const *)b;
	int order = jsontree_compare(x, y);

	return order != 0 ? order : x->at < y->at ? -1 : 1;
}

const struct node **jsontree_sort(const struct node *array)
{
	const struct node **sorted = reallocarray(NULL, array->count + 1, sizeof(struct node *));

	if (!sorted)
		return NULL;
	memcpy(sorted, array->items, array->count * sizeof(struct node *));
	qsort(sorted, array->count, sizeof(struct node *), compare_places);
	return sorted;
}

bool jsontree_equal_items(const struct node *array, size_t *first, size_t *second, bool *broke)
{
	const struct node **sorted = jsontree_sort(array);
	bool found = false;

	*broke = !sorted;
	if (!sorted)
		return false;
	for (size_t i = 1; i < array->count && !found; i++) {
		found = jsontree_compare(sorted[i - 1], sorted[i]) == 0;
		*first = sorted[i - 1]->index;
		*second = sorted[i]->index;
	}
	free(sorted);
	return found;
}

bool jsontree_is_integer(const struct node *n)
{
	return n->type == NODE_NUMBER && n->number == floor(n->number);
}

const char *jsontree_type_name(const struct node *n)
{
	switch (n->type) {
	case NODE_BOOLEAN:
		return "boolean";
	case NODE_NUMBER:
		return "number";
	case NODE_STRING:
		return "string";
	case NODE_ARRAY:
		return "array";
	case NODE_OBJECT:
		return "object";
	default:
		return "null";
	}
}

/* What a buffer came to, moved into the arena. */
static const char *finish(struct arena *a, struct buf *b, size_t max)
{
	const char *text = b->bad ? NULL : utf8_clean(a, b->text ? b->text : "", max);

	buf_free(b);
	return text;
}

/* The nodes from below the root to `n`: how many, at most JSON_DEPTH. */
static size_t lineage(const struct node *n, const struct node *line[JSON_DEPTH + 1])
{
	size_t count = 0, i;

	for (const struct node *at = n; at->parent; at = at->parent)
		count++;
	i = count;
	for (const struct node *at = n; at->parent; at = at->parent)
		line[--i] = at;
	return count;
}

const char *jsontree_path(struct arena *a, const struct node *n)
{
	const struct node *line[JSON_DEPTH + 1];
	size_t count = lineage(n, line);
	struct buf b = BUF_INIT((size_t)(JSON_DEPTH + 1) * PATH_MAX_LEN);

	buf_addc(&b, '[');
	for (size_t i = 0; i < count; i++) {
		const char *key = line[i]->key ? utf8_clean(a, line[i]->key, SHOWN_MAX) : NULL;

		if (i > 0)
			buf_addc(&b, ',');
		if (!line[i]->key)
			buf_add_int(&b, (long long)line[i]->index);
		else if (key)
			buf_add_json(&b, key);
		else
			b.bad = true;
	}
	buf_addc(&b, ']');
	return finish(a, &b, b.max);
}

const char *jsontree_pointer(struct arena *a, const struct node *n)
{
	const struct node *line[JSON_DEPTH + 1];
	size_t count = lineage(n, line);
	struct buf b = BUF_INIT((size_t)(JSON_DEPTH + 1) * PATH_MAX_LEN);

	for (size_t i = 0; i < count; i++) {
		const char *key = line[i]->key ? utf8_clean(a, line[i]->key, SHOWN_MAX) : "";

		buf_addc(&b, '/');
		b.bad |= !key;
		if (!line[i]->key)
			buf_add_int(&b, (long long)line[i]->index);
		for (; key && *key; key++) {
			if (*key == '~' || *key == '/')
				buf_add(&b, *key == '~' ? "~0" : "~1");
			else
				buf_addc(&b, *key);
		}
	}
	return finish(a, &b, POINTER_MAX);
}

const char *jsontree_quote(struct arena *a, const char *text)
{
	const char *clean = utf8_clean(a, text, SHOWN_MAX);

	return clean ? arena_printf(a, "'%s'", clean) : NULL;
}

const char *jsontree_show_number(struct arena *a, double number)
{
	struct buf b = BUF_INIT(SHOWN_MAX);

	json_add_number(&b, number);
	return finish(a, &b, SHOWN_MAX);
}

const char *jsontree_show(struct arena *a, const struct node *n)
{
	switch (n->type) {
	case NODE_STRING:
		return jsontree_quote(a, n->text);
	case NODE_NUMBER:
		return jsontree_show_number(a, n->number);
	case NODE_BOOLEAN:
		return n->yes ? "true" : "false";
	default:
		return jsontree_type_name(n);
	}
}
