/* SPDX-License-Identifier: MIT
 * json_add.c - writes a cJSON tree in one of two ways.
 */
#include "base/json_add.h"

#include <math.h>
#include <stdlib.h>

#include "base/decimal.h"

static void add(struct buf *b, const cJSON *json, bool canonical);

static void add_member(struct buf *b, const cJSON *member, bool canonical)
{
	buf_add_json(b, member->string);
	buf_addc(b, ':');
	add(b, member, canonical);
}

static void add_sorted(struct buf *b, const cJSON *object)
{
	size_t count;
	struct json_member *members = json_members(object, &count);
	bool first = true;

	if (!members) {
		b->bad = true;
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (json_member_repeats(members, count, i))
			continue;
		if (!first)
			buf_addc(b, ',');
		first = false;
		add_member(b, members[i].item, true);
	}
	free(members);
}

/* Append the items of an array, or the members of an object, in their order. */
static void add_children(struct buf *b, const cJSON *json, bool canonical)
{
	for (const cJSON *item = json->child; item; item = item->next) {
		(cJSON_IsObject(json) ? add_member : add)(b, item, canonical);
		if (item->next)
			buf_addc(b, ',');
	}
}

static void add_number(struct buf *b, const cJSON *number, bool canonical)
{
	char room[JSON_NUMBER_LEN];
	const char *text = json_number_text(number, room);

	if (canonical) {
		const struct decimal d = decimal_read(text);

		decimal_add_canonical(b, &d);
	} else {
		buf_add(b, text);
	}
}

static void add(struct buf *b, const cJSON *json, bool canonical)
{
	if (cJSON_IsObject(json)) {
		buf_addc(b, '{');
		if (canonical)
			add_sorted(b, json);
		else
			add_children(b, json, canonical);
		buf_addc(b, '}');
	} else if (cJSON_IsArray(json)) {
		buf_addc(b, '[');
		add_children(b, json, canonical);
		buf_addc(b, ']');
	} else if (cJSON_IsString(json)) {
		buf_add_json(b, json->valuestring);
	} else if (cJSON_IsNumber(json) && !isnan(json->valuedouble)) {
		add_number(b, json, canonical);
	} else {
		buf_add(b, cJSON_IsTrue(json) ? "true" : cJSON_IsFalse(json) ? "false" : "null");
	}
}

void json_add_canonical(struct buf *b, const cJSON *json)
{
	add(b, json, true);
}

void json_add_verbatim(struct buf *b, const cJSON *json)
{
	add(b, json, false);
}
