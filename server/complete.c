/*
 * complete.c - the defaults of the resource table, and the few rules that a table cannot say: what
 * a deployment's statuses and times imply, and how schemas, slots and instances hang together.
 */
#include "complete.h"

#include "digest.h"
#include "format.h"
#include "language.h"
#include "lifecycle.h"
#include "recall.h"
#include "slot.h"
#include "value.h"

/* ---- the rules of single resources ----------------------------------------------------------- */

/* What a deployment must be meant to be, to be what it is. */
static const struct implied {
	const char *by, *implied;
} implied_targets[] = {
	{ "staged", "staged" },
	{ "drifted", "staged" },
	{ "queued", "deployed" },
	{ "deployed", "deployed" },
	{ "removing", "archived" },
	{ "archived", "archived" },
	{ NULL, NULL },
};

/* What it was doing when it failed, or fails (behaviour: section 11.4, rows 10 and 12). */
static const struct implied implied_activities[] = {
	{ "failed", "archived" },
	{ "retrying", "queued" },
	{ NULL, NULL },
};

static const char *imply(const struct implied *rows, const char *by)
{
	for (; by && rows->by; rows++)
		if (streq(rows->by, by))
			return rows->implied;
	return NULL;
}

static bool is_given_text(struct record *r, const char *field)
{
	return record_given(r, field)->set;
}

/*
 * Count a field as given by the record itself: one whose objects were just made, or one that would
 * be derived from something wrong, which is reported as such and shall not be reported as missing,
 * too.
 */
static void settle(struct record *r, const char *field)
{
	struct given *given = record_given(r, field);

	if (!given->set)
		given->at = r->at;
	given->set = true;
}

/* A time that is not given is that of the last change, where the activity says that it has been. */
static void imply_time(struct record *r, const char *field, const char *const *activities)
{
	const char *activity = record_text(r, "activity_status");

	if (is_given_text(r, field) || !activity)
		return;
	for (; *activities; activities++)
		if (streq(*activities, activity))
			record_set(r, field, record_text(r, "updated_at"));
}

/* A status is the error, where there is one: so it tells either the error or the activity. */
static void imply_statuses(struct record *r)
{
	const char *status = record_text(r, "status"), *target = record_text(r, "target_status");
	bool is_activity = imply(implied_targets, status);
	const char *activity;

	if (!is_given_text(r, "error_status"))
		record_set(r, "error_status", status && !is_activity ? status : "none");
	activity = imply(implied_activities, record_text(r, "error_status"));
	if (is_activity)
		activity = status;
	else if (target)
		activity = target;
	else if (!activity)
		activity = "staged";
	if (!is_given_text(r, "activity_status"))
		record_set(r, "activity_status", activity);
	if (!is_given_text(r, "target_status"))
		record_set(r, "target_status",
			   imply(implied_targets, record_text(r, "activity_status")));
}

/* What has failed is over (behaviour: section 11.4, row 12). */
static void check_failure(struct world *w, struct record *r)
{
	static const char *const fields[] = { "target_status", "activity_status" };
	const char *error = record_text(r, "error_status");

	for (size_t i = 0; error && streq(error, "failed") && i < ARRAY_LEN(fields); i++) {
		const char *is = record_text(r, fields[i]);

		if (is && !streq(is, "archived"))
			record_problem(w, r, fields[i],
				       "expected archived, since it has failed, found '%s'", is);
	}
}

/* Only what an online device has something to do with can wait for it. */
static void check_waiting(struct world *w, struct record *r)
{
	const struct state is = { record_text(r, "target_status"),
				  record_text(r, "activity_status"),
				  record_text(r, "error_status") };
	struct record *device;
	const char *status;

	if (!record_text(r, "waiting_since") || !is.target || !is.activity || !is.error)
		return;
	device = recall_ref(w, r, "device_id");
	status = device ? record_text(device, "status") : NULL;
	if (status && !streq(status, "online"))
		record_problem(w, r, "waiting_since",
			       "nothing waits for the device %s, which is %s; expected null",
			       device->id, status);
	else if (lifecycle_next(&is) == MOVE_COUNT)
		record_problem(w, r, "waiting_since",
			       "its device has nothing to do with a deployment that is %s, and "
			       "meant to be %s; expected null",
			       streq(is.error, "none") ? is.activity : is.error, is.target);
}

