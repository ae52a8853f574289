/* SPDX-License-Identifier: MIT
 * config_schemas.c - what the body says for itself is checked before anything is locked; then the
 * type, the commit and the digest decide whether the schema is new.
 */
#include "api/config_schemas.h"

#include <stdlib.h>

#include "api/git_commits.h"
#include "api/handler.h"
#include "api/write.h"
#include "http/exchange.h"
#include "model/value.h"
#include "schema/digest.h"
#include "schema/file_format.h"
#include "schema/language.h"

static const struct query type_by_slug = { "SELECT id FROM config_types WHERE slug = ?1",
					   QUERY_KEPT };
static const struct body_ref type_ref = { R_CONFIG_TYPE, "config_type_ref", "slug", &type_by_slug };

/* A schema that is being created: what is found before the transaction begins, */
struct plan {
	const struct language *language;
	const char *documents; /* their canonical forms, a JSON array */
	struct new_row *slots;
	size_t nslots;
	/* and after. */
	const struct row *type, *commit; /* commit may be NULL */
	const char *instance_format, *digest;
};

static void add_list(struct buf *to, const char *const *list)
{
	for (; *list; list++)
		buf_printf(to, "%s%s", to->len ? ", " : "", *list);
}

/* "a, b" of a list that ends with NULL. */
static const char *listed(struct exchange *x, const char *const *list)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT(EXPECTED_MAX);

	add_list(&text, list);
	return quote_list(x, &text);
}

/* ".json, .yaml": the extensions of a language's instance files. */
static const char *listed_extensions(struct exchange *x, const struct language *l)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT(EXPECTED_MAX);

	for (const char *const *format = l->instance_formats; *format; format++)
		add_list(&text, file_format_extensions(*format));
	return quote_list(x, &text);
}

/* ---- documents ------------------------------------------------------------------------------- */

static bool read_document(struct exchange *x, const struct plan *plan, size_t i,
			  struct buf *canonical)
{
	const struct body *document = &body_member(&x->body, "documents")->bodies[i];
	const char *why, *field;

	if (plan->language->document(&x->arena, body_text(&x->body, "format"),
				     body_text(document, "data"), canonical, &why))
		return true;
	field = arena_printf(&x->arena, "documents[%zu].data", i);
	if (!field || !why)
		return false;
	fail_by(x, ERR_INVALID_SCHEMA, field, "%s: %s", field, why);
	fail_param(x, "name", body_text(document, "name"));
	return false;
}

static bool read_documents(struct exchange *x, struct plan *plan)
{
	struct buf canonical CLEANUP(buf_free) = BUF_INIT(1 << 30);
	const struct language *l = plan->language;
	const char *format = body_text(&x->body, "format");
	size_t count = body_member(&x->body, "documents")->count;

	if (!language_has(l->formats, format))
		return fail_field(x, "format",
				  "format: a schema in the language %s is written in: %s; found %s",
				  l->name, listed(x, l->formats), format);
	if (count > 1 && !l->many_documents)
		return fail_field(
		    x, "documents",
		    "documents: a schema in the language %s has exactly one, found %zu", l->name,
		    count);
	for (size_t i = 0; i < count; i++) {
		buf_addc(&canonical, i > 0 ? ',' : '[');
		if (!read_document(x, plan, i, &canonical))
			return false;
	}
	buf_addc(&canonical, ']');
	plan->documents = canonical.bad ? NULL : arena_strdup(&x->arena, canonical.text);
	return plan->documents != NULL;
}

/* ---- slots ----------------------------------------------------------------------------------- */

/* "instance_slots[0].key"; NULL when memory is short. */
static const char *slot_field(struct exchange *x, size_t i, const char *field)
{
	return arena_printf(&x->arena, "instance_slots[%zu].%s", i, field);
}

/* Each field of a slot must have its format. */
static bool check_slot(struct exchange *x, const struct new_row *slot, size_t i)
{
	const struct resource *r = slot->resource;

	for (size_t n = 0; n < r->nfields; n++) {
		const struct field *f = &r->fields[n];
		const char *text = slot->values[n], *path;

		if (f->kind != K_TEXT || !text || string_format_fits(f->strfmt, text))
			continue;
		path = slot_field(x, i, f->name);
		return path && fail_by(x, ERR_INVALID_SLOTS, path, "%s: expected %s, found %s",
				       path, string_format_expected(f->strfmt), quoted(x, text));
	}
	return true;
}

/* A slot's value that must be unique. */
struct shared {
	const char *text;
	size_t slot;
};

static int compare_shared(const void *a, const void *b)
{
	const struct shared *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	return order ? order : (x->slot > y->slot) - (x->slot < y->slot);
}

