/* SPDX-License-Identifier: MIT
 * fault_stage.c - finds the rule of a request, and carries it out.
 */
#include "http/fault_stage.h"

#include <inttypes.h>

#include "base/json_merge.h"
#include "base/utf8.h"
#include "workspace/fault_rule.h"

/* ---- the rule of one request ----------------------------------------------------------------- */

enum { FAULT_HEADER_MAX = 4096 /* bytes */ };

static const char header[] = "Miru-Mock-Fault";

/* Read the rule of the request's header, which it has. */
static bool read_header(struct exchange *x, struct fault *rule)
{
	static const char *const counting[] = { "times", "limit" };
	struct parser p = { .arena = &x->arena, .version = V_NEWEST };
	const char *text = x->request.fault;
	const size_t len = strlen(text);
	struct body body;

	if (len > FAULT_HEADER_MAX)
		return fail(x, ERR_INVALID_REQUEST, "%s: expected at most %d bytes, found %zu",
			    header, FAULT_HEADER_MAX, len);
	if (!body_parse_as(&p, &fault_header_shape, BODY_STRICT, header, "Miru-Mock-Fault.", text,
			   len, &body))
		return fail_parse(x, &p.error);
	for (size_t i = 0; i < ARRAY_LEN(counting); i++)
		if (body_text(&body, counting[i]) || body_object(&body, counting[i]))
			return fault_rule_fail(&p, header, counting[i],
					       "counts requests, and this rule is for one; PUT "
					       "/_mock/faults has rules for several") ||
			       fail_parse(x, &p.error);
	return fault_rule_read(&p, x->app->operations, header, true, &body, &x->arena, rule) ||
	       fail_parse(x, &p.error);
}

/* ---- the stage ------------------------------------------------------------------------------- */

/* Find the rule that the request itself brings, if its conditions hold. Where there are no control
 * endpoints, it is a header as any other. */
static bool find_own(struct exchange *x, const struct fault_case *c)
{
	struct fault *rule;
	bool matches;

	if (!x->request.fault || x->app->options.no_control)
		return true;
	rule = arena_alloc(&x->arena, sizeof *rule);
	if (!rule || !read_header(x, rule) || !fault_matches(rule, c, &x->arena, &matches))
		return false;
	x->fault = matches ? rule : NULL;
	x->fault_index = -1;
	return true;
}

/* Find the first rule of the workspace. */
static bool find_first(struct exchange *x, const struct fault_case *c)
{
	struct faults *faults = &x->workspace->faults;

	if (x->fault || !faults_has_any(faults))
		return true;
	x->fault = faults_match(faults, c, &x->arena, &x->fault_index);
	return x->fault || x->fault_index >= 0;
}

/* Refuse the request if the rule says so. */
static bool refuse(struct exchange *x)
{
	const struct fault *f = x->fault;
	enum error e;

	if (!f || f->status < 0)
		return true;
	e = fault_error(f->status);
	e = e ? e : ERR_INTERNAL;
	if (f->message)
		fail(x, e, "%s", f->message);
	else if (x->fault_index < 0)
		fail(x, e, "fault injected by the header Miru-Mock-Fault");
	else
		fail(x, e, "fault injected by rule %d of /_mock/faults", x->fault_index);
	x->failure.status = (int)f->status;
	x->failure.code = f->code;
	return false;
}

bool fault_stage(struct exchange *x)
{
	const struct request *r = &x->request;

	if (!r->fault && !faults_has_any(&x->workspace->faults))
		return true;

	const struct fault_case c = {
		.op = x->op,
		.method = r->method,
		.path = arena_strndup(&x->arena, x->target.path, x->target.path_len),
		.prefix_len = x->target.prefix_len,
		.key = r->api_key,
		.key_name = exchange_key_name(x),
		.query = &x->target.query,
		.body = r->body,
		.body_len = r->body_len,
		.now = clock_now(&x->workspace->clock),
	};

	return c.path && find_own(x, &c) && find_first(x, &c) && refuse(x);
}

/* ---- the answer ------------------------------------------------------------------------------ */

/* Add a header whose value is a number, unless that is negative. */
static void add_number_header(struct exchange *x, const char *name, int64_t number)
{
	if (number >= 0)
		answer_header(x, name, arena_printf(&x->arena, "%" PRId64, number));
}

void fault_add_headers(struct exchange *x)
{
	const struct fault *f = x->fault;

	if (!f)
		return;
	add_number_header(x, "Retry-After", f->retry_after);
	add_number_header(x, "retry-after-ms", f->retry_after_ms);
	if (f->should_retry >= 0)
		answer_header(x, "x-should-retry", f->should_retry ? "true" : "false");
}

/* Change the body, JSON, by a merge patch. False when memory is short. */
static bool merge(struct exchange *x, const char *patch)
{
	struct buf *body = x->answer.body;
	struct json_error e;
	cJSON *answer CLEANUP(json_free) = json_parse(body->text, body->len, &e);
	cJSON *change CLEANUP(json_free) = json_parse(patch, strlen(patch), &e);
	struct writer w;

	if (!answer || !change)
		return false;
	json_merge(answer, change);
	buf_clear(body);
	w = exchange_writer(x);
	json_write(&w, answer);
	return !body->bad;
}

static void spoil(struct buf *body, enum fault_spoil how)
{
	if (body->len == 0)
		return;
	if (how == SPOIL_TRUNCATED)
		buf_cut(body, utf8_cut(body->text, body->len, body->len / 2));
	else if (how == SPOIL_MALFORMED)
		body->text[0] = '}'; /* no JSON begins so */
}

void fault_apply(struct exchange *x)
{
	enum { MS = 1000 };
	const struct fault *f = x->fault;
	struct answer *a = &x->answer;

	if (!f)
		return;
	/* Not what is stored as it is, nor what is answered for want of memory. */
	if (f->merge && !a->type && a->body != &x->last && a->body->len > 0 && !merge(x, f->merge))
		exchange_answer_short(x);
	if (f->delay_ms > 0)
		a->delay += f->delay_ms * MS;
	spoil(a->body, f->spoil);
	a->close = f->close;
	if (f->close == CLOSE_BEFORE)
		a->status = 0;
}
