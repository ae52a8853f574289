/* SPDX-License-Identifier: MIT
 * yaml.c - makes a cJSON tree of libyaml's events. The only file that knows libyaml.
 *
 * An alias is a copy of its anchor's node, so a maximum in bytes bounds what a document expands to.
 * Nodes that do not become part of the tree are kept until the end: anchors may point to them.
 */
#include "schema/yaml.h"

#include <errno.h>
#include <search.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

#include "base/arena.h"
#include "base/grow.h"
#include "base/utf8.h"

enum { DIRECTIVES_MAX = 1000 };

struct anchor {
	const char *name;
	cJSON *node;      /* NULL until it is complete */
	const char *text; /* the text of a scalar; else NULL */
};

struct yaml_reader {
	const char *text, *end;
	struct json_error *e;
	yaml_parser_t parser;
	struct arena arena; /* of the anchors and the texts of scalars */
	void *anchors;      /* for tsearch, by name */
	cJSON *detached;    /* array: values of merge keys and of keys with anchors */
	size_t copied;
};

/* A mapping that is being read. */
struct mapping {
	cJSON *object;
	size_t *places; /* of each key in the text, in characters; owned */
	size_t count, cap;
	const cJSON **merged; /* owned */
	size_t merges;
};

static void free_mapping(struct mapping *m)
{
	cJSON_Delete(m->object);
	free(m->places);
	free(m->merged);
}

/* Set the error, at a place that libyaml counts in characters. Returns NULL, or false. */
static cJSON *wrong(struct yaml_reader *r, size_t place, const char *what)
{
	const char *pos = r->text;

	for (; place > 0 && pos < r->end; place--) {
		size_t len = utf8_sequence(pos, (size_t)(r->end - pos));

		pos += len ? len : 1;
	}
	json_error_at(r->e, r->text, pos, what);
	return NULL;
}

/* The next event, for yaml_event_delete() unless this fails. */
static bool next_event(struct yaml_reader *r, yaml_event_t *event)
{
	const yaml_parser_t *p = &r->parser;

	if (yaml_parser_parse(&r->parser, event))
		return true;
	if (p->error == YAML_READER_ERROR)
		json_error_at(r->e, r->text, r->text + p->problem_offset, p->problem);
	else if (p->error != YAML_MEMORY_ERROR)
		wrong(r, p->problem_mark.index, p->problem);
	return false;
}

/* ---- scalars --------------------------------------------------------------------------------- */

/* A number. */
struct yaml_number {
	const char *plain;   /* a decimal for strtod(); NULL: .inf or .nan */
	const char *written; /* as in the document, if that is a decimal without runs of _ */
};

enum tag { TAG_NONE, TAG_NULL, TAG_BOOL, TAG_INT, TAG_FLOAT, TAG_STR, TAG_MAP, TAG_SEQ, TAG_OTHER };

static enum tag read_tag(const yaml_char_t *tag)
{
	static const char *const names[] = {
		[TAG_NULL] = YAML_NULL_TAG,   [TAG_BOOL] = YAML_BOOL_TAG, [TAG_INT] = YAML_INT_TAG,
		[TAG_FLOAT] = YAML_FLOAT_TAG, [TAG_STR] = YAML_STR_TAG,   [TAG_MAP] = YAML_MAP_TAG,
		[TAG_SEQ] = YAML_SEQ_TAG,
	};

	if (!tag)
		return TAG_NONE;
	for (size_t i = 1; i < ARRAY_LEN(names); i++)
		if (streq((const char *)tag, names[i]))
			return (enum tag)i;
	return TAG_OTHER;
}

static bool is_one_of(const char *text, const char *const words[3])
{
	return streq(text, words[0]) || streq(text, words[1]) || streq(text, words[2]);
}

static const char decimal_digits[] = "0123456789";

/* An integer, with or without a sign and a prefix of its base; if that is not 10, in 64 bits, and
 * changed into a decimal, which is NULL when memory is short. */
