/* SPDX-License-Identifier: MIT
 * json_merge.c - walks two trees at once, or one.
 */
#include "base/json_merge.h"

#include "base/json_add.h"

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

static void merge_member(cJSON *object, cJSON *change)
{
	cJSON *old = cJSON_GetObjectItemCaseSensitive(object, change->string);

	if (cJSON_IsObject(change) && cJSON_IsObject(old)) {
		json_merge(old, change);
	} else if (!cJSON_IsNull(change)) {
		drop_nulls(change);
		if (old)
			cJSON_ReplaceItemViaPointer(object, old, change);
		else
			cJSON_AddItemToArray(object, change); /* it has its key */
		return;
	} else if (old) {
		cJSON_Delete(cJSON_DetachItemViaPointer(object, old));
	}
	cJSON_Delete(change);
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
