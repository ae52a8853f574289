/*
 * default_slot.c - its words.
 */
#include "schema/default_slot.h"

const char slot_default_key[] = "default", slot_default_name[] = "Default";

char *slot_filepath(struct arena *a, const char *slug, const char *schema_format)
{
	return arena_printf(a, "/srv/miru/configs/%s.%s", slug,
			    schema_format && streq(schema_format, "yaml") ? "yaml" : "json");
}