static bool read_int(struct yaml_reader *r, const char *text, struct yaml_number *number)
{
	const char *digits = text + (*text == '-' || *text == '+');
	char kind = digits[0] == '0' ? (char)(digits[1] | 0x20) : '\0';
	int base = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 10;
	char *end;

	if (base != 10)
		digits += 2;
	else if (digits[0] == '0' && digits[1])
		base = 8;
	if (base == 10)
		return *digits && digits[strspn(digits, decimal_digits)] == '\0';
	if (!(digits[0] >= '0' && digits[0] <= '9') &&
	    !(base == 16 && strchr("abcdef", digits[0] | 0x20)))
		return false;
	if (base == 16 && digits[0] == '0' && (digits[1] | 0x20) == 'x')
		return false; /* strtoull() would accept a second prefix */
	errno = 0;

	unsigned long long value = strtoull(digits, &end, base);

	if (errno || *end || (*text == '-' && value > (unsigned long long)INT64_MAX + 1))
		return false;
	number->plain = arena_printf(&r->arena, "%s%llu", *text == '-' ? "-" : "", value);
	number->written = number->plain;
	return true;
}

/* [-+]? ( . digits | digits [ . digits? ] ) ( [eE] [-+]? digits )? */
static bool is_float(const char *text)
{
	const char *pos = text + (*text == '-' || *text == '+');
	size_t whole = strspn(pos, decimal_digits), fraction = 0;

	pos += whole;
	if (*pos == '.') {
		fraction = strspn(++pos, decimal_digits);
		pos += fraction;
	}
	if (whole + fraction == 0)
		return false;
	if (*pos == 'e' || *pos == 'E') {
		pos++;
		pos += *pos == '-' || *pos == '+';
		if (strspn(pos, decimal_digits) == 0)
			return false;
		pos += strspn(pos, decimal_digits);
	}
	return *pos == '\0';
}

/* Is each underscore between two digits? yaml.v3 requires this only after a leading dot. */
static bool separates_digits(const char *text)
{
	for (const char *pos = strchr(text, '_'); pos; pos = strchr(pos + 1, '_'))
		if (!(pos > text && pos[-1] >= '0' && pos[-1] <= '9' && pos[1] >= '0' &&
		      pos[1] <= '9'))
			return false;
	return true;
}

/* A copy without underscores. NULL when memory is short. */
static char *drop_underscores(struct yaml_reader *r, const char *text)
{
	char *copy = arena_strdup(&r->arena, text), *out = copy;

	if (!copy)
		return NULL;
	for (const char *in = copy; *in; in++)
		if (*in != '_')
			*out++ = *in;
	*out = '\0';
	return copy;
}

/* What a plain scalar is: TAG_STR if nothing else, TAG_OTHER when memory is short. *number is set
 * for TAG_INT and TAG_FLOAT. */
static enum tag resolve_scalar(struct yaml_reader *r, const char *text, struct yaml_number *number)
{
	static const char *const nulls[] = { "null", "Null", "NULL" },
				 *const trues[] = { "true", "True", "TRUE" },
				 *const falses[] = { "false", "False", "FALSE" },
				 *const infs[] = { ".inf", ".Inf", ".INF" },
				 *const nans[] = { ".nan", ".NaN", ".NAN" };
	bool sign = *text == '-' || *text == '+';

	*number = (struct yaml_number){ 0 };
	if (*text == '\0' || streq(text, "~") || is_one_of(text, nulls))
		return TAG_NULL;
	if (is_one_of(text, trues) || is_one_of(text, falses))
		return TAG_BOOL;
	if (is_one_of(text + sign, infs) || is_one_of(text, nans))
		return TAG_FLOAT;
	if (!sign && *text != '.' && !(*text >= '0' && *text <= '9'))
		return TAG_STR;
	if (*text == '.' && !separates_digits(text))
		return TAG_STR;

	const char *plain = drop_underscores(r, text);

