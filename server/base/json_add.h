/* SPDX-License-Identifier: MIT
 * json_add.h - appends a tree as compact JSON: canonical, or as it was written. Pure.
 *
 * The stack limits the depth of a tree; those of json_parse() and the like are fine.
 */
#ifndef BASE_JSON_ADD_H
#define BASE_JSON_ADD_H

#include "base/json.h"

/*
 * Append JSON with sorted keys; of a key that repeats, the last member; numbers as in
 * decimal_add_canonical(). Equal trees give equal bytes.
 */
void json_add_canonical(struct buf *b, const cJSON *json);
/* Append JSON with keys in their order, and numbers as they were written. */
void json_add_verbatim(struct buf *b, const cJSON *json);

#endif
