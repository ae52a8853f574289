/* SPDX-License-Identifier: MIT */
/* What a list's query asks for: filters in every spelling, order, page, and what is refused. */
#include "model/list_query.h"

#include "base/buf.h"
#include "unit/raw_target.h"
#include "unit/unit.h"

/*
 * A listing as text: "field=value|value field=... by field:asc,... limit+offset". Parameters that
 * are refused: "! parameter: why".
 */
static void describe(const struct list_query *l, struct buf *out)
{
	for (size_t i = 0; i < l->nfilters; i++) {
		const struct filter *f = &l->filters[i];

		buf_printf(out, "%s=", f->field->name);
		for (size_t n = 0; n < f->count; n++)
			buf_printf(out, "%s%s", n ? " " : "", f->values[n]);
		buf_add(out, "; ");
	}
	for (size_t i = 0; i < l->norders; i++)
		buf_printf(out, "%s%s%s", i ? "," : "by ", l->orders[i].field->name,
			   l->orders[i].ascending ? ":asc" : "");
	buf_printf(out, " %lld+%lld", (long long)l->limit, (long long)l->offset);
}

#define DEFAULTS "by created_at,id:asc 10+0"
#define T        "2026-03-09.tetons"
#define E        "2026-08-17.everglades"
#define T_BY     "for a device: id, created_at; each may end with :asc or :desc"

