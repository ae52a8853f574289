/* SPDX-License-Identifier: MIT */
/* Globs against paths of the API, with a prefix and without. */
#include "model/api_path.h"

#include "unit/unit.h"

static const struct {
	const char *pattern, *path;
	bool fits;
} paths[] = {
	{ "/devices", "/devices", true },
	{ "/devices", "/beta/devices", true },
	{ "/devices", "/v1/devices", true },
	{ "/devices", "/%62eta/devices", true },
	{ "/devices", "/be%zz/devices", false },
	{ "/devices", "/v2/devices", false },
	{ "/devices", "/betadevices", false },
	{ "/devices", "/beta/v1/devices", false },
	{ "/beta/devices", "/beta/devices", true },
	{ "/beta/devices", "/devices", false },
	{ "/beta/devices", "/v1/devices", false },
	{ "/*", "/beta/devices", true },
	{ "/", "/beta/", true },
	{ "/", "/beta", false },
	{ "*", "", true },
	{ "/", "http", false },
};

static void test_paths(void)
{
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		EQ_INT_IN(paths[i].path,
			  api_path_matches(paths[i].pattern, paths[i].path,
					   api_path_prefix(paths[i].path)),
			  paths[i].fits);
}

UNIT_MAIN("api_path", { "paths", test_paths })
