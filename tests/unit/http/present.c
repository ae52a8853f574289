/* SPDX-License-Identifier: MIT */
/* Rows as each version shows them. */
#include "http/present.h"

#include <stdarg.h>

#include "unit/unit.h"

static struct arena arena;

/* A row of a resource: "field=value" texts; a field that is not named is null. */
static struct row *make(enum resource_id id, ...)
{
	const struct resource *r = &resources[id];
	struct row *row = arena_zalloc(&arena, sizeof *row + r->nfields * sizeof row->cell[0]);
	va_list args;

	va_start(args, id);
	row->resource = r;
	for (const char *pair; (pair = va_arg(args, const char *));) {
		char *name = arena_strndup(&arena, pair, strcspn(pair, "="));
		const struct field *f = resource_find_field(r, name);

		if (!f)
			CU_FAIL_FATAL("no such field");
		row->cell[f - r->fields].text = strchr(pair, '=') + 1;
	}
	va_end(args);
	return row;
}

static struct rows *rows_of(struct row *row, const char *field)
{
	return &row->cell[resource_field(row->resource, field) - row->resource->fields].rows;
}

static void hang(struct row *row, const char *field, struct row *child)
{
	struct rows *rows = rows_of(row, field);

	if (rows->last)
		rows->last->next = child;
	else
		rows->first = child;
	rows->last = child;
}

static void shows(const struct row *row, enum version v, const char *expand, const char *want)
{
	struct pair pair = { "expand", expand };
	struct buf b = BUF_INIT(8192);
	struct writer w = { .out = &b, .empty = true };
	struct parser p = { .arena = &arena, .version = v };
	struct expansions e;

	if (!expansion_parse(&p, row->resource, false, &(struct pairs){ &pair, 1 }, &e)) {
		EQ_STR(p.error.message, "");
		return;
	}
	present(&w, row, v, e.tree);
	EQ_STR_IN(version_name(v), b.text, want);
	buf_free(&b);
}

/* Does what is shown hold that text? */
static void has(const struct row *row, enum version v, const char *text, bool want)
{
	struct buf b = BUF_INIT(8192);
	struct writer w = { .out = &b, .empty = true };

	present(&w, row, v, NULL);
	EQ_INT_IN(text, strstr(b.text, text) != NULL, want);
	buf_free(&b);
}

static struct row *a_deployment(const char *activity, const char *error)
{
	struct row *row =
	    make(R_DEPLOYMENT, "id=dpl_1", "description=d", "target_status=deployed",
		 "device_id=dvc_1", "release_id=rls_1", "created_at=2024-01-01T00:00:00.999999Z",
		 "updated_at=2024-01-02T03:04:05.000000Z", "queued_at=2024-01-02T00:00:00.000000Z",
		 NULL);

	row->cell[resource_field(row->resource, "activity_status") - row->resource->fields].text =
	    activity;
	row->cell[resource_field(row->resource, "error_status") - row->resource->fields].text =
	    error;
	return row;
}

#define DPL(status, activity, error)                                                               \
	"{\"object\":\"deployment\",\"id\":\"dpl_1\",\"description\":\"d\",\"status\":\"" status   \
	"\",\"activity_status\":\"" activity "\",\"error_status\":\"" error                        \
	"\",\"target_status\":\"deployed\",\"device_id\":\"dvc_1\",\"release_id\":\"rls_1\","
#define DPL_TIMES "\"created_at\":\"2024-01-01T00:00:00Z\",\"updated_at\":\"2024-01-02T03:04:05Z\""
#define DPL_NEW                                                                                    \
	"\"parent_id\":null," DPL_TIMES ",\"queued_at\":\"2024-01-02T00:00:00Z\","                 \
	"\"deployed_at\":null,\"archived_at\":null"

static void test_deployment(void)
{
	struct row *row = a_deployment("deployed", "none");

	shows(row, V_TETONS, "", DPL("deployed", "deployed", "none") DPL_TIMES "}");
	shows(row, V_RAINIER, "", DPL("deployed", "deployed", "none") DPL_TIMES "}");
	shows(row, V_EVERGLADES, "", DPL("deployed", "deployed", "none") DPL_NEW "}");
	shows(a_deployment("queued", "retrying"), V_TETONS, "",
	      DPL("retrying", "queued", "retrying") DPL_TIMES "}");
	shows(a_deployment("archived", "failed"), V_EVERGLADES, "",
	      DPL("failed", "archived", "failed") DPL_NEW "}");
}

/* A word that a version does not have is shown as the older one, in the merged status too. */
static void test_older_words(void)
{
	struct row *device = make(R_DEVICE, "id=dvc_1", "name=n", "status=archived",
				  "created_at=2024-01-01T00:00:00.000000Z",
				  "updated_at=2024-01-01T00:00:00.000000Z", NULL);
	struct row *removing = a_deployment("removing", "none");

	shows(removing, V_TETONS, "", DPL("deployed", "deployed", "none") DPL_TIMES "}");
	shows(removing, V_RAINIER, "", DPL("removing", "removing", "none") DPL_TIMES "}");
	shows(removing, V_EVERGLADES, "", DPL("removing", "removing", "none") DPL_NEW "}");
	has(device, V_RAINIER, "\"status\":\"inactive\"", true);
	has(device, V_EVERGLADES, "\"status\":\"archived\"", true);
	has(device, V_RAINIER, "\"group_id\":", false);
	has(device, V_EVERGLADES, "\"group_id\":null", true);
}

