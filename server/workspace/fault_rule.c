/* SPDX-License-Identifier: MIT
 * fault_rule.c - reads a rule, then asks whether it can apply and be seen.
 */
#include "workspace/fault_rule.h"

#include "base/json.h"
#include "model/api_path.h"

const char *fault_no_operation(struct parser *p, const struct operation_table *operations,
			       const char *name)
{
	return arena_printf(
	    p->arena,
	    "no such operation '%s'; the nearest is '%s', and /openapi.json has all "
	    "operationIds",
	    parse_shown(p, name), operation_nearest(operations, name)->name);
}

/* Reads one rule. */
struct rule_reader {
	struct parser *parser;
	const struct operation_table *operations;
	const char *place;
	bool single;
	const struct body *body;
	struct arena *arena; /* of the rule's texts */
	struct fault *rule;
};

/* Fail, with a message about a field, or "" for the rule: "faults[2].code: MESSAGE". */
static bool fail_rule(const struct rule_reader *r, const char *field, const char *message)
{
	struct parser *p = r->parser;
	const char *path = arena_printf(p->arena, "%s%s%s", r->place, *field ? "." : "", field);

	return path && message && PARSE_FAIL(p, path, "%s: %s", path, message);
}

static bool has_field(const struct rule_reader *r, const char *field)
{
	return body_text(r->body, field) != NULL;
}

/* Copy a text of the body into the rule's arena. */
static const char *copy_text(const struct rule_reader *r, const char *field)
{
	const char *text = body_text(r->body, field);

	return text ? arena_strdup(r->arena, text) : NULL;
}

static int64_t number_or_none(const struct body *body, const char *field)
{
	return body_text(body, field) ? body_member(body, field)->number : -1;
}

static bool is_plain(const cJSON *value)
{
	return cJSON_IsString(value) || cJSON_IsNumber(value) || cJSON_IsBool(value);
}

/* Has each parameter of the condition `query` a value, or a list of values, or null? */
static bool check_query(const struct rule_reader *r)
{
	const char *text = r->rule->query;
	struct json_error e;
	cJSON *json CLEANUP(json_free) = NULL;
	const cJSON *member, *item;

	if (!text)
		return true;
	json = json_parse(text, strlen(text), &e);
	if (!json)
		return false;
	cJSON_ArrayForEach(member, json) {
		bool plain = is_plain(member) || cJSON_IsArray(member) || cJSON_IsNull(member);

		cJSON_ArrayForEach(item, member)
			plain &= is_plain(item);
		if (!plain)
			return fail_rule(r, "query",
					 arena_printf(r->parser->arena,
						      "%s: expected a text, a number, true or "
						      "false, a list of these, or null",
						      parse_shown(r->parser, member->string)));
	}
	return true;
}

static bool read_rule(const struct rule_reader *r)
{
	const struct body *limit = body_object(r->body, "limit");
	const char *operation = body_text(r->body, "operation");
	const char *retry = body_text(r->body, "should_retry");
	struct fault *rule = r->rule;

	*rule = fault_none;
	rule->op = operation ? operation_named(r->operations, operation) : NULL;
	if (operation && !rule->op)
		return fail_rule(r, "operation",
				 fault_no_operation(r->parser, r->operations, operation));
	rule->method = copy_text(r, "method");
	rule->path = copy_text(r, "path");
	rule->query = copy_text(r, "query");
	rule->key = copy_text(r, "key");
	rule->body = copy_text(r, "body");
	rule->times = number_or_none(r->body, "times");
	if (limit) {
		rule->limit.requests = number_or_none(limit, "requests");
		rule->limit.seconds = number_or_none(limit, "seconds");
	}
	rule->status = number_or_none(r->body, "status");
	rule->code = copy_text(r, "code");
	rule->message = copy_text(r, "message");
	rule->delay_ms = number_or_none(r->body, "delay_ms");
	rule->close = body_word(r->body, "close");
	rule->spoil = body_word(r->body, "spoil");
	rule->merge = copy_text(r, "merge");
	rule->retry_after = number_or_none(r->body, "retry_after");
	rule->retry_after_ms = number_or_none(r->body, "retry_after_ms");
	rule->should_retry = retry ? *retry == '1' : -1;
	return !r->arena->failed && check_query(r);
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
	const struct operation_table *table = r->operations;
	const struct fault *f = r->rule;

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
	struct arena *a = r->parser->arena;

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
					 parse_shown(r->parser, f->path), f->op->name, f->op->path)
			  : arena_printf(a,
					 "'%s' never matches: no operation of the API has such a "
					 "path, and only operations have faults",
					 parse_shown(r->parser, f->path)));
	return may_fire(r, f->method, f->path) ||
	       fail_rule(r, "method",
			 arena_printf(a, "method %s never matches path '%s'", f->method,
				      parse_shown(r->parser, f->path)));
}