static const struct {
	enum resource_id resource;
	enum version v;
	bool pipe_only;
	const char *query, *want;
} cases[] = {
	/* pages */
	{ R_DEVICE, V_TETONS, false, "", DEFAULTS },
	{ R_DEVICE, V_TETONS, false, "limit=5&offset=7", "by created_at,id:asc 5+7" },
	{ R_DEVICE, V_TETONS, false, "limit=1&offset=0", "by created_at,id:asc 1+0" },
	{ R_DEVICE, V_TETONS, false, "limit=100", "by created_at,id:asc 100+0" },
	{ R_DEVICE, V_TETONS, false, "limit=101", "by created_at,id:asc 100+0" },
	{ R_DEVICE, V_TETONS, false, "limit=0&offset=-3", "by created_at,id:asc 1+0" },
	{ R_DEVICE, V_TETONS, false, "limit=-99999999999999999999", "by created_at,id:asc 1+0" },
	{ R_DEVICE, V_TETONS, false, "limit=99999999999999999999&offset=99999999999999999999",
	  "by created_at,id:asc 100+9007199254740991" },
	{ R_DEVICE, V_TETONS, false, "limit=007", "by created_at,id:asc 7+0" },
	{ R_DEVICE, V_TETONS, false, "limit=&offset=", DEFAULTS },
	{ R_DEVICE, V_TETONS, false, "limit=5&limit=5", "by created_at,id:asc 5+0" },
	{ R_DEVICE, V_TETONS, false, "limit=5&limit=6",
	  "! limit: limit is given twice, as '5' and as '6'; send it once" },
	{ R_DEVICE, V_TETONS, false, "limit=x", "! limit: limit 'x': expected an integer" },
	{ R_DEVICE, V_TETONS, false, "limit=1.5", "! limit: limit '1.5': expected an integer" },
	{ R_DEVICE, V_TETONS, false, "limit=+5", "! limit: limit ' 5': expected an integer" },
	{ R_DEVICE, V_TETONS, false, "limit=-", "! limit: limit '-': expected an integer" },
	{ R_DEVICE, V_TETONS, false, "offset=1e3", "! offset: offset '1e3': expected an integer" },
	{ R_DEVICE, V_TETONS, false, "Limit=x&limits=x", DEFAULTS },
	/* order */
	{ R_DEVICE, V_TETONS, false, "order_by=created_at:asc", "by created_at:asc,id:asc 10+0" },
	{ R_DEVICE, V_TETONS, false, "order_by=id", "by id 10+0" },
	{ R_DEVICE, V_TETONS, false, "order_by=id:asc,created_at", "by id:asc,created_at 10+0" },
	{ R_DEVICE, V_EVERGLADES, false, "order_by=status:desc,created_at:asc",
	  "by status,created_at:asc,id:asc 10+0" },
	{ R_DEVICE, V_EVERGLADES, false, "order_by=status&order_by[]=id:desc",
	  "by status,id 10+0" },
	{ R_DEVICE, V_TETONS, false, "order_by=created_at,created_at:asc", DEFAULTS },
	{ R_GROUP, V_EVERGLADES, false, "order_by=name:asc,updated_at",
	  "by name:asc,updated_at,id:asc 10+0" },
	{ R_DEVICE, V_TETONS, false, "order_by=", DEFAULTS },
	{ R_DEVICE, V_TETONS, false, "order_by=status",
	  "! order_by: unknown order_by 'status'; " T " has " T_BY },
	{ R_DEVICE, V_TETONS, false, "order_by=name",
	  "! order_by: unknown order_by 'name'; " T " has " T_BY },
	{ R_DEVICE, V_TETONS, false, "order_by=id:up",
	  "! order_by: unknown order_by 'id:up'; " T " has " T_BY },
	{ R_DEVICE, V_TETONS, false, "order_by=id:ASC",
	  "! order_by: unknown order_by 'id:ASC'; " T " has " T_BY },
	{ R_DEVICE, V_TETONS, false,
	  "order_by=id:", "! order_by: unknown order_by 'id:'; " T " has " T_BY },
	{ R_DEVICE, V_TETONS, false, "order_by=id,",
	  "! order_by: order_by has an empty name; separate names by one comma" },
	{ R_DEVICE, V_TETONS, false, "order_by=id|created_at",
	  "! order_by: unknown order_by 'id|created_at'; " T " has " T_BY },
	/* filters */
	{ R_DEVICE, V_TETONS, false, "id=a", "id=a; " DEFAULTS },
	{ R_DEVICE, V_TETONS, false, "id=a&name=b", "id=a; name=b; " DEFAULTS },
	{ R_DEVICE, V_TETONS, false, "id=a&name=b&id=c", "id=a c; name=b; " DEFAULTS },
	{ R_DEVICE, V_TETONS, false, "id[]=a&id[]=b", "id=a b; " DEFAULTS },
	{ R_DEVICE, V_TETONS, false, "id=a|b|c", "id=a b c a|b|c; " DEFAULTS },
	{ R_DEVICE, V_TETONS, false, "name=a,b", "name=a b a,b; " DEFAULTS },
	{ R_DEVICE, V_TETONS, false, "name=a,b|c", "name=a b a,b c a,b|c; " DEFAULTS },
	{ R_DEVICE, V_TETONS, false, "name=,", "name=,; " DEFAULTS },
	{ R_DEVICE, V_TETONS, false, "name=a,", "name=a a,; " DEFAULTS },
	{ R_DEVICE, V_TETONS, false, "name=&id=", DEFAULTS },
	{ R_DEVICE, V_TETONS, false, "name", DEFAULTS },
	{ R_DEVICE, V_TETONS, false, "Name=a&search=b&[]=c", DEFAULTS },
	{ R_DEVICE, V_TETONS, false, "created_at=x&description=y", DEFAULTS },
	/* of versions: what a version does not have is nobody's */
	{ R_DEVICE, V_TETONS, false, "status=nonsense&current_release_id=r", DEFAULTS },
	{ R_DEVICE, V_RAINIER, false, "status=nonsense&current_release_id=r",
	  "current_release_id=r; " DEFAULTS },
	{ R_DEVICE, V_EVERGLADES, false, "status=online,offline&group_id=g",
	  "status=online offline; group_id=g; " DEFAULTS },
	/* words */
	{ R_DEVICE, V_EVERGLADES, false, "status=online|offline",
	  "status=online offline; " DEFAULTS },
	{ R_DEVICE, V_EVERGLADES, false, "status=online,", "status=online; " DEFAULTS },
	{ R_DEVICE, V_EVERGLADES, false, "status=online|offline&status=offline,online",
	  "status=online offline; " DEFAULTS },
	{ R_DEVICE, V_EVERGLADES, false, "status=nope",
	  "! status: unknown status 'nope'; " E " has: inactive, activating, online, offline, "
	  "archived" },
	{ R_DEVICE, V_EVERGLADES, false, "status=online,nope",
	  "! status: unknown status 'nope'; " E " has: inactive, activating, online, offline, "
	  "archived" },
	{ R_DEVICE, V_EVERGLADES, false, "status=Online",
	  "! status: unknown status 'Online'; " E " has: inactive, activating, online, offline, "
	  "archived" },
	{ R_DEVICE, V_EVERGLADES, false, "status=,",
	  "! status: unknown status ','; " E " has: inactive, activating, online, offline, "
	  "archived" },
	{ R_DEPLOYMENT, V_TETONS, false, "activity_status=removing",
	  "! activity_status: unknown activity_status 'removing'; " T " has: drifted, staged, "
	  "queued, deployed, archived" },
	/* what a version shows as a word is found by that word */
	{ R_DEPLOYMENT, V_TETONS, false, "activity_status=deployed",
	  "activity_status=deployed removing; " DEFAULTS },
	{ R_DEPLOYMENT, V_RAINIER, false, "activity_status=deployed,removing",
	  "activity_status=deployed removing; " DEFAULTS },
	{ R_DEPLOYMENT, V_RAINIER, false, "activity_status=deployed",
	  "activity_status=deployed; " DEFAULTS },
	/* --pipe-only-filters */
	{ R_DEVICE, V_TETONS, true, "id=a|b", "id=a b a|b; " DEFAULTS },
	{ R_DEVICE, V_TETONS, true, "id=a,b", "id=a,b; " DEFAULTS },
	{ R_DEVICE, V_EVERGLADES, true, "status=online|offline",
	  "status=online offline; " DEFAULTS },
	{ R_DEVICE, V_EVERGLADES, true, "status=online,offline",
	  "! status: unknown status 'online,offline'; " E
	  " has: inactive, activating, online, offline, archived" },
};

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct list_query_rules rules = { .max_limit = 100,
							.pipe_only = cases[i].pipe_only };
		struct buf is = BUF_INIT(4096);
		struct arena a;
		struct target t;
		struct list_query l;
		struct parser p = { .arena = &a, .version = cases[i].v };
		char raw[256];
		const char *why;

		arena_init(&a, NULL, 0);
		snprintf(raw, sizeof raw, "/?%s", cases[i].query);
		CU_ASSERT_FATAL(parse_raw(&a, raw, &t, &why));
		if (list_query_parse(&p, &resources[cases[i].resource], &rules, &t.query, &l))
			describe(&l, &is);
		else
			buf_printf(&is, "! %s: %s", p.error.field, p.error.message);
		EQ_STR_IN(cases[i].query, is.text, cases[i].want);
		buf_free(&is);
		arena_free(&a);
	}
}