	if (!plain)
		return TAG_OTHER;
	*number = (struct yaml_number){ plain, separates_digits(text) ? text : plain };
	if (*text != '.' && read_int(r, plain, number))
		return number->plain ? TAG_INT : TAG_OTHER;
	return is_float(plain) ? TAG_FLOAT : TAG_STR;
}

/* A scalar as a C text: libyaml's may have NULs in it, and has a length. */
static const char *scalar_text(struct yaml_reader *r, const yaml_event_t *event)
{
	const char *value = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length, used = 0, nuls = 0;

	for (size_t i = 0; i < len; i++)
		nuls += value[i] == '\0';

	char *text = arena_alloc(&r->arena, len + 2 * nuls + 1);

	if (!text)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		if (value[i] == '\0') {
			memcpy(text + used, "\xef\xbf\xbd", 3);
			used += 3;
		} else {
			text[used++] = value[i];
		}
	}
	text[used] = '\0';
	return text;
}

static cJSON *make_number(struct yaml_number number)
{
	cJSON *node CLEANUP(json_free) = cJSON_CreateNumber(strtod(number.plain, NULL));

	return node && json_keep_number(node, number.written, strlen(number.written)) ? STEAL(node)
										      : NULL;
}

static cJSON *make_scalar(struct yaml_reader *r, size_t place, enum tag kind, const char *text,
			  struct yaml_number number)
{
	switch (kind) {
	case TAG_NULL:
		return cJSON_CreateNull();
	case TAG_BOOL:
		return cJSON_CreateBool((*text | 0x20) == 't');
	case TAG_INT:
	case TAG_FLOAT:
		return number.plain
			   ? make_number(number)
			   : wrong(r, place,
				   ".inf and .nan are not allowed: JSON has no such numbers");
	default:
		return cJSON_CreateString(text);
	}
}

static cJSON *read_scalar(struct yaml_reader *r, const yaml_event_t *event, const char *text)
{
	const yaml_char_t *name = event->data.scalar.tag;
	size_t place = event->start_mark.index;
	enum tag tag = read_tag(name), kind = TAG_STR;
	struct yaml_number number = { 0 };

	if (name && streq((const char *)name, "!"))
		tag = TAG_NONE;
	if (tag == TAG_OTHER)
		return wrong(r, place, "unsupported tag: JSON has no such type");
	if (tag != TAG_STR &&
	    (tag != TAG_NONE || event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE))
		kind = resolve_scalar(r, text, &number);
	if (kind == TAG_OTHER)
		return NULL;
	if (tag != TAG_NONE && tag != kind && !(tag == TAG_FLOAT && kind == TAG_INT))
		return wrong(r, place, "scalar does not match its tag");
	return make_scalar(r, place, kind, text, number);
}

/* ---- anchors --------------------------------------------------------------------------------- */

static int compare_anchors(const void *a, const void *b)
{
	return strcmp(((const struct anchor *)a)->name, ((const struct anchor *)b)->name);
}

/* Make the anchor of an event; it is NULL if `name` is. A name that exists is replaced. False when
 * memory is short. */
static bool set_anchor(struct yaml_reader *r, const yaml_char_t *name, struct anchor **anchor)
{
	*anchor = NULL;
	if (!name)
		return true;

	struct anchor *new = arena_zalloc(&r->arena, sizeof *new), **slot;
	char *copy = arena_strdup(&r->arena, (const char *)name);

	if (!new || !copy)
		return false;
	new->name = copy;
	slot = tsearch(new, &r->anchors, compare_anchors);
	if (!slot)
		return false;
	*slot = *anchor = new;
	return true;
}

/* The anchor of an alias, or NULL. */
static const struct anchor *find_anchor(struct yaml_reader *r, const yaml_event_t *event)
{
	struct anchor wanted = { .name = (const char *)event->data.alias.anchor };
	struct anchor *const *found = tfind(&wanted, &r->anchors, compare_anchors);

	if (found && (*found)->node)
		return *found;
	wrong(r, event->start_mark.index,
	      found ? "alias is within the node that it refers to" : "no such anchor");
	return NULL;
}

