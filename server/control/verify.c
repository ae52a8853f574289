/* SPDX-License-Identifier: MIT
 * verify.c - compares the requests of the journal with what a test expects. If too few are so, the
 * answer shows those that came nearest, and what was different in each.
 */
#include "control/control.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json_subset.h"
#include "http/exchange.h"
#include "model/api_path.h"
#include "model/value.h"
#include "workspace/journal_view.h"

enum { NEAREST = 3, LISTED = 100 };

/* What a test expects of requests, and of their number. */
struct expected {
	struct journal_filter filter; /* the conditions that filters have, too */
	cJSON *query, *body;          /* objects, or NULL */
	int64_t least, most;          /* most: INT64_MAX if there is no limit */
};

static void expected_free(struct expected *e)
{
	cJSON_Delete(e->query);
	cJSON_Delete(e->body);
}

/* ---- differences ----------------------------------------------------------------------------- */

/* How far a request is from what is expected, and why. */
struct difference {
	struct arena *arena;  /* of the texts, and of what has to be decoded */
	bool explain;         /* write texts */
	unsigned far;         /* a greater weight for what a request is than for what it has */
	const char *texts[8]; /* the first ones */
	size_t count;
	bool unsure; /* all but the body is as expected, and of that only the beginning is there */
	bool failed; /* memory is short */
};

enum { FAR_OPERATION = 16, FAR_METHOD = 4, FAR_PATH = 4, FAR_KEY = 2, FAR_STATUS = 2 };

/* Note a difference; `expected` and `found` are made for messages. */
static void differ(struct difference *d, unsigned far, const char *what, const char *expected,
		   const char *found)
{
	d->far += far;
	if (!d->explain)
		return;
	d->failed |= !expected || !found;
	if (d->count < ARRAY_LEN(d->texts))
		d->texts[d->count++] = arena_printf(d->arena, "%s: expected %s, found %s", what,
						    expected ? expected : "?", found ? found : "?");
}

static const char *shown(struct difference *d, const cJSON *json)
{
	return !d->explain ? "" : json ? value_shown(d->arena, json, false) : "none";
}

/* Compare JSON member by member, so that each difference has its place: "body.content.data". */
static void compare_json(struct difference *d, const char *path, const cJSON *want,
			 const cJSON *have)
{
	const cJSON *wanted;

	if (!cJSON_IsObject(want) || !cJSON_IsObject(have)) {
		if (!json_holds(have, want, &d->failed))
			differ(d, 1, path, shown(d, want), shown(d, have));
		return;
	}
	cJSON_ArrayForEach(wanted, want) {
		const char *inner =
		    d->explain ? arena_printf(d->arena, "%s.%s", path, wanted->string) : "";

		if (!inner)
			d->failed = true;
		else
			compare_json(d, inner, wanted,
				     cJSON_GetObjectItemCaseSensitive(have, wanted->string));
	}
}

static void compare_body(struct difference *d, const struct expected *e, const struct entry *entry)
{
	const struct journal_answer *a = entry_answer(entry);
	const struct bytes text = a ? a->text[ANSWER_REQUEST] : (struct bytes){ .len = 0 };
	struct json_error error;
	cJSON *body CLEANUP(json_free) = NULL;
	const cJSON *wanted;
	const char *found = "no body";

	if (!e->body)
		return;
	if (text.data)
		body = json_parse(text.data, text.len, &error);
	if (text.data && !body && !error.what) {
		d->failed = true;
		return;
	}
	if (cJSON_IsObject(body)) {
		compare_json(d, "body", e->body, body);
		return;
	}
	d->unsure = d->far == 0 && a && a->request_bytes > text.len;
	/* As far away as a body in which all is different. */
	cJSON_ArrayForEach(wanted, e->body)
		d->far++;
	if (a && a->request_bytes > text.len)
		found = d->explain ? arena_printf(d->arena,
						  "%zu of its %" PRIu64
						  " bytes in the journal (--journal-body)",
						  text.len, a->request_bytes)
				   : "";
	else if (!a)
		found = "no body yet (pending)";
	else if (text.data)
		found = body ? shown(d, body) : "no JSON";
	differ(d, 1, "body", shown(d, e->body), found);
}