static void complete_deployment(struct world *w, struct record *r)
{
	static const char *const queued[] = { "queued", "deployed", "removing", NULL };
	static const char *const deployed[] = { "deployed", "removing", NULL };
	static const char *const archived[] = { "archived", NULL };

	imply_statuses(r);
	check_failure(w, r);
	imply_time(r, "queued_at", queued);
	imply_time(r, "deployed_at", deployed);
	imply_time(r, "archived_at", archived);
	check_waiting(w, r);
}

/* A further slot of a schema, made up at a place; NULL when memory is short, which is noted. */
static struct record *make_slot(struct world *w, struct record *schema, struct place at,
				const char *key, const char *name, const char *filepath,
				bool required)
{
	const struct field *slots = resource_field(schema->resource, "instance_slots");
	struct record *slot = key ? world_own(w, schema, slots, at) : NULL;

	if (!slot) {
		w->out_of_memory = true;
		return NULL;
	}
	record_set(slot, "key", key);
	record_set(slot, "name", name);
	record_set(slot, "filepath", filepath);
	record_set(slot, "required", required ? "1" : "0");
	return slot;
}

/* The behaviour's default: one required slot (section 10.2). */
static void default_slot(struct world *w, struct record *r)
{
	struct record *type = recall_ref(w, r, "config_type_id");
	const char *slug = type ? record_text(type, "slug") : NULL;
	const char *path = record_text(r, "instance_filepath");

	if (!path && slug)
		path = slot_filepath(&w->arena, slug, record_text(r, "format"));
	if (!path)
		return; /* the type is missing, and reported as such */
	if (make_slot(w, r, r->at, slot_default_key, slot_default_name, path, true))
		settle(r, "instance_slots");
}

static void complete_config_schema(struct world *w, struct record *r)
{
	struct given *slots = record_given(r, "instance_slots");
	const char *path;

	if (!slots->set)
		default_slot(w, r);
	else if (!slots->first && !r->broken)
		record_problem(w, r, "instance_slots", "expected at least one slot");
	if (is_given_text(r, "instance_format"))
		return;
	path = slots->first ? record_text(slots->first, "filepath") : NULL;
	if (!path)
		settle(r, "instance_format");
	else if (format_of_file(path))
		record_set(r, "instance_format", format_of_file(path));
}

/* The slot that an instance means: its key's, or its file's, or the only one there is. */
static struct record *slot_of(struct record *schema, struct record *instance)
{
	struct record *first = record_given(schema, "instance_slots")->first;
	const char *key = record_text(instance, "slot_key");
	const char *path = record_text(instance, "filepath");

	if (!key && !path)
		return first && !first->next ? first : NULL;
	for (struct record *slot = first; slot; slot = slot->next) {
		const char *has = record_text(slot, key ? "key" : "filepath");

		if (has && streq(has, key ? key : path))
			return slot;
	}
	return NULL;
}

/* The key of a further slot, by its place; NULL when memory is short. */
static const char *further_key(struct world *w, size_t position)
{
	return arena_printf(&w->arena, "slot_%zu", position + 1);
}

/* Are these slots, which are stored, as those that are made up here? */
static bool look_made_up(struct world *w, const struct given *slots)
{
	for (struct record *slot = slots->first; slot; slot = slot->next) {
		bool first = slot == slots->first;
		const char *key = first ? slot_default_key : further_key(w, slot->position);

		if (!key || !streq(record_text(slot, "key"), key) ||
		    !streq(record_text(slot, "name"), first ? slot_default_name : key) ||
		    !streq(record_text(slot, "required"), first ? "1" : "0"))
			return false;
	}
	return true;
}

/*
 * A schema as versions without slots show it tells one file of one slot. An instance of it that has
 * another file tells of another slot.
 */
static struct record *further_slot(struct world *w, struct record *r, struct record *schema)
{
	const struct given *slots = record_given(schema, "instance_slots");
	const char *path = record_text(r, "filepath"), *key;