/* No two slots may have the same value in the rule's field. */
static bool check_apart(struct exchange *x, const struct plan *plan, const struct unique *u)
{
	struct shared *all = arena_alloc(&x->arena, plan->nslots * sizeof *all);
	const struct shared *second = NULL;
	const char *path;

	if (!all)
		return false;
	for (size_t i = 0; i < plan->nslots; i++)
		all[i] = (struct shared){ new_row_text(&plan->slots[i], u->fields[0]), i };
	qsort(all, plan->nslots, sizeof *all, compare_shared);
	for (size_t i = 1; i < plan->nslots; i++)
		if (streq(all[i].text, all[i - 1].text) && (!second || all[i].slot < second->slot))
			second = &all[i];
	if (!second)
		return true;
	path = slot_field(x, second->slot, u->fields[0]);
	return path && fail_by(x, u->taken, path, "%s: %s; %s is that of instance_slots[%zu]", path,
			       u->says, quoted(x, second->text), second[-1].slot);
}

static bool read_slots(struct exchange *x, struct plan *plan)
{
	const struct member *given = body_member(&x->body, "instance_slots");

	plan->slots = arena_alloc(&x->arena, (given->count + 1) * sizeof *plan->slots);
	if (!plan->slots)
		return false;
	if (given->set && given->count == 0)
		return fail_by(x, ERR_INVALID_SLOTS, "instance_slots",
			       "instance_slots: expected at least one slot, found []; without the "
			       "field there is one");
	for (size_t i = 0; i < given->count; i++) {
		struct new_row *slot = &plan->slots[plan->nslots++];

		new_row_init(slot, R_INSTANCE_SLOT);
		new_row_from_body(slot, &given->bodies[i]);
		if (!check_slot(x, slot, i))
			return false;
	}
	for (const struct unique *u = resources[R_INSTANCE_SLOT].uniques; u->says; u++)
		if (!check_apart(x, plan, u))
			return false;
	return true;
}

/* A body without slots means one slot. */
static bool plan_slots(struct exchange *x, struct plan *plan)
{
	const char *path = body_text(&x->body, "instance_filepath");
	struct new_row *slot = &plan->slots[0];

	if (plan->nslots > 0)
		return true;
	if (!path)
		path = file_format_slot_path(&x->arena, row_text(plan->type, "slug"),
					     body_text(&x->body, "format"));
	new_row_init(slot, R_INSTANCE_SLOT);
	new_row_set(slot, "key", file_format_slot_key);
	new_row_set(slot, "name", file_format_slot_name);
	new_row_set(slot, "filepath", path);
	new_row_set(slot, "required", "1");
	plan->nslots = 1;
	return path != NULL;
}

static bool check_files(struct exchange *x, const struct plan *plan)
{
	const struct language *l = plan->language;

	for (size_t i = 0; i < plan->nslots; i++) {
		const char *path = new_row_text(&plan->slots[i], "filepath"), *field;

		if (language_allows_file(l, path))
			continue;
		/* Without slots in the body, the path came as instance_filepath. */
		field = body_member(&x->body, "instance_slots")->set ? slot_field(x, i, "filepath")
								     : "instance_filepath";
		return field && fail_by(x, ERR_INVALID_SLOTS, field,
					"%s: the files of instances of a schema in the language %s "
					"end in: %s; found %s",
					field, l->name, listed_extensions(x, l), quoted(x, path));
	}
	return true;
}

/* ---- format ---------------------------------------------------------------------------------- */

/* Infer the format from the extensions of the slots' files, which must agree. */
static bool infer_format(struct exchange *x, struct plan *plan)
{
	static const char field[] = "instance_format";
	const char *first = new_row_text(&plan->slots[0], "filepath");

	plan->instance_format = file_format_of(first);
	for (size_t i = 0; i < plan->nslots; i++) {
		const char *path = new_row_text(&plan->slots[i], "filepath");
		const char *format = file_format_of(path);

		if (!format)
			return fail_by(x, ERR_FORMAT_UNKNOWN, field,
				       "the extension of %s tells no format; say instance_format",
				       quoted(x, path));
		if (!streq(format, plan->instance_format))
			return fail_by(x, ERR_FORMAT_UNKNOWN, field,
				       "%s and %s tell different formats; say instance_format",
				       quoted(x, first), quoted(x, path));
	}
	return true;
}

