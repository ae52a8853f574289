/* SPDX-License-Identifier: MIT
 * exchange.c - the life of an exchange, its failures, its answer, its entry in the journal.
 */
#include "http/exchange.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/utf8.h"
#include "model/value.h"
#include "workspace/journal_view.h"
#include "workspace/registry.h"

enum { QUOTE_MAX = 80, PARAM_MAX = 512, MESSAGE_MAX = 2048, LINE_MAX = 16 << 20 };

void exchange_init(struct exchange *x, const struct app *app, struct buf *body)
{
	memset(x, 0, offsetof(struct exchange, headers));
	x->app = app;
	x->workspace = app->workspace;
	arena_init(&x->arena, x->first, sizeof x->first);
	x->answer.body = body;
}

void exchange_clear(struct exchange *x)
{
	if (x->stream.readers)
		atomic_fetch_sub(x->stream.readers, 1);
	exchange_leave(x);
	entry_unref(STEAL(x->entry));
	keyring_unref(STEAL(x->keys));
	arena_free(&x->arena);
}

bool exchange_wait(struct exchange *x, const atomic_uint *counter, unsigned seen, int64_t seconds)
{
	struct wait *w = &x->wait;

	if (seconds == 0 || w->over || w->ended)
		return false;
	if (!w->until)
		w->until = clock_monotonic() + seconds * INT64_C(1000000);
	w->counter = counter;
	w->seen = seen;
	return true;
}

const char *exchange_key_name(const struct exchange *x)
{
	return x->key && x->key != &keyring_anyone ? x->key->name : NULL;
}

void exchange_leave(struct exchange *x)
{
	if (x->holds_workspace)
		registry_release(x->workspace);
	x->holds_workspace = false;
	x->workspace = x->app->workspace;
}

static const char *format(struct exchange *x, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));

static const char *format(struct exchange *x, const char *fmt, va_list args)
{
	char text[MESSAGE_MAX];

	if (vsnprintf(text, sizeof text, fmt, args) < 0)
		return NULL;
	return utf8_clean(&x->arena, text, sizeof text);
}

static bool failv(struct exchange *x, enum error e, const char *field, const char *fmt,
		  va_list args) __attribute__((format(printf, 4, 0)));

/* `field` may be NULL. */
static bool failv(struct exchange *x, enum error e, const char *field, const char *fmt,
		  va_list args)
{
	x->failure = (struct failure){ .error = e, .message = format(x, fmt, args) };
	if (field)
		fail_param(x, "field", field);
	return false;
}

bool fail(struct exchange *x, enum error e, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	failv(x, e, NULL, fmt, args);
	va_end(args);
	return false;
}

bool fail_by(struct exchange *x, enum error e, const char *field, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	failv(x, e, field, fmt, args);
	va_end(args);
	return false;
}

bool fail_field(struct exchange *x, const char *field, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	failv(x, ERR_INVALID_REQUEST, field, fmt, args);
	va_end(args);
	return false;
}

bool fail_parse(struct exchange *x, const struct parse_error *e)
{
	return e->message && fail_field(x, e->field, "%s", e->message);
}

bool server_error(struct exchange *x, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_failure(x->app->log, format(x, fmt, args));
	va_end(args);
	return fail(x, ERR_INTERNAL, "internal error; the server's log says why");
}

static void add_param(struct failure *f, const char *name, const char *value, bool json)
{
	if (f->nparams == FAILURE_PARAMS)
		return;
	f->params[f->nparams].name = name;
	f->params[f->nparams].value = value;
	f->params[f->nparams++].json = json;
}

void fail_param(struct exchange *x, const char *name, const char *value)
{
	const char *clean = value ? utf8_clean(&x->arena, value, PARAM_MAX) : NULL;

	if (clean || !value)
		add_param(&x->failure, name, clean, false);
}

void fail_param_json(struct exchange *x, const char *name, const char *json)
{
	if (json)
		add_param(&x->failure, name, json, true);
}

const char *quote(struct exchange *x, const char *text)
{
	const char *clean = utf8_clean(&x->arena, text, QUOTE_MAX);

	return clean ? clean : "";
}

const char *quote_list(struct exchange *x, const struct buf *list)
{
	if (buf_no_memory(list))
		arena_fail(&x->arena);
	return list->len > 0 ? quote(x, list->text) : "none";
}

const char *quoted(struct exchange *x, const char *text)
{
	const char *clean = value_quoted(&x->arena, text);

	return clean ? clean : "?";
}

/* The output of curl and of browsers is read by people. */
static bool read_by_people(const char *user_agent)
{
	return user_agent &&
	       (starts_with(user_agent, "curl/") || starts_with(user_agent, "Mozilla/"));
}

