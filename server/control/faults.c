/* SPDX-License-Identifier: MIT
 * faults.c - reads fault rules, and refuses those that could never apply, or never be seen.
 */
#include "control/control.h"

#include "api/handler.h"
#include "http/exchange.h"
#include "model/api_path.h"

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
	return arena_printf(
	    &x->arena,
	    "no such operation '%s'; the nearest is '%s', and /openapi.json has all "
	    "operationIds",
	    quote(x, name), operation_nearest(x->app->operations, name)->name);
}

/* ---- reading --------------------------------------------------------------------------------- */

/* Reads one rule of a set. */
struct rule_reader {
	struct exchange *x;
	const struct body *body;
	struct fault_set *set;
	size_t index;
};

/* Fail, with a message about a field, or "" for the rule: "faults[2].code: MESSAGE". */
static bool fail_rule(const struct rule_reader *r, const char *field, const char *message)
{
	const char *path =
	    arena_printf(&r->x->arena, "faults[%zu]%s%s", r->index, *field ? "." : "", field);

	return path && message && fail_field(r->x, path, "%s: %s", path, message);
}

static bool has_field(const struct rule_reader *r, const char *field)
{
	return body_text(r->body, field) != NULL;
}

/* Copy a text of the body into the set's arena. */
static const char *copy_text(const struct rule_reader *r, const char *field)
{
	const char *text = body_text(r->body, field);

	return text ? arena_strdup(&r->set->arena, text) : NULL;
}

static int64_t number_or_none(const struct rule_reader *r, const char *field)
{
	return has_field(r, field) ? body_member(r->body, field)->number : -1;
}

static bool read_rule(const struct rule_reader *r)
{
	const char *operation = body_text(r->body, "operation");
	const char *retry = body_text(r->body, "should_retry");
	struct fault *rule = &r->set->rules[r->index];

	rule->op = operation ? operation_named(r->x->app->operations, operation) : NULL;
	if (operation && !rule->op)
		return fail_rule(r, "operation", control_no_operation(r->x, operation));
	rule->method = copy_text(r, "method");
	rule->path = copy_text(r, "path");
	rule->key = copy_text(r, "key");
	rule->times = number_or_none(r, "times");
	rule->status = number_or_none(r, "status");
	rule->code = copy_text(r, "code");
	rule->message = copy_text(r, "message");
	rule->delay_ms = number_or_none(r, "delay_ms");
	rule->close = body_word(r->body, "close");
	rule->body = body_word(r->body, "body");
	rule->retry_after = number_or_none(r, "retry_after");
	rule->retry_after_ms = number_or_none(r, "retry_after_ms");
	rule->should_retry = retry ? *retry == '1' : -1;
	return !r->set->arena.failed;
}

/* The fields that only an answer with an error can have. */
static const char *const error_fields[] = { "code", "message", "retry_after", "retry_after_ms",
					    "should_retry" };

static bool has_method(const struct operation *op, const char *method)
{
	return !method || streq(method, op->method) ||
	       (streq(method, "HEAD") && streq(op->method, "GET"));
}

/* Is there an operation that the rule may fire at, with this method and path, NULL for any? */
static bool may_fire(const struct rule_reader *r, const char *method, const char *path)
{
	const struct operation_table *table = r->x->app->operations;
	const struct fault *f = &r->set->rules[r->index];

	for (size_t i = 0; i < table->count; i++) {
		const struct operation *op = &table->rows[i];

		if (op->class == ENDPOINT_API && (!f->op || f->op == op) &&
		    has_method(op, method) && (!path || api_path_may_match(path, op->path)))
			return true;
	}
	return false;
}

/* Rules fire only at operations. */
static bool check_match(const struct rule_reader *r, const struct fault *f)
{
	struct arena *a = &r->x->arena;

	if (!may_fire(r, f->method, NULL))
		return fail_rule(
		    r, "method",
		    f->op
			? arena_printf(a, "method %s never matches operation %s (%s)", f->method,
				       f->op->name, f->op->method)
			: arena_printf(a, "method %s never matches: no operation of the API has it",
				       f->method));
	if (!may_fire(r, NULL, f->path))
		return fail_rule(
		    r, "path",
		    f->op ? arena_printf(a, "'%s' never matches operation %s (%s)",
					 quote(r->x, f->path), f->op->name, f->op->path)
			  : arena_printf(a,
					 "'%s' never matches: no operation of the API has such a "
					 "path, and only operations have faults",
					 quote(r->x, f->path)));
	return may_fire(r, f->method, f->path) ||
	       fail_rule(r, "method",
			 arena_printf(a, "method %s never matches path '%s'", f->method,
				      quote(r->x, f->path)));
}

/* Can the rule apply, and be seen? */
static bool check_rule(const struct rule_reader *r)
{
	const struct fault *f = &r->set->rules[r->index];
	struct arena *a = &r->x->arena;

	if (f->status < 0 && f->delay_ms < 0 && !f->close && !f->body)
		return fail_rule(r, "", "one of status, delay_ms, close and body is required");
	if (f->op && f->op->class != ENDPOINT_API)
		return fail_rule(r, "operation", "must be an operation of the API");
	if (!check_match(r, f))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(error_fields); i++) {
		if (!has_field(r, error_fields[i]))
			continue;
		if (f->status < 0)
			return fail_rule(r, error_fields[i],
					 "can be set only together with status");
		if (f->close == CLOSE_BEFORE)
			return fail_rule(r, error_fields[i],
					 "conflicts with close \"before\": no answer is sent");
	}
	if (f->body && f->close)
		return fail_rule(r, "body", "conflicts with close: the answer is cut off already");
	if (f->status >= 0 && !f->code && f->close != CLOSE_BEFORE && !fault_error(f->status))
		return fail_rule(r, "code",
				 arena_printf(a, "required: status %d has no default code",
					      (int)f->status));
	return true;
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
		const struct rule_reader r = { x, &list->bodies[i], set, i };

		if (!read_rule(&r) || !check_rule(&r)) {
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