	if (slots->owned || !slots->last || !path || is_given_text(r, "slot_key") ||
	    !form_fits(FORM_FILEPATH, path) || (schema->stored && !look_made_up(w, slots)))
		return NULL;
	key = further_key(w, slots->last->position + 1);
	return make_slot(w, schema, r->at, key, key, path, false);
}

static void complete_slot(struct world *w, struct record *r, struct record *schema)
{
	struct record *slot = slot_of(schema, r);
	struct buf keys CLEANUP(buf_free) = BUF_INIT(4096);

	if (!slot)
		slot = further_slot(w, r, schema);
	if (slot) {
		if (!is_given_text(r, "slot_key"))
			record_set(r, "slot_key", record_text(slot, "key"));
		return;
	}
	settle(r, "slot_key");
	if (schema->broken || !record_given(schema, "instance_slots")->first ||
	    record_given(r, "slot_key")->wrong || record_given(r, "filepath")->wrong)
		return; /* reported as such */
	for (struct record *s = record_given(schema, "instance_slots")->first; s; s = s->next)
		if (record_text(s, "key"))
			buf_printf(&keys, "%s%s", keys.len ? ", " : "", record_text(s, "key"));
	record_problem(w, r,
		       record_text(r, "slot_key") || !record_text(r, "filepath") ? "slot_key"
										 : "filepath",
		       "expected a slot of %s, which has: %s", schema->id,
		       keys.text ? keys.text : "none");
}

static void complete_config_instance(struct world *w, struct record *r)
{
	struct record *schema = recall_ref(w, r, "config_schema_id");
	struct given *content = record_given(r, "content");
	const char *type, *format;

	if (!schema || !recall_ref(w, schema, "config_type_id")) {
		settle(r, "slot_key");
		settle(r, "config_type_id");
		return; /* reported as a reference */
	}
	type = record_text(schema, "config_type_id");
	format = record_text(schema, "instance_format");
	if (!is_given_text(r, "config_type_id"))
		record_set(r, "config_type_id", type);
	else if (type && record_text(r, "config_type_id") &&
		 !streq(type, record_text(r, "config_type_id")))
		record_problem(w, r, "config_type_id", "expected %s, the config type of %s", type,
			       schema->id);
	complete_slot(w, r, schema);
	if (!content->set && format) {
		struct record *made =
		    world_own(w, r, resource_field(r->resource, "content"), r->at);
		bool json =
		    streq(format, "json") || streq(format, "jsonc") || streq(format, "yaml");

		if (!made) {
			w->out_of_memory = true;
			return;
		}
		settle(r, "content");
		record_set(made, "format", format);
		record_set(made, "data", json ? "{}\n" : "");
	} else if (content->first && format && record_text(content->first, "format") &&
		   !streq(format, record_text(content->first, "format"))) {
		record_problem(w, content->first, "format",
			       "expected %s, the instance_format of %s", format, schema->id);
	}
}

/* The documents' canonical forms as a JSON array; false when memory is short. */
static bool add_documents(struct world *w, struct record *r, struct buf *canonical)
{
	const struct language *l = language_find(record_text(r, "language"));

	buf_addc(canonical, '[');
	for (struct record *d = record_given(r, "documents")->first; d; d = d->next) {
		if (d->position > 0)
			buf_addc(canonical, ',');
		if (!language_canonical(&w->arena, l, record_text(r, "format"),
					record_text(d, "data"), canonical))
			return false;
	}
	buf_addc(canonical, ']');
	return !canonical->bad;
}

static bool lacks(struct record *r, const char *field)
{
	return !record_text(r, field);
}

/* Is anything missing or wrong that a digest is of? It is reported as such. */
static bool lacks_what_counts(struct world *w, struct record *r)
{
	const struct record *type = recall_ref(w, r, "config_type_id");
	bool bad = r->broken || !type || lacks(r, "instance_format");

	for (struct record *d = record_given(r, "documents")->first; d; d = d->next)
		bad |= lacks(d, "data");
	for (struct record *slot = record_given(r, "instance_slots")->first; slot;
	     slot = slot->next)
		bad |= lacks(slot, "key") || lacks(slot, "filepath");
	return bad;
}

