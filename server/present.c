/*
 * present.c - one walk along a resource's fields.
 */
#include "present.h"

#include "clock.h"

bool put(cJSON *object, const char *key, cJSON *item)
{
	if (item && cJSON_AddItemToObjectCS(object, key, item))
		return true;
	cJSON_Delete(item);
	return false;
}

bool put_text(cJSON *object, const char *key, const char *text)
{
	return put(object, key, cJSON_CreateStringReference(text));
}

static bool put_time(cJSON *object, const char *key, const char *text)
{
	char shown[TIME_SHOWN + 2];

	memcpy(shown, text, TIME_SHOWN);
	memcpy(shown + TIME_SHOWN, "Z", 2);
	return put(object, key, cJSON_CreateString(shown));
}

static bool put_related(cJSON *object, const struct field *f, const struct rows *rows,
			enum version v, const struct expansion *tree)
{
	if (f->kind == K_ONE) {
		if (rows->first)
			return put(object, f->name, present(rows->first, v, tree));
		return !(f->flags & F_NULL) || put(object, f->name, cJSON_CreateNull());
	}

	cJSON *list = cJSON_CreateArray();

	if (!put(object, f->name, list))
		return false;
	for (const struct row *row = rows->first; row; row = row->next) {
		cJSON *item = present(row, v, tree);

		if (!item)
			return false;
		cJSON_AddItemToArray(list, item);
	}
	return true;
}

static bool put_field(cJSON *object, const struct row *row, size_t i, enum version v)
{
	const struct field *f = &row->resource->fields[i];
	const char *text = f->derive ? f->derive(row_text(row, f->from[0]), row_text(row, f->from[1]))
				     : row->cell[i].text;

	if (!text)
		return f->flags & F_OPTIONAL || put(object, f->name, cJSON_CreateNull());
	switch (f->kind) {
	case K_ENUM:
		return put_text(object, f->name, word_in(f->words, text, v));
	case K_TIME:
		return put_time(object, f->name, text);
	case K_BOOL:
		return put(object, f->name, cJSON_CreateBool(text[0] != '0'));
	default:
		return put_text(object, f->name, text);
	}
}

cJSON *present(const struct row *row, enum version v, const struct expansion *tree)
{
	const struct resource *r = row->resource;
	cJSON *object = cJSON_CreateObject();
	bool ok = object && (!r->object || put_text(object, "object", r->object));

	for (size_t i = 0; ok && i < r->nfields; i++) {
		const struct field *f = &r->fields[i];
		const struct expansion *e = NULL;

		if (!live(f->on, v))
			continue;
		if (f->flags & F_EXPAND && !(e = expand_find(tree, f)))
			continue;
		if (is_relation(f))
			ok = put_related(object, f, &row->cell[i].rows, v, e ? e->children : NULL);
		else
			ok = put_field(object, row, i, v);
	}
	if (ok)
		return object;
	cJSON_Delete(object);
	return NULL;
}