int failure_status(const struct failure *f)
{
	return f->status ? f->status : error_status(f->error);
}

const char *failure_code(const struct failure *f)
{
	return f->code ? f->code : error_code(f->error);
}

void answer_header(struct exchange *x, const char *name, const char *value)
{
	struct answer *a = &x->answer;

	if (a->nheaders < ANSWER_HEADERS)
		a->headers[a->nheaders++] = (struct pair){ name, value };
}

size_t answer_sent(const struct exchange *x)
{
	const struct answer *a = &x->answer;

	if (same_text(x->request.method, "HEAD") || a->close == CLOSE_BEFORE)
		return 0;
	return a->close == CLOSE_MIDDLE ? a->body->len / 2 : a->body->len;
}

struct writer exchange_writer(struct exchange *x)
{
	return (struct writer){
		.out = x->answer.body,
		.indent = read_by_people(x->request.user_agent),
		.empty = true,
	};
}

/* {"error":{"code":...,"params":{...},"message":...}} (behaviour: section 4.1) */
static void write_error(struct exchange *x)
{
	const struct failure *f = &x->failure;
	struct writer w;

	x->answer.type = NULL;
	x->answer.delay = 0;
	if (failure_status(f) == 401) /* RFC 9110, section 11.6.1 */
		answer_header(x, "WWW-Authenticate", "ApiKey realm=\"miru\"");
	buf_clear(x->answer.body);
	w = exchange_writer(x);
	writer_open(&w, '{');
	writer_open(writer_key(&w, "error"), '{');
	writer_text(writer_key(&w, "code"), failure_code(f));
	writer_open(writer_key(&w, "params"), '{');
	for (size_t i = 0; i < f->nparams; i++) {
		writer_key(&w, f->params[i].name);
		if (f->params[i].json)
			writer_raw(&w, f->params[i].value);
		else
			writer_text_or_null(&w, f->params[i].value);
	}
	writer_close(&w, '}');
	writer_text(writer_key(&w, "message"), f->message ? f->message : "");
	writer_close(&w, '}');
	writer_close(&w, '}');
}

/* Memory was short: for the answer, or for something that it depends on. This answer needs none. */
void exchange_answer_short(struct exchange *x)
{
	static const char text[] =
	    "{\"error\":{\"code\":\"internal_server_error\",\"params\":{},\"message\":"
	    "\"the server is out of memory\"}}";

	log_failure(x->app->log, "out of memory");
	x->failure = (struct failure){ .error = ERR_INTERNAL };
	x->answer.nheaders = 0;
	x->answer.type = NULL;
	x->answer.delay = 0;
	_Static_assert(sizeof text <= sizeof x->last_text, "room for it");
	memcpy(x->last_text, text, sizeof text);
	x->last = (struct buf){ .text = x->last_text, .len = sizeof text - 1 };
	x->answer.body = &x->last;
	x->answer.status = failure_status(&x->failure);
}

void exchange_answer(struct exchange *x, bool ok)
{
	if (x->failure.error)
		write_error(x);
	if (x->answer.body->full) {
		x->failure.nparams = 0;
		server_error(x, "the answer is too large (at most %zu bytes)", x->answer.body->max);
		write_error(x);
	}
	if (x->answer.body->bad || x->arena.failed || (!ok && !x->failure.error))
		exchange_answer_short(x);
	if (x->failure.error || !x->answer.status)
		x->answer.status = failure_status(&x->failure);
}

/* ---- the journal ----------------------------------------------------------------------------- */

bool exchange_is_control(const struct exchange *x)
{
	return x->op ? x->op->class == ENDPOINT_CONTROL : starts_with(x->target.path, "/_mock/");
}

/* The SDK's count of tries before this one, from a header; -1 if it is no number. */
static int retry_count(const char *text)
{
	enum { DIGITS_MAX = 6 };
	size_t digits = text ? strspn(text, "0123456789") : 0;

	if (digits == 0 || digits > DIGITS_MAX || text[digits])
		return -1;
	return (int)strtol(text, NULL, 10);
}

static struct bytes whole(const char *text)
{
	return (struct bytes){ .data = text, .len = text ? strlen(text) : 0 };
}

/* The names that were passed over, each with a NUL at its end. */
static struct bytes ignored_names(struct exchange *x)
{
	const struct ignored *ignored = &x->ignored;
	struct bytes all = { .len = 0 };
	char *text, *end;

	for (size_t i = 0; i < ignored->count; i++)
		all.len += strlen(ignored->names[i]) + 1;
	text = end = all.len ? arena_alloc(&x->arena, all.len) : NULL;
	if (!text)
		return (struct bytes){ .len = 0 };
	for (size_t i = 0; i < ignored->count; i++)
		end = stpcpy(end, ignored->names[i]) + 1;
	all.data = text;
	return all;
}