/* Can the rule apply, and be seen? */
static bool check_rule(const struct rule_reader *r)
{
	const struct fault *f = r->rule;
	const bool fails = f->status >= 0 || f->limit.requests >= 0;

	if (!fails && f->delay_ms < 0 && !f->close && !f->spoil && !f->merge)
		return fail_rule(
		    r, "",
		    r->single
			? "one of status, delay_ms, close, spoil and merge is required"
			: "one of status, limit, delay_ms, close, spoil and merge is required");
	if (f->op && f->op->class != ENDPOINT_API)
		return fail_rule(r, "operation", "must be an operation of the API");
	if (!check_match(r, f))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(error_fields); i++) {
		if (!has_field(r, error_fields[i]))
			continue;
		if (!fails)
			return fail_rule(r, error_fields[i],
					 r->single
					     ? "can be set only together with status"
					     : "can be set only together with status or limit");
		if (f->close == CLOSE_BEFORE)
			return fail_rule(r, error_fields[i],
					 "conflicts with close \"before\": no answer is sent");
	}
	if (f->spoil && f->close)
		return fail_rule(r, "spoil", "conflicts with close: the answer is cut off already");
	if (f->merge && fails)
		return fail_rule(r, "merge",
				 r->single
				     ? "conflicts with status: the answer is an error"
				     : "conflicts with status and limit: the answer is an error");
	if (f->merge && f->close == CLOSE_BEFORE)
		return fail_rule(r, "merge", "conflicts with close \"before\": no answer is sent");
	if (f->status >= 0 && !f->code && f->close != CLOSE_BEFORE && !fault_error(f->status))
		return fail_rule(r, "code",
				 arena_printf(r->parser->arena,
					      "required: status %d has no default code",
					      (int)f->status));
	return true;
}

bool fault_rule_read(struct parser *p, const struct operation_table *operations, const char *place,
		     bool single, const struct body *body, struct arena *a, struct fault *rule)
{
	const struct rule_reader r = { p, operations, place, single, body, a, rule };

	return read_rule(&r) && check_rule(&r);
}

bool fault_rule_fail(struct parser *p, const char *place, const char *field, const char *message)
{
	return fail_rule(&(const struct rule_reader){ .parser = p, .place = place }, field,
			 message);
}

const struct field faults_fields[1] = {
	{ .name = "faults",
	  .kind = K_OBJECTS,
	  .flags = F_REQUIRED,
	  .on = ALWAYS,
	  .members = &fault_shape },
};

bool fault_rules_fail_count(struct parser *p, size_t count)
{
	return PARSE_FAIL(p, "faults", "faults: expected at most %d rules, found %zu", FAULTS_MAX,
			  count);
}

struct fault_set *fault_rules_read(struct parser *p, const struct operation_table *operations,
				   const struct body *body)
{
	const struct member *list = body_member(body, "faults");
	struct fault_set *set = NULL;

	if (list->count > FAULTS_MAX)
		fault_rules_fail_count(p, list->count);
	else
		set = fault_set_new(list->count);
	for (size_t i = 0; set && i < list->count; i++) {
		const char *place = arena_printf(p->arena, "faults[%zu]", i);

		if (!place || !fault_rule_read(p, operations, place, false, &list->bodies[i],
					       &set->arena, &set->rules[i])) {
			fault_set_free(set);
			return NULL;
		}
	}
	return set;
}