/* What the API would make of it, unless the fixture says another. */
static void complete_digest(struct world *w, struct record *r)
{
	struct buf canonical CLEANUP(buf_free) = BUF_INIT(1 << 30);
	const struct given *slots = record_given(r, "instance_slots");
	struct digest_slot *list;
	size_t n = 0;

	if (is_given_text(r, "digest"))
		return;
	settle(r, "digest");
	if (lacks_what_counts(w, r))
		return;
	list = arena_alloc(&w->arena, (slots->last->position + 1) * sizeof *list);
	if (!list || !add_documents(w, r, &canonical)) {
		w->out_of_memory = true;
		return;
	}
	for (struct record *slot = slots->first; slot; slot = slot->next)
		list[n++] = (struct digest_slot){
			.key = record_text(slot, "key"),
			.filepath = record_text(slot, "filepath"),
			.required = streq(record_text(slot, "required"), "1"),
		};

	const struct digest_input in = {
		.config_type_id = record_text(r, "config_type_id"),
		.language = record_text(r, "language"),
		.format = record_text(r, "format"),
		.instance_format = record_text(r, "instance_format"),
		.documents = canonical.text,
		.slots = list,
		.nslots = n,
	};

	record_set(r, "digest", digest_schema(&w->arena, &in));
	w->out_of_memory |= !record_text(r, "digest");
}

/* Schemas before instances: an instance takes after its schema, which may get slots of it. */
static const struct {
	enum resource_id resource;
	void (*complete)(struct world *, struct record *);
} rules[] = {
	{ R_CONFIG_SCHEMA, complete_config_schema },
	{ R_CONFIG_INSTANCE, complete_config_instance },
	{ R_CONFIG_SCHEMA, complete_digest },
	{ R_DEPLOYMENT, complete_deployment },
};

/* ---- what the table says --------------------------------------------------------------------- */

static void each_owned(struct world *w, struct record *r,
		       void (*visit)(struct world *, struct record *))
{
	for (size_t i = 0; i < r->resource->nfields; i++)
		for (struct record *owned = r->given[i].first; owned; owned = owned->next)
			visit(w, owned);
}

/* From here on a record whose id was made up, or that stands inside another, has its id, too. */
static void give_name(struct world *w, struct record *r)
{
	const struct field *id = resource_field(r->resource, "id");
	const struct record *other;

	if (r->id || !id)
		return;
	r->id = record_text(r, id->name);
	other = r->id ? world_name(w, r->resource, r->id, r) : NULL;
	if (other && other != r)
		record_problem(w, r, id->name, "ids are unique; so has %s",
			       world_place(w, &other->at));
}

/* An id that no row has: a seed that begins again draws the same ones again. */
static const char *make_id(struct world *w, const struct resource *r)
{
	enum { ATTEMPTS = 10000 }; /* a database that fails has none to spare */
	const char *id;
	int n = 0;

	do
		id = ident_new(w->ident, &w->arena, r->prefix);
	while (id && n++ < ATTEMPTS && recall_has(w, resource_number(r), id));
	w->out_of_memory |= !id;
	return id;
}

static void fill(struct world *w, struct record *r)
{
	if (r->stored)
		return;
	for (size_t i = 0; i < r->resource->nfields; i++) {
		const struct field *f = &r->resource->fields[i];

		if (r->given[i].set || !is_stored(f))
			continue;
		if (f->flags & F_MADE) {
			record_set(r, f->name, make_id(w, r->resource));
		} else if (f->preset) {
			bool now = f->kind == K_TIME && streq(f->preset, "now");

			record_set(r, f->name, now ? w->now : f->preset);
		}
	}
	for (size_t i = 0; i < r->resource->nfields; i++) {
		const struct field *f = &r->resource->fields[i];
		const char *text;

		if (r->given[i].set || !f->same_as)
			continue;
		text = record_text(r, f->same_as);
		/* A key can be too long to be a name, too. */
		if (!text || f->kind != K_TEXT || form_fits(f->form, text))
			record_set(r, f->name, text);
	}
	give_name(w, r);
	each_owned(w, r, fill);
}

static void check_reference(struct world *w, struct record *r, const struct field *f,
			    const char *id)
{
	if (recall_has(w, f->refers, id))
		return;
	if (w->more && &resources[f->refers] == r->resource)
		w->early[f->refers] = true;
	else
		record_problem(w, r, f->name, "refers to '%s', which is not in %s", id,
			       resources[f->refers].array);
}

