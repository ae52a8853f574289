/* SPDX-License-Identifier: MIT
 * version.c - the table of versions, and reading the header by it.
 */
#include "model/version.h"

#include <stdio.h>

#include "base/rfc3339.h"
#include "base/util.h"

#define VERSION_NAME(symbol, name) name,
static const char *const supported[V_COUNT] = { VERSIONS(VERSION_NAME) };
#undef VERSION_NAME

static const struct {
	const char *name, *ended;
} retired[] = {
	{ "2025-10-21.zion", "2026-06-16" },
};

const char *version_name(enum version v)
{
	return supported[v];
}

const char *span_text(struct span s, char *out, size_t len)
{
	if (span_last(s) == V_NEWEST)
		snprintf(out, len, "since %s", supported[s.since]);
	else if (s.since == V_OLDEST)
		snprintf(out, len, "until %s", supported[span_last(s)]);
	else
		snprintf(out, len, "in %s to %s", supported[s.since], supported[span_last(s)]);
	return out;
}

const char *version_list(void)
{
#define VERSION_ITEM(symbol, name) ", " name
	static const char list[] = VERSIONS(VERSION_ITEM);
#undef VERSION_ITEM

	return list + 2; /* without the first ", " */
}

/* The ".train" of a value of the form YYYY-MM-DD.train, or NULL. */
static const char *train_of(const char *name)
{
	enum { DATE = sizeof "YYYY-MM-DD" - 1 };
	char midnight[64];
	int64_t micros;

	snprintf(midnight, sizeof midnight, "%.*sT00:00:00Z", (int)DATE, name);
	if (strnlen(name, DATE + 1) <= DATE || name[DATE] != '.' ||
	    !rfc3339_parse(midnight, &micros))
		return NULL;
	return name + DATE;
}

enum version_verdict version_read(const char *header, enum version_policy policy, enum version *v,
				  const char **ended)
{
	const char *train = header && policy != VERSION_STRICT ? train_of(header) : NULL;

	for (int i = 0; header && i < V_COUNT; i++)
		if (streq(header, supported[i]) ||
		    (train && same_text(train, train_of(supported[i])))) {
			*v = (enum version)i;
			return VERSION_OK;
		}
	if (policy == VERSION_ANY) {
		*v = V_NEWEST;
		return VERSION_OK;
	}
	if (!header)
		return VERSION_MISSING;
	for (size_t i = 0; i < ARRAY_LEN(retired); i++)
		if (streq(header, retired[i].name)) {
			*ended = retired[i].ended;
			return VERSION_ENDED;
		}
	return VERSION_INVALID;
}
