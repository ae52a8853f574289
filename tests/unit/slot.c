/* Slots: the file that one has where nobody says it, and the format that a file's name tells of. */
#include "schema/default_slot.h"

#include "unit.h"

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
		EQ_STR(slot_filepath(&a, cases[i].slug, cases[i].format), cases[i].want);
	arena_free(&a);
}

UNIT_MAIN("slot", { "filepaths", test_filepaths })
