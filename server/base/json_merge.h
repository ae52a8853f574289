/* SPDX-License-Identifier: MIT
 * json_merge.h - merge patches (RFC 7396), and trees in a writer's form. Pure.
 */
#ifndef BASE_JSON_MERGE_H
#define BASE_JSON_MERGE_H

#include "base/json.h"
#include "base/json_writer.h"

/* Change an object by a merge patch that is an object, which is taken apart: it may only be
 * deleted. Needs no memory. */
void json_merge(cJSON *object, cJSON *patch);

/* Write a tree, with keys in their order, and numbers as they were written. */
void json_write(struct writer *w, const cJSON *json);

#endif