static bool is_collection(const cJSON *node)
{
	return cJSON_IsArray(node) || cJSON_IsObject(node);
}

/* Count the bytes of a copy of `node` at a depth. False if they, or the depth, are too many. */
static bool charge(struct yaml_reader *r, const cJSON *node, size_t place, unsigned depth)
{
	if (is_collection(node) && depth++ == JSON_DEPTH)
		return wrong(r, place, JSON_TOO_DEEP);
	r->copied += sizeof *node + (node->string ? strlen(node->string) : 0) +
		     (node->valuestring ? strlen(node->valuestring) : 0);
	if (r->copied > YAML_COPIED_MAX)
		return wrong(r, place, "aliases expand to too much (at most 8 MiB)");
	for (const cJSON *item = node->child; item; item = item->next)
		if (!charge(r, item, place, depth))
			return false;
	return true;
}

static cJSON *copy_node(struct yaml_reader *r, const cJSON *node, size_t place, unsigned depth)
{
	return charge(r, node, place, depth) ? cJSON_Duplicate(node, true) : NULL;
}

/* ---- collections ----------------------------------------------------------------------------- */

static cJSON *read_node(struct yaml_reader *r, yaml_event_t *event, unsigned depth);

/* The node that begins with the next event. */
static cJSON *read_next(struct yaml_reader *r, unsigned depth)
{
	yaml_event_t event;

	if (!next_event(r, &event))
		return NULL;

	cJSON *node = read_node(r, &event, depth);

	yaml_event_delete(&event);
	return node;
}

static cJSON *read_sequence(struct yaml_reader *r, unsigned depth)
{
	cJSON *array CLEANUP(json_free) = cJSON_CreateArray();

	while (array) {
		yaml_event_t event;

		if (!next_event(r, &event))
			return NULL;

		bool end = event.type == YAML_SEQUENCE_END_EVENT;
		cJSON *item = end ? NULL : read_node(r, &event, depth);

		yaml_event_delete(&event);
		if (end)
			return STEAL(array);
		if (!item)
			return NULL;
		cJSON_AddItemToArray(array, item);
	}
	return NULL;
}

/* A key's text, or NULL. */
static const char *read_key(struct yaml_reader *r, const yaml_event_t *event)
{
	struct anchor *anchor;
	const char *text = NULL;

	if (event->type == YAML_ALIAS_EVENT) {
		const struct anchor *found = find_anchor(r, event);

		if (!found)
			return NULL;
		text = found->text;
	} else if (event->type == YAML_SCALAR_EVENT) {
		text = scalar_text(r, event);
		if (!text || !set_anchor(r, event->data.scalar.anchor, &anchor))
			return NULL;
		if (anchor) {
			/* An alias of the key is this value. */
			anchor->text = text;
			anchor->node = read_scalar(r, event, text);
			if (!anchor->node)
				return NULL;
			cJSON_AddItemToArray(r->detached, anchor->node);
		}
	}
	if (!text)
		wrong(r, event->start_mark.index, "a key must be a scalar");
	return text;
}

static bool is_merge_key(const yaml_event_t *event)
{
	return event->type == YAML_SCALAR_EVENT && !event->data.scalar.tag &&
	       event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       streq((const char *)event->data.scalar.value, "<<");
}

/* Keep the value of a merge key: an object, or an array of objects, of which the first wins. */
static bool note_merge(struct yaml_reader *r, struct mapping *m, cJSON *value, size_t place)
{
	size_t count = 0, total = cJSON_IsArray(value) ? (size_t)cJSON_GetArraySize(value) : 1;
	const cJSON *first = cJSON_IsArray(value) ? value->child : value;

	cJSON_AddItemToArray(r->detached, value);
	m->merged = reallocarray(NULL, total ? total : 1, sizeof *m->merged);
	if (!m->merged)
		return false;
	for (const cJSON *item = first; count < total; item = item->next) {
		if (!cJSON_IsObject(item))
			return wrong(r, place, "<< must be a mapping or a sequence of mappings");
		m->merged[count++] = item;
	}
	m->merges = count;
	return true;
}

