/*
 * new_row.h - a row in the making: a text for each field, and what follows for the rest. Knows the
 * resource table, nothing of requests.
 */
#ifndef API_NEW_ROW_H
#define API_NEW_ROW_H

#include "model/body.h"
#include "workspace/transaction.h"

struct draft {
	const struct resource *resource;
	const char *values[FIELDS_MAX]; /* as they are stored; NULL: null, or not said; borrowed */
};

void draft_begin(struct draft *d, enum resource_id resource);
/* Say a field, which the resource must have. */
void draft_set(struct draft *d, const char *field, const char *text);
const char *draft_text(const struct draft *d, const char *field);
/* Say every field that a body says, as a single value, and the resource stores. */
void draft_say(struct draft *d, const struct body *body);
/* Give an id, a preset, the change's time, or another field's value to what is not said. False when
 * the database or memory fails. */
bool draft_complete(struct draft *d, struct change *c) MUST_CHECK;
/* Store it: see store/insert.h. */
enum step draft_insert(const struct draft *d, struct change *c, const char *owner,
		       size_t position) MUST_CHECK;

#endif
