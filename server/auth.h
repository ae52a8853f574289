/*
 * auth.h - API keys: who a key is and what it may do (behaviour: section 3).
 */
#ifndef AUTH_H
#define AUTH_H

#include "arena.h"
#include "scope.h"
#include "store.h"

/* strict: the fixtures' keys; any: every key that is not empty, with every scope. */
enum auth_mode { AUTH_STRICT, AUTH_ANY };

struct api_key {
	const char *id;
	const char *key; /* the secret: never for logs or messages */
	const char *name;
	scope_set scopes;
	uint64_t hash; /* of key: what `sorted` is sorted by */
};

/* The keys of a workspace: in the fixtures' order, and sorted for finding. */
struct keyring {
	struct api_key *keys;
	const struct api_key **sorted;
	size_t count;
	struct arena arena;
};

/* Read every key of the database. False when the database or memory fails; free it all the same. */
bool keyring_load(struct keyring *ring, struct db *db) MUST_CHECK;
void keyring_free(struct keyring *ring);

/* The key's row, or NULL when it is unknown; in a time that tells nothing of a key nearly right. */
const struct api_key *keyring_find(const struct keyring *ring, const char *key);
/* The key as `mode` sees it, or NULL when it is refused. */
const struct api_key *auth_find(const struct keyring *ring, enum auth_mode mode, const char *key);

#endif
