/* SPDX-License-Identifier: MIT */
/* How devices progress: what --transitions may say. */
#include "model/progression.h"

#include "base/util.h"
#include "unit/unit.h"

static void test_transitions(void)
{
	static const struct {
		const char *text;
		bool ok;
		enum progression progression;
		int64_t micros, polls;
	} cases[] = {
		{ "immediate", true, PROGRESS_IMMEDIATE, 0, 0 },
		{ "manual", true, PROGRESS_MANUAL, 0, 0 },
		{ "0", true, PROGRESS_TIME, 0, 0 },
		{ "5", true, PROGRESS_TIME, 5000000, 0 },
		{ "0.25", true, PROGRESS_TIME, 250000, 0 },
		{ "0.1", true, PROGRESS_TIME, 100000, 0 },
		{ "0.000249", true, PROGRESS_TIME, 249, 0 },
		{ "31622400", true, PROGRESS_TIME, INT64_C(31622400000000), 0 },
		{ "31622401", false, 0, 0, 0 },
		{ "polls:1", true, PROGRESS_POLLS, 0, 1 },
		{ "polls:1000000", true, PROGRESS_POLLS, 0, 1000000 },
		{ "polls:1000001", false, 0, 0, 0 },
		{ "polls:0", false, 0, 0, 0 },
		{ "polls:-1", false, 0, 0, 0 },
		{ "polls:", false, 0, 0, 0 },
		{ "polls: 1", false, 0, 0, 0 },
		{ "time", false, 0, 0, 0 },
		{ "Manual", false, 0, 0, 0 },
		{ "", false, 0, 0, 0 },
		{ "-1", false, 0, 0, 0 },
		{ "+1", false, 0, 0, 0 },
		{ " 1", false, 0, 0, 0 },
		{ "1 ", false, 0, 0, 0 },
		{ "1s", false, 0, 0, 0 },
		{ "1e3", false, 0, 0, 0 },
		{ "0x10", false, 0, 0, 0 },
		{ "1.2.3", false, 0, 0, 0 },
		{ "nan", false, 0, 0, 0 },
		{ "99999999999999999999999999", false, 0, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct transitions t;
		bool ok = progression_read(cases[i].text, &t);

		EQ_INT_IN(cases[i].text, ok, cases[i].ok);
		if (!ok || !cases[i].ok)
			continue;
		EQ_INT_IN(cases[i].text, t.progression, cases[i].progression);
		EQ_INT_IN(cases[i].text, t.micros, cases[i].micros);
		EQ_INT_IN(cases[i].text, t.polls, cases[i].polls);
	}
}

/* Each progression has the word by which it is read, but for those that are read with a number. */
static void test_words(void)
{
	for (int p = 0; p < PROGRESS_COUNT; p++) {
		const char *word = progression_words[p].text;
		struct transitions t;

		const bool alone = p != PROGRESS_TIME && p != PROGRESS_POLLS;

		EQ_INT_IN(word, progression_read(word, &t), alone);
		EQ_INT_IN(word, !alone || (int)t.progression == p, true);
	}
	EQ_STR(progression_words[PROGRESS_TIME].text, "time");
	EQ_STR(progression_words[PROGRESS_COUNT].text, NULL);
}

UNIT_MAIN("progression", { "transitions", test_transitions }, { "words", test_words })
