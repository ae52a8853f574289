/* SPDX-License-Identifier: MIT
 * faults.c - shows, replaces and adds the fault rules of a workspace.
 */
#include "control/control.h"

#include "http/exchange.h"
#include "http/fault_rule.h"

static bool write_faults(struct exchange *x)
{
	struct writer w = exchange_writer(x);

	faults_write(&x->workspace->faults, &w);
	return true;
}

bool control_get_faults(struct exchange *x)
{
	return write_faults(x);
}

bool control_delete_faults(struct exchange *x)
{
	faults_clear(&x->workspace->faults);
	return write_faults(x);
}

const char *control_no_operation(struct exchange *x, const char *name)
{
	return fault_no_operation(x, name);
}

static bool fail_too_many(struct exchange *x, size_t count)
{
	return fail_field(x, "faults", "faults: expected at most %d rules, found %zu", FAULTS_MAX,
			  count);
}

/* The rules of the body. NULL if they are refused, or memory is short. */
static struct fault_set *read_rules(struct exchange *x)
{
	const struct member *list = body_member(&x->body, "faults");
	struct fault_set *set;

	if (list->count > FAULTS_MAX) {
		fail_too_many(x, list->count);
		return NULL;
	}
	set = fault_set_new(list->count);
	for (size_t i = 0; set && i < list->count; i++) {
		const char *place = arena_printf(&x->arena, "faults[%zu]", i);

		if (!place ||
		    !fault_rule_read(x, place, &list->bodies[i], &set->arena, &set->rules[i])) {
			fault_set_free(set);
			return NULL;
		}
	}
	return set;
}

bool control_put_faults(struct exchange *x)
{
	struct fault_set *set = read_rules(x);
	struct writer w = exchange_writer(x);

	if (!set)
		return false;
	fault_set_write(set, &w); /* before a request is counted */
	faults_replace(&x->workspace->faults, set);
	return true;
}

bool control_post_faults(struct exchange *x)
{
	struct fault_set *set = read_rules(x);
	struct writer w = exchange_writer(x);
	size_t count;
	bool ok;

	if (!set)
		return false;
	ok = faults_add(&x->workspace->faults, set, &w, &count);
	fault_set_free(set);
	return count <= FAULTS_MAX ? ok : fail_too_many(x, count);
}
