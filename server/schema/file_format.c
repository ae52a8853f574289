/* SPDX-License-Identifier: MIT
 * file_format.c - the table of formats, and the default slot.
 */
#include "schema/file_format.h"

static const struct {
	const char *name, *media_type;
	const char *extensions[3]; /* ends with NULL */
} formats[] = {
	{ "json", "application/json", { ".json" } },
	{ "yaml", "application/yaml", { ".yaml", ".yml" } },
	{ "xml", "application/xml", { ".xml" } },
	/* These have no extension. */
	{ "jsonc", "application/jsonc", { NULL } },
	{ "text", "text/plain; charset=utf-8", { NULL } },
};

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len > n && streq(text + len - n, end);
}

const char *file_format_of(const char *filepath)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		for (const char *const *end = formats[i].extensions; *end; end++)
			if (ends_with(filepath, *end))
				return formats[i].name;
	return NULL;
}

/* The row of a format, which must exist. */
static size_t find_row(const char *format)
{
	size_t i = 0;

	while (!streq(formats[i].name, format))
		i++;
	return i;
}

const char *const *file_format_extensions(const char *format)
{
	return formats[find_row(format)].extensions;
}

const char *file_format_media_type(const char *format)
{
	return formats[find_row(format)].media_type;
}

const char file_format_slot_key[] = "default", file_format_slot_name[] = "Default";

char *file_format_slot_path(struct arena *a, const char *slug, const char *schema_format)
{
	return arena_printf(a, "/srv/miru/configs/%s.%s", slug,
			    schema_format && streq(schema_format, "yaml") ? "yaml" : "json");
}