/* Has a pair that name, or is it indexed: "expand[0]"? */
static bool is_called(struct difference *d, const struct pair *pair, const char *name)
{
	struct parser p = { .arena = d->arena };
	const char *plain = parse_plain_name(&p, pair->name);

	d->failed |= !plain;
	return plain && (streq(plain, name) || streq(pair->name, name));
}

/* Has the query a parameter with a value, or, if that is NULL, with any? */
static bool has_pair(struct difference *d, const struct pairs *query, const char *name,
		     const char *value)
{
	for (size_t i = 0; i < query->count; i++)
		if (is_called(d, &query->items[i], name) &&
		    (!value || streq(query->items[i].value, value)))
			return true;
	return false;
}

/* A value of a parameter as the text that a query has for it; NULL if it is none. */
static const char *param_text(const cJSON *json, char number[JSON_NUMBER_LEN])
{
	return cJSON_IsString(json)   ? json->valuestring
	       : cJSON_IsNumber(json) ? json_number_text(json, number)
	       : cJSON_IsTrue(json)   ? "true"
	       : cJSON_IsFalse(json)  ? "false"
				      : NULL;
}

static const char *found_in_query(struct difference *d, const struct pairs *query, const char *name)
{
	enum { SHOWN = 64 };
	const char *all = NULL;

	for (size_t i = 0; d->explain && i < query->count; i++)
		if (is_called(d, &query->items[i], name))
			all = arena_printf(d->arena, "%s%s'%s'", all ? all : "", all ? ", " : "",
					   utf8_clean(d->arena, query->items[i].value, SHOWN));
	return all ? all : "none";
}

static void compare_param(struct difference *d, const struct pairs *query, const cJSON *want)
{
	const cJSON *value = cJSON_IsArray(want) ? want->child : want;
	bool ok = true;

	if (cJSON_IsNull(want)) {
		ok = !has_pair(d, query, want->string, NULL);
	} else {
		for (; value && ok; value = cJSON_IsArray(want) ? value->next : NULL) {
			char number[JSON_NUMBER_LEN];

			ok = has_pair(d, query, want->string, param_text(value, number));
		}
	}
	if (!ok)
		differ(d, 1, d->explain ? arena_printf(d->arena, "query.%s", want->string) : "",
		       cJSON_IsNull(want) ? "none" : shown(d, want),
		       found_in_query(d, query, want->string));
}

static void compare_query(struct difference *d, const struct expected *e,
			  const struct journal_request *r)
{
	static const char none[] = "";
	const char *text = r->text[REQUEST_QUERY].data, *why;
	const char *raw = arena_printf(d->arena, "/?%s", text ? text : none);
	struct target target;
	const cJSON *want;

	if (!e->query)
		return;
	if (!raw) {
		d->failed = true;
		return;
	}
	target_locate(raw, &target);
	if (!target_parse(d->arena, raw, &target, &why))
		target.query.count = 0; /* the request was refused for it */
	cJSON_ArrayForEach(want, e->query)
		compare_param(d, &target.query, want);
}

static const char *text_of(struct difference *d, struct bytes text)
{
	return !d->explain ? "" : text.data ? utf8_clean(d->arena, text.data, 128) : "none";
}

static void compare_status(struct difference *d, const struct expected *e,
			   const struct entry *entry)
{
	const struct journal_answer *a = entry_answer(entry);
	const bool is_class = e->filter.status_from != e->filter.status_to;
	const char *expected = "", *found = "";

	if (!e->filter.status_to ||
	    (a && a->status >= e->filter.status_from && a->status <= e->filter.status_to))
		return;
	if (d->explain) {
		expected =
		    arena_printf(d->arena, is_class ? "%dxx" : "%d",
				 is_class ? e->filter.status_from / 100 : e->filter.status_from);
		found = !a || a->state == REQUEST_PENDING ? "no answer yet (pending)"
			: a->status == 0                  ? "no answer (cut)"
							  : arena_printf(d->arena, "%d", a->status);
	}
	differ(d, FAR_STATUS, "status", expected, found);
}

