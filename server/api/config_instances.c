/*
 * config_instances.c - content is checked before anything is locked: schemas do not change.
 */
#include "api/config_instances.h"

#include "api/handler.h"
#include "api/write.h"
#include "http/exchange.h"
#include "model/value.h"
#include "schema/file_format.h"
#include "schema/language.h"

/* What the first half finds out for the second. */
struct checked {
	const struct row *schema;
	const char *slot_key;
	uint64_t era; /* of the workspace, when that was so */
};

/* ---- making one ------------------------------------------------------------------------------ */

/* "a, b" of the keys of a schema's slots. */
static const char *keys_of(struct exchange *x, const struct rows *slots)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT(EXPECTED_MAX);

	for (const struct row *slot = slots->first; slot; slot = slot->next)
		buf_printf(&text, "%s%s", text.len ? ", " : "", row_text(slot, "key"));
	return text.len ? quote(x, text.text) : "none";
}

/* The slot that the body means: the one that it names, or the only one there is. */
static bool find_slot(struct exchange *x, struct checked *found)
{
	const struct rows *slots = row_rows(found->schema, "instance_slots");
	const struct member *said = body_member(&x->body, "slot_key");
	const char *key = said->text, *id = row_text(found->schema, "id");

	if (!key && slots->first && !slots->first->next)
		key = row_text(slots->first, "key");
	found->slot_key = key;
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
	/* Fixtures can hold what the API would not have taken. */
	return language_has(l->instance_formats, format) ||
	       fail_by(x, ERR_FORMAT_UNSUPPORTED, field,
		       "%s: instances of '%s' cannot be %s, though that is its instance_format",
		       field, id, format);
}

/* A JSON array of {"path", "message"}. */
static const char *list_misfits(struct exchange *x, const struct misfit *misfits)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT(1 << 24);
	struct writer w = { .to = &text, .empty = true };

	write_open(&w, '[');
	for (; misfits; misfits = misfits->next) {
		write_item(&w);
		write_open(&w, '{');
		write_key(&w, "path");
		write_raw(&w, misfits->path);
		write_key(&w, "message");
		write_text(&w, misfits->message);
		write_close(&w, '}');
	}
	write_close(&w, ']');
	return text.bad ? NULL : arena_strdup(&x->arena, text.text);
}

static bool check_content(struct exchange *x, const struct row *schema, const struct body *content)
{
	const struct language *l = language_find(row_text(schema, "language"));
	const struct row *document = row_rows(schema, "documents")->first;
	struct misfit *misfits;
	const char *why, *errors;

	switch (language_check(&x->arena, l, row_text(schema, "format"),
			       document ? row_text(document, "data") : NULL,
			       body_text(content, "format"), body_text(content, "data"), &why,
			       &misfits)) {
	case VERDICT_FITS:
		return true;
	case VERDICT_BROKE:
		return op_short(x);
	case VERDICT_UNFIT:
		break;
	}
	if (!misfits)
		return fail_field(x, "content.data", "content.data: %s", why);
	errors = list_misfits(x, misfits);
	if (!errors)
		return op_short(x);
	fail(x, ERR_INSTANCE_INVALID, "content.data is no instance of '%s': at %s: %s%s",
	     row_text(schema, "id"), misfits->path, misfits->message,
	     misfits->next ? "; and more" : "");
	fail_param_json(x, "errors", errors);
	return false;
}

static bool check(struct exchange *x)
{
	const struct body *content = body_object(&x->body, "content");
	const char *id = body_text(&x->body, "config_schema_id");
	struct checked *found = arena_zalloc(&x->arena, sizeof *found);
	struct row *schema;

	if (!found)
		return op_short(x);
	x->prepared = found;
	found->era = x->workspace->era;
	if (!op_find_whole(x, R_CONFIG_SCHEMA, id, &schema)) {
		fail_param(x, "field", "config_schema_id");
		return false;
	}
	found->schema = schema;
	return find_slot(x, found) && check_format(x, found->schema, body_text(content, "format"));
}

static bool check_content_by(struct exchange *x)
{
	const struct checked *found = x->prepared;

	return check_content(x, found->schema, body_object(&x->body, "content"));
}

/* Has the world been put back since, so that the schema may be another, or none? */
static bool is_outdated(struct exchange *x)
{
	const struct checked *found = x->prepared;

	return found->era != x->workspace->era;
}

static bool create(struct exchange *x, struct change *c)
{
	const struct checked *found;
	struct draft d;

	if (is_outdated(x) && !(check(x) && check_content_by(x)))
		return false;
	found = x->prepared;

	draft_begin(&d, R_CONFIG_INSTANCE);
	draft_set(&d, "config_schema_id", row_text(found->schema, "id"));
	draft_set(&d, "config_type_id", row_text(found->schema, "config_type_id"));
	draft_set(&d, "slot_key", found->slot_key);
	if (!write_new(x, c, &d))
		return false;
	draft_begin(&d, R_INSTANCE_CONTENT);
	draft_say(&d, body_object(&x->body, "content"));
	return write_inside(x, c, &d, x->id, 0);
}

bool op_create_instance(struct exchange *x)
{
	return op_look(x, check) && check_content_by(x) && op_change(x, create);
}

/* ---- handing out ----------------------------------------------------------------------------- */

/* 'attachment; filename="..."', with the name in UTF-8 where ASCII cannot say it (RFC 6266). */
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

static bool read_content(struct exchange *x)
{
	const char *disposition = body_text(&x->params, "disposition");
	const struct row *content;
	struct row *instance;

	if (!op_find_whole(x, R_CONFIG_INSTANCE, x->id, &instance))
		return false;
	content = row_rows(instance, "content")->first;
	if (!content)
		return op_broke(x);
	x->answer.type = file_format_media_type(row_text(content, "format"));
	if (streq(disposition, "attachment"))
		disposition = attachment(x, row_text(instance, "filepath"));
	if (!disposition)
		return op_short(x);
	answer_header(x, "Content-Disposition", disposition);
	buf_add(x->answer.body, row_text(content, "data"));
	return true;
}

bool op_get_content(struct exchange *x)
{
	return op_look(x, read_content);
}
