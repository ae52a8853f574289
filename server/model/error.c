/* SPDX-License-Identifier: MIT
 * error.c - the rows of error.h's table.
 */
#include "model/error.h"

#include "base/util.h"

/* clang-format off */
static const struct {
	int status;
	const char *code;
} errors[] = {
	[ERR_NONE] = { 200, "" },
#define ERROR_ROW(symbol, status, code) [ERR_##symbol] = { status, code },
	ERRORS(ERROR_ROW)
#undef ERROR_ROW
};
/* clang-format on */

int error_status(enum error e)
{
	return errors[e].status;
}

const char *error_code(enum error e)
{
	return errors[e].code;
}

enum error error_find(int status, const char *code)
{
	for (enum error e = ERR_NONE + 1; e < ERR_COUNT; e++)
		if (error_status(e) == status && streq(error_code(e), code))
			return e;
	return ERR_NONE;
}