static void compare(struct difference *d, const struct expected *e, const struct entry *entry)
{
	const struct journal_request *r = entry_request(entry);
	const struct journal_filter *f = &e->filter;
	const char *operation = r->op ? r->op->name : "none";

	if ((f->op && r->op != f->op) || (f->no_op && r->op))
		differ(d, FAR_OPERATION, "operation", f->op ? f->op->name : "none", operation);
	if (f->method && !streq(f->method, r->text[REQUEST_METHOD].data))
		differ(d, FAR_METHOD, "method", f->method, text_of(d, r->text[REQUEST_METHOD]));
	if (f->path && !api_path_matches(f->path, r->text[REQUEST_PATH].data, r->prefix_len))
		differ(d, FAR_PATH, "path", f->path, text_of(d, r->text[REQUEST_PATH]));
	if (f->key && !same_text(f->key, r->text[REQUEST_KEY].data) &&
	    !same_text(f->key, r->text[REQUEST_KEY_NAME].data))
		differ(d, FAR_KEY, "key", "another key", text_of(d, r->text[REQUEST_KEY_NAME]));
	compare_status(d, e, entry);
	compare_query(d, e, r);
	compare_body(d, e, entry);
}

/* ---- reading --------------------------------------------------------------------------------- */

/* Read a member whose value is free JSON, but must be an object. */
static bool read_free(struct exchange *x, const char *name, cJSON **json)
{
	const char *text = body_text(&x->body, name);
	struct json_error error;

	*json = text ? json_parse(text, strlen(text), &error) : NULL;
	if (!text || cJSON_IsObject(*json))
		return !text || *json;
	return *json &&
	       fail_field(x, name, "%s: expected an object, found %s", name, quote(x, text));
}

/* The parameters that `query` expects must be what a query can have. */
static bool check_query(struct exchange *x, const cJSON *query)
{
	const cJSON *want, *item;
	char number[JSON_NUMBER_LEN];

	cJSON_ArrayForEach(want, query) {
		bool ok = cJSON_IsNull(want) || cJSON_IsArray(want) || param_text(want, number);

		if (cJSON_IsArray(want))
			cJSON_ArrayForEach(item, want)
				ok = ok && param_text(item, number);
		if (!ok)
			return fail_field(x, "query",
					  "query.%s: expected a text, a number, true or false, a "
					  "list of these, or null",
					  quote(x, want->string));
	}
	return true;
}

static bool read_counts(struct exchange *x, struct expected *e)
{
	const struct member *times = body_member(&x->body, "times");
	const struct member *least = body_member(&x->body, "at_least");
	const struct member *most = body_member(&x->body, "at_most");

	if (times->set && (least->set || most->set))
		return fail_field(x, "times", "times conflicts with at_least and at_most");
	e->least = times->set ? times->number : least->set ? least->number : !most->set;
	e->most = times->set ? times->number : most->set ? most->number : INT64_MAX;
	return e->least <= e->most || fail_field(x, "at_least", "at_least is greater than at_most");
}

/* A number, or a text such as "4xx". */
static bool read_status(struct exchange *x, struct journal_filter *filter)
{
	const char *json = body_text(&x->body, "status");
	const size_t len = json ? strlen(json) : 0;
	const char *text =
	    len > 1 && *json == '"' ? arena_strndup(&x->arena, json + 1, len - 2) : json;

	if (!json)
		return true;
	if (text && !string_format_fits(STRFMT_STATUS, text))
		return fail_field(x, "status", "status: expected %s, found %s",
				  string_format_expected(STRFMT_STATUS), quote(x, json));
	control_read_status(text, filter);
	return text != NULL;
}

static bool read_expected(struct exchange *x, struct expected *e)
{
	return control_read_filter(x, &x->body, &e->filter) && read_status(x, &e->filter) &&
	       read_counts(x, e) && read_free(x, "query", &e->query) && check_query(x, e->query) &&
	       read_free(x, "body", &e->body);
}

/* ---- answering ------------------------------------------------------------------------------- */

