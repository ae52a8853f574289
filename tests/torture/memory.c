/* SPDX-License-Identifier: MIT
 * memory.c - the n-th allocation fails: ours, cJSON's, SQLite's, libyaml's, PCRE2's.
 */
#include "base/util.h"
#include "torture.h"

static const struct pace paces[] = {
	{ STRIKE_MEMORY, IN_MEMORY, 1, 19 },
	{ STRIKE_MEMORY, IN_FILE, 61, 0 },
	{ STRIKE_MEMORY, IN_OWN, 37, 0 },
	{ STRIKE_MEMORY, AT_START, 5, 23 },
};

int main(int argc, char **argv)
{
	return torture_main(argc, argv, paces, ARRAY_LEN(paces));
}
