/* SPDX-License-Identifier: MIT
 * scenario_read.c - reads each member as the body of /_mock/clock and so on is read.
 */
#include "workspace/scenario_read.h"

#include "workspace/behavior_rule.h"
#include "workspace/fault_rule.h"
#include "workspace/settings.h"

struct scenario_reader {
	struct parser parser;
	const struct scenario_target *target;
	struct scenario *scenario;
};

static bool read_clock(struct scenario_reader *r, const struct body *body)
{
	return settings_set_clock(&r->parser, body, r->target->clock);
}

static bool read_transitions(struct scenario_reader *r, const struct body *body)
{
	return settings_set_transitions(&r->parser, body, r->target->clock, r->target->transitions);
}

static bool read_faults(struct scenario_reader *r, const struct body *body)
{
	r->scenario->faults = fault_rules_read(&r->parser, r->target->operations, body);
	return r->scenario->faults;
}

static bool read_behaviors(struct scenario_reader *r, const struct body *body)
{
	r->scenario->behaviors =
	    behavior_rules_read(&r->parser, r->target->db, r->target->sql, body);
	return r->scenario->behaviors;
}

/* How each member is read: as the value of a field of that name, or as a body itself. */
static const struct {
	struct shape shape;
	bool inside;
	bool (*read)(struct scenario_reader *r, const struct body *body);
} members[SCENARIO_MEMBERS] = {
	[SCENARIO_CLOCK] = { { .fields = clock_fields, .count = ARRAY_LEN(clock_fields) },
			     false,
			     read_clock },
	[SCENARIO_TRANSITIONS] = { { .fields = transitions_fields,
				     .count = ARRAY_LEN(transitions_fields) },
				   false,
				   read_transitions },
	[SCENARIO_FAULTS] = { { .fields = faults_fields, .count = ARRAY_LEN(faults_fields) },
			      true,
			      read_faults },
	[SCENARIO_BEHAVIORS] = { { .fields = behaviors_fields,
				   .count = ARRAY_LEN(behaviors_fields) },
				 true,
				 read_behaviors },
};

/* The JSON pointer to what a message calls "faults[2].limit.seconds", or, of a setting, "now". NULL
 * when memory is short. */
static const char *pointer_of(struct arena *a, enum scenario_member which, const char *field)
{
	const char *name = scenario_names[which];
	const bool whole = field && starts_with(field, name);
	char *pointer = arena_printf(a, "/%s%s%s", whole ? "" : name, field && !whole ? "/" : "",
				     field ? field : "");
	char *to = pointer;

	if (!pointer)
		return NULL;
	for (const char *from = pointer; *from; from++)
		if (*from == '[' || *from == '.')
			*to++ = '/';
		else if (*from != ']')
			*to++ = *from;
	*to = '\0';
	return pointer;
}

static void report(struct scenario_reader *r, const struct scenario_text *text,
		   enum scenario_member which, struct problems *problems)
{
	struct arena *a = r->parser.arena;
	const struct parse_error *e = &r->parser.error;
	const char *pointer = e->message ? pointer_of(a, which, e->field) : NULL;

	if (pointer) {
		problem(problems, text->files[which], pointer, "%s", e->message);
		return;
	}
	problem(problems, "fixtures", NULL, "%s: %s", scenario_names[which],
		a->failed ? "out of memory" : db_error(r->target->db));
	problems->failed = true;
}

static bool read_member(struct scenario_reader *r, enum scenario_member which, const char *text)
{
	struct arena *a = r->parser.arena;
	const char *name = scenario_names[which];
	const bool inside = members[which].inside;
	const char *prefix = inside ? "" : arena_printf(a, "%s.", name);
	const char *json = inside ? arena_printf(a, "{\"%s\":%s}", name, text) : text;
	struct body body;

	r->parser.error = (struct parse_error){ NULL, NULL };
	return prefix && json &&
	       body_parse_as(&r->parser, &members[which].shape, BODY_STRICT, name, prefix, json,
			     strlen(json), &body) &&
	       members[which].read(r, &body);
}

bool scenario_read(const struct scenario_target *target, struct scenario_text *text,
		   struct problems *problems, struct scenario **s)
{
	struct arena arena CLEANUP(arena_free);
	struct scenario_reader r = { .parser = { .arena = &arena }, .target = target };
	bool any = false, ok = true;

	arena_init(&arena, NULL, 0);
	*s = NULL;
	for (int i = 0; i < SCENARIO_MEMBERS; i++)
		any |= text->texts[i] != NULL;
	if (!any)
		return true;
	r.scenario = calloc(1, sizeof *r.scenario);
	if (r.scenario)
		refcount_init(&r.scenario->refs);
	for (int i = 0; r.scenario && i < SCENARIO_MEMBERS; i++) {
		if (!text->texts[i])
			continue;
		r.scenario->texts[i] = STEAL(text->texts[i]);
		if (!read_member(&r, (enum scenario_member)i, r.scenario->texts[i])) {
			report(&r, text, (enum scenario_member)i, problems);
			ok = false;
		}
	}
	if (!r.scenario) {
		problem(problems, "fixtures", NULL, "out of memory");
		problems->failed = true;
	} else if (ok) {
		*s = STEAL(r.scenario);
	}
	scenario_unref(r.scenario);
	return *s;
}
