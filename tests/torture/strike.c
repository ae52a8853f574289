/* SPDX-License-Identifier: MIT
 * strike.c - a counter. Called from within malloc, at times before anything is set up: so nothing
 * here may be instrumented, or allocate.
 */
#include "strike.h"

#if defined __clang__
#define PLAIN __attribute__((no_sanitize("address", "thread", "undefined")))
#else
#define PLAIN __attribute__((no_sanitize_address, no_sanitize_thread, no_sanitize_undefined))
#endif

const char *const strike_names[STRIKES] = { "memory", "error", "full", "busy", "nomem", "short" };

static _Thread_local struct {
	bool armed, lasting;
	enum strike what;
	long left, struck;
} plan;

void strike_arm(enum strike what, long at, bool lasting)
{
	plan.what = what;
	plan.left = at;
	plan.lasting = lasting;
	plan.struck = 0;
	plan.armed = true;
}

long strike_disarm(void)
{
	plan.armed = false;
	return plan.struck;
}

PLAIN bool strikes(enum strike what)
{
	if (!plan.armed || plan.what != what)
		return false;
	if (plan.left > 0)
		plan.left--;
	if (plan.left > 0 || (plan.struck > 0 && !plan.lasting))
		return false;
	plan.struck++;
	return true;
}
