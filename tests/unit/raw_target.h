/* SPDX-License-Identifier: MIT
 * raw_target.h - a raw target, located and parsed.
 */
#ifndef UNIT_RAW_TARGET_H
#define UNIT_RAW_TARGET_H

#include "http/target.h"

static inline bool parse_raw(struct arena *a, const char *raw, struct target *t, const char **why)
{
	target_locate(raw, t);
	return target_parse(a, raw, t, why);
}

#endif
