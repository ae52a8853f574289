/*
 * world.c - walking fixture documents by the resource table.
 */
#include "world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "json.h"
#include "scope.h"
#include "value.h"

enum {
	BLOCK_LEN = 32 * 1024, /* of the arena, for what a line takes */
	NAMES_LEN = 256,       /* places for names, for the same */
};

void world_init(struct world *w, struct problems *problems, int64_t now, struct ident *ident,
		const struct known *known)
{
	*w = (struct world){ .problems = problems, .ident = ident, .known = *known };
	w->block = malloc(BLOCK_LEN);
	arena_init(&w->arena, w->block, w->block ? BLOCK_LEN : 0);
	time_format(now, w->now);
}

void world_clear(struct world *w)
{
	for (size_t i = 0; i < w->ndocuments; i++)
		cJSON_Delete(w->documents[i]);
	w->ndocuments = 0;
	w->first = w->last = NULL;
	if (w->cap > NAMES_LEN) {
		free(STEAL(w->names));
		w->cap = 0;
	}
	if (w->names)
		memset(w->names, 0, w->cap * sizeof *w->names);
	w->count = 0;
	arena_free(&w->arena);
	arena_init(&w->arena, w->block, w->block ? BLOCK_LEN : 0);
}

void world_free(struct world *w)
{
	world_clear(w);
	free(w->documents);
	free(w->names);
	free(w->block);
}

/* Note a shortage of memory, which is reported once, at the end. */
static void *need(struct world *w, void *memory)
{
	if (!memory)
		w->out_of_memory = true;
	return memory;
}

/* ---- records --------------------------------------------------------------------------------- */

static size_t bucket(const struct world *w, const void *kind, const char *text)
{
	uint64_t h = hash_text(HASH_BEGIN ^ (uintptr_t)kind, text);

	return (size_t)h & (w->cap - 1);
}

/* The place of a name in the table, or the free place where it belongs. */
static struct name *lookup(const struct world *w, const void *kind, const char *text)
{
	size_t i = bucket(w, kind, text);

	while (w->names[i].record && (w->names[i].kind != kind || !streq(w->names[i].text, text)))
		i = (i + 1) & (w->cap - 1);
	return &w->names[i];
}

struct record *world_find(const struct world *w, enum resource_id resource, const char *id)
{
	return w->cap ? lookup(w, &resources[resource], id)->record : NULL;
}

/* Make room for one more, at most three quarters full. */
static bool grow(struct world *w)
{
	if (w->count + 1 <= w->cap / 4 * 3)
		return true;

	struct world bigger = *w;

	bigger.cap = w->cap ? w->cap * 2 : NAMES_LEN;
	bigger.names = need(w, calloc(bigger.cap, sizeof *bigger.names));
	if (!bigger.names)
		return false;
	for (size_t i = 0; i < w->cap; i++)
		if (w->names[i].record)
			*lookup(&bigger, w->names[i].kind, w->names[i].text) = w->names[i];
	free(w->names);
	w->names = bigger.names;
	w->cap = bigger.cap;
	return true;
}

struct record *world_name(struct world *w, const void *kind, const char *text,
			  struct record *record)
{
	struct name *name;

	if (!grow(w))
		return NULL;
	name = lookup(w, kind, text);
	if (!name->record) {
		*name = (struct name){ kind, text, record };
		w->count++;
	}
	return name->record;
}

static struct record *new_record(struct world *w, const struct resource *r, const char *id,
				 struct place at)
{
	struct record *record =
	    need(w, arena_zalloc(&w->arena, sizeof *record + r->nfields * sizeof record->given[0]));

	if (!record)
		return NULL;
	record->resource = r;
	record->id = id;
	record->at = at;
	return record;
}

struct record *world_record(struct world *w, const struct resource *r, const char *id,
			    struct place at)
{
	struct record *record = id ? world_find(w, resource_number(r), id) : NULL;

	if (record)
		return record;
	record = new_record(w, r, id, at);
	if (!record || (id && !world_name(w, r, id, record)))
		return NULL;
	if (w->last)
		w->last->next = record;
	else
		w->first = record;
	w->last = record;
	return record;
}

struct record *world_own(struct world *w, struct record *owner, const struct field *field,
			 struct place at)
{
	struct given *given = &owner->given[field - owner->resource->fields];
	struct record *record = new_record(w, &resources[field->relation->target], NULL, at);