/* "exactly 2", "at least 1", "at most 3", "1 to 3". */
static const char *count_text(struct exchange *x, const struct expected *e)
{
	if (e->least == e->most)
		return arena_printf(&x->arena, "exactly %" PRId64, e->least);
	if (e->most == INT64_MAX)
		return arena_printf(&x->arena, "at least %" PRId64, e->least);
	if (e->least == 0)
		return arena_printf(&x->arena, "at most %" PRId64, e->most);
	return arena_printf(&x->arena, "%" PRId64 " to %" PRId64, e->least, e->most);
}

/* "request 7 (POST /beta/deployments, status 201)" */
static const char *request_text(struct exchange *x, const struct entry *e)
{
	const struct journal_request *r = entry_request(e);
	const struct journal_answer *a = entry_answer(e);
	char status[32] = "pending";

	if (a && a->status > 0)
		snprintf(status, sizeof status, "status %d", a->status);
	else if (a && a->state == REQUEST_CUT)
		snprintf(status, sizeof status, "cut");
	return arena_printf(&x->arena, "request %" PRId64 " (%s %s, %s)", entry_id(e),
			    quote(x, r->text[REQUEST_METHOD].data),
			    quote(x, r->text[REQUEST_PATH].data), status);
}

static void write_ids(struct writer *w, const struct entries *found)
{
	writer_open(w, '[');
	for (size_t i = 0; i < found->count && i < LISTED; i++)
		writer_int(writer_item(w), entry_id(found->list[i]));
	writer_close(w, ']');
}

/* Move the nearest of the entries to their front, of equally near ones the last. */
static size_t sort_nearest(struct entries *others, unsigned *far)
{
	size_t n = 0;

	for (; n < NEAREST && n < others->count; n++) {
		struct entry *e;
		unsigned f;
		size_t best = n;

		for (size_t i = n + 1; i < others->count; i++)
			if (far[i] < far[best] ||
			    (far[i] == far[best] &&
			     entry_id(others->list[i]) > entry_id(others->list[best])))
				best = i;
		e = others->list[best];
		f = far[best];
		others->list[best] = others->list[n];
		far[best] = far[n];
		others->list[n] = e;
		far[n] = f;
	}
	return n;
}

/* Explain one that is not as expected: add it to the list `json`, and describe the first one in
 * `nearest`. */
static bool explain(struct exchange *x, const struct expected *e, const struct entry *entry,
		    struct writer *json, const char **nearest)
{
	struct difference d = { .arena = &x->arena, .explain = true };
	const char *request = request_text(x, entry), *all = "";

	compare(&d, e, entry);
	writer_open(writer_item(json), '{');
	writer_int(writer_key(json, "id"), entry_id(entry));
	writer_text(writer_key(json, "request"), request ? request : "");
	writer_open(writer_key(json, "differences"), '[');
	for (size_t i = 0; i < d.count; i++) {
		writer_text(writer_item(json), d.texts[i] ? d.texts[i] : "");
		all = all ? arena_printf(&x->arena, "%s%s%s", all, i ? ", and " : "", d.texts[i])
			  : NULL;
	}
	writer_close(json, ']');
	writer_close(json, '}');
	if (!*nearest && request && all)
		*nearest = arena_printf(&x->arena, "the nearest is %s: %s", request, all);
	return !d.failed && *nearest;
}

/* Fail, with the nearest misses, or if there are too many, with those. */
static bool fail_verification(struct exchange *x, const struct expected *e,
			      const struct entries *found, struct entries *others, unsigned *far)
{
	struct buf list CLEANUP(buf_free) = BUF_INIT(1 << 20);
	struct writer json = { .out = &list, .empty = true };
	const bool too_many = (int64_t)found->count > e->most;
	const char *nearest = NULL, *count = count_text(x, e);
	const struct operation *op = e->filter.op;
	const size_t n = too_many ? 0 : sort_nearest(others, far);
	bool ok = true;

	if (too_many)
		nearest = arena_printf(&x->arena, "the last is %s",
				       request_text(x, found->list[found->count - 1]));
	else if (n == 0)
		nearest = "there is no other request";
	writer_open(&json, '[');
	for (size_t i = 0; ok && i < n; i++)
		ok = explain(x, e, others->list[i], &json, &nearest);
	writer_close(&json, ']');
	if (!ok || !nearest || !count || list.bad)
		return false;
	fail(x, ERR_VERIFICATION, "expected %s request%s%s%s as described, found %zu%s; %s", count,
	     (e->most == INT64_MAX ? e->least : e->most) == 1 ? "" : "s", op ? " " : "",
	     op ? op->name : "", found->count,
	     found->dropped > 0 ? " among those that the journal still has (--journal-size)" : "",
	     nearest);
	fail_param(x, "expected", count);
	fail_param_json(x, "matched", arena_printf(&x->arena, "%zu", found->count));
	fail_param_json(x, "nearest", arena_strdup(&x->arena, list.text));
	buf_clear(&list);
	json = (struct writer){ .out = &list, .empty = true };
	write_ids(&json, found);
	fail_param_json(x, "requests", list.bad ? NULL : arena_strdup(&x->arena, list.text));
	return false;
}

