/*
 * language.c - a row for each language.
 */
#include "schema/language.h"

#include "base/json.h"
#include "base/utf8.h"
#include "schema/cue.h"
#include "schema/file_format.h"
#include "schema/yaml.h"

enum { KEY_SHOWN = 48 };

/* A text as a tree; where it is none, why is set, or memory is short. */
static cJSON *parse(struct arena *a, const char *format, const char *text, const char **why)
{
	bool yaml = streq(format, "yaml");
	struct json_error e;
	cJSON *json =
	    yaml ? yaml_parse(text, strlen(text), &e) : json_parse_any(text, strlen(text), &e);

	*why = NULL;
	if (!json && e.what != json_out_of_memory)
		*why = arena_printf(a, "no %s: line %u, column %u: %s", yaml ? "YAML" : "JSON",
				    e.line, e.column, e.what);
	return json;
}

/* ---- jsonschema ------------------------------------------------------------------------------ */

static enum verdict jsonschema_document(struct arena *a, const char *format, const char *data,
					struct buf *canonical, const char **why)
{
	cJSON *json = parse(a, format, data, why);
	enum verdict verdict;

	if (!json)
		return *why ? INVALID : NO_MEMORY;
	verdict = jsonschema_check(a, json, why);
	if (verdict == VALID)
		json_add_canonical(canonical, json);
	cJSON_Delete(json);
	return verdict;
}

static enum verdict jsonschema_instance(struct arena *a, const char *format, const char *data,
					const cJSON *content, struct violation **violations)
{
	const char *why;
	cJSON *json = parse(a, format, data, &why);
	enum verdict verdict;

	if (!json)
		return why ? VALID : NO_MEMORY;
	verdict = jsonschema_validate(a, json, content, violations);
	/* What was never a schema, which fixtures alone can have, says nothing of instances. */
	if (verdict == INVALID) {
		verdict = jsonschema_check(a, json, &why);
		if (verdict != NO_MEMORY)
			verdict = verdict == VALID ? INVALID : VALID;
	}
	cJSON_Delete(json);
	return verdict;
}

/* ---- cue ------------------------------------------------------------------------------------- */

static enum verdict cue_document(struct arena *a, const char *format, const char *data,
				 struct buf *canonical, const char **why)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT(1 << 30);
	struct json_error e;

	(void)format;
	if (!cue_check(data, strlen(data), &e)) {
		*why = arena_printf(a, "no CUE: line %u, column %u: %s", e.line, e.column, e.what);
		return *why ? INVALID : NO_MEMORY;
	}
	cue_add_canonical(&text, data, strlen(data));
	if (text.bad)
		return NO_MEMORY;
	buf_add_json(canonical, text.text ? text.text : "");
	return VALID;
}

/* ---- opaque ---------------------------------------------------------------------------------- */

/* A document that says what a schema's other fields say, too, and nothing else. */
static enum verdict opaque_document(struct arena *a, const char *format, const char *data,
				    struct buf *canonical, const char **why)
{
	static const char *const keys[] = { "config_type",    "instance_filepath",
					    "instance_slots", "instance_format",
					    "language",       NULL };
	cJSON *json = parse(a, format, data, why);
	const cJSON *item;

	if (!json)
		return *why ? INVALID : NO_MEMORY;
	item = json->child;
	while (cJSON_IsObject(json) && item && language_has(keys, item->string))
		item = item->next;
	if (!cJSON_IsObject(json)) {
		*why = "expected an object";
	} else if (item) {
		const char *key = utf8_clean(a, item->string, KEY_SHOWN);

		*why = key ? arena_printf(a,
					  "unknown key '%s'; there is: config_type, "
					  "instance_filepath, instance_slots, instance_format, "
					  "language",
					  key)
			   : NULL;
	} else {
		json_add_canonical(canonical, json);
		cJSON_Delete(json);
		return VALID;
	}
	cJSON_Delete(json);
	return *why ? INVALID : NO_MEMORY;
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
	    .several = true,
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

bool language_takes_file(const struct language *l, const char *filepath)
{
	const char *format = file_format_of(filepath);

	return l->any_file || (format && language_has(l->instance_formats, format));
}

/* What fixtures hold need be no document: it is then taken as it is. */
bool language_canonical(struct arena *a, const struct language *l, const char *format,
			const char *data, struct buf *canonical)
{
	const char *why;

	switch (l->document(a, format, data, canonical, &why)) {
	case VALID:
		return true;
	case INVALID:
		buf_add_json(canonical, data);
		return true;
	default:
		return false;
	}
}

enum verdict language_check(struct arena *a, const struct language *l,
			    const struct formatted *document, const struct formatted *content,
			    const char **why, struct violation **violations)
{
	enum verdict verdict;
	cJSON *json;

	*why = NULL;
	*violations = NULL;
	if (!l->parsed)
		return VALID;
	json = parse(a, content->format, content->text, why);
	if (!json)
		return *why ? INVALID : NO_MEMORY;
	verdict = document->text && l->instance
		      ? l->instance(a, document->format, document->text, json, violations)
		      : VALID;
	cJSON_Delete(json);
	return verdict;
}
