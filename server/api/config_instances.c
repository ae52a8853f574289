/* SPDX-License-Identifier: MIT
 * config_instances.c - content is checked before the database is locked, which is safe because
 * schemas do not change.
 */
#include "api/config_instances.h"

#include "api/handler.h"
#include "api/write.h"
#include "http/exchange.h"
#include "model/value.h"
#include "schema/file_format.h"
#include "schema/language.h"

/* The slot that an instance is made for. */
struct target_slot {
	const struct row *schema;
	const char *key;
	uint64_t generation; /* of the workspace's rows, when this was read */
};

/* ---- create ---------------------------------------------------------------------------------- */

/* "a, b" of the keys of a schema's slots. */
static const char *keys_of(struct exchange *x, const struct rows *slots)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT(EXPECTED_MAX);

	for (const struct row *slot = slots->first; slot; slot = slot->next)
		buf_printf(&text, "%s%s", text.len ? ", " : "", row_text(slot, "key"));
	return quote_list(x, &text);
}

/* Find the slot that the body names, or the only one that the schema has. */
static bool find_slot(struct exchange *x, struct target_slot *found)
{
	const struct rows *slots = row_rows(found->schema, "instance_slots");
	const struct member *said = body_member(&x->body, "slot_key");
	const char *key = said->text, *id = row_text(found->schema, "id");

	if (!key && slots->first && !slots->first->next)
		key = row_text(slots->first, "key");
	found->key = key;
	for (const struct row *slot = slots->first; slot && key; slot = slot->next)
		if (streq(row_text(slot, "key"), key))
			return true;
	if (key)
		return fail_field(x, "slot_key",
				  "slot_key: expected a slot of '%s', which has: %s; found '%s'",
				  id, keys_of(x, slots), quote(x, key));
	return said->field
		   ? fail_field(x, "slot_key",
				"slot_key is missing; expected a slot of '%s', which has: %s", id,
				keys_of(x, slots))
		   : fail_field(x, "config_schema_id",
				"config_schema_id: '%s' has several slots, and %s has no way to "
				"say which; it has: %s",
				id, version_name(x->version), keys_of(x, slots));
}

static bool check_format(struct exchange *x, const struct row *schema, const char *format)
{
	static const char field[] = "content.format";
	const char *expected = row_text(schema, "instance_format"), *id = row_text(schema, "id");
	const struct language *l = language_find(row_text(schema, "language"));

	if (!streq(format, expected))
		return fail_by(x, ERR_FORMAT_UNSUPPORTED, field,
			       "%s: expected %s, the instance_format of '%s', found %s", field,
			       expected, id, format);
	/* Fixtures can hold a schema that the API would have refused. */
	return language_has(l->instance_formats, format) ||
	       fail_by(x, ERR_FORMAT_UNSUPPORTED, field,
		       "%s: instances of '%s' cannot be %s, though that is its instance_format",
		       field, id, format);
}

/* A JSON array of {"path", "message"}. */
static const char *list_violations(struct exchange *x, const struct violation *violations)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT(1 << 24);
	struct writer w = { .out = &text, .empty = true };

	writer_open(&w, '[');
	for (; violations; violations = violations->next) {
		writer_item(&w);
		writer_open(&w, '{');
		writer_key(&w, "path");
		writer_raw(&w, violations->path);
		writer_key(&w, "message");
		writer_text(&w, violations->message);
		writer_close(&w, '}');
	}
	writer_close(&w, ']');
	return text.bad ? NULL : arena_strdup(&x->arena, text.text);
}

static bool check_content(struct exchange *x, const struct row *schema)
{
	const struct body *object = body_object(&x->body, "content");
	const struct formatted content = { body_text(object, "format"), body_text(object, "data") };
	const struct language *l = language_find(row_text(schema, "language"));
	const struct row *first = row_rows(schema, "documents")->first;
	const struct formatted document = { row_text(schema, "format"),
					    first ? row_text(first, "data") : NULL };
	struct violation *violations;
	const char *why, *errors;

	if (language_check(&x->arena, l, &document, &content, &why, &violations))
		return true;
	if (why)
		return fail_field(x, "content.data", "content.data: %s", why);
	errors = violations ? list_violations(x, violations) : NULL;
	if (!errors)
		return false;
	fail(x, ERR_INSTANCE_INVALID, "content.data is no instance of '%s': at %s: %s%s",
	     row_text(schema, "id"), violations->path, violations->message,
	     violations->next ? "; and more" : "");
	fail_param_json(x, "errors", errors);
	return false;
}

