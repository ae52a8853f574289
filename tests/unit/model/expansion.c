/* SPDX-License-Identifier: MIT */
/* The expand parameter: every encoding, nesting, and what is refused. */
#include "model/expansion.h"

#include "unit/raw_target.h"
#include "unit/unit.h"

static void describe(const struct expansion *e, char *out, size_t len)
{
	/* Siblings come in any order; show them in the table's. */
	size_t used = strlen(out);

	for (const struct field *f = NULL; e;) {
		const struct expansion *next = NULL;

		for (const struct expansion *x = e; x; x = x->next)
			if ((!f || x->field > f) && (!next || x->field < next->field))
				next = x;
		if (!next)
			return;
		f = next->field;
		used += (size_t)snprintf(out + used, len - used, "%s%s",
					 used && out[used - 1] != '(' ? " " : "", f->name);
		if (next->children) {
			snprintf(out + used, len - used, "(");
			describe(next->children, out, len);
			used = strlen(out);
			used += (size_t)snprintf(out + used, len - used, ")");
		}
	}
}

#define EMPTY "expand has an empty name; separate names by one comma, levels by one dot"
#define T_HAS "2026-03-09.tetons has: device, release, config_instances"
#define E_HAS "2026-08-17.everglades has: device, release, parent, config_instances"

static const struct {
	enum version v;
	const char *query, *want;
} cases[] = {
	{ V_TETONS, "", "" },
	{ V_TETONS, "expand=", "" },
	{ V_TETONS, "expand", "" },
	{ V_TETONS, "expand=device", "device" },
	{ V_TETONS, "expand=device,release", "device release" },
	{ V_TETONS, "expand=release,device", "device release" },
	{ V_TETONS, "expand=device%2Crelease", "device release" },
	{ V_TETONS, "expand=device&expand=release", "device release" },
	{ V_TETONS, "expand[]=device&expand[]=release", "device release" },
	{ V_TETONS, "expand%5B%5D=device&expand=release,config_instances",
	  "device release config_instances" },
	{ V_TETONS, "expand=device,device&expand=device", "device" },
	{ V_TETONS, "expand=release.config_schemas", "release(config_schemas)" },
	{ V_TETONS, "expand=release,release.config_schemas.documents",
	  "release(config_schemas(documents))" },
	{ V_TETONS, "expand=release.config_schemas.documents,release.config_schemas.config_type",
	  "release(config_schemas(documents config_type))" },
	{ V_RAINIER, "expand=device.current_deployment.release.config_schemas",
	  "device(current_deployment(release(config_schemas)))" },
	{ V_EVERGLADES, "expand=parent.parent.parent.device,parent.release",
	  "parent(release parent(parent(device)))" },
	{ V_EVERGLADES, "expand=device.group.parent.parent", "device(group(parent(parent)))" },
	{ V_TETONS, "Expand=x&expand[a]=y&expand[=y&expand]=y&[0]=y&fields=z",
	  "" }, /* names unknown to the API are ignored */
	{ V_TETONS, "expand=nope", "! unknown expansion 'nope' of deployment; " T_HAS },
	{ V_TETONS, "expand=device,,release", "! " EMPTY },
	{ V_TETONS, "expand=device,", "! " EMPTY },
	{ V_TETONS, "expand=device, release",
	  "! unknown expansion ' release' of deployment; " T_HAS },
	{ V_TETONS, "expand=Device", "! unknown expansion 'Device' of deployment; " T_HAS },
	{ V_TETONS, "expand=device|release",
	  "! unknown expansion 'device|release' of deployment; " T_HAS },
	{ V_TETONS, "expand=total_count",
	  "! unknown expansion 'total_count' of deployment; " T_HAS },
	{ V_TETONS, "expand=status", "! unknown expansion 'status' of deployment; " T_HAS },
	{ V_TETONS, "expand=parent",
	  "! expansion 'parent' of deployment exists since 2026-08-17.everglades; " T_HAS },
	{ V_EVERGLADES, "expand=x", "! unknown expansion 'x' of deployment; " E_HAS },
	{ V_TETONS, "expand=device.group",
	  "! expansion 'group' of device exists since 2026-08-17.everglades; "
	  "2026-03-09.tetons has: none" },
	{ V_TETONS, "expand=device.", "! " EMPTY },
	{ V_TETONS, "expand=.device", "! " EMPTY },
	{ V_TETONS, "expand=release.config_schemas.documents.x",
	  "! unknown expansion 'x' of documents; 2026-03-09.tetons has: none" },
	{ V_TETONS, "expand=release.config_schemas.instance_slots",
	  "! unknown expansion 'instance_slots' of config_schema; 2026-03-09.tetons has: "
	  "documents, "
	  "config_type" },
	{ V_EVERGLADES, "expand=parent.parent.parent.parent", "parent(parent(parent(parent)))" },
	{ V_EVERGLADES, "expand=parent.parent.parent.parent.device",
	  "! expand goes at most 4 levels deep; 'device' is one too deep" },
};

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a;
		struct parser p = { .arena = &a };
		struct target t;
		struct expansions e;
		char raw[256], is[512] = "";
		const char *why;

		arena_init(&a, NULL, 0);
		snprintf(raw, sizeof raw, "/?%s", cases[i].query);
		/* Spaces and pipes are the test's way of writing %20 and %7C. */
		for (char *c = raw; *c; c++)
			if (*c == ' ')
				*c = '+';
		CU_ASSERT_FATAL(parse_raw(&a, raw, &t, &why));
		p.version = cases[i].v;
		if (expansion_parse(&p, &resources[R_DEPLOYMENT], false, &t.query, &e))
			describe(e.tree, is, sizeof is);
		else
			snprintf(is, sizeof is, "! %s", p.error.message);
		EQ_STR_IN(cases[i].query, is, cases[i].want);
		arena_free(&a);
	}
}

/* A name that never ends, and names without number, cost no more than their bytes. */
static void test_long(void)
{
	enum { LEN = 60000 };
	static char value[LEN + 1];
	const struct pairs query = { &(const struct pair){ "expand", value }, 1 };
	struct arena a;
	struct parser p = { .arena = &a, .version = V_TETONS };
	struct expansions e;

	arena_init(&a, NULL, 0);
	memset(value, 'x', LEN);
	CU_ASSERT(!expansion_parse(&p, &resources[R_DEPLOYMENT], false, &query, &e));
	CU_ASSERT(strlen(p.error.message) < 256);
	for (size_t i = 0; i < LEN; i++)
		value[i] = "device,"[i % 7];
	value[LEN - LEN % 7 - 1] = '\0';
	CU_ASSERT(expansion_parse(&p, &resources[R_DEPLOYMENT], false, &query, &e));
	CU_ASSERT_PTR_NULL(e.tree->next);
	arena_free(&a);
}

UNIT_MAIN("expansion", { "cases", test_cases }, { "long", test_long })
