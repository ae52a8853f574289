/* SPDX-License-Identifier: MIT
 * json_tree.c - walks two trees at once, or one.
 */
#include "base/json_tree.h"

#include "base/decimal.h"
#include "base/json_add.h"

/* ---- comparing ------------------------------------------------------------------------------- */

static bool same_number(const cJSON *a, const cJSON *b)
{
	char room[2][JSON_NUMBER_LEN];
	const struct decimal x = decimal_read(json_number_text(a, room[0]));
	const struct decimal y = decimal_read(json_number_text(b, room[1]));

	return decimal_compare(&x, &y) == 0;
}

static bool holds_members(const cJSON *whole, const cJSON *part)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, part) {
		const cJSON *found = cJSON_GetObjectItemCaseSensitive(whole, item->string);

		if (!found || !json_holds(found, item))
			return false;
	}
	return true;
}

static bool holds_items(const cJSON *whole, const cJSON *part)
{
	const cJSON *a = whole->child, *b = part->child;

	for (; a && b; a = a->next, b = b->next)
		if (!json_holds(a, b))
			return false;
	return !a && !b;
}

bool json_holds(const cJSON *whole, const cJSON *part)
{
	if (cJSON_IsObject(part))
		return cJSON_IsObject(whole) && holds_members(whole, part);
	if (cJSON_IsArray(part))
		return cJSON_IsArray(whole) && holds_items(whole, part);
	if (cJSON_IsString(part))
		return cJSON_IsString(whole) && streq(whole->valuestring, part->valuestring);
	if (cJSON_IsNumber(part))
		return cJSON_IsNumber(whole) && same_number(whole, part);
	return (cJSON_IsNull(part) && cJSON_IsNull(whole)) ||
	       (cJSON_IsBool(part) && cJSON_IsBool(whole) &&
		cJSON_IsTrue(part) == cJSON_IsTrue(whole));
}

/* ---- merging --------------------------------------------------------------------------------- */

/* Remove the members that are null, which ask for nothing where there was no object. */
static void drop_nulls(cJSON *json)
{
	cJSON *next;

	if (!cJSON_IsObject(json))
		return;
	for (cJSON *item = json->child; item; item = next) {
		next = item->next;
		if (cJSON_IsNull(item))
			cJSON_Delete(cJSON_DetachItemViaPointer(json, item));
		else
			drop_nulls(item);
	}
}

static void merge_member(cJSON *object, cJSON *item)
{
	cJSON *old = cJSON_GetObjectItemCaseSensitive(object, item->string);

	if (cJSON_IsObject(item) && cJSON_IsObject(old)) {
		json_merge(old, item);
	} else if (!cJSON_IsNull(item)) {
		drop_nulls(item);
		if (old)
			cJSON_ReplaceItemViaPointer(object, old, item);
		else
			cJSON_AddItemToArray(object, item); /* it has its key */
		return;
	} else if (old) {
		cJSON_Delete(cJSON_DetachItemViaPointer(object, old));
	}
	cJSON_Delete(item);
}

void json_merge(cJSON *object, cJSON *patch)
{
	while (patch->child)
		merge_member(object, cJSON_DetachItemViaPointer(patch, patch->child));
}

/* ---- writing --------------------------------------------------------------------------------- */

void json_write(struct writer *w, const cJSON *json)
{
	const bool object = cJSON_IsObject(json);
	const cJSON *item;

	if (!object && !cJSON_IsArray(json)) {
		json_add_verbatim(w->out, json);
		return;
	}
	writer_open(w, object ? '{' : '[');
	cJSON_ArrayForEach(item, json) {
		writer_item(w);
		if (object) {
			writer_text(w, item->string);
			buf_add(w->out, w->indent ? ": " : ":");
		}
		json_write(w, item);
	}
	writer_close(w, object ? '}' : ']');
}
