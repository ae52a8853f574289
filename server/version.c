/*
 * version.c - the table of versions and the reading of the header by it.
 */
#include "version.h"

#include "util.h"

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

const char *version_list(void)
{
#define VERSION_ITEM(symbol, name) ", " name
	static const char list[] = VERSIONS(VERSION_ITEM);
#undef VERSION_ITEM

	return list + 2; /* without the first comma */
}

/* The ".train" of a value of the form YYYY-MM-DD.train, or NULL. */
static const char *train_of(const char *name)
{
	static const char form[] = "dddd-dd-dd.";
	size_t i;

	for (i = 0; form[i]; i++)
		if (form[i] == 'd' ? name[i] < '0' || name[i] > '9' : name[i] != form[i])
			return NULL;
	return name + i - 1;
}

enum version_verdict version_read(const char *header, enum version_policy policy, enum version *v,
				  const char **ended)
{
	const char *train = header ? train_of(header) : NULL;

	for (int i = 0; header && i < V_COUNT; i++) {
		if (streq(header, supported[i]) ||
		    (policy != VERSION_STRICT && train && streq(train, train_of(supported[i])))) {
			*v = (enum version)i;
			return VERSION_OK;
		}
	}
	if (policy == VERSION_ANY) {
		*v = V_NEWEST;
		return VERSION_OK;
	}
	if (!header)
		return VERSION_MISSING;
	for (size_t i = 0; i < ARRAY_LEN(retired); i++) {
		if (streq(header, retired[i].name)) {
			*ended = retired[i].ended;
			return VERSION_ENDED;
		}
	}
	return VERSION_INVALID;
}
