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

/* Whether a path that a template has could fit. */
static const struct {
	const char *pattern, *template;
	bool may;
} templates[] = {
	{ "/devices", "/devices", true },
	{ "/devices", "/devices/{id}", false },
	{ "/devices/", "/devices/{id}", false },
	{ "/devices//ping", "/devices/{id}/ping", false },
	{ "/devices/x", "/devices/{id}", true },
	{ "/devices/x", "/devices", false },
	{ "/devices/x/", "/devices/{id}", false },
	{ "/devices/x/ping", "/devices/{id}/ping", true },
	{ "/devices/x/pin", "/devices/{id}/ping", false },
	{ "/devices/x*", "/devices/{id}/ping", true },
	{ "/devices/*", "/devices/{id}", true },
	{ "/dev*", "/devices", true },
	{ "/dex*", "/devices", false },
	{ "*", "/devices", true },
	{ "/*", "/devices", true },
	{ "/%64evices", "/devices", true },
	{ "/devices/%41", "/devices/{id}", true },
	{ "/beta/devices/x", "/devices/{id}", true },
	{ "/v1/devices", "/devices", true },
	{ "/b*", "/devices", true },
	{ "/b%65ta/devices", "/devices", true },
	{ "/beta*", "/devices", true },
	{ "/beta", "/devices", false },
	{ "/beta/v1/devices", "/devices", false },
	{ "/v2/devices", "/devices", false },
	{ "", "/devices", false },
};

static void test_templates(void)
{
	for (size_t i = 0; i < ARRAY_LEN(templates); i++)
		EQ_INT_IN(templates[i].pattern,
			  api_path_may_match(templates[i].pattern, templates[i].template),
			  templates[i].may);
}

UNIT_MAIN("api_path", { "paths", test_paths }, { "templates", test_templates })
