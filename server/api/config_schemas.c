/*
 * config_schemas.c - what the body says for itself is checked before anything is locked; then the
 * type, the commit and the digest decide whether the schema is new.
 */
#include "api/config_schemas.h"

#include <stdlib.h>

#include "api/handler.h"
#include "api/releases.h"
#include "api/write.h"
#include "http/exchange.h"
#include "model/value.h"
#include "schema/digest.h"
#include "schema/file_format.h"
#include "schema/language.h"

static const struct query type_by_slug = { "SELECT id FROM config_types WHERE slug = ?1",
					   QUERY_KEPT };
static const struct reference type_reference = { R_CONFIG_TYPE, "config_type_ref", "slug",
						 &type_by_slug };

/* A schema on its way in: found before the change, */
struct plan {
	const struct language *language;
	const char *documents; /* their canonical forms, a JSON array */
	struct draft *slots;
	size_t nslots;
	/* and in it. */
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
	return text.text ? quote(x, text.text) : "none";
}

/* What the files of instances end in, in the same way. */
static const char *listed_extensions(struct exchange *x, const struct language *l)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT(EXPECTED_MAX);

	for (const char *const *format = l->instance_formats; *format; format++)
		add_list(&text, file_format_extensions(*format));
	return text.text ? quote(x, text.text) : "none";
}

/* ---- documents ------------------------------------------------------------------------------- */

static bool read_document(struct exchange *x, const struct plan *plan, size_t i,
			  struct buf *canonical)
{
	const struct body *document = &body_member(&x->body, "documents")->bodies[i];
	const char *why = NULL, *field;

	switch (plan->language->document(&x->arena, body_text(&x->body, "format"),
					 body_text(document, "data"), canonical, &why)) {
	case VERDICT_FITS:
		return true;
	case VERDICT_BROKE:
		return op_short(x);
	case VERDICT_UNFIT:
		break;
	}
	field = arena_printf(&x->arena, "documents[%zu].data", i);
	if (!field || !why)
		return op_short(x);
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
	if (count > 1 && !l->several)
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
	if (canonical.bad)
		return op_short(x);
	plan->documents = arena_strdup(&x->arena, canonical.text);
	return plan->documents || op_short(x);
}

/* ---- slots ----------------------------------------------------------------------------------- */

/* The name of a slot's field in the body; NULL when memory is short. */
static const char *slot_field(struct exchange *x, size_t i, const char *field)
{
	return arena_printf(&x->arena, "instance_slots[%zu].%s", i, field);
}

/* Has each field the form that it must have? */
static bool check_slot(struct exchange *x, const struct draft *slot, size_t i)
{
	const struct resource *r = slot->resource;

	for (size_t n = 0; n < r->nfields; n++) {
		const struct field *f = &r->fields[n];
		const char *text = slot->values[n], *path;

		if (f->kind != K_TEXT || !text || form_fits(f->form, text))
			continue;
		path = slot_field(x, i, f->name);
		return path ? fail_by(x, ERR_INVALID_SLOTS, path, "%s: expected %s, found %s", path,
				      form_expected(f->form), quoted(x, text))
			    : op_short(x);
	}
	return true;
}

/* A slot's value of something that no two may share. */
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

/* Do any two share what no two may? */
static bool check_apart(struct exchange *x, const struct plan *plan, const struct unique *u)
{
	struct shared *all = arena_alloc(&x->arena, plan->nslots * sizeof *all);
	const struct shared *second = NULL;
	const char *path;

	if (!all)
		return op_short(x);
	for (size_t i = 0; i < plan->nslots; i++)
		all[i] = (struct shared){ draft_text(&plan->slots[i], u->fields[0]), i };
	qsort(all, plan->nslots, sizeof *all, compare_shared);
	for (size_t i = 1; i < plan->nslots; i++)
		if (streq(all[i].text, all[i - 1].text) && (!second || all[i].slot < second->slot))
			second = &all[i];
	if (!second)
		return true;
	path = slot_field(x, second->slot, u->fields[0]);
	return path ? fail_by(x, u->taken, path, "%s: %s; %s is that of instance_slots[%zu]", path,
			      u->says, quoted(x, second->text), second[-1].slot)
		    : op_short(x);
}

static bool read_slots(struct exchange *x, struct plan *plan)
{
	const struct member *given = body_member(&x->body, "instance_slots");

	plan->slots = arena_alloc(&x->arena, (given->count + 1) * sizeof *plan->slots);
	if (!plan->slots)
		return op_short(x);
	if (given->set && given->count == 0)
		return fail_by(x, ERR_INVALID_SLOTS, "instance_slots",
			       "instance_slots: expected at least one slot, found []; without the "
			       "field there is one");
	for (size_t i = 0; i < given->count; i++) {
		struct draft *slot = &plan->slots[plan->nslots++];

		draft_begin(slot, R_INSTANCE_SLOT);
		draft_say(slot, &given->bodies[i]);
		if (!check_slot(x, slot, i))
			return false;
	}
	for (const struct unique *u = resources[R_INSTANCE_SLOT].uniques; u->says; u++)
		if (!check_apart(x, plan, u))
			return false;
	return true;
}

/* Where none is named, there is one. */
static bool plan_slots(struct exchange *x, struct plan *plan)
{
	const char *path = body_text(&x->body, "instance_filepath");
	struct draft *slot = &plan->slots[0];

	if (plan->nslots > 0)
		return true;
	if (!path)
		path = file_format_slot_path(&x->arena, row_text(plan->type, "slug"),
					     body_text(&x->body, "format"));
	draft_begin(slot, R_INSTANCE_SLOT);
	draft_set(slot, "key", file_format_slot_key);
	draft_set(slot, "name", file_format_slot_name);
	draft_set(slot, "filepath", path);
	draft_set(slot, "required", "1");
	plan->nslots = 1;
	return path || op_short(x);
}