/* A key, whose event is given, and its value. */
static bool read_pair(struct yaml_reader *r, struct mapping *m, const yaml_event_t *event,
		      unsigned depth)
{
	size_t place = event->start_mark.index;
	bool merge = is_merge_key(event);
	const char *key = read_key(r, event);

	if (!key)
		return false;
	if (merge && m->merged)
		return wrong(r, place, "key is already used in this mapping");

	cJSON *value = read_next(r, depth);

	if (!value)
		return false;
	if (merge)
		return note_merge(r, m, value, place);
	if (!cJSON_AddItemToObject(m->object, key, value)) {
		cJSON_Delete(value);
		return false;
	}
	if (!GROW(m->places, m->count + 1, m->cap))
		return false;
	m->places[m->count++] = place;
	return true;
}

/* Append copies of the merged members to the mapping's own. */
static bool copy_merged(struct yaml_reader *r, struct mapping *m, size_t place, unsigned depth)
{
	for (size_t i = 0; i < m->merges; i++)
		for (const cJSON *member = m->merged[i]->child; member; member = member->next) {
			cJSON *copy = copy_node(r, member, place, depth);

			if (!copy)
				return false;
			if (!cJSON_AddItemToObject(m->object, member->string, copy)) {
				cJSON_Delete(copy);
				return false;
			}
		}
	return true;
}

/* Reject a key that the mapping itself repeats. Of a key that a merge repeats, keep the first. */
static bool check_keys(struct yaml_reader *r, struct mapping *m)
{
	size_t count, repeated = SIZE_MAX;
	struct json_member *members = json_members(m->object, &count);

	if (!members)
		return false;
	/* Backwards, since a member that is removed must not be looked at again. A mapping's own
	 * keys come before merged ones. */
	for (size_t i = count; i-- > 0;) {
		if (!json_member_repeats(members, count, i))
			continue;

		struct json_member second = members[i + 1];

		if (second.order >= m->count)
			cJSON_Delete(cJSON_DetachItemViaPointer(m->object, second.item));
		else if (m->places[second.order] < repeated)
			repeated = m->places[second.order];
	}
	free(members);
	return repeated == SIZE_MAX || wrong(r, repeated, "key is already used in this mapping");
}

static cJSON *read_mapping(struct yaml_reader *r, size_t place, unsigned depth)
{
	struct mapping m CLEANUP(free_mapping) = { .object = cJSON_CreateObject() };

	if (!m.object)
		return NULL;
	for (;;) {
		yaml_event_t event;

		if (!next_event(r, &event))
			return NULL;

		bool end = event.type == YAML_MAPPING_END_EVENT;
		bool good = end || read_pair(r, &m, &event, depth);

		yaml_event_delete(&event);
		if (!good)
			return NULL;
		if (end)
			break;
	}
	if (!copy_merged(r, &m, place, depth) || !check_keys(r, &m))
		return NULL;
	return STEAL(m.object);
}

/* A sequence or a mapping that begins with this event. */
static cJSON *read_collection(struct yaml_reader *r, const yaml_event_t *event, unsigned depth)
{
	bool sequence = event->type == YAML_SEQUENCE_START_EVENT;
	const yaml_char_t *name =
	    sequence ? event->data.sequence_start.tag : event->data.mapping_start.tag;
	size_t place = event->start_mark.index;
	enum tag tag = read_tag(name);

	if (depth == JSON_DEPTH)
		return wrong(r, place, JSON_TOO_DEEP);
	if (name && tag != (sequence ? TAG_SEQ : TAG_MAP) && !streq((const char *)name, "!"))
		return wrong(r, place,
			     tag == TAG_OTHER ? "unsupported tag: JSON has no such type"
					      : "collection does not match its tag");
	return sequence ? read_sequence(r, depth + 1) : read_mapping(r, place, depth + 1);
}