static bool plan_format(struct exchange *x, struct plan *plan)
{
	const struct language *l = plan->language;

	plan->instance_format = body_text(&x->body, "instance_format");
	if (!plan->instance_format && !infer_format(x, plan))
		return false;
	if (language_has(l->instance_formats, plan->instance_format))
		return true;
	fail(x, ERR_FORMAT_UNSUPPORTED,
	     "instances of a schema in the language %s can be: %s; found %s", l->name,
	     listed(x, l->instance_formats), plan->instance_format);
	fail_param(x, "instance_format", plan->instance_format);
	fail_param(x, "language", l->name);
	return false;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static bool check_type(struct exchange *x, const struct row *type)
{
	if (!row_text(type, "archived_at"))
		return true;
	fail(x, ERR_SCHEMA_TYPE_ARCHIVED,
	     "cannot create config schema: config type '%s' is archived", row_text(type, "id"));
	fail_param(x, "config_type_id", row_text(type, "id"));
	return false;
}

static bool plan_digest(struct exchange *x, struct plan *plan)
{
	struct digest_slot *slots = arena_alloc(&x->arena, plan->nslots * sizeof *slots);
	const struct digest_input in = {
		.config_type_id = row_text(plan->type, "id"),
		.language = plan->language->name,
		.format = body_text(&x->body, "format"),
		.instance_format = plan->instance_format,
		.documents = plan->documents,
		.slots = slots,
		.nslots = plan->nslots,
	};

	if (!slots)
		return false;
	for (size_t i = 0; i < plan->nslots; i++)
		slots[i] = (struct digest_slot){
			.key = new_row_text(&plan->slots[i], "key"),
			.filepath = new_row_text(&plan->slots[i], "filepath"),
			.required = streq(new_row_text(&plan->slots[i], "required"), "1"),
		};
	plan->digest = digest_schema(&x->arena, &in);
	return plan->digest != NULL;
}

static bool insert(struct exchange *x, struct tx *tx, const struct plan *plan, const char **id)
{
	const struct member *documents = body_member(&x->body, "documents");
	struct new_row row;

	new_row_init(&row, R_CONFIG_SCHEMA);
	new_row_from_body(&row, &x->body);
	new_row_set(&row, "digest", plan->digest);
	new_row_set(&row, "config_type_id", row_text(plan->type, "id"));
	new_row_set(&row, "instance_format", plan->instance_format);
	if (!write_new(x, tx, &row))
		return false;
	*id = new_row_text(&row, "id");
	for (size_t i = 0; i < plan->nslots; i++)
		if (!write_owned(x, tx, &plan->slots[i], *id, i))
			return false;
	for (size_t i = 0; i < documents->count; i++) {
		struct new_row document;

		new_row_init(&document, R_SCHEMA_DOCUMENT);
		new_row_from_body(&document, &documents->bodies[i]);
		if (!write_owned(x, tx, &document, *id, i))
			return false;
	}
	return true;
}

/* Find the schema of the same type and digest, or insert it. */
static bool find_or_insert(struct exchange *x, struct tx *tx, const struct plan *plan,
			   const char **id)
{
	static const struct query same = { "SELECT id FROM config_schemas"
					   " WHERE config_type_id = ?2 AND digest = ?1",
					   QUERY_KEPT };
	const char *values[] = { plan->digest, row_text(plan->type, "id") };

	return op_look_up(x, &same, values, ARRAY_LEN(values), id) &&
	       (*id || insert(x, tx, plan, id));
}

/* Link the schema to the commit that it came from, unless it is linked already. */
static bool link_commit(struct exchange *x, struct tx *tx, const struct plan *plan, const char *id)
{
	static const struct query linked = { "SELECT 1 FROM config_schema_git_commits"
					     " WHERE config_schema_id = ?1 AND git_commit_id = ?2",
					     QUERY_KEPT };
	static const struct query count = { "SELECT count(*) FROM config_schema_git_commits"
					    " WHERE config_schema_id = ?1",
					    QUERY_KEPT };
	const struct body *git = body_object(&x->body, "git_commit");
	const char *commit = plan->commit ? row_text(plan->commit, "id") : NULL;
	const char *values[] = { id, commit }, *paths, *position;
	struct new_row link;
	bool has;

	if (!commit)
		return true;
	if (!db_has(x->db, &linked, values, ARRAY_LEN(values), &has))
		return op_db_error(x);
	if (has)
		return true;
	if (!write_json_array(x, body_member(git, "schema_filepaths"), &paths) ||
	    !op_look_up(x, &count, &id, 1, &position))
		return false;
	new_row_init(&link, R_SCHEMA_COMMIT);
	new_row_set(&link, "git_commit_id", commit);
	new_row_set(&link, "schema_filepaths", paths);
	return write_owned(x, tx, &link, id, strtoul(position, NULL, 10));
}

/* Check what the body says by itself: before anything is locked. */
static bool read_body(struct exchange *x, struct plan *plan)
{
	const struct body *git = body_object(&x->body, "git_commit");

	plan->language = language_find(body_text(&x->body, "language"));
	return write_check_ref_given(x, &type_ref, body_object(&x->body, "config_type_ref")) &&
	       (!git ||
		write_check_ref_given(x, &schema_commit_ref, body_object(git, "commit_ref"))) &&
	       read_documents(x, plan) && read_slots(x, plan);
}

static bool find_refs(struct exchange *x, struct plan *plan)
{
	const struct body *git = body_object(&x->body, "git_commit");

	return write_find_ref(x, &type_ref, body_object(&x->body, "config_type_ref"),
			      &plan->type) &&
	       (!git || write_find_ref(x, &schema_commit_ref, body_object(git, "commit_ref"),
				       &plan->commit));
}

bool config_schemas_create(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };
	struct plan plan = { 0 };
	const char *id;

	return read_body(x, &plan) && op_begin(x, &tx) && find_refs(x, &plan) &&
	       check_type(x, plan.type) && plan_slots(x, &plan) && check_files(x, &plan) &&
	       plan_format(x, &plan) && plan_digest(x, &plan) &&
	       find_or_insert(x, &tx, &plan, &id) && link_commit(x, &tx, &plan, id) &&
	       op_commit_row(x, &tx, id);
}