	if (!record)
		return NULL;
	record->owner = owner;
	if (given->last) {
		record->position = given->last->position + 1;
		given->last->next = record;
	} else {
		given->first = record;
	}
	given->last = record;
	return record;
}

struct given *record_given(struct record *record, const char *field)
{
	return &record->given[resource_field(record->resource, field) - record->resource->fields];
}

const char *record_text(struct record *record, const char *field)
{
	return record_given(record, field)->text;
}

void record_set(struct record *record, const char *field, const char *text)
{
	struct given *given = record_given(record, field);

	given->set = true;
	given->at = record->at;
	given->text = text;
}

/* ---- places and problems --------------------------------------------------------------------- */

/* The pointer of a member: its name with ~ and / escaped (RFC 6901). */
static const char *member(struct world *w, const char *pointer, const char *name)
{
	struct buf b CLEANUP(buf_free) = BUF_INIT(1 << 30);

	buf_add(&b, pointer);
	buf_addc(&b, '/');
	for (; *name; name++) {
		if (*name == '~' || *name == '/')
			buf_add(&b, *name == '~' ? "~0" : "~1");
		else
			buf_addc(&b, *name);
	}

	const char *text = b.bad ? NULL : arena_strdup(&w->arena, b.text);

	return need(w, (void *)text) ? text : pointer;
}

static const char *item_of(struct world *w, const char *pointer, size_t index)
{
	const char *text = need(w, arena_printf(&w->arena, "%s/%zu", pointer, index));

	return text ? text : pointer;
}

/* Another place of the same text. */
static struct place inside(struct place at, const char *pointer)
{
	at.pointer = pointer;
	return at;
}

