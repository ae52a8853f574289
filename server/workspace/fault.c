/* SPDX-License-Identifier: MIT
 * fault.c - matches rules, counts hits and limits, under one lock.
 */
#include "workspace/fault.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/json_add.h"
#include "base/json_subset.h"
#include "base/json_writer.h"
#include "model/api_path.h"
#include "model/operation.h"
#include "model/parse.h"
#include "workspace/keyring.h"
#include "workspace/tally.h"

static const struct word close_words[] = {
	[CLOSE_BEFORE - 1] = { "before", ALWAYS, NULL },
	[CLOSE_MIDDLE - 1] = { "middle", ALWAYS, NULL },
	{ .text = NULL },
};

static const struct word spoil_words[] = {
	[SPOIL_TRUNCATED - 1] = { "truncated", ALWAYS, NULL },
	[SPOIL_MALFORMED - 1] = { "malformed", ALWAYS, NULL },
	{ .text = NULL },
};

enum {
	COUNT_MAX = 1000000000,
	HOUR_SECONDS = 3600,
	HOUR_MS = 3600 * 1000,
	JSON_MAX = 64 * 1024, /* bytes of what a rule has of JSON, each */
};

/* clang-format off */
static const struct field limit_fields[] = {
	{ .name = "requests", .kind = K_WHOLE, .flags = F_REQUIRED, .on = ALWAYS, .least = 1,
	  .most = COUNT_MAX },
	{ .name = "seconds", .kind = K_WHOLE, .flags = F_REQUIRED, .on = ALWAYS, .least = 1,
	  .most = SECONDS_MAX },
};

static const struct shape limit_shape = { .fields = limit_fields, .count = ARRAY_LEN(limit_fields) };

/* Null counts as absent, so that what GET answers can be PUT. */
static const struct field fields[] = {
	{ .name = "operation", .kind = K_TEXT, .flags = F_NULL, .on = ALWAYS, .strfmt = STRFMT_LINE },
	{ .name = "method", .kind = K_ENUM, .flags = F_NULL, .on = ALWAYS, .words = operation_methods },
	{ .name = "path", .kind = K_TEXT, .flags = F_NULL, .on = ALWAYS, .strfmt = STRFMT_PATTERN },
	{ .name = "query", .kind = K_JSON_OBJECT, .flags = F_NULL, .on = ALWAYS, .most = JSON_MAX },
	{ .name = "key", .kind = K_TEXT, .flags = F_NULL, .on = ALWAYS, .strfmt = STRFMT_LINE },
	{ .name = "body", .kind = K_JSON_OBJECT, .flags = F_NULL, .on = ALWAYS, .most = JSON_MAX },
	{ .name = "status", .kind = K_WHOLE, .flags = F_NULL, .on = ALWAYS, .least = 400, .most = 599 },
	{ .name = "code", .kind = K_TEXT, .flags = F_NULL, .on = ALWAYS, .strfmt = STRFMT_CODE },
	{ .name = "message", .kind = K_TEXT, .flags = F_NULL, .on = ALWAYS, .strfmt = STRFMT_LINE },
	{ .name = "delay_ms", .kind = K_WHOLE, .flags = F_NULL, .on = ALWAYS, .most = HOUR_MS },
	{ .name = "close", .kind = K_ENUM, .flags = F_NULL, .on = ALWAYS, .words = close_words },
	{ .name = "spoil", .kind = K_ENUM, .flags = F_NULL, .on = ALWAYS, .words = spoil_words },
	{ .name = "merge", .kind = K_JSON_OBJECT, .flags = F_NULL, .on = ALWAYS, .most = JSON_MAX },
	{ .name = "retry_after", .kind = K_WHOLE, .flags = F_NULL, .on = ALWAYS, .most = HOUR_SECONDS },
	{ .name = "retry_after_ms", .kind = K_WHOLE, .flags = F_NULL, .on = ALWAYS, .most = HOUR_MS },
	{ .name = "should_retry", .kind = K_BOOL, .flags = F_NULL, .on = ALWAYS },
	/* These count requests: see fault_header_shape. */
	{ .name = "times", .kind = K_WHOLE, .flags = F_NULL, .on = ALWAYS, .least = 1, .most = COUNT_MAX },
	{ .name = "limit", .kind = K_OBJECT, .flags = F_NULL, .on = ALWAYS, .members = &limit_shape },
	/* Part of what GET answers; ignored, because counting starts at 0. */
	{ .name = "hits", .kind = K_WHOLE, .flags = F_NULL, .on = ALWAYS, .most = 1000000000000000 },
};
/* clang-format on */

enum { COUNTING = 3 /* fields, the last ones */ };