/* The node that begins with this event, which the caller deletes. */
static cJSON *read_node(struct yaml_reader *r, yaml_event_t *event, unsigned depth)
{
	const yaml_char_t *name = NULL;
	const char *text = NULL;
	cJSON *node;

	if (event->type == YAML_ALIAS_EVENT) {
		const struct anchor *found = find_anchor(r, event);

		return found ? copy_node(r, found->node, event->start_mark.index, depth) : NULL;
	}
	if (event->type == YAML_SCALAR_EVENT)
		name = event->data.scalar.anchor;
	else if (event->type == YAML_SEQUENCE_START_EVENT)
		name = event->data.sequence_start.anchor;
	else
		name = event->data.mapping_start.anchor;

	struct anchor *anchor;

	if (!set_anchor(r, name, &anchor))
		return NULL;
	if (event->type == YAML_SCALAR_EVENT) {
		text = scalar_text(r, event);
		node = text ? read_scalar(r, event, text) : NULL;
	} else {
		node = read_collection(r, event, depth);
	}
	if (anchor) {
		anchor->text = text;
		anchor->node = node;
	}
	return node;
}

/* ---- documents ------------------------------------------------------------------------------- */

/* Read an event that belongs to no node: its type, or YAML_NO_EVENT if it fails. */
static yaml_event_type_t read_stream_event(struct yaml_reader *r, size_t *place)
{
	yaml_event_t event;

	if (!next_event(r, &event))
		return YAML_NO_EVENT;

	yaml_event_type_t type = event.type;

	*place = event.start_mark.index;
	yaml_event_delete(&event);
	return type;
}

static cJSON *read_stream(struct yaml_reader *r)
{
	size_t place;
	cJSON *tree CLEANUP(json_free) = NULL;

	if (read_stream_event(r, &place) == YAML_NO_EVENT)
		return NULL;
	switch (read_stream_event(r, &place)) {
	case YAML_STREAM_END_EVENT:
		return cJSON_CreateNull();
	case YAML_NO_EVENT:
		return NULL;
	default:
		break;
	}
	tree = read_next(r, 0);
	if (!tree || read_stream_event(r, &place) == YAML_NO_EVENT)
		return NULL;
	switch (read_stream_event(r, &place)) {
	case YAML_DOCUMENT_START_EVENT:
		return wrong(r, place, "expected one document, found another");
	case YAML_NO_EVENT:
		return NULL;
	default:
		return STEAL(tree);
	}
}

/* libyaml compares each %TAG with all before it. */
static bool check_directives(struct yaml_reader *r)
{
	size_t count = 0;

	for (const char *pos = r->text; (pos = memmem(pos, (size_t)(r->end - pos), "%TAG", 4));
	     pos += 4)
		if (++count > DIRECTIVES_MAX) {
			json_error_at(r->e, r->text, pos,
				      "too many %TAG directives (at most 1000)");
			return false;
		}
	return true;
}

static void free_nothing(void *anchor)
{
	(void)anchor; /* the arena owns it */
}

cJSON *yaml_parse(const char *text, size_t len, struct json_error *e)
{
	size_t bom = len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	struct yaml_reader r = { .text = text + bom, .end = text + len, .e = e };
	cJSON *tree = NULL;

	*e = (struct json_error){ 0 };
	arena_init(&r.arena, NULL, 0);
	r.detached = cJSON_CreateArray();
	if (yaml_parser_initialize(&r.parser) && r.detached && check_directives(&r)) {
		yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
		yaml_parser_set_input_string(&r.parser, (const unsigned char *)r.text,
					     (size_t)(r.end - r.text));
		tree = read_stream(&r);
	}
	yaml_parser_delete(&r.parser);
	tdestroy(r.anchors, free_nothing);
	cJSON_Delete(r.detached);
	arena_free(&r.arena);
	return tree;
}