void exchange_enter(struct exchange *x)
{
	const struct request *r = &x->request;
	const struct target *t = &x->target;
	const size_t kept = r->nheaders < HEADERS_KEPT ? r->nheaders : HEADERS_KEPT;

	if (x->entered || exchange_is_control(x) || (x->op && x->op->class == ENDPOINT_PREFLIGHT))
		return;
	x->entered = true;
	clock_tick(&x->workspace->clock); /* whatever the answer will be */
	x->entry = journal_begin(
	    &x->workspace->journal,
	    &(const struct journal_request){
		.generation = x->journal_generation,
		.time = clock_now(&x->workspace->clock),
		.op = x->op && x->op->name ? x->op : NULL,
		.retry_count = retry_count(r->retry_count),
		.prefix_len = t->prefix_len,
		.headers = { x->headers, kept },
		.headers_left = r->nheaders - kept,
		.text = {
			[REQUEST_METHOD] = whole(r->method),
			[REQUEST_PATH] = { t->path, t->path_len },
			[REQUEST_QUERY] =
			    whole(t->path[t->path_len] ? t->path + t->path_len + 1 : NULL),
			[REQUEST_ID] = whole(x->id),
			[REQUEST_KEY] = whole(r->api_key),
			[REQUEST_KEY_NAME] = whole(exchange_key_name(x)),
			[REQUEST_USER_AGENT] = whole(r->user_agent),
		},
	    });
}

/* Tell the journal what is known; `micros` is -1 while the answer is late. */
static void tell(struct exchange *x, int64_t micros)
{
	const struct request *r = &x->request;
	const struct answer *a = &x->answer;
	const bool cut =
	    a->status == 0 || (a->close == CLOSE_MIDDLE && !same_text(r->method, "HEAD"));
	const char *code = failure_code(&x->failure);
	struct journal_answer answer = {
		.state = micros < 0 ? REQUEST_PENDING : cut ? REQUEST_CUT : REQUEST_DONE,
		.micros = micros,
		.version = x->versioned ? version_name(x->version) : NULL,
		.fault = x->fault ? x->fault_index : -1,
		.request_bytes = r->body_received,
		.text = {
			[ANSWER_IGNORED] = ignored_names(x),
			[ANSWER_REQUEST] = { r->body, r->body_len },
		},
	};

	if (answer.state != REQUEST_PENDING) {
		answer.status = a->status;
		answer.response_bytes = answer_sent(x);
		answer.text[ANSWER_CODE] = whole(a->status && *code ? code : NULL);
		answer.text[ANSWER_RESPONSE] = (struct bytes){ a->body->text, answer_sent(x) };
	}
	journal_tell(&x->workspace->journal, x->entry, &answer);
}

void exchange_note_late(struct exchange *x)
{
	if (x->entry)
		tell(x, -1);
}

/* Add the request and its answer to the workspace's tally. */
static void count(struct exchange *x)
{
	const struct answer *a = &x->answer;
	const char *code = failure_code(&x->failure);
	struct tally *t = &x->workspace->tally;
	int seen = -1;

	if (!x->entered)
		return;
	if (!x->op) {
		tally_name(t, &t->unmatched, x->request.method, x->target.path, x->target.path_len);
		return;
	}
	if (x->op->class != ENDPOINT_API)
		return;
	if (a->status > 0)
		seen = *code ? (int)error_find(a->status, code) : ERR_NONE;
	if (*code && seen == ERR_NONE) /* a code of a fault rule's own */
		seen = -1;
	tally_count(t, (size_t)(x->op - x->app->operations->rows), seen);
	for (size_t i = 0; i < x->ignored.count; i++)
		tally_name(t, &t->ignored, x->op->name, x->ignored.names[i],
			   strlen(x->ignored.names[i]));
}

/* Write the entry as a line of the file of all requests; other threads do, too. */
static void write_line(const struct exchange *x)
{
	struct buf line CLEANUP(buf_free) = BUF_INIT(LINE_MAX);
	struct buf scratch CLEANUP(buf_free) = BUF_INIT(LINE_MAX);
	struct writer w = { .out = &line, .empty = true };

	journal_write_entry(&w, &scratch, x->entry, x->workspace->id);
	buf_addc(&line, '\n');
	if (!line.bad)
		(void)!fwrite(line.text, 1, line.len, x->app->journal_file);
}

void exchange_note(struct exchange *x, int64_t micros)
{
	exchange_enter(x);
	count(x);
	if (x->entry)
		tell(x, micros);
	if (x->entry)
		events_request(&x->workspace->events, x->entry);
	if (x->entry && x->app->journal_file)
		write_line(x);
	entry_unref(STEAL(x->entry));
}
