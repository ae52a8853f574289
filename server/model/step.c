/* SPDX-License-Identifier: MIT
 * step.c - a step as JSON: {"reads":2,"looked":true,"error":"failed","offline_for":60000000}
 */
#include "model/step.h"

#include <inttypes.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/json_writer.h"

/* A number that is whole and not negative. */
static bool read_number(const cJSON *json, int64_t *number)
{
	const double most = (double)SECONDS_MAX * 1e6;

	if (!cJSON_IsNumber(json) || !(json->valuedouble >= 0) || json->valuedouble > most)
		return false;
	*number = (int64_t)json->valuedouble;
	return json->valuedouble == (double)*number;
}

static bool read_true(const cJSON *json, bool *value)
{
	*value = true;
	return cJSON_IsTrue(json);
}

static bool read_error(const cJSON *json, enum error_status *error)
{
	*error = cJSON_IsString(json) ? word_number(error_status_words, json->valuestring) : 0;
	return *error == ERROR_FAILED || *error == ERROR_RETRYING;
}

static bool read_member(const cJSON *member, struct step_state *s)
{
	const char *name = member->string;

	return streq(name, "reads")           ? read_number(member, &s->reads)
	       : streq(name, "looked")        ? read_true(member, &s->looked)
	       : streq(name, "recovering")    ? read_true(member, &s->recovering)
	       : streq(name, "error")         ? read_error(member, &s->error)
	       : streq(name, "seconds")       ? read_number(member, &s->seconds)
	       : streq(name, "recover_after") ? read_number(member, &s->recover_after)
	       : streq(name, "offline_for")   ? read_number(member, &s->offline_for)
					      : false;
}

bool step_read(const char *text, struct step_state *s, bool *failed)
{
	struct json_error e;
	cJSON *json CLEANUP(json_free) = text ? json_parse(text, strlen(text), &e) : NULL;
	const cJSON *member;

	*s = STEP_NEW;
	*failed = text && !json && !e.what;
	if (!text)
		return true;
	if (!cJSON_IsObject(json))
		return false;
	cJSON_ArrayForEach(member, json)
		if (!read_member(member, s))
			return false;
	return true;
}

const char *step_text(struct arena *a, const struct step_state *s)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT(1024);
	struct writer w = { .out = &text };

	writer_open(&w, '{');
	if (s->reads)
		writer_int(writer_key(&w, "reads"), s->reads);
	if (s->looked)
		writer_raw(writer_key(&w, "looked"), "true");
	if (s->recovering)
		writer_raw(writer_key(&w, "recovering"), "true");
	if (s->error)
		writer_text(writer_key(&w, "error"), word_text(error_status_words, s->error));
	if (s->seconds)
		writer_int(writer_key(&w, "seconds"), s->seconds);
	if (s->recover_after >= 0)
		writer_int(writer_key(&w, "recover_after"), s->recover_after);
	if (s->offline_for)
		writer_int(writer_key(&w, "offline_for"), s->offline_for);
	writer_close(&w, '}');
	return text.bad ? arena_fail(a) : arena_strdup(a, text.text);
}