static bool read_slot(struct exchange *x, struct target_slot *found)
{
	const char *id = body_text(&x->body, "config_schema_id");
	struct row *schema;

	found->generation = x->workspace->generation;
	if (!op_find_whole(x, R_CONFIG_SCHEMA, id, &schema)) {
		fail_param(x, "field", "config_schema_id");
		return false;
	}
	found->schema = schema;
	return find_slot(x, found) &&
	       check_format(x, schema, body_text(body_object(&x->body, "content"), "format"));
}

/* Check the body against the schema before the database is locked for writing: validating large
 * content takes long. */
static bool check(struct exchange *x, struct target_slot *found)
{
	struct db *db CLEANUP(db_read_endp) = op_begin_read(x);

	return db && read_slot(x, found);
}

/* Has the workspace been reset since the check, so that the schema may be another, or none? */
static bool is_outdated(const struct exchange *x, const struct target_slot *found)
{
	return found->generation != x->workspace->generation;
}

static bool insert(struct exchange *x, struct tx *tx, const struct target_slot *slot,
		   const char **id)
{
	struct new_row row, content;

	new_row_init(&row, R_CONFIG_INSTANCE);
	new_row_set(&row, "config_schema_id", row_text(slot->schema, "id"));
	new_row_set(&row, "config_type_id", row_text(slot->schema, "config_type_id"));
	new_row_set(&row, "slot_key", slot->key);
	if (!write_new(x, tx, &row))
		return false;
	*id = new_row_text(&row, "id");
	new_row_init(&content, R_INSTANCE_CONTENT);
	new_row_from_body(&content, body_object(&x->body, "content"));
	return write_owned(x, tx, &content, *id, 0);
}

bool config_instances_create(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };
	struct target_slot slot;
	const char *id;

	return check(x, &slot) && check_content(x, slot.schema) && op_begin(x, &tx) &&
	       (!is_outdated(x, &slot) || (read_slot(x, &slot) && check_content(x, slot.schema))) &&
	       insert(x, &tx, &slot, &id) && op_commit_row(x, &tx, id);
}

/* ---- download -------------------------------------------------------------------------------- */

/* 'attachment; filename="..."', and the name in UTF-8 if it is not ASCII (RFC 6266). */
static const char *attachment(struct exchange *x, const char *filepath)
{
	const char *slash = strrchr(filepath, '/'), *name = slash ? slash + 1 : filepath;
	struct buf plain CLEANUP(buf_free) = BUF_INIT(4096);
	struct buf coded CLEANUP(buf_free) = BUF_INIT(4096);
	bool exact = true;

	for (const unsigned char *at = (const unsigned char *)name; *at; at++) {
		bool fit = *at >= ' ' && *at < 0x7f && *at != '"' && *at != '\\';

		exact &= fit;
		buf_addc(&plain, fit ? (char)*at : '_');
	}
	buf_add_url(&coded, name);
	if (plain.bad || coded.bad)
		return NULL;
	if (!*name)
		return "attachment";
	return arena_printf(&x->arena, "attachment; filename=\"%s\"%s%s",
			    plain.text ? plain.text : "", exact ? "" : "; filename*=UTF-8''",
			    exact ? "" : coded.text);
}

bool config_instances_content(struct exchange *x)
{
	struct db *db CLEANUP(db_read_endp) = op_begin_read(x);
	const char *disposition = body_text(&x->params, "disposition");
	const struct row *content;
	struct row *instance;

	if (!db || !op_find_whole(x, R_CONFIG_INSTANCE, x->id, &instance))
		return false;
	content = row_rows(instance, "content")->first;
	if (!content)
		return op_db_error(x);
	x->answer.type = file_format_media_type(row_text(content, "format"));
	if (streq(disposition, "attachment"))
		disposition = attachment(x, row_text(instance, "filepath"));
	if (!disposition)
		return false;
	answer_header(x, "Content-Disposition", disposition);
	buf_add(x->answer.body, row_text(content, "data"));
	return true;
}
