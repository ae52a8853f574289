/* SPDX-License-Identifier: MIT
 * fault_rule.c - reads a rule, then asks whether it can apply and be seen.
 */
#include "http/fault_rule.h"

#include "base/json.h"

const char *fault_no_operation(struct exchange *x, const char *name)
{
	return arena_printf(
	    &x->arena,
	    "no such operation '%s'; the nearest is '%s', and /openapi.json has all "
	    "operationIds",
	    quote(x, name), operation_nearest(x->app->operations, name)->name);
}

/* Reads one rule. */
struct rule_reader {
	struct exchange *x;
	const char *place;
	const struct body *body;
	struct arena *arena; /* of the rule's texts */
	struct fault *rule;
};

/* Fail, with a message about a field, or "" for the rule: "faults[2].code: MESSAGE". */
static bool fail_rule(const struct rule_reader *r, const char *field, const char *message)
{
	const char *path = arena_printf(&r->x->arena, "%s%s%s", r->place, *field ? "." : "", field);

	return path && message && fail_field(r->x, path, "%s: %s", path, message);
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
					 arena_printf(&r->x->arena,
						      "%s: expected a text, a number, true or "
						      "false, a list of these, or null",
						      quote(r->x, member->string)));
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
	rule->op = operation ? operation_named(r->x->app->operations, operation) : NULL;
	if (operation && !rule->op)
		return fail_rule(r, "operation", fault_no_operation(r->x, operation));
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

/* Can the condition on the operation ever hold? */
static bool check_operation(const struct rule_reader *r)
{
	const struct fault *f = r->rule;
	const bool head = f->method && streq(f->method, "HEAD");

	if (!f->op)
		return true;
	if (f->op->class != ENDPOINT_API)
		return fail_rule(r, "operation", "must be an operation of the API");
	return !f->method || streq(f->method, f->op->method) ||
	       (head && streq(f->op->method, "GET")) ||
	       fail_rule(r, "method",
			 arena_printf(&r->x->arena, "method %s never matches operation %s (%s)",
				      f->method, f->op->name, f->op->method));
}

/* Can the rule apply, and be seen? */
static bool check_rule(const struct rule_reader *r)
{
	const struct fault *f = r->rule;
	const bool fails = f->status >= 0 || f->limit.requests >= 0;

	if (!fails && f->delay_ms < 0 && !f->close && !f->spoil && !f->merge)
		return fail_rule(
		    r, "", "one of status, limit, delay_ms, close, spoil and merge is required");
	if (!check_operation(r))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(error_fields); i++) {
		if (!has_field(r, error_fields[i]))
			continue;
		if (!fails)
			return fail_rule(r, error_fields[i],
					 "can be set only together with status or limit");
		if (f->close == CLOSE_BEFORE)
			return fail_rule(r, error_fields[i],
					 "conflicts with close \"before\": no answer is sent");
	}
	if (f->spoil && f->close)
		return fail_rule(r, "spoil", "conflicts with close: the answer is cut off already");
	if (f->merge && fails)
		return fail_rule(r, "merge",
				 "conflicts with status and limit: the answer is an error");
	if (f->merge && f->close == CLOSE_BEFORE)
		return fail_rule(r, "merge", "conflicts with close \"before\": no answer is sent");
	if (f->status >= 0 && !f->code && f->close != CLOSE_BEFORE && !fault_error(f->status))
		return fail_rule(r, "code",
				 arena_printf(&r->x->arena,
					      "required: status %d has no default code",
					      (int)f->status));
	return true;
}

bool fault_rule_read(struct exchange *x, const char *place, const struct body *body,
		     struct arena *a, struct fault *rule)
{
	const struct rule_reader r = { x, place, body, a, rule };

	return read_rule(&r) && check_rule(&r);
}

/* ---- of one request -------------------------------------------------------------------------- */

static const char header[] = "Miru-Mock-Fault";

bool fault_rule_read_header(struct exchange *x, struct fault *rule)
{
	static const char *const counting[] = { "times", "limit" };
	struct parser p = { .arena = &x->arena, .version = V_NEWEST };
	const char *text = x->request.fault;
	const size_t len = strlen(text);
	struct body body;

	if (len > FAULT_HEADER_MAX)
		return fail(x, ERR_INVALID_REQUEST, "%s: expected at most %d bytes, found %zu",
			    header, FAULT_HEADER_MAX, len);
	if (!body_parse_as(&p, &fault_shape, BODY_STRICT, header, "Miru-Mock-Fault.", text, len,
			   &body))
		return fail_parse(x, &p.error);
	for (size_t i = 0; i < ARRAY_LEN(counting); i++)
		if (body_text(&body, counting[i]) || body_object(&body, counting[i]))
			return fail_rule(&(const struct rule_reader){ .x = x, .place = header },
					 counting[i],
					 "counts requests, and this rule is for one; PUT "
					 "/_mock/faults has rules for several");
	return fault_rule_read(x, header, &body, &x->arena, rule);
}