static bool check_files(struct exchange *x, const struct plan *plan)
{
	const struct language *l = plan->language;

	for (size_t i = 0; i < plan->nslots; i++) {
		const char *path = draft_text(&plan->slots[i], "filepath"), *field;

		if (language_takes_file(l, path))
			continue;
		/* The slot that nobody gave has the file that was given. */
		field = body_member(&x->body, "instance_slots")->set ? slot_field(x, i, "filepath")
								     : "instance_filepath";
		return field ? fail_by(x, ERR_INVALID_SLOTS, field,
				       "%s: the files of instances of a schema in the language %s "
				       "end in: %s; found %s",
				       field, l->name, listed_extensions(x, l), quoted(x, path))
			     : op_short(x);
	}
	return true;
}

/* ---- format ---------------------------------------------------------------------------------- */

/* The format that the slots' files agree on. */
static bool infer_format(struct exchange *x, struct plan *plan)
{
	static const char field[] = "instance_format";
	const char *first = draft_text(&plan->slots[0], "filepath");

	plan->instance_format = file_format_of(first);
	for (size_t i = 0; i < plan->nslots; i++) {
		const char *path = draft_text(&plan->slots[i], "filepath");
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

/* ---- the change ------------------------------------------------------------------------------ */

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
		return op_short(x);
	for (size_t i = 0; i < plan->nslots; i++)
		slots[i] = (struct digest_slot){
			.key = draft_text(&plan->slots[i], "key"),
			.filepath = draft_text(&plan->slots[i], "filepath"),
			.required = streq(draft_text(&plan->slots[i], "required"), "1"),
		};
	plan->digest = digest_schema(&x->arena, &in);
	return plan->digest || op_short(x);
}

static bool insert(struct exchange *x, struct change *c, const struct plan *plan)
{
	const struct member *documents = body_member(&x->body, "documents");
	struct draft d;

	draft_begin(&d, R_CONFIG_SCHEMA);
	draft_say(&d, &x->body);
	draft_set(&d, "digest", plan->digest);
	draft_set(&d, "config_type_id", row_text(plan->type, "id"));
	draft_set(&d, "instance_format", plan->instance_format);
	if (!write_new(x, c, &d))
		return false;
	for (size_t i = 0; i < plan->nslots; i++)
		if (!write_inside(x, c, &plan->slots[i], x->id, i))
			return false;
	for (size_t i = 0; i < documents->count; i++) {
		draft_begin(&d, R_SCHEMA_DOCUMENT);
		draft_say(&d, &documents->bodies[i]);
		if (!write_inside(x, c, &d, x->id, i))
			return false;
	}
	return true;
}

/* The link to the commit that it came from, unless it is there. */
static bool link_commit(struct exchange *x, struct change *c, const struct row *commit)
{
	static const struct query linked = { "SELECT 1 FROM config_schema_git_commits"
					     " WHERE config_schema_id = ?1 AND git_commit_id = ?2",
					     QUERY_KEPT };
	static const struct query count = { "SELECT count(*) FROM config_schema_git_commits"
					    " WHERE config_schema_id = ?1",
					    QUERY_KEPT };
	const struct body *said = body_object(&x->body, "git_commit");
	const char *values[] = { x->id, row_text(commit, "id") }, *paths, *position;
	struct draft d;
	bool has;

	if (!db_has(x->db, &linked, values, ARRAY_LEN(values), &has))
		return op_broke(x);
	if (has)
		return true;
	if (!write_texts(x, body_member(said, "schema_filepaths"), &paths) ||
	    !op_look_up(x, &count, &x->id, 1, &position))
		return false;
	draft_begin(&d, R_SCHEMA_COMMIT);
	draft_set(&d, "git_commit_id", row_text(commit, "id"));
	draft_set(&d, "schema_filepaths", paths);
	return write_inside(x, c, &d, x->id, strtoul(position, NULL, 10));
}

static bool create(struct exchange *x, struct change *c)
{
	static const struct query same = { "SELECT id FROM config_schemas"
					   " WHERE config_type_id = ?2 AND digest = ?1",
					   QUERY_KEPT };
	const struct body *type = body_object(&x->body, "config_type_ref");
	const struct body *git = body_object(&x->body, "git_commit");
	struct plan *plan = x->prepared;

	if (!write_reference(x, &type_reference, type, &plan->type) ||
	    (git && !write_reference(x, &schema_commit_reference, body_object(git, "commit_ref"),
				     &plan->commit)) ||
	    !check_type(x, plan->type) || !plan_slots(x, plan) || !check_files(x, plan) ||
	    !plan_format(x, plan) || !plan_digest(x, plan))
		return false;

	const char *values[] = { plan->digest, row_text(plan->type, "id") };

	if (!op_look_up(x, &same, values, ARRAY_LEN(values), &x->id) ||
	    (!x->id && !insert(x, c, plan)))
		return false;
	return !plan->commit || link_commit(x, c, plan->commit);
}

bool op_create_schema(struct exchange *x)
{
	const struct body *git = body_object(&x->body, "git_commit");
	struct plan *plan = arena_zalloc(&x->arena, sizeof *plan);

	if (!plan)
		return op_short(x);
	x->prepared = plan;
	plan->language = language_find(body_text(&x->body, "language"));
	return check_reference(x, &type_reference, body_object(&x->body, "config_type_ref")) &&
	       (!git ||
		check_reference(x, &schema_commit_reference, body_object(git, "commit_ref"))) &&
	       read_documents(x, plan) && read_slots(x, plan) && op_change(x, create);
}