static void check_references(struct world *w, struct record *r, const struct field *f)
{
	const struct given *given = &r->given[f - r->resource->fields];

	if (f->kind == K_REF && given->text)
		check_reference(w, r, f, given->text);
	for (size_t k = 0; k < given->nids; k++)
		if (!recall_has(w, f->relation->target, given->ids[k]))
			record_problem_item(w, r, f->name, k, "refers to '%s', which is not in %s",
					    given->ids[k], resources[f->relation->target].array);
}

static void check(struct world *w, struct record *r)
{
	char expected[256];

	if (r->stored)
		return;
	for (size_t i = 0; i < r->resource->nfields; i++) {
		const struct field *f = &r->resource->fields[i];

		if (is_stored(f) && !r->given[i].set && !may_be_null(f))
			record_problem(w, r, f->name, "is missing; expected %s",
				       value_expected(f, V_NEWEST, expected, sizeof expected));
		check_references(w, r, f);
	}
	each_owned(w, r, check);
}

/* The record, not the row, that a field refers to: no row refers to what is not stored yet. */
static struct record *next_up(struct world *w, struct record *r, const struct field *f)
{
	const char *id = record_text(r, f->name);

	return id ? world_find(w, f->refers, id) : NULL;
}

/*
 * Records that refer to their own kind form trees. Each is walked over once, upwards; a walk that
 * meets itself has found a circle, so each circle is reported once.
 */
static void check_circle(struct world *w, struct record *r)
{
	const struct field *f = resource_own_ref(r->resource);
	struct record *at = r;

	if (!f)
		return;
	for (; at && !at->walk; at = next_up(w, at, f))
		at->walk = r;
	if (!at || at->walk != r)
		return;
	record_problem(w, at, f->name, "the %s is its own ancestor", r->resource->called);
	for (r = next_up(w, at, f); r && r != at; r = next_up(w, r, f))
		r->broken = true;
}

/* The values that a rule speaks of, as one text; NULL where it does not speak of the record. */
static const char *unique_values(struct world *w, struct record *r, const struct unique *u)
{
	struct buf values CLEANUP(buf_free) = BUF_INIT(1 << 30);
	const char *text = u->when[0] ? record_text(r, u->when[0]) : NULL;

	if (u->when[0] && (!text || !streq(text, u->when[1])))
		return NULL;
	if (r->owner)
		buf_printf(&values, "%p ", (void *)r->owner);
	for (size_t i = 0; i < ARRAY_LEN(u->fields) && u->fields[i]; i++) {
		const struct field *f = resource_field(r->resource, u->fields[i]);

		text = record_text(r, f->name);
		if (record_given(r, f->name)->wrong || (!text && !(f->flags & F_NULL)))
			return NULL;
		if (text)
			buf_printf(&values, "%zu:%s ", strlen(text), text);
		else
			buf_add(&values, "null ");
	}
	text = values.bad ? NULL : arena_strdup(&w->arena, values.text);
	w->out_of_memory |= !text;
	return text;
}

static void check_uniques(struct world *w, struct record *r)
{
	if (r->stored)
		return;
	for (const struct unique *u = r->resource->uniques; u && u->says; u++) {
		const char *values = unique_values(w, r, u);
		const struct record *other = values ? world_name(w, u, values, r) : NULL;

		if (other && other != r)
			record_problem(w, r, u->fields[0], "%s; so has %s", u->says,
				       world_place(w, &other->at));
	}
	each_owned(w, r, check_uniques);
}

bool record_holds(struct world *w, struct record *record, const struct unique *u)
{
	const char *values = unique_values(w, record, u);

	return values && world_name(w, u, values, record) == record;
}

static void each(struct world *w, void (*visit)(struct world *, struct record *))
{
	for (struct record *r = w->first; r; r = r->next)
		visit(w, r);
}

void world_complete(struct world *w)
{
	each(w, recall);
	each(w, fill);
	each(w, check_circle);
	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		for (struct record *r = w->first; r; r = r->next)
			if (resource_number(r->resource) == rules[i].resource && !r->stored)
				rules[i].complete(w, r);
	each(w, check);
	each(w, check_uniques);
}