static bool answer(struct exchange *x, const struct entries *found)
{
	struct writer w = exchange_writer(x);

	writer_open(&w, '{');
	writer_int(writer_key(&w, "matched"), (long long)found->count);
	write_ids(writer_key(&w, "requests"), found);
	writer_int(writer_key(&w, "dropped"), found->dropped);
	writer_close(&w, '}');
	return true;
}

/* Split all entries into those that are as expected, and the others, with how far each is from
 * that. */
static bool split(const struct expected *e, struct entries *all, struct entries *others,
		  unsigned *far, size_t *unsure)
{
	size_t matched = 0;
	bool failed = false;

	if (!entries_reserve(others, all->count))
		return false;
	for (size_t i = 0; i < all->count; i++) {
		struct arena arena CLEANUP(arena_free);
		struct difference d = { .arena = &arena };
		struct entry *entry = all->list[i];

		arena_init(&arena, NULL, 0);
		if (entry_request(entry)->time < e->filter.since) {
			entry_unref(entry);
			continue;
		}
		compare(&d, e, entry);
		failed |= d.failed || arena.failed;
		*unsure += d.unsure;
		if (d.far == 0) {
			all->list[matched++] = entry;
			continue;
		}
		far[others->count] = d.far;
		others->list[others->count++] = entry;
	}
	all->count = matched;
	return !failed;
}

/* May the journal have dropped requests that are asked about? */
static bool has_lost(const struct entries *all, const struct journal_filter *f)
{
	if (all->dropped == 0)
		return false;
	return all->count == 0 || (entry_id(all->list[0]) > f->after + 1 &&
				   entry_request(all->list[0])->time >= f->since);
}

/* Fail: how many there were at most is not known. */
static bool fail_unsure(struct exchange *x, const struct expected *e, size_t unsure)
{
	const char *count = count_text(x, e);

	if (!count)
		return false;
	fail(x, ERR_VERIFICATION, "expected %s as described, which cannot be verified: %s", count,
	     unsure > 0 ? "the journal has only the beginning of some bodies (--journal-body)"
			: "the journal does not have all requests any more (--journal-size)");
	fail_param(x, "expected", count);
	return false;
}

static bool verify(struct exchange *x, const struct expected *e)
{
	struct journal *journal = &x->workspace->journal;
	struct entries all CLEANUP(entries_free) = { 0 }, others CLEANUP(entries_free) = { 0 };
	size_t unsure = 0;
	unsigned *far;
	bool ok, lost;

	if (!journal_entries(journal, e->filter.after, &all))
		return false;
	lost = has_lost(&all, &e->filter);
	far = calloc(all.count + 1, sizeof *far);
	ok = far && split(e, &all, &others, far, &unsure);
	if (ok && ((int64_t)all.count < e->least || (int64_t)all.count > e->most))
		ok = ((int64_t)all.count < e->least &&
		      exchange_wait(x, &journal->changes, all.changes,
				    body_member(&x->body, "wait")->number)) ||
		     fail_verification(x, e, &all, &others, far);
	else if (ok && e->most < INT64_MAX && (lost || unsure > 0))
		ok = fail_unsure(x, e, unsure);
	else if (ok)
		ok = answer(x, &all);
	free(far);
	return ok;
}

bool control_verify_requests(struct exchange *x)
{
	struct expected e CLEANUP(expected_free) = { .query = NULL };

	return read_expected(x, &e) && verify(x, &e);
}