const struct shape fault_shape = { .fields = fields, .count = ARRAY_LEN(fields) };
const struct shape fault_header_shape = { .fields = fields,
					  .count = ARRAY_LEN(fields),
					  .listed = ARRAY_LEN(fields) - COUNTING };

const struct fault fault_none = {
	.times = -1,
	.limit = { .requests = -1 },
	.status = -1,
	.delay_ms = -1,
	.retry_after = -1,
	.retry_after_ms = -1,
	.should_retry = -1,
};

void faults_open(struct faults *f)
{
	*f = (struct faults){ .set = NULL };
	pthread_mutex_init(&f->lock, NULL);
}

void fault_set_free(struct fault_set *set)
{
	if (set)
		arena_free(&set->arena);
	free(set);
}

void faults_close(struct faults *f)
{
	fault_set_free(f->set);
	pthread_mutex_destroy(&f->lock);
}

struct fault_set *fault_set_new(size_t count)
{
	struct fault_set *set = malloc(sizeof *set + count * sizeof *set->rules);

	if (!set)
		return NULL;
	arena_init(&set->arena, NULL, 0);
	set->count = count;
	for (size_t i = 0; i < count; i++)
		set->rules[i] = fault_none;
	return set;
}

/* Copy a rule with its texts. False when memory is short. */
static bool copy_rule(struct arena *a, const struct fault *rule, struct fault *copy)
{
	const char **const texts[] = { &copy->method, &copy->path, &copy->query,   &copy->key,
				       &copy->body,   &copy->code, &copy->message, &copy->merge };

	*copy = *rule;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (*texts[i] && !(*texts[i] = arena_strdup(a, *texts[i])))
			return false;
	return true;
}

/* Caller holds the lock. */
static void replace_set(struct faults *f, struct fault_set *set)
{
	fault_set_free(f->set);
	f->set = set;
	f->touched = true;
	atomic_store_explicit(&f->any, set && set->count > 0, memory_order_release);
}

/* A rule as JSON, without what it does not give; its key is masked: logs and reports have it. */
static bool rule_text(cJSON *rule, struct buf *text)
{
	char mask[KEY_MASK_BYTES];
	cJSON *next;

	for (cJSON *item = rule->child; item; item = next) {
		next = item->next;
		if (cJSON_IsNull(item) || streq(item->string, "hits"))
			cJSON_Delete(cJSON_DetachItemViaPointer(rule, item));
		else if (streq(item->string, "key") &&
			 !cJSON_SetValuestring(item, keyring_mask(item->valuestring,
								  strlen(item->valuestring), mask)))
			return false;
	}
	buf_clear(text);
	json_add_verbatim(text, rule);
	return !text->bad;
}

/* Tell a tally the rules of a set (or NULL): which have fired, and which never have. */
static void tell_rules(const struct fault_set *set, struct tally *t)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT(SIZE_MAX / 2);
	struct writer w = { .out = &text, .empty = true };
	struct json_error error;
	cJSON *json CLEANUP(json_free) = NULL;
	size_t i = 0;
	cJSON *rule;

	if (!set || set->count == 0)
		return;
	fault_set_write(set, &w);
	json = text.bad ? NULL : json_parse(text.text, text.len, &error);
	if (!json)
		tally_text(t, &t->unhit, NULL);
	cJSON_ArrayForEach(rule, cJSON_GetObjectItemCaseSensitive(json, "faults")) {
		const bool hit = set->rules[i++].hits > 0;

		tally_text(t, hit ? &t->hit : &t->unhit, rule_text(rule, &text) ? text.text : NULL);
	}
}

void faults_replace(struct faults *f, struct fault_set *set)
{
	pthread_mutex_lock(&f->lock);
	if (f->tally)
		tell_rules(f->set, f->tally);
	replace_set(f, set);
	pthread_mutex_unlock(&f->lock);
}

void faults_tally(struct faults *f, struct tally *t)
{
	pthread_mutex_lock(&f->lock);
	tell_rules(f->set, t);
	pthread_mutex_unlock(&f->lock);
}

/* The rules of two sets; `first` may be NULL. NULL when memory is short. */
static struct fault_set *join_sets(const struct fault_set *first, const struct fault_set *second)
{
	const size_t before = first ? first->count : 0;
	struct fault_set *both = fault_set_new(before + second->count);
	bool ok = both;

	for (size_t i = 0; ok && i < both->count; i++)
		ok = copy_rule(&both->arena,
			       i < before ? &first->rules[i] : &second->rules[i - before],
			       &both->rules[i]);
	if (ok)
		return both;
	fault_set_free(both);
	return NULL;
}

struct fault_set *fault_set_copy(const struct fault_set *set)
{
	struct fault_set *copy = join_sets(NULL, set);

	for (size_t i = 0; copy && i < copy->count; i++)
		copy->rules[i].hits = 0;
	return copy;
}

