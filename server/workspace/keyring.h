/* SPDX-License-Identifier: MIT
 * keyring.h - the API keys of a workspace, and what each may do (behaviour: section 3).
 */
#ifndef WORKSPACE_KEYRING_H
#define WORKSPACE_KEYRING_H

#include "base/arena.h"
#include "base/map.h"
#include "base/refcount.h"
#include "model/scope.h"
#include "store/store.h"

/* AUTH_STRICT: the fixtures' keys; AUTH_ANY: every key that is not empty, with every scope. */
enum auth_mode { AUTH_STRICT, AUTH_ANY };

struct api_key {
	const char *id;
	const char *key; /* the secret: never for logs or messages */
	const char *name;
	scope_set scopes;
	struct api_key *next;
};

/*
 * The keys of a workspace, in the fixtures' order. A keyring never changes: if the keys change, the
 * workspace gets another one, and threads that still use this one have references.
 */
struct keyring {
	struct api_key *first;
	struct map by_secret;
	struct arena arena; /* of the keys and their texts */
	struct refcount refs;
};

/* The keys of a database, with one reference. NULL when the database or memory fails. */
struct keyring *keyring_load(struct db *db) MUST_CHECK;
/* Take a reference; drop one, which frees the keyring if it was the last. NULL is fine. */
struct keyring *keyring_ref(struct keyring *ring);
void keyring_unref(struct keyring *ring);

/* Find a key by its secret; NULL if there is none. The time that this takes tells nothing of a
 * secret that is nearly right. */
const struct api_key *keyring_find(const struct keyring *ring, const char *key);
/* The API key as logs and lists show one that is unknown here, which may be a secret of another
 * system: "****", and its end if it is long. */
enum { KEY_MASK_BYTES = 9 };
const char *keyring_mask(const char *key, size_t len, char shown[static KEY_MASK_BYTES]);
/* What a key that no keyring has stands for under AUTH_ANY: it may do all. */
extern const struct api_key keyring_anyone;
/* The first of the keys with the most scopes; NULL if there are no keys. */
const struct api_key *keyring_best(const struct keyring *ring);

#endif