/* A page is never greater than the server's, and by default not either. */
static void test_max_page(void)
{
	static const struct pair limit = { "limit", "50" };
	const struct list_query_rules rules = { .max_limit = 3 };
	struct list_query l;
	struct arena a;
	struct parser p = { .arena = &a, .version = V_NEWEST };

	arena_init(&a, NULL, 0);
	CU_ASSERT(
	    list_query_parse(&p, &resources[R_DEVICE], &rules, &(struct pairs){ NULL, 0 }, &l));
	EQ_INT(l.limit, 3);
	CU_ASSERT(
	    list_query_parse(&p, &resources[R_DEVICE], &rules, &(struct pairs){ &limit, 1 }, &l));
	EQ_INT(l.limit, 3);
	arena_free(&a);
}

/* As many values as a request can hold. */
static void test_many_values(void)
{
	enum { LEN = 60000 };
	static char value[LEN + 1];
	const struct list_query_rules rules = { .max_limit = 100 };
	const struct pair id = { "id", value }, status = { "status", value };
	struct list_query l;
	struct arena a;
	struct parser p = { .arena = &a, .version = V_NEWEST };

	arena_init(&a, NULL, 0);
	/* aaa,baa,caa,... */
	for (size_t i = 0, n = 0; i < LEN; n = i / 4) {
		value[i++] = (char)('a' + n % 26);
		value[i++] = (char)('a' + n / 26 % 26);
		value[i++] = (char)('a' + n / 26 / 26);
		value[i++] = ',';
	}
	CU_ASSERT(
	    list_query_parse(&p, &resources[R_DEVICE], &rules, &(struct pairs){ &id, 1 }, &l));
	EQ_INT((long long)l.filters[0].count, LEN / 4 + 1);
	EQ_STR(l.filters[0].values[27], "bba");
	CU_ASSERT(streq(l.filters[0].values[LEN / 4], value));
	CU_ASSERT(
	    !list_query_parse(&p, &resources[R_DEVICE], &rules, &(struct pairs){ &status, 1 }, &l));
	CU_ASSERT(strlen(p.error.message) < 256);
	arena_free(&a);
}

/* The first few are all different: they are looked up one by one. */
static void test_repeated_values(void)
{
	const struct list_query_rules rules = { .max_limit = 100 };
	static const struct pair pairs[] = { { "name", "a|b|a" },
					     { "name", "b" },
					     { "name", "a" } };
	const struct pairs query = { pairs, ARRAY_LEN(pairs) };
	struct list_query l;
	struct arena a;
	struct parser p = { .arena = &a, .version = V_NEWEST };

	arena_init(&a, NULL, 0);
	CU_ASSERT(list_query_parse(&p, &resources[R_DEVICE], &rules, &query, &l));
	EQ_INT((long long)l.filters[0].count, 3);
	EQ_STR(l.filters[0].values[2], "a|b|a");
	CU_ASSERT(list_query_is_default(&l));
	arena_free(&a);
}

UNIT_MAIN("list_query", { "cases", test_cases }, { "max page", test_max_page },
	  { "many values", test_many_values }, { "repeated values", test_repeated_values })