bool faults_add(struct faults *f, const struct fault_set *more, struct writer *w, size_t *count)
{
	struct fault_set *both = NULL;

	pthread_mutex_lock(&f->lock);
	*count = more->count + (f->set ? f->set->count : 0);
	if (*count <= FAULTS_MAX)
		both = join_sets(f->set, more);
	if (both) {
		fault_set_write(both, w);
		replace_set(f, both);
	}
	pthread_mutex_unlock(&f->lock);
	return both;
}

/* ---- matching -------------------------------------------------------------------------------- */

/* What the functions below share. */
struct match {
	const struct fault_case *c;
	struct parser parser; /* whose arena notes when memory is short */
	cJSON *body;          /* of the request, once it was looked at; NULL: it is no JSON */
	bool looked;
};

static cJSON *parse(struct match *m, const char *text, size_t len)
{
	struct json_error e;
	cJSON *json = json_parse(text, len, &e);

	if (!json && !e.what)
		arena_fail(m->parser.arena);
	return json;
}

/* Is a part, JSON, in the request's body? */
static bool body_holds(struct match *m, const char *part)
{
	cJSON *json CLEANUP(json_free) = NULL;
	bool failed = false, holds;

	if (!m->looked)
		m->body = parse(m, m->c->body ? m->c->body : "", m->c->body_len);
	m->looked = true;
	if (!m->body)
		return false;
	json = parse(m, part, strlen(part));
	if (!json)
		return false;
	holds = json_holds(m->body, json, &failed);
	if (failed)
		arena_fail(m->parser.arena);
	return holds;
}

/* Has the request's query that parameter, with that value or, if it is null, any? */
static bool has_pair(struct match *m, const char *name, const cJSON *value)
{
	char room[JSON_NUMBER_LEN];
	const char *text = cJSON_IsString(value)   ? value->valuestring
			   : cJSON_IsNumber(value) ? json_number_text(value, room)
			   : cJSON_IsTrue(value)   ? "true"
						   : "false";
	const struct pairs *query = m->c->query;

	for (size_t i = 0; i < query->count; i++) {
		const char *plain = parse_plain_name(&m->parser, query->items[i].name);

		if (same_text(plain, name) &&
		    (cJSON_IsNull(value) || streq(query->items[i].value, text)))
			return true;
	}
	return false;
}

/* Are some parameters, JSON, in the request's query? */
static bool query_holds(struct match *m, const char *some)
{
	cJSON *json CLEANUP(json_free) = parse(m, some, strlen(some));
	const cJSON *member, *item;

	if (!json)
		return false;
	cJSON_ArrayForEach(member, json) {
		if (!cJSON_IsArray(member) &&
		    has_pair(m, member->string, member) == cJSON_IsNull(member))
			return false;
		cJSON_ArrayForEach(item, member)
			if (!has_pair(m, member->string, item))
				return false;
	}
	return true;
}

static bool rule_matches(const struct fault *rule, struct match *m)
{
	const struct fault_case *c = m->c;

	if (rule->times >= 0 && rule->hits >= (uint64_t)rule->times)
		return false;
	if (rule->op && rule->op != c->op)
		return false;
	if (rule->method && !streq(rule->method, c->method))
		return false;
	if (rule->key && !same_text(rule->key, c->key) && !same_text(rule->key, c->key_name))
		return false;
	if (rule->path && !api_path_matches(rule->path, c->path, c->prefix_len))
		return false;
	return (!rule->query || query_holds(m, rule->query)) &&
	       (!rule->body || body_holds(m, rule->body));
}

bool fault_matches(const struct fault *rule, const struct fault_case *c, struct arena *a,
		   bool *matches)
{
	struct match m = { .c = c, .parser = { .arena = a } };

	*matches = rule_matches(rule, &m);
	cJSON_Delete(m.body);
	return !a->failed;
}

enum { SECOND = 1000000, MS = 1000 };

/* Count a request. Is it within the limit of the rule, if that has one? */
static bool is_within_limit(struct fault *rule, int64_t now)
{
	if (rule->limit.requests < 0)
		return false;
	/* The clock may also have been set back. */
	if (rule->limit.counted == 0 || now < rule->limit.since ||
	    now - rule->limit.since >= rule->limit.seconds * SECOND) {
		rule->limit.since = now;
		rule->limit.counted = 0;
	}
	if (rule->limit.counted >= rule->limit.requests)
		return false;
	rule->limit.counted++;
	return true;
}

/* What a limit's refusal is, unless the rule says otherwise: it is over when the seconds are. */
static void set_refusal(struct fault *rule, int64_t now)
{
	const int64_t rest = rule->limit.since + rule->limit.seconds * SECOND - now;

	if (rule->limit.requests < 0)
		return;
	if (rule->status < 0)
		rule->status = error_status(ERR_TOO_MANY);
	if (rule->retry_after < 0)
		rule->retry_after = (rest + SECOND - 1) / SECOND;
	if (rule->retry_after_ms < 0)
		rule->retry_after_ms = (rest + MS - 1) / MS;
}