static void problem_at(struct world *w, struct place at, const char *name, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

static void problem_at(struct world *w, struct place at, const char *name, const char *fmt, ...)
{
	va_list args;

	if (name)
		at.pointer = member(w, at.pointer, name);
	va_start(args, fmt);
	problemv(w->problems, &at, fmt, args);
	va_end(args);
}

/* What lives inside is part of its owner. */
static void mark_broken(struct record *record)
{
	for (; record; record = record->owner)
		record->broken = true;
}

/* Where a field of a record is spoken of: in an object, under a name. */
static struct place place_of(struct world *w, struct record *record, const char *field)
{
	const struct given *given = record_given(record, field);
	struct place at = given->set ? given->at : record->at;

	at.pointer = member(w, at.pointer, given->set && given->name ? given->name : field);
	return at;
}

const char *world_place(struct world *w, const struct place *at)
{
	const char *colon = *at->pointer ? ": " : "";
	const char *text =
	    at->line ? arena_printf(&w->arena, "%s:%zu%s%s", at->file, at->line, colon, at->pointer)
		     : arena_printf(&w->arena, "%s%s%s", at->file, colon, at->pointer);

	return need(w, (void *)text) ? text : at->file;
}

void record_problem(struct world *w, struct record *record, const char *field, const char *fmt, ...)
{
	struct place at = place_of(w, record, field);
	va_list args;

	mark_broken(record);
	va_start(args, fmt);
	problemv(w->problems, &at, fmt, args);
	va_end(args);
}

void record_problem_item(struct world *w, struct record *record, const char *field, size_t item,
			 const char *fmt, ...)
{
	struct place at = place_of(w, record, field);
	va_list args;

	at.pointer = item_of(w, at.pointer, item);
	mark_broken(record);
	va_start(args, fmt);
	problemv(w->problems, &at, fmt, args);
	va_end(args);
}

/* What stands there, for a message. */
static const char *shown(struct world *w, const cJSON *json, bool secret)
{
	const char *text = need(w, (void *)value_shown(&w->arena, json, secret));

	return text ? text : "?";
}

const char *world_quote(struct world *w, const char *text)
{
	const char *quoted = need(w, (void *)value_quoted(&w->arena, text));

	return quoted ? quoted : "?";
}

static bool holds_secrets(const struct resource *r)
{
	for (size_t i = 0; i < r->nfields; i++)
		if (r->fields[i].flags & F_SECRET)
			return true;
	return false;
}

/* ---- values ---------------------------------------------------------------------------------- */

static bool is_scope(const char *text)
{
	enum scope s;

	return scope_find(text, &s);
}

static bool is_filled(const char *text)
{
	return form_fits(FORM_FILLED, text);
}

/* A list of texts, each of a kind, as JSON. */
static bool read_texts(struct world *w, struct place at, const struct field *f, const cJSON *json,
		       const char **text)
{
	bool (*const fits)(const char *) = f->kind == K_SCOPES ? is_scope : is_filled;
	const char *expected = f->kind == K_SCOPES
				   ? "a scope such as deployments:read or devices:manage"
				   : form_expected(FORM_FILLED);
	char list[EXPECTED_MAX];
	const cJSON *item;
	bool ok = true;
	size_t i = 0;

	if (!cJSON_IsArray(json)) {
		problem_at(w, at, f->name, "expected %s, found %s",
			   value_expected(f, V_NEWEST, list, sizeof list), shown(w, json, false));
		return false;
	}
	cJSON_ArrayForEach(item, json) {
		if (!cJSON_IsString(item) || !fits(item->valuestring)) {
			problem_at(w, inside(at, item_of(w, member(w, at.pointer, f->name), i)),
				   NULL, "expected %s, found %s", expected, shown(w, item, false));
			ok = false;
		}
		i++;
	}

	char *printed = ok ? cJSON_PrintUnformatted(json) : NULL;

	*text = printed ? arena_strdup(&w->arena, printed) : NULL;
	cJSON_free(printed);
	return *text || !ok || need(w, NULL) ? ok : false;
}

/* Read a value into the form it is stored in; false, with a problem reported, where it does not
 * fit. */
static bool read_value(struct world *w, struct place at, const struct field *f, const cJSON *json,
		       const char **text)
{
	char expected[EXPECTED_MAX];

	if (f->kind == K_SCOPES || f->kind == K_TEXTS)
		return read_texts(w, at, f, json, text);
	if (value_fits(&w->arena, f, V_NEWEST, json, text)) {
		w->out_of_memory |= !*text && !cJSON_IsNull(json);
		return true;
	}
	problem_at(w, at, f->name, "expected %s, found %s",
		   value_expected(f, V_NEWEST, expected, sizeof expected),
		   shown(w, json, f->flags & F_SECRET));
	return false;
}

/* Two places differ about a field: the second, `at` and `name`, and what was given before. */
static void contradiction(struct world *w, struct record *record, const struct field *f,
			  const char *name, struct place at)
{
	const struct place before = place_of(w, record, f->name);

	problem_at(w, at, name, "contradicts %s", world_place(w, &before));
	mark_broken(record);
}

static void give_text(struct world *w, struct record *record, const struct field *f,
		      const char *name, const char *text, struct place at)
{
	struct given *given = &record->given[f - record->resource->fields];

	if (given->wrong || (given->set && same_text(given->text, text)))
		return;
	if (!given->set) {
		*given = (struct given){ .set = true, .at = at, .name = name, .text = text };
	} else if (f->flags & F_SECRET) {
		contradiction(w, record, f, name, at);
	} else {
		const struct place before = place_of(w, record, f->name);

		problem_at(w, at, name, "says %s, but %s says %s", world_quote(w, text),
			   world_place(w, &before), world_quote(w, given->text));
		mark_broken(record);
	}
}

static void give_ids(struct world *w, struct record *record, const struct field *f,
		     const char *name, const char **ids, size_t n, struct place at)
{
	struct given *given = &record->given[f - record->resource->fields];
	bool same = given->nids == n;

	for (size_t i = 0; same && i < n; i++)
		same = streq(given->ids[i], ids[i]);
	if (!given->set)
		*given =
		    (struct given){ .set = true, .at = at, .name = name, .ids = ids, .nids = n };
	else if (!same && !given->wrong)
		contradiction(w, record, f, name, at);
}

/* A value that cannot be: it counts as given, so that nothing is missed, but as nothing else. */
static void give_wrong(struct record *record, const struct field *f, const char *name,
		       struct place at)
{
	record->given[f - record->resource->fields] =
	    (struct given){ .set = true, .wrong = true, .at = at, .name = name };
	mark_broken(record);
}

/* Do two values say the same? Objects that live inside others are small; one that is not is wrong
 * anyway, and so not the same as anything. */
bool world_same_json(const cJSON *a, const cJSON *b)
{
	const cJSON *x = a->child, *y = b->child;

	if ((a->type & 0xff) != (b->type & 0xff) || cJSON_GetArraySize(a) != cJSON_GetArraySize(b))
		return false;
	if (cJSON_IsObject(a)) {
		if (cJSON_GetArraySize(a) > FIELDS_MAX)
			return false;
		for (; x; x = x->next) {
			y = cJSON_GetObjectItemCaseSensitive(b, x->string);
			if (!y || !world_same_json(x, y))
				return false;
		}
		return true;
	}
	for (; x && y; x = x->next, y = y->next)
		if (!world_same_json(x, y))
			return false;
	return cJSON_IsString(a)   ? streq(a->valuestring, b->valuestring)
	       : cJSON_IsNumber(a) ? a->valuedouble == b->valuedouble
				   : true;
}

/* ---- objects --------------------------------------------------------------------------------- */

static struct record *read_object(struct world *w, const struct resource *r, const cJSON *json,
				  struct place at);
static void read_members(struct world *w, struct record *record, const cJSON *json,
			 struct place at);

/* The objects that live inside a record: read once, however often the record is written. */
static void read_owned(struct world *w, struct record *record, const struct field *f,
		       const cJSON *json, struct place at)
{
	struct given *given = &record->given[f - record->resource->fields];
	const char *pointer = member(w, at.pointer, f->name);
	char expected[EXPECTED_MAX];
	const cJSON *item;
	size_t i = 0;

	if (f->kind == K_MANY ? !cJSON_IsArray(json) : !cJSON_IsObject(json)) {
		problem_at(w, at, f->name, "expected %s, found %s",
			   value_expected(f, V_NEWEST, expected, sizeof expected),
			   shown(w, json, false));
		give_wrong(record, f, f->name, at);
		return;
	}
	if (given->set) {
		if (!given->wrong && !world_same_json(given->owned, json))
			contradiction(w, record, f, f->name, at);
		return;
	}
	*given = (struct given){ .set = true, .at = at, .owned = json };
	if (f->kind == K_ONE) {
		struct record *owned = world_own(w, record, f, inside(at, pointer));

		if (owned)
			read_members(w, owned, json, owned->at);
		return;
	}
	cJSON_ArrayForEach(item, json) {
		struct place each = inside(at, item_of(w, pointer, i++));
		struct record *owned;

		if (!cJSON_IsObject(item)) {
			problem_at(w, each, NULL, "expected an object, found %s",
				   shown(w, item, false));
			mark_broken(record);
		} else if ((owned = world_own(w, record, f, each))) {
			read_members(w, owned, item, each);
		}
	}
}

/* An object expanded in another: read it as a record of its own, and return its id, or NULL. */
static const char *read_expanded(struct world *w, const struct field *f, const cJSON *json,
				 struct place at)
{
	const struct record *record = read_object(w, &resources[f->relation->target], json, at);

	return record ? record->id : NULL;
}

static void read_one(struct world *w, struct record *record, const struct field *f,
		     const cJSON *json, struct place at)
{
	const char *column = through(record->resource, f);
	const char *id = NULL;

	if (!cJSON_IsNull(json)) {
		id = read_expanded(w, f, json, inside(at, member(w, at.pointer, f->name)));
	} else if (!(f->flags & F_NULL)) {
		problem_at(w, at, f->name, "expected an object, found null");
	}
	if (!id && !(cJSON_IsNull(json) && f->flags & F_NULL)) {
		give_wrong(record, column ? resource_field(record->resource, column) : f, f->name,
			   at);
		return;
	}
	if (column) {
		give_text(w, record, resource_field(record->resource, column), f->name, id, at);
		return;
	}

	const char **ids = need(w, arena_alloc(&w->arena, sizeof *ids));

	if (ids) {
		ids[0] = id;
		give_ids(w, record, f, f->name, ids, id ? 1 : 0, at);
	}
}

/* A list of related objects, or of their ids. */
static void read_many(struct world *w, struct record *record, const struct field *f,
		      const char *name, const cJSON *json, struct place at)
{
	bool as_ids = name != f->name;
	const char *pointer = member(w, at.pointer, name);
	const char **ids;
	const cJSON *item;
	size_t n = 0;
	bool ok = true;

	if (!cJSON_IsArray(json)) {
		problem_at(w, at, name, "expected a list of %s, found %s",
			   as_ids ? "ids" : "objects", shown(w, json, false));
		give_wrong(record, f, name, at);
		return;
	}
	ids = need(w, arena_alloc(&w->arena, ((size_t)cJSON_GetArraySize(json) + 1) * sizeof *ids));
	if (!ids)
		return;
	cJSON_ArrayForEach(item, json) {
		struct place each = inside(at, item_of(w, pointer, n));

		ids[n] = NULL;
		if (!as_ids)
			ids[n] = read_expanded(w, f, item, each);
		else if (cJSON_IsString(item) && form_fits(FORM_ID, item->valuestring))
			ids[n] = item->valuestring;
		else
			problem_at(w, each, NULL, "expected an id, found %s",
				   shown(w, item, false));
		ok &= ids[n++] != NULL;
	}
	if (ok)
		give_ids(w, record, f, name, ids, n, at);
	else
		give_wrong(record, f, name, at);
}

/* The field that a member of a fixture speaks of: by its name, or by a relation's name for ids. */
static const struct field *field_of(const struct resource *r, const char *name)
{
	for (size_t i = 0; i < r->nfields; i++) {
		const struct field *f = &r->fields[i];

		if (is_given(f) && (streq(f->name, name) || (is_relation(f) && f->relation->ids &&
							     streq(f->relation->ids, name))))
			return f;
	}
	return NULL;
}

static void unknown_member(struct world *w, const struct resource *r, const char *name,
			   struct place at)
{
	struct buf known CLEANUP(buf_free) = BUF_INIT(4096);

	for (size_t i = 0; i < r->nfields; i++) {
		const struct field *f = &r->fields[i];

		if (!is_given(f))
			continue;
		buf_printf(&known, "%s%s", known.len ? ", " : "", f->name);
		if (is_relation(f) && f->relation->ids)
			buf_printf(&known, ", %s", f->relation->ids);
	}
	problem_at(w, at, name, "unknown field; a %s has: %s", r->called,
		   known.text ? known.text : "");
}

static void read_members(struct world *w, struct record *record, const cJSON *json, struct place at)
{
	const struct resource *r = record->resource;
	const cJSON *item;

	cJSON_ArrayForEach(item, json) {
		const struct field *f = field_of(r, item->string);
		const char *text;

		if (r->object && streq(item->string, "object")) {
			if (!cJSON_IsString(item) || !streq(item->valuestring, r->object)) {
				problem_at(w, at, "object", "expected \"%s\", found %s", r->object,
					   shown(w, item, false));
				mark_broken(record);
			}
		} else if (!f) {
			unknown_member(w, r, item->string, at);
			mark_broken(record);
		} else if (is_owned(f)) {
			read_owned(w, record, f, item, at);
		} else if (f->kind == K_ONE) {
			read_one(w, record, f, item, at);
		} else if (f->kind == K_MANY) {
			read_many(w, record, f,
				  streq(item->string, f->name) ? f->name : f->relation->ids, item,
				  at);
		} else if (read_value(w, at, f, item, &text)) {
			give_text(w, record, f, f->name, text, at);
		} else {
			give_wrong(record, f, f->name, at);
		}
	}
}

static struct record *read_object(struct world *w, const struct resource *r, const cJSON *json,
				  struct place at)
{
	const struct field *id_field = resource_field(r, "id");
	const cJSON *id = cJSON_GetObjectItemCaseSensitive(json, "id");
	const char *text = NULL;
	struct record *record;

	if (!cJSON_IsObject(json)) {
		problem_at(w, at, NULL, "expected a %s, found %s", r->called,
			   shown(w, json, holds_secrets(r)));
		return NULL;
	}
	if (!id && !(id_field->flags & F_MADE)) {
		problem_at(w, at, NULL, "has no id; expected one such as %s123", r->prefix);
		return NULL;
	}
	if (id && !read_value(w, at, id_field, id, &text))
		return NULL;
	record = world_record(w, r, text, at);
	if (record)
		read_members(w, record, json, at);
	return record;
}

/* ---- documents ------------------------------------------------------------------------------- */

static void unknown_array(struct world *w, const char *name, struct place at)
{
	struct buf known CLEANUP(buf_free) = BUF_INIT(1024);

	for (size_t i = 0; i < R_COUNT; i++)
		if (resources[i].array)
			buf_printf(&known, "%s%s", known.len ? ", " : "", resources[i].array);
	problem_at(w, at, name, "unknown array; a fixture has: %s", known.text ? known.text : "");
}

static const struct resource *resource_of_object(const char *object)
{
	for (size_t i = 0; i < R_COUNT; i++)
		if (resources[i].object && streq(resources[i].object, object))
			return &resources[i];
	return NULL;
}

/* A whole answer of the API is no document, but nearly: say what it lacks. */
static bool is_an_answer(struct world *w, struct place root, const cJSON *json)
{
	const cJSON *object = cJSON_GetObjectItemCaseSensitive(json, "object");
	const struct resource *r;

	if (!cJSON_IsString(object))
		return false;
	r = resource_of_object(object->valuestring);
	if (r) {
		problem_at(w, root, NULL, "is a single %s; put it in a list: {\"%s\":[...]}",
			   r->called, r->array);
		return true;
	}
	if (!streq(object->valuestring, "list"))
		return false;
	problem_at(w, root, NULL,
		   "is a list as the API answers it; name what its data is: {\"devices\":[...]}");
	return true;
}

static void read_document(struct world *w, const char *file, const cJSON *json)
{
	const struct place root = { .file = file, .pointer = "" };
	const cJSON *array, *item;

	if (!cJSON_IsObject(json)) {
		problem_at(w, root, NULL,
			   "expected an object such as {\"devices\":[...]}, found %s",
			   shown(w, json, true));
		return;
	}
	if (is_an_answer(w, root, json))
		return;
	cJSON_ArrayForEach(array, json) {
		const struct resource *r = resource_of_array(array->string);
		const char *pointer = member(w, "", array->string);
		size_t i = 0;

		if (!r) {
			unknown_array(w, array->string, root);
			continue;
		}
		if (!cJSON_IsArray(array)) {
			problem_at(w, root, array->string, "expected a list of %s, found %s",
				   r->array, shown(w, array, holds_secrets(r)));
			continue;
		}
		cJSON_ArrayForEach(item, array) {
			read_object(w, r, item, inside(root, item_of(w, pointer, i++)));
		}
	}
}

/* A text as a tree, which lives as long as the records; NULL, with a problem, where it is no JSON.
 * The text begins in that line; 0: it is the whole file. */
static const cJSON *parse(struct world *w, const char *file, size_t line, const char *text,
			  size_t len)
{
	struct json_error e;
	cJSON *json;

	if (w->ndocuments == w->documents_cap) {
		size_t cap = w->documents_cap ? w->documents_cap * 2 : 4;
		cJSON **documents = reallocarray(w->documents, cap, sizeof(cJSON *));

		if (!need(w, documents))
			return NULL;
		w->documents = documents;
		w->documents_cap = cap;
	}
	json = json_parse(text, len, &e);
	if (json) {
		w->documents[w->ndocuments++] = json;
	} else if (e.what == json_out_of_memory) {
		w->out_of_memory = true; /* which is no fault of the text's */
	} else {
		/* A compiler's file:line:column, which editors jump to. */
		const struct place at = { .file = file,
					  .line = line ? line + e.line - 1 : e.line,
					  .column = e.column };

		problem_in(w->problems, &at, "%s", e.what);
	}
	return json;
}

void world_add(struct world *w, const char *file, const char *text, size_t len)
{
	const cJSON *json = parse(w, file, 0, text, len);

	if (json)
		read_document(w, file, json);
}

/* ---- lines ----------------------------------------------------------------------------------- */

/* What an object is an object of; NULL, with a problem, where it does not say so. */
static const struct resource *told_by(struct world *w, struct place at, const cJSON *json)
{
	const cJSON *object = cJSON_GetObjectItemCaseSensitive(json, "object");
	struct buf known CLEANUP(buf_free) = BUF_INIT(1024);
	const struct resource *r =
	    cJSON_IsString(object) ? resource_of_object(object->valuestring) : NULL;

	if (r)
		return r;
	for (size_t i = 0; i < R_COUNT; i++)
		if (resources[i].object)
			buf_printf(&known, "%s%s", known.len ? ", " : "", resources[i].object);
	if (object)
		problem_at(w, at, "object", "expected one of %s, found %s",
			   known.text ? known.text : "", shown(w, object, false));
	else
		problem_at(w, at, "object", "is missing; expected one of %s",
			   known.text ? known.text : "");
	return NULL;
}

bool world_add_line(struct world *w, const char *file, size_t line, const char *text, size_t len)
{
	const struct place at = { .file = file, .line = line, .pointer = "" };
	const cJSON *json = parse(w, file, line, text, len);
	const struct resource *r;

	if (!json)
		return false;
	if (!cJSON_IsObject(json)) {
		problem_at(w, at, NULL,
			   "expected an object such as {\"object\":\"device\",...}, found %s",
			   shown(w, json, true));
		return false;
	}
	r = told_by(w, at, json);
	return r && read_object(w, r, json, at);
}
