/*
 * keyring.c - the keyring: keys sorted by a hash, compared in constant time.
 */
#include "workspace/keyring.h"

#include <stdlib.h>

#include <cjson/cJSON.h>

#include "base/grow.h"

static int compare(const void *a, const void *b)
{
	const struct api_key *const *x = a, *const *y = b;

	return (*x)->hash < (*y)->hash ? -1 : (*x)->hash > (*y)->hash;
}

static bool same_secret(const char *a, const char *b)
{
	size_t len = strlen(a);
	unsigned char differ = 0;

	if (strlen(b) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		differ |= (unsigned char)(a[i] ^ b[i]);
	return differ == 0;
}

/* '["deployments:read"]', as the fixtures' loader has checked and stored it. */
static bool read_scopes(const char *json, scope_set *set)
{
	cJSON *list = cJSON_Parse(json), *item;

	*set = SCOPE_NONE;
	if (!list)
		return false; /* memory is short */
	cJSON_ArrayForEach(item, list) {
		enum scope s;

		if (cJSON_IsString(item) && scope_find(item->valuestring, &s))
			*set |= (scope_set)1 << s;
	}
	cJSON_Delete(list);
	return true;
}

static const char *copy(struct keyring *ring, struct stmt *s, int column)
{
	const char *text = stmt_text(s, column);

	return text ? arena_strdup(&ring->arena, text) : NULL;
}

static bool append(struct keyring *ring, struct stmt *s)
{
	const char *scopes;
	struct api_key *key;

	if (!GROW(ring->keys, ring->count + 1, ring->cap))
		return false;
	key = &ring->keys[ring->count];
	key->id = copy(ring, s, 0);
	key->key = copy(ring, s, 1);
	key->name = copy(ring, s, 2);
	scopes = stmt_text(s, 3);
	if (!key->id || !key->key || !key->name || !scopes || !read_scopes(scopes, &key->scopes))
		return false;
	key->hash = hash_text(HASH_BEGIN, key->key);
	ring->count++;
	return true;
}

static bool sort(struct keyring *ring)
{
	ring->sorted = arena_alloc(&ring->arena, (ring->count + 1) * sizeof(struct api_key *));
	if (!ring->sorted)
		return false;
	for (size_t i = 0; i < ring->count; i++)
		ring->sorted[i] = &ring->keys[i];
	qsort(ring->sorted, ring->count, sizeof(struct api_key *), compare);
	return true;
}

static bool load(struct keyring *ring, struct db *db)
{
	static const struct query all = {
		"SELECT id, key, name, scopes FROM api_keys ORDER BY rowid", QUERY_ONCE
	};
	struct stmt *s CLEANUP(stmt_endp) = db_query(db, &all);
	enum step step;

	if (!s)
		return false;
	while ((step = stmt_step(s)) == STEP_ROW)
		if (!append(ring, s))
			return false;
	return step == STEP_DONE && sort(ring);
}

struct keyring *keyring_load(struct db *db)
{
	struct keyring *ring = calloc(1, sizeof *ring);

	if (!ring)
		return NULL;
	atomic_init(&ring->holders, 1);
	arena_init(&ring->arena, NULL, 0);
	if (load(ring, db))
		return ring;
	keyring_drop(ring);
	return NULL;
}

struct keyring *keyring_hold(struct keyring *ring)
{
	if (ring)
		atomic_fetch_add(&ring->holders, 1);
	return ring;
}

void keyring_drop(struct keyring *ring)
{
	if (!ring || atomic_fetch_sub(&ring->holders, 1) > 1)
		return;
	free(ring->keys);
	arena_free(&ring->arena);
	free(ring);
}

const struct api_key *keyring_find(const struct keyring *ring, const char *key)
{
	uint64_t h = hash_text(HASH_BEGIN, key);
	size_t low = 0, high = ring->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ring->sorted[middle]->hash < h)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < ring->count && ring->sorted[low]->hash == h; low++)
		if (same_secret(ring->sorted[low]->key, key))
			return ring->sorted[low];
	return NULL;
}

const struct api_key auth_anyone = {
	.id = "api_key_any", .key = "", .name = "any", .scopes = SCOPE_ALL
};

/* How many of all scopes a key has, or is granted by those it has. */
static unsigned rights(const struct api_key *key)
{
	unsigned n = 0;

	for (size_t i = SCOPE_FREE + 1; i < SCOPE_COUNT; i++)
		n += scope_allows(key->scopes, (enum scope)i);
	return n;
}

const struct api_key *keyring_best(const struct keyring *ring)
{
	const struct api_key *best = NULL;

	for (size_t i = 0; i < ring->count; i++)
		if (!best || rights(&ring->keys[i]) > rights(best))
			best = &ring->keys[i];
	return best;
}
