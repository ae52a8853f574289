/*
 * present.h - a row, as a version of the API shows it, as JSON (behaviour: sections 7 and 14). Pure.
 *
 * What the version does not have is left out; what is null is null where the table says so; a
 * relation is there only if always shown or expanded; words that are too new become older ones.
 */
#ifndef PRESENT_H
#define PRESENT_H

#include <cjson/cJSON.h>

#include "expand.h"
#include "row.h"

/*
 * A tree for cJSON_Delete, or NULL when memory is short. It borrows the row's texts, which must
 * outlive it.
 */
cJSON *present(const struct row *row, enum version v, const struct expansion *tree) MUST_CHECK;

/* Add an item under a constant key, taking the item; false, and the item freed, when either fails. */
bool put(cJSON *object, const char *key, cJSON *item) MUST_CHECK;
bool put_text(cJSON *object, const char *key, const char *text) MUST_CHECK;

#endif
