/* SPDX-License-Identifier: MIT
 * json_subset.h - does JSON hold what another JSON asks for? Pure.
 */
#ifndef BASE_JSON_SUBSET_H
#define BASE_JSON_SUBSET_H

#include "base/json.h"

/* Are two numbers, texts, truth values or nulls equal? Of lists and objects: false. */
bool json_same_scalar(const cJSON *a, const cJSON *b);
/*
 * An object holds another one if it has all members of that one, and each of them holds the
 * other's. A list holds another one if it has as many items, each of which holds another item of
 * that one, in any order. All else must be equal. `have` may be NULL: nothing is there.
 * *failed is set, and nothing is known, when memory is short.
 */
bool json_holds(const cJSON *have, const cJSON *want, bool *failed);

#endif
