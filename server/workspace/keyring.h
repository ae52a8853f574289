/*
 * keyring.h - API keys: who a key is and what it may do (behaviour: section 3).
 */
#ifndef WORKSPACE_KEYRING_H
#define WORKSPACE_KEYRING_H

#include "base/arena.h"
#include "base/map.h"
#include "base/refcount.h"
#include "model/scope.h"
#include "store/store.h"

/* strict: the fixtures' keys; any: every key that is not empty, with every scope. */
enum auth_mode { AUTH_STRICT, AUTH_ANY };

struct api_key {
	const char *id;
	const char *key; /* the secret: never for logs or messages */
	const char *name;
	scope_set scopes;
	struct api_key *next;
};

/*
 * The keys of a workspace, in the fixtures' order. It never changes; a workspace whose keys do gets
 * another, and whoever still looks at this one has a reference.
 */
struct keyring {
	struct api_key *first;
	struct map by_secret;
	struct arena arena; /* of the keys and their texts */
	struct refcount refs;
};

/* A reference to every key of the database; NULL when the database or memory fails. */
struct keyring *keyring_load(struct db *db) MUST_CHECK;
/* Another reference, and one less, which frees the keyring with the last. NULL needs none. */
struct keyring *keyring_ref(struct keyring *ring);
void keyring_unref(struct keyring *ring);

/* The key's row, or NULL when it is unknown; in a time that tells nothing of a key nearly right. */
const struct api_key *keyring_find(const struct keyring *ring, const char *key);
/* Who a key that no ring has is where any is accepted: may do all. */
extern const struct api_key keyring_anyone;
/* The first of the keys that may do the most, or NULL where there is none. */
const struct api_key *keyring_best(const struct keyring *ring);

#endif
