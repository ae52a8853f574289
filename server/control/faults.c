/* SPDX-License-Identifier: MIT
 * faults.c - shows, replaces and adds the fault rules of a workspace.
 */
#include "control/control.h"

#include "http/exchange.h"
#include "workspace/fault_rule.h"

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
	struct parser p = { .arena = &x->arena };

	return fault_no_operation(&p, x->app->operations, name);
}

/* The rules of the body. NULL, with x failed, if they are refused. */
static struct fault_set *read_rules(struct exchange *x)
{
	struct parser p = { .arena = &x->arena };
	struct fault_set *set = fault_rules_read(&p, x->app->operations, &x->body);

	if (!set)
		fail_parse(x, &p.error);
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
	struct parser p = { .arena = &x->arena };
	struct fault_set *set = read_rules(x);
	struct writer w = exchange_writer(x);
	size_t count;
	bool ok;

	if (!set)
		return false;
	ok = faults_add(&x->workspace->faults, set, &w, &count);
	fault_set_free(set);
	return count <= FAULTS_MAX ? ok
				   : fault_rules_fail_count(&p, count) || fail_parse(x, &p.error);
}
