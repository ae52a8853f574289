/*
 * exchange.c - the life of an exchange, its failures, and the writing of its answer.
 */
#include "exchange.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "json.h"
#include "log.h"
#include "present.h"
#include "utf8.h"

enum { ANSWER_MAX = 1 << 30, QUOTE_MAX = 80, PARAM_MAX = 512, MESSAGE_MAX = 2048 };

void exchange_init(struct exchange *x, const struct app *app)
{
	memset(x, 0, offsetof(struct exchange, first));
	x->app = app;
	arena_init(&x->arena, x->first, sizeof x->first);
}

void exchange_clear(struct exchange *x)
{
	cJSON_Delete(x->json);
	cJSON_Delete(x->failure.params);
	free(x->answer.body);
	arena_free(&x->arena);
}

static const char *format(struct exchange *x, const char *fmt, va_list args)
{
	char text[MESSAGE_MAX];

	if (vsnprintf(text, sizeof text, fmt, args) < 0)
		return NULL;
	return utf8_clean(&x->arena, text, sizeof text);
}

bool fail(struct exchange *x, enum error e, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	x->failure.message = format(x, fmt, args);
	va_end(args);
	x->failure.error = e;
	return false;
}

bool broke(struct exchange *x, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_failure(x->app->log, format(x, fmt, args));
	va_end(args);
	return fail(x, ERR_INTERNAL, "the server failed; its log says why");
}

void fail_param(struct exchange *x, const char *name, const char *value)
{
	const char *clean = utf8_clean(&x->arena, value, PARAM_MAX);

	if (!x->failure.params)
		x->failure.params = cJSON_CreateObject();
	if (!clean || !x->failure.params || !put_text(x->failure.params, name, clean))
		x->failure.error = ERR_INTERNAL;
}

const char *quote(struct exchange *x, const char *text)
{
	const char *clean = utf8_clean(&x->arena, text, QUOTE_MAX);

	return clean ? clean : "";
}

/* {"error":{"code":...,"params":{...},"message":...}} (behaviour: section 4.1) */
static cJSON *error_json(struct exchange *x)
{
	const struct failure *f = &x->failure;
	cJSON *root = cJSON_CreateObject(), *error = cJSON_CreateObject();

	if (!root || !put(root, "error", error)) {
		cJSON_Delete(root);
		return NULL;
	}
	if (put_text(error, "code", error_code(f->error)) &&
	    put(error, "params", f->params ? STEAL(x->failure.params) : cJSON_CreateObject()) &&
	    put_text(error, "message", f->message ? f->message : ""))
		return root;
	cJSON_Delete(root);
	return NULL;
}

/* Programs read compact JSON; curl and browsers are read by people. */
static bool read_by_people(const char *user_agent)
{
	return user_agent && (starts_with(user_agent, "curl/") || starts_with(user_agent, "Mozilla/"));
}

static void print(struct exchange *x)
{
	size_t guess = x->row && x->expand ? 8192 : 1024;
	char *text = cJSON_PrintBuffered(x->json, (int)guess, false);

	if (text && read_by_people(x->request.user_agent)) {
		struct buf indented = BUF_INIT(ANSWER_MAX);

		json_indent(&indented, text);
		free(text);
		text = indented.text;
		if (indented.bad) {
			free(text);
			text = NULL;
		}
	}
	x->answer.body = text;
	x->answer.len = text ? strlen(text) : 0;
}

void exchange_answer(struct exchange *x)
{
	if (x->failure.error) {
		cJSON_Delete(x->json);
		x->json = error_json(x);
	}
	x->answer.status = error_status(x->failure.error);
	if (x->json)
		print(x);
	if (!x->answer.body) {
		static const char last[] = "{\"error\":{\"code\":\"internal_server_error\","
					   "\"params\":{},\"message\":\"out of memory\"}}";

		x->answer.status = 500;
		x->failure.error = ERR_INTERNAL;
		x->answer.body = strdup(last);
		x->answer.len = x->answer.body ? sizeof last - 1 : 0;
	}
}
