/* SPDX-License-Identifier: MIT
 * json_tree.h - what two trees have to do with each other: is one part of the other, and one
 * changed by the other; and trees in a writer's form. Pure.
 */
#ifndef BASE_JSON_TREE_H
#define BASE_JSON_TREE_H

#include "base/json.h"
#include "base/json_writer.h"

/*
 * Is `part` in `whole`? Of objects every member of `part` is; arrays are of one length, and each
 * item is in the item of its place; numbers are equal in value, and all else is equal.
 */
bool json_holds(const cJSON *whole, const cJSON *part);

/* Change an object by a merge patch (RFC 7396) that is an object, which is taken apart: it may only
 * be deleted. Needs no memory. */
void json_merge(cJSON *object, cJSON *patch);

/* Write a tree, with keys in their order, and numbers as they were written. */
void json_write(struct writer *w, const cJSON *json);

#endif
