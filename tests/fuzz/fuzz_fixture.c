/* SPDX-License-Identifier: MIT
 * fuzz_fixture.c - fixtures. An input is a letter and a text: j for a JSON document, n for a stream
 * of lines, y for YAML, which is read as a tree and printed as JSON; loaded into an empty database,
 * or where the letter is a capital, added to the demo by a request.
 *
 * What is accepted can be exported and loaded, and is the same then. What is refused leaves the
 * database as it was, and of each problem there is a line that names a place. YAML that is read is
 * JSON that is read as YAML as the same.
 */
#include "base/json_add.h"
#include "base/utf8.h"
#include "fixture/load.h"
#include "fuzz.h"
#include "mock.h"
#include "schema/yaml.h"

enum { TEXT_MAX = 1 << 26 };

static struct mock empty, demo, twin;

static void begin(void)
{
	mock_open(&empty, false);
	mock_open(&twin, false);
	mock_open(&demo, true);
}

/* ---- YAML ------------------------------------------------------------------------------------ */

/* Is there a character that JSON has as it is, and YAML, unless it is escaped, takes for the end of
 * a line? */
static bool has_line_end(const char *json)
{
	static const char *const ends[] = { "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9" };

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (strstr(json, ends[i]))
			return true;
	return false;
}

/* YAML into JSON; false where it is none. */
static bool read_yaml(const char *text, size_t len, struct buf *to)
{
	struct buf again CLEANUP(buf_free) = BUF_INIT(TEXT_MAX);
	struct json_error e = { 0 };
	cJSON *tree = yaml_parse(text, len, &e);

	if (!tree) {
		HOLD(e.what && *e.what && e.line > 0 && e.column > 0, "%u:%u: %s", e.line, e.column,
		     e.what ? e.what : "");
		return false;
	}
	json_add_canonical(to, tree);
	HOLD(!to->bad, "out of memory");
	cJSON_Delete(tree);
	tree = yaml_parse(to->text, to->len, &e);
	/* Infinities have a name of their own in YAML, and none in JSON. */
	if (strstr(to->text, "1e999"))
		return cJSON_Delete(tree), true;
	/* And there are characters that JSON has as they are, but YAML only escaped. */
	if (!tree && e.what && strstr(e.what, "control characters"))
		return true;
	HOLD(tree, "%u:%u: %s: %s", e.line, e.column, e.what, to->text);
	json_add_canonical(&again, tree);
	HOLD(streq(again.text, to->text) || has_line_end(to->text), "\n%s\n%s", to->text,
	     again.text);
	cJSON_Delete(tree);
	return true;
}

/* ---- problems -------------------------------------------------------------------------------- */

static void check_problems(const struct problems *p)
{
	const char *line = p->text.text;
	struct json_error e;
	size_t lines = 0;
	cJSON *list;

	HOLD(!p->failed, "%s", line);
	HOLD(p->count > 0 && line && utf8_valid(line, p->text.len), "%zu", p->count);
	for (; *line; line++, lines++) {
		size_t len = strcspn(line, "\n");

		HOLD(starts_with(line, "body:") && len > strlen("body: x") && line[len], "%s",
		     line);
		line += len;
	}
	HOLD(lines == p->count, "%zu of %zu: %s", lines, p->count, p->text.text);
	list = json_parse(p->json.text, p->json.len, &e);
	HOLD(cJSON_IsArray(list) && list->child, "%u:%u: %s: %s", e.line, e.column, e.what,
	     p->json.text);
	cJSON_Delete(list);
}

/* ---- the two ways ---------------------------------------------------------------------------- */

static void load(const struct source *source)
{
	struct problems problems CLEANUP(problems_free) = PROBLEMS_INIT;
	struct workspace *w = empty.app.workspace;
	const struct destination to = { .db = store_db(w->store),
					.sql = &empty.app.sql,
					.now = clock_stamp(&w->clock),
					.ident = &w->idgen };

	mock_look(&empty);
	if (load_fixtures(&to, &(struct sources){ source, 1 }, &problems)) {
		w->changed = true;
		mock_compare(&empty, &twin);
		mock_reset(&empty);
		return;
	}
	check_problems(&problems);
	HOLD(!mock_changed(&empty), "%s", problems.text.text);
}

static void add(const struct source *source)
{
	const struct request r = {
		.method = "POST",
		.target = "/_mock/fixtures",
		.content_type = source->stream ? "application/x-ndjson" : "application/json",
		.body = source->text,
		.body_len = source->len,
	};

	mock_look(&demo);
	if (mock_ask(&demo, r) == 200) {
		mock_compare(&demo, &twin);
		mock_reset(&demo);
	} else {
		HOLD(!mock_changed(&demo), "%s", demo.answer.text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf json CLEANUP(buf_free) = BUF_INIT(TEXT_MAX);
	struct source source = { .name = "body" };
	const char letter = size > 0 ? (char)data[0] : 'j';
	const char *text = (const char *)data + (size > 0);

	if (!empty.app.workspace)
		begin();
	size -= size > 0;
	if (letter == 'y' || letter == 'Y') {
		if (!read_yaml(text, size, &json))
			return 0;
		text = json.text;
		size = json.len;
	}
	source.text = text;
	source.len = size;
	source.stream = letter == 'n' || letter == 'N';
	if (letter >= 'A' && letter <= 'Z')
		add(&source);
	else
		load(&source);
	return 0;
}
