/* SPDX-License-Identifier: MIT
 * digest.h - digests of config schemas: two schemas with one digest are the same (behaviour:
 * sections 9.1 and 10.2). Pure; only digest.c knows Nettle.
 */
#ifndef SCHEMA_DIGEST_H
#define SCHEMA_DIGEST_H

#include "base/arena.h"

struct digest_slot {
	const char *key, *filepath;
	bool required;
};

/* What a digest depends on: not the names of slots and documents. */
struct digest_input {
	const char *config_type_id, *language, *format, *instance_format;
	const char *documents; /* their canonical forms, a JSON array */
	const struct digest_slot *slots;
	size_t nslots;
};

/* "sha256:" and the hash of the bytes in base 58. NULL when memory is short. */
char *digest_text(struct arena *a, const char *bytes, size_t len);
/* The digest of a schema. NULL when memory is short. */
char *digest_schema(struct arena *a, const struct digest_input *in);

#endif
