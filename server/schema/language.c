/* SPDX-License-Identifier: MIT
 * language.c - the table of languages, and the functions in its rows.
 */
#include "schema/language.h"

#include "base/json_add.h"
#include "schema/cue.h"
#include "schema/file_format.h"
#include "schema/jsontree.h"
#include "schema/yaml.h"

/* Parse a text. If it fails: NULL, and *why, which is NULL when memory is short. */
static cJSON *parse(struct arena *a, const char *format, const char *text, const char **why)
{
	bool yaml = streq(format, "yaml");
	struct json_error e;
	cJSON *json =
	    yaml ? yaml_parse(text, strlen(text), &e) : json_parse_any(text, strlen(text), &e);

	*why = NULL;
	if (!json && e.what)
		*why = arena_printf(a, "invalid %s: line %u, column %u: %s", yaml ? "YAML" : "JSON",
				    e.line, e.column, e.what);
	return json;
}

/* ---- jsonschema ------------------------------------------------------------------------------ */

static bool jsonschema_document(struct arena *a, const char *format, const char *data,
				struct buf *canonical, const char **why)
{
	cJSON *json CLEANUP(json_free) = parse(a, format, data, why);

	if (!json || !jsonschema_check(a, json, why))
		return false;
	json_add_canonical(canonical, json);
	return true;
}

static bool jsonschema_instance(struct arena *a, const char *format, const char *data,
				const cJSON *content, struct violation **violations)
{
	const char *why;
	cJSON *json CLEANUP(json_free) = parse(a, format, data, &why);

	if (!json)
		return why != NULL;
	if (jsonschema_validate(a, json, content, violations))
		return true;
	if (!*violations || jsonschema_check(a, json, &why))
		return false;
	/* Only fixtures can have a document that is no schema: any content is an instance of it. */
	*violations = NULL;
	return why != NULL;
}

/* ---- cue ------------------------------------------------------------------------------------- */

static bool cue_document(struct arena *a, const char *format, const char *data,
			 struct buf *canonical, const char **why)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT(1 << 30);
	struct json_error e;

	(void)format;
	*why = NULL;
	if (!cue_check(data, strlen(data), &e)) {
		*why = arena_printf(a, "invalid CUE: line %u, column %u: %s", e.line, e.column,
				    e.what);
		return false;
	}
	cue_add_canonical(&text, data, strlen(data));
	if (text.bad)
		return false;
	buf_add_json(canonical, text.text ? text.text : "");
	return true;
}

/* ---- opaque ---------------------------------------------------------------------------------- */

/* A document that repeats what the schema's other fields say, and has no other keys. */
static bool opaque_document(struct arena *a, const char *format, const char *data,
			    struct buf *canonical, const char **why)
{
	static const char *const keys[] = { "config_type",    "instance_filepath",
					    "instance_slots", "instance_format",
					    "language",       NULL };
	cJSON *json CLEANUP(json_free) = parse(a, format, data, why);

	if (!json)
		return false;
	if (!cJSON_IsObject(json)) {
		*why = "expected an object";
		return false;
	}
	for (const cJSON *item = json->child; item; item = item->next)
		if (!language_has(keys, item->string)) {
			*why = arena_printf(a,
					    "unknown key %s (expected one of config_type, "
					    "instance_filepath, instance_slots, instance_format, "
					    "language)",
					    jsontree_quote(a, item->string));
			return false;
		}
	json_add_canonical(canonical, json);
	return true;
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct language languages[] = {
	{
	    .name = "jsonschema",
	    .formats = { "json", "yaml" },
	    .instance_formats = { "json", "yaml" },
	    .parsed = true,
	    .document = jsonschema_document,
	    .instance = jsonschema_instance,
	},
	{
	    .name = "cue",
	    .formats = { "cue" },
	    .instance_formats = { "json", "yaml" },
	    .many_documents = true,
	    .parsed = true,
	    .document = cue_document,
	},
	{
	    .name = "opaque",
	    .formats = { "json", "yaml" },
	    .instance_formats = { "json", "yaml", "xml", "text" },
	    .any_file = true,
	    .document = opaque_document,
	},
};

const struct language *language_find(const char *name)
{
	const struct language *l = languages;

	while (!streq(l->name, name))
		l++;
	return l;
}

bool language_has(const char *const *list, const char *text)
{
	for (; *list; list++)
		if (streq(*list, text))
			return true;
	return false;
}

bool language_allows_file(const struct language *l, const char *filepath)
{
	const char *format = file_format_of(filepath);

	return l->any_file || (format && language_has(l->instance_formats, format));
}

/* See language.h. */
bool language_canonical(struct arena *a, const struct language *l, const char *format,
			const char *data, struct buf *canonical)
{
	const char *why;

	if (l->document(a, format, data, canonical, &why))
		return true;
	if (why)
		buf_add_json(canonical, data);
	return why != NULL;
}

bool language_check(struct arena *a, const struct language *l, const struct formatted *document,
		    const struct formatted *content, const char **why,
		    struct violation **violations)
{
	*why = NULL;
	*violations = NULL;
	if (!l->parsed)
		return true;

	cJSON *json CLEANUP(json_free) = parse(a, content->format, content->text, why);

	return json && (!document->text || !l->instance ||
			l->instance(a, document->format, document->text, json, violations));
}
