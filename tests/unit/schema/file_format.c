/* SPDX-License-Identifier: MIT */
/* What the extensions of files tell, how formats are handed out, and the path of a default slot. */
#include "schema/file_format.h"

#include "unit/unit.h"

static void test_formats(void)
{
	static const struct {
		const char *filepath, *want;
	} cases[] = {
		{ "/a.json", "json" },
		{ "/a.yaml", "yaml" },
		{ "/a.yml", "yaml" },
		{ "/a.xml", "xml" },
		{ "/a.b/c.json", "json" },
		{ "/a.json.xml", "xml" },
		{ "/.json", "json" },
		{ "/a.json.bak", NULL },
		{ "/a.JSON", NULL },
		{ "/a.jsonc", NULL },
		{ "/a.txt", NULL },
		{ "/json", NULL },
		{ "/a.json/b", NULL },
		{ "/a", NULL },
		{ "/a.", NULL },
		{ ".json", NULL },
		{ "", NULL },
		{ "/a.json/", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		EQ_STR_IN(cases[i].filepath, file_format_of(cases[i].filepath), cases[i].want);
}

/* An extension that tells of a format is one of that format's. */
static void test_rows(void)
{
	static const char *const names[] = { "json", "yaml", "xml", "jsonc", "text" };
	static const char *const types[] = { "application/json", "application/yaml",
					     "application/xml", "application/jsonc",
					     "text/plain; charset=utf-8" };
	char file[64];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		EQ_STR(file_format_media_type(names[i]), types[i]);
		for (const char *const *end = file_format_extensions(names[i]); *end; end++) {
			snprintf(file, sizeof file, "/a%s", *end);
			EQ_STR(file_format_of(file), names[i]);
		}
	}
	EQ_STR(file_format_extensions("yaml")[1], ".yml");
	EQ_STR(file_format_extensions("text")[0], NULL);
}

static void test_filepaths(void)
{
	static const struct {
		const char *slug, *format, *want;
	} cases[] = {
		{ "motion", "json", "/srv/miru/configs/motion.json" },
		{ "motion", "yaml", "/srv/miru/configs/motion.yaml" },
		{ "motion", "cue", "/srv/miru/configs/motion.json" },
		{ "motion", NULL, "/srv/miru/configs/motion.json" },
		{ "a-2", "yaml", "/srv/miru/configs/a-2.yaml" },
	};
	struct arena a;

	arena_init(&a, NULL, 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		EQ_STR(file_format_slot_path(&a, cases[i].slug, cases[i].format), cases[i].want);
	arena_free(&a);
}

UNIT_MAIN("file_format", { "formats", test_formats }, { "rows", test_rows },
	  { "filepaths", test_filepaths })
