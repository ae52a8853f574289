/* SPDX-License-Identifier: MIT
 * api_path.c - the table of prefixes.
 */
#include "model/api_path.h"

#include "base/glob.h"
#include "base/percent.h"

/* As the SDK's environments and the agent's scripts have them (behaviour: section 1). */
static const char *const prefixes[] = { "beta", "v1" };

size_t api_path_prefix(const char *path)
{
	enum { PREFIX_MAX = 4, ENCODED = 3 /* bytes of an encoded character */ };
	char segment[PREFIX_MAX * ENCODED + 1];
	size_t len = *path == '/' ? strcspn(path + 1, "/?") : 0;

	if (len == 0 || len >= sizeof segment || path[1 + len] != '/' ||
	    percent_decode(path + 1, len, false, segment) != PERCENT_OK)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		if (streq(segment, prefixes[i]))
			return 1 + len;
	return 0;
}

bool api_path_matches(const char *glob, const char *path, size_t prefix)
{
	return glob_matches(glob, path) || (prefix > 0 && glob_matches(glob, path + prefix));
}

/* api_path_may_match() without a prefix. */
static bool may_match(const char *glob, const char *template)
{
	while (*glob && *glob != '*' && *glob != '%') {
		if (*template == '{') {
			if (*glob == '/') /* an id is not empty */
				return false;
			glob += strcspn(glob, "/*%");
			template += strcspn(template, "}") + 1;
		} else if (*glob++ != *template ++) {
			return false;
		}
	}
	return *glob || !*template;
}

bool api_path_may_match(const char *glob, const char *template)
{
	if (may_match(glob, template))
		return true;
	for (size_t i = 0; *glob == '/' && i < ARRAY_LEN(prefixes); i++) {
		const char *rest = glob + 1, *prefix = prefixes[i];

		for (; *prefix && *rest == *prefix; prefix++)
			rest++;
		if (*prefix ? *rest == '*' || *rest == '%' : may_match(rest, template))
			return true;
	}
	return false;
}
