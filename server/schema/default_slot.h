/*
 * default_slot.h - the slot of a schema that names none (behaviour: section 10.2). Pure.
 */
#ifndef SCHEMA_DEFAULT_SLOT_H
#define SCHEMA_DEFAULT_SLOT_H

#include "base/arena.h"

/* It is required, and its file is slot_filepath, unless one is named. */
extern const char slot_default_key[], slot_default_name[];

/* Its file, by the config type's slug and the format of the schema (may be NULL). NULL when memory
 * is short. */
char *slot_filepath(struct arena *a, const char *slug, const char *schema_format);

#endif
