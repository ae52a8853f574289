/* SPDX-License-Identifier: MIT
 * keyring.c - reads the keys of a database, and finds them.
 */
#include "workspace/keyring.h"

#include <stdlib.h>

#include <cjson/cJSON.h>

/* Read '["deployments:read"]', which has been checked when it was stored. False when memory is
 * short. */
static bool read_scopes(const char *json, scope_set *set)
{
	cJSON *list = cJSON_Parse(json), *item;

	*set = SCOPE_NONE;
	if (!list)
		return false;
	cJSON_ArrayForEach(item, list) {
		enum scope s;

		if (cJSON_IsString(item) && scope_find(item->valuestring, &s))
			*set |= (scope_set)1 << s;
	}
	cJSON_Delete(list);
	return true;
}

static const char *copy_column(struct keyring *ring, struct stmt *s, int column)
{
	const char *text = stmt_text(s, column);

	return text ? arena_strdup(&ring->arena, text) : NULL;
}

static struct api_key *read_key(struct keyring *ring, struct stmt *s)
{
	struct api_key *key = arena_zalloc(&ring->arena, sizeof *key);
	const char *scopes = stmt_text(s, 3);

	if (!key || !scopes || !read_scopes(scopes, &key->scopes))
		return NULL;
	key->id = copy_column(ring, s, 0);
	key->key = copy_column(ring, s, 1);
	key->name = copy_column(ring, s, 2);
	return key->id && key->key && key->name ? key : NULL;
}

static bool read_keys(struct keyring *ring, struct db *db)
{
	static const struct query all = {
		"SELECT id, key, name, scopes FROM api_keys ORDER BY rowid", QUERY_ONCE
	};
	struct stmt *s CLEANUP(stmt_endp) = db_query(db, &all);
	struct api_key *key, **end = &ring->first;
	enum step step;

	if (!s)
		return false;
	for (; (step = stmt_step(s)) == STEP_ROW; end = &key->next) {
		key = *end = read_key(ring, s);
		if (!key || !map_add(&ring->by_secret, NULL, key->key, key))
			return false;
	}
	return step == STEP_DONE;
}

struct keyring *keyring_load(struct db *db)
{
	struct keyring *ring = calloc(1, sizeof *ring);

	if (!ring)
		return NULL;
	refcount_init(&ring->refs);
	arena_init(&ring->arena, NULL, 0);
	if (read_keys(ring, db))
		return ring;
	keyring_unref(ring);
	return NULL;
}

struct keyring *keyring_ref(struct keyring *ring)
{
	if (ring)
		refcount_get(&ring->refs);
	return ring;
}

void keyring_unref(struct keyring *ring)
{
	if (!ring || !refcount_put(&ring->refs))
		return;
	map_free(&ring->by_secret);
	arena_free(&ring->arena);
	free(ring);
}

const struct api_key *keyring_find(const struct keyring *ring, const char *key)
{
	return map_find(&ring->by_secret, NULL, key);
}

const char *keyring_mask(const char *key, size_t len, char shown[static KEY_MASK_BYTES])
{
	enum { SHOWN = KEY_MASK_BYTES / 2, LONG = 12 };

	memset(shown, '*', SHOWN);
	shown[SHOWN] = '\0';
	shown[KEY_MASK_BYTES - 1] = '\0';
	if (len >= LONG)
		memcpy(shown + SHOWN, key + len - SHOWN, SHOWN);
	return shown;
}

const struct api_key keyring_anyone = {
	.id = "api_key_any", .key = "", .name = "any", .scopes = SCOPE_ALL
};

/* The number of scopes that a key has, or that those imply. */
static unsigned count_scopes(const struct api_key *key)
{
	unsigned n = 0;

	for (size_t i = SCOPE_FREE + 1; i < SCOPE_COUNT; i++)
		n += scope_allows(key->scopes, (enum scope)i);
	return n;
}

const struct api_key *keyring_best(const struct keyring *ring)
{
	const struct api_key *best = NULL;

	for (const struct api_key *key = ring->first; key; key = key->next)
		if (!best || count_scopes(key) > count_scopes(best))
			best = key;
	return best;
}
