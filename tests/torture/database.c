/* SPDX-License-Identifier: MIT
 * database.c - the n-th call of a database's file fails.
 */
#include "base/util.h"
#include "torture.h"

static const struct pace paces[] = {
	{ STRIKE_ERROR, IN_MEMORY, 1, 3 }, { STRIKE_FULL, IN_MEMORY, 3, 0 },
	{ STRIKE_BUSY, IN_MEMORY, 1, 1 },  { STRIKE_ERROR, IN_FILE, 1, 3 },
	{ STRIKE_FULL, IN_FILE, 1, 3 },    { STRIKE_BUSY, IN_FILE, 1, 1 },
	{ STRIKE_NOMEM, IN_FILE, 5, 0 },   { STRIKE_SHORT, IN_FILE, 1, 0 },
	{ STRIKE_ERROR, IN_OWN, 3, 0 },    { STRIKE_BUSY, IN_OWN, 3, 0 },
	{ STRIKE_ERROR, AT_START, 1, 1 },  { STRIKE_FULL, AT_START, 1, 1 },
	{ STRIKE_BUSY, AT_START, 1, 1 },   { STRIKE_NOMEM, AT_START, 1, 3 },
	{ STRIKE_SHORT, AT_START, 1, 1 },
};

int main(int argc, char **argv)
{
	return torture_main(argc, argv, paces, ARRAY_LEN(paces));
}
