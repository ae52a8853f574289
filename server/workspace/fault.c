/* SPDX-License-Identifier: MIT
 * fault.c - matches rules and counts hits, under one lock.
 */
#include "workspace/fault.h"

#include <stdlib.h>

#include "base/json_add.h"
#include "base/json_writer.h"
#include "model/api_path.h"
#include "model/operation.h"
#include "workspace/tally.h"

const struct word fault_close_words[] = {
	[CLOSE_BEFORE - 1] = { "before", ALWAYS, NULL },
	[CLOSE_MIDDLE - 1] = { "middle", ALWAYS, NULL },
	{ .text = NULL },
};

const struct word fault_body_words[] = {
	[BODY_TRUNCATED - 1] = { "truncated", ALWAYS, NULL },
	[BODY_MALFORMED - 1] = { "malformed", ALWAYS, NULL },
	{ .text = NULL },
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
		set->rules[i] = (struct fault){
			.times = -1,
			.status = -1,
			.delay_ms = -1,
			.retry_after = -1,
			.retry_after_ms = -1,
			.should_retry = -1,
		};
	return set;
}

/* Copy a rule with its texts. False when memory is short. */
static bool copy_rule(struct arena *a, const struct fault *rule, struct fault *copy)
{
	const char **const texts[] = { &copy->method, &copy->path, &copy->key, &copy->code,
				       &copy->message };

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
	atomic_store_explicit(&f->any, set && set->count > 0, memory_order_release);
}

/* A rule as JSON, without what it does not give. */
static bool rule_text(cJSON *rule, struct buf *text)
{
	cJSON *next;

	for (cJSON *item = rule->child; item; item = next) {
		next = item->next;
		if (cJSON_IsNull(item) || streq(item->string, "hits"))
			cJSON_Delete(cJSON_DetachItemViaPointer(rule, item));
	}
	buf_clear(text);
	json_add_verbatim(text, rule);
	return !text->bad;
}

/* Tell a tally the rules of a set (or NULL) that have never fired. */
static void tell_unhit(const struct fault_set *set, struct tally *t)
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
		if (set->rules[i++].hits == 0)
			tally_text(t, &t->unhit, rule_text(rule, &text) ? text.text : NULL);
	}
}

void faults_replace(struct faults *f, struct fault_set *set)
{
	pthread_mutex_lock(&f->lock);
	if (f->tally)
		tell_unhit(f->set, f->tally);
	replace_set(f, set);
	pthread_mutex_unlock(&f->lock);
}

void faults_tally(struct faults *f, struct tally *t)
{
	pthread_mutex_lock(&f->lock);
	tell_unhit(f->set, t);
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

static bool rule_matches(const struct fault *rule, const struct fault_case *c)
{
	if (rule->times >= 0 && rule->hits >= (uint64_t)rule->times)
		return false;
	if (rule->op && rule->op != c->op)
		return false;
	if (rule->method && !streq(rule->method, c->method))
		return false;
	if (rule->key && !same_text(rule->key, c->key) && !same_text(rule->key, c->key_name))
		return false;
	return !rule->path || api_path_matches(rule->path, c->path, c->prefix_len);
}

const struct fault *faults_match(struct faults *f, const struct fault_case *c, struct arena *a,
				 int *index)
{
	struct fault *found = NULL;

	*index = 0;
	pthread_mutex_lock(&f->lock);
	for (size_t i = 0; f->set && i < f->set->count; i++) {
		struct fault *rule = &f->set->rules[i];

		if (!rule_matches(rule, c))
			continue;
		/* A copy: the rule may be gone before it is done. */
		found = arena_alloc(a, sizeof *found);
		if (found && !copy_rule(a, rule, found))
			found = NULL;
		*index = found ? (int)i : -1;
		rule->hits += found != NULL;
		break;
	}
	pthread_mutex_unlock(&f->lock);
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

static void write_rule(struct writer *w, const struct fault *f)
{
	writer_open(writer_item(w), '{');
	writer_text_or_null(writer_key(w, "operation"), f->op ? f->op->name : NULL);
	writer_text_or_null(writer_key(w, "method"), f->method);
	writer_text_or_null(writer_key(w, "path"), f->path);
	writer_text_or_null(writer_key(w, "key"), f->key);
	writer_count(writer_key(w, "times"), f->times);
	writer_count(writer_key(w, "status"), f->status);
	writer_text_or_null(writer_key(w, "code"), f->code);
	writer_text_or_null(writer_key(w, "message"), f->message);
	writer_count(writer_key(w, "delay_ms"), f->delay_ms);
	writer_text_or_null(writer_key(w, "close"),
			    f->close ? fault_close_words[f->close - 1].text : NULL);
	writer_text_or_null(writer_key(w, "body"),
			    f->body ? fault_body_words[f->body - 1].text : NULL);
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