static void test_expansions(void)
{
	struct row *row = a_deployment("deployed", "none");
	struct row *release =
	    make(R_RELEASE, "id=rls_1", "version=v1", "created_at=2024-01-01T00:00:00.000000Z",
		 "updated_at=2024-01-01T00:00:00.000000Z", NULL);
#define RLS                                                                                        \
	"{\"object\":\"release\",\"id\":\"rls_1\",\"version\":\"v1\",\"git_commit_id\":null,"      \
	"\"created_at\":\"2024-01-01T00:00:00Z\",\"updated_at\":\"2024-01-01T00:00:00Z\""

	hang(row, "release", release);
	/* There, but not asked for. */
	shows(row, V_TETONS, "", DPL("deployed", "deployed", "none") DPL_TIMES "}");
	shows(row, V_TETONS, "release",
	      DPL("deployed", "deployed", "none") DPL_TIMES ",\"release\":" RLS "}}");
	/* To many: an empty list. To one: null only where the table says that it may be. */
	shows(row, V_TETONS, "release.config_schemas,config_instances",
	      DPL("deployed", "deployed", "none") DPL_TIMES
	      ",\"release\":" RLS ",\"config_schemas\":[]},\"config_instances\":[]}");
	shows(row, V_EVERGLADES, "parent",
	      DPL("deployed", "deployed", "none") DPL_NEW ",\"parent\":null}");
	shows(row, V_EVERGLADES, "device", DPL("deployed", "deployed", "none") DPL_NEW "}");
}

/* Slots in the newest version, one path before; an optional text is left out, not null. */
static void test_slots(void)
{
	struct row *schema =
	    make(R_CONFIG_SCHEMA, "id=cfg_sch_1", "digest=sha256:1", "config_type_name=M",
		 "instance_filepath=/a.json", "instance_format=xml",
		 "created_at=2024-01-01T00:00:00.000000Z", "updated_at=2024-01-01T00:00:00.000000Z",
		 "config_type_id=cfg_typ_1", "language=opaque", "format=json", NULL);

	hang(schema, "instance_slots",
	     make(R_INSTANCE_SLOT, "key=a", "name=A", "filepath=/a.json", "required=1", NULL));
	hang(schema, "instance_slots",
	     make(R_INSTANCE_SLOT, "key=b", "name=B", "filepath=/b.json", "required=0",
		  "description=second", NULL));
#define SCH                                                                                        \
	"{\"object\":\"config_schema\",\"id\":\"cfg_sch_1\",\"digest\":\"sha256:1\",\"config_"     \
	"type_name\":\"M\","
#define SCH_END                                                                                    \
	"\"created_at\":\"2024-01-01T00:00:00Z\",\"updated_at\":\"2024-01-01T00:00:00Z\","         \
	"\"config_type_id\":\"cfg_typ_1\",\"language\":\"opaque\",\"format\":\"json\"}"
	shows(schema, V_RAINIER, "", SCH "\"instance_filepath\":\"/a.json\"," SCH_END);
	shows(
	    schema, V_EVERGLADES, "",
	    SCH
	    "\"instance_slots\":[{\"key\":\"a\",\"name\":\"A\",\"filepath\":\"/a.json\","
	    "\"required\":true},{\"key\":\"b\",\"name\":\"B\",\"filepath\":\"/b.json\","
	    "\"required\":false,\"description\":\"second\"}],\"instance_format\":\"xml\"," SCH_END);
}

/* The nested object is in the request's version, and nested expansions in it are found. */
static void test_nested(void)
{
	struct row *instance =
	    make(R_CONFIG_INSTANCE, "id=cfg_inst_1", "config_type_name=M", "filepath=/a.json",
		 "slot_key=default", "created_at=2024-01-01T00:00:00.000000Z",
		 "config_schema_id=cfg_sch_1", "config_type_id=cfg_typ_1", NULL);
	struct row *row = make(R_DEPLOYMENT, "id=dpl_1", "activity_status=staged",
			       "error_status=none", "created_at=2024-01-01T00:00:00.000000Z",
			       "updated_at=2024-01-01T00:00:00.000000Z", NULL);
	struct buf b = BUF_INIT(8192);
	struct writer w = { .out = &b, .empty = true };
	struct pair pair = { "expand", "config_instances.content" };
	struct parser p = { .arena = &arena };
	struct expansions e;

	hang(instance, "content", make(R_INSTANCE_CONTENT, "format=yaml", "data=a: \"1\"\n", NULL));
	hang(row, "config_instances", instance);
	for (int v = V_OLDEST; v <= V_NEWEST; v++) {
		buf_clear(&b);
		p.version = (enum version)v;
		CU_ASSERT_FATAL(
		    expansion_parse(&p, row->resource, false, &(struct pairs){ &pair, 1 }, &e));
		present(&w, row, (enum version)v, e.tree);
		EQ_INT(strstr(b.text, "\"slot_key\":\"default\"") != NULL, v == V_EVERGLADES);
		CU_ASSERT_PTR_NOT_NULL(
		    strstr(b.text,
			   "\"content\":{\"format\":\"yaml\",\"data\":\"a: \\\"1\\\"\\n\"}"));
	}
	buf_free(&b);
}

int main(void)
{
	static const struct unit_test tests[] = { { "deployment", test_deployment },
						  { "older words", test_older_words },
						  { "expansions", test_expansions },
						  { "slots", test_slots },
						  { "nested", test_nested } };
	int status;

	arena_init(&arena, NULL, 0);
	status = unit_main("present", tests, ARRAY_LEN(tests));
	arena_free(&arena);
	return status;
}
