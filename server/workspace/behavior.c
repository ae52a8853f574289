/* SPDX-License-Identifier: MIT
 * behavior.c - matches behaviors, and counts.
 */
#include "workspace/behavior.h"

#include <stdlib.h>

#include "base/clock.h"

struct behaviors *behaviors_new(size_t count)
{
	struct behaviors *b = malloc(sizeof *b + count * sizeof *b->rules);

	if (!b)
		return NULL;
	arena_init(&b->arena, NULL, 0);
	b->count = count;
	b->counted = b->groups = false;
	for (size_t i = 0; i < count; i++)
		b->rules[i] = (struct behavior){
			.every = -1,
			.times = -1,
			.recover_after = -1,
			.seconds = -1,
			.offline_for = -1,
		};
	return b;
}

void behaviors_free(struct behaviors *b)
{
	if (b)
		arena_free(&b->arena);
	free(b);
}

struct behaviors *behaviors_join(const struct behaviors *first, const struct behaviors *second)
{
	const size_t before = first ? first->count : 0;
	struct behaviors *both = behaviors_new(before + second->count);

	for (size_t i = 0; both && i < both->count; i++) {
		struct behavior *rule = &both->rules[i];
		const char **const texts[] = { &rule->device_id, &rule->group_id,
					       &rule->release_id };

		*rule = i < before ? first->rules[i] : second->rules[i - before];
		for (size_t n = 0; n < ARRAY_LEN(texts); n++)
			if (*texts[n])
				*texts[n] = arena_strdup(&both->arena, *texts[n]);
		both->groups |= rule->group_id != NULL;
	}
	if (!both || !both->arena.failed)
		return both;
	behaviors_free(both);
	return NULL;
}

static bool is_in_group(const struct behavior_case *c, const char *id)
{
	for (size_t i = 0; i < c->ngroups; i++)
		if (streq(c->group_ids[i], id))
			return true;
	return false;
}

static bool rule_matches(const struct behavior *rule, const struct behavior_case *c)
{
	return (!rule->device_id || streq(rule->device_id, c->device_id)) &&
	       (!rule->release_id || streq(rule->release_id, c->release_id)) &&
	       (!rule->at || rule->at == c->at) &&
	       (!rule->group_id || is_in_group(c, rule->group_id));
}

const struct behavior *behaviors_match(struct behaviors *b, const struct behavior_case *c)
{
	for (size_t i = 0; b && i < b->count; i++) {
		struct behavior *rule = &b->rules[i];

		if ((rule->times >= 0 && rule->hits >= rule->times) || !rule_matches(rule, c))
			continue;
		b->counted = true;
		rule->seen++;
		if (rule->every > 1 && rule->seen % rule->every != 0)
			continue;
		rule->hits++;
		return rule;
	}
	return NULL;
}

void behaviors_keep(struct behaviors *b)
{
	if (!b || !b->counted)
		return;
	b->counted = false;
	for (size_t i = 0; i < b->count; i++) {
		b->rules[i].seen_before = b->rules[i].seen;
		b->rules[i].hits_before = b->rules[i].hits;
	}
}

void behaviors_undo(struct behaviors *b)
{
	if (!b || !b->counted)
		return;
	b->counted = false;
	for (size_t i = 0; i < b->count; i++) {
		b->rules[i].seen = b->rules[i].seen_before;
		b->rules[i].hits = b->rules[i].hits_before;
	}
}

static void write_seconds(struct writer *w, const char *name, int64_t micros)
{
	char text[CLOCK_SECONDS_LEN];

	writer_raw(writer_key(w, name), micros < 0 ? "null" : clock_seconds_text(micros, text));
}

static void write_rule(struct writer *w, const struct behavior *b)
{
	writer_open(writer_item(w), '{');
	writer_text_or_null(writer_key(w, "device_id"), b->device_id);
	writer_text_or_null(writer_key(w, "group_id"), b->group_id);
	writer_text_or_null(writer_key(w, "release_id"), b->release_id);
	writer_text_or_null(writer_key(w, "at"), word_text(activity_status_words, b->at));
	writer_count(writer_key(w, "every"), b->every);
	writer_count(writer_key(w, "times"), b->times);
	writer_text_or_null(writer_key(w, "error"), word_text(error_status_words, b->error));
	write_seconds(w, "recover_after", b->recover_after);
	write_seconds(w, "seconds", b->seconds);
	write_seconds(w, "offline_for", b->offline_for);
	writer_int(writer_key(w, "hits"), b->hits);
	writer_close(w, '}');
}

void behaviors_write(const struct behaviors *b, struct writer *w)
{
	writer_open(w, '{');
	writer_open(writer_key(w, "behaviors"), '[');
	for (size_t i = 0; b && i < b->count; i++)
		write_rule(w, &b->rules[i]);
	writer_close(w, ']');
	writer_close(w, '}');
}