const struct fault *faults_match(struct faults *f, const struct fault_case *c, struct arena *a,
				 int *index)
{
	struct match m = { .c = c, .parser = { .arena = a } };
	struct fault *found = NULL;

	*index = 0;
	pthread_mutex_lock(&f->lock);
	for (size_t i = 0; f->set && i < f->set->count && !a->failed; i++) {
		struct fault *rule = &f->set->rules[i];

		if (!rule_matches(rule, &m) || is_within_limit(rule, c->now))
			continue;
		/* A copy: the rule may be gone before it is done. */
		found = arena_alloc(a, sizeof *found);
		if (found && !copy_rule(a, rule, found))
			found = NULL;
		*index = found ? (int)i : -1;
		rule->hits += found != NULL;
		if (found)
			set_refusal(found, c->now);
		break;
	}
	pthread_mutex_unlock(&f->lock);
	cJSON_Delete(m.body);
	if (a->failed)
		*index = -1;
	return found;
}

enum error fault_error(int64_t status)
{
	/* If a status has several codes, the general one; 409 has none. */
	static const enum error errors[] = {
		ERR_INVALID_REQUEST,    ERR_UNAUTHORIZED,    ERR_FORBIDDEN,      ERR_NOT_FOUND,
		ERR_METHOD_NOT_ALLOWED, ERR_TIMEOUT,         ERR_BODY_TOO_LARGE, ERR_TOO_MANY,
		ERR_INTERNAL,           ERR_NOT_IMPLEMENTED, ERR_BAD_GATEWAY,    ERR_UNAVAILABLE,
		ERR_GATEWAY_TIMEOUT,
	};

	for (size_t i = 0; i < ARRAY_LEN(errors); i++)
		if (error_status(errors[i]) == status)
			return errors[i];
	return ERR_NONE;
}

/* ---- showing --------------------------------------------------------------------------------- */

/* JSON, on one line; null for NULL. */
static void write_json(struct writer *w, const char *json)
{
	writer_raw(w, json ? json : "null");
}

static void write_limit(struct writer *w, const struct fault *f)
{
	if (f->limit.requests < 0) {
		writer_raw(w, "null");
		return;
	}
	writer_open(w, '{');
	writer_int(writer_key(w, "requests"), f->limit.requests);
	writer_int(writer_key(w, "seconds"), f->limit.seconds);
	writer_close(w, '}');
}

static void write_rule(struct writer *w, const struct fault *f)
{
	writer_open(writer_item(w), '{');
	writer_text_or_null(writer_key(w, "operation"), f->op ? f->op->name : NULL);
	writer_text_or_null(writer_key(w, "method"), f->method);
	writer_text_or_null(writer_key(w, "path"), f->path);
	write_json(writer_key(w, "query"), f->query);
	writer_text_or_null(writer_key(w, "key"), f->key);
	write_json(writer_key(w, "body"), f->body);
	writer_count(writer_key(w, "times"), f->times);
	write_limit(writer_key(w, "limit"), f);
	writer_count(writer_key(w, "status"), f->status);
	writer_text_or_null(writer_key(w, "code"), f->code);
	writer_text_or_null(writer_key(w, "message"), f->message);
	writer_count(writer_key(w, "delay_ms"), f->delay_ms);
	writer_text_or_null(writer_key(w, "close"),
			    f->close ? close_words[f->close - 1].text : NULL);
	writer_text_or_null(writer_key(w, "spoil"),
			    f->spoil ? spoil_words[f->spoil - 1].text : NULL);
	write_json(writer_key(w, "merge"), f->merge);
	writer_count(writer_key(w, "retry_after"), f->retry_after);
	writer_count(writer_key(w, "retry_after_ms"), f->retry_after_ms);
	writer_key(w, "should_retry");
	writer_raw(w, f->should_retry < 0 ? "null" : f->should_retry ? "true" : "false");
	writer_int(writer_key(w, "hits"), (long long)f->hits);
	writer_close(w, '}');
}

void fault_set_write(const struct fault_set *set, struct writer *w)
{
	writer_open(w, '{');
	writer_open(writer_key(w, "faults"), '[');
	for (size_t i = 0; set && i < set->count; i++)
		write_rule(w, &set->rules[i]);
	writer_close(w, ']');
	writer_close(w, '}');
}

void faults_write(struct faults *f, struct writer *w)
{
	pthread_mutex_lock(&f->lock);
	fault_set_write(f->set, w);
	pthread_mutex_unlock(&f->lock);
}
