/* SPDX-License-Identifier: MIT
 * pipeline.c - the stages, in the order in which they may refuse (behaviour: section 2,
 * precedence).
 *
 * Each stage adds to what the stages before it found and returns true, or notes a failure and
 * returns false. If several refusals apply, the order of the arrays below decides which one the
 * client sees, and nothing else does.
 */
#include "http/pipeline.h"

#include "http/authorize.h"
#include "http/browser.h"
#include "http/fault_stage.h"
#include "http/present.h"
#include "http/query.h"
#include "http/route.h"
#include "workspace/registry.h"

typedef bool stage(struct exchange *x);

/* The operation that a request asks for, before the stages check it; NULL if there is none. */
static const struct operation *operation_asked(struct exchange *x)
{
	struct target target = x->target;
	struct route route;
	const char *why;

	if (target_parse(&x->arena, x->request.target, &target, &why) &&
	    route_find(x->app->operations, !x->app->options.no_control, x->request.method, &target,
		       &route) == FOUND)
		return route.op;
	return NULL;
}

/* Enter the workspace of a key that the fixtures do not have. If it has none, one is added or, if
 * that must not be, the request stays in the common one. */
static bool enter_workspace(struct exchange *x, const char *key, bool may_add)
{
	const struct app *app = x->app;
	struct workspace *tenant;

	switch (registry_acquire(app->workspaces, key, may_add, &tenant)) {
	case ACQUIRED:
		x->workspace = tenant;
		x->holds_workspace = true;
		return true;
	case ACQUIRED_NONE:
		return true;
	case ACQUIRED_TOO_MANY:
		answer_header(x, "x-should-retry", "false"); /* it would fail again */
		return fail(x, ERR_TOO_MANY_WORKSPACES,
			    "too many workspaces (at most %zu): DELETE /_mock/workspaces/{id} of "
			    "one that is not needed any more (GET /_mock/workspaces lists them); "
			    "or use fewer keys, or raise --max-workspaces",
			    registry_max(app->workspaces));
	case ACQUIRED_NO_MEMORY:
		break;
	}
	return false;
}

/* Would a workspace that is added have the key? */
static bool begins_with_key(const struct exchange *x, const char *key)
{
	struct checkpoint baseline = workspace_baseline(x->app->workspace);
	const bool has = keyring_find(baseline.keys, key);

	checkpoint_unref(&baseline);
	return has;
}

/* Enter the workspace, and find the key there, of "WORKSPACE/KEY". If the workspace would be added
 * only to refuse the key, it is not. */
static bool select_role(struct exchange *x, size_t len, bool may_add)
{
	const char *name = arena_strndup(&x->arena, x->request.api_key, len);
	const char *key = x->request.api_key + len + 1;

	if (!name)
		return false;
	if (!keyring_find(x->keys, name)) {
		may_add = may_add && begins_with_key(x, key);
		if (!enter_workspace(x, name, may_add))
			return false;
		if (!x->holds_workspace)
			return true;
		keyring_unref(x->keys);
		x->keys = workspace_keys(x->workspace);
	}
	x->key = keyring_find(x->keys, key);
	x->all_scopes = false;
	return true;
}

/* Enter the workspace that the key picks. */
static bool select_workspace(struct exchange *x, bool may_add)
{
	const char *key = x->request.api_key, *slash = key ? strchr(key, '/') : NULL;

	if (!key || !*key || !x->all_scopes || (x->key && x->key != &keyring_anyone))
		return true;
	if (!slash)
		return enter_workspace(x, key, may_add);
	/* An empty name may be a variable that is not set. */
	return slash == key || select_role(x, (size_t)(slash - key), may_add);
}

/* Find the key among those of the common workspace. */
static void find_key(struct exchange *x)
{
	const char *key = x->request.api_key;

	x->keys = workspace_keys(x->app->workspace);
	x->all_scopes = x->app->options.auth == AUTH_ANY;
	if (!key || !*key)
		return;
	x->key = keyring_find(x->keys, key);
	if (!x->key && x->all_scopes && !strchr(key, '/'))
		x->key = &keyring_anyone;
}

/* Requests of the API are entered in a journal even if no stage sees them. Control endpoints are
 * not: see stage_control_workspace(). */
static bool select_journal(struct exchange *x)
{
	const struct operation *op;

	if (!x->all_scopes || browser_is_preflight(x))
		return true;
	op = operation_asked(x);
	if (op ? op->class == ENDPOINT_CONTROL : exchange_is_control(x))
		return true;
	return select_workspace(x, !op || !op->no_workspace);
}

/* Locate the target's path; find the key and its workspace. */
static bool identify(struct exchange *x)
{
	bool ok;

	target_locate(x->request.target, &x->target);
	find_key(x);
	ok = select_journal(x);
	x->journal_generation = journal_generation(&x->workspace->journal);
	return ok;
}

static bool stage_identify(struct exchange *x)
{
	return x->keys || identify(x);
}

static bool stage_target(struct exchange *x)
{
	const struct request *r = &x->request;
	const char *why;

	if (!r->host && !r->http_1_0)
		return fail(x, ERR_INVALID_REQUEST, "an HTTP/1.1 request needs a Host header");
	if (r->cut)
		return fail(x, ERR_INVALID_REQUEST,
			    "malformed request target: it must not hold a NUL byte");
	if (streq(r->method, "CONNECT"))
		return fail(x, ERR_NOT_IMPLEMENTED,
			    "CONNECT asks for a tunnel to %s, and this server is no proxy; send it "
			    "requests of the API",
			    quote(x, r->target));
	if (streq(r->method, "OPTIONS") && streq(r->target, "*"))
		return fail(x, ERR_INVALID_REQUEST,
			    "OPTIONS * asks about the server as a whole, which has no methods of "
			    "its own; the 405 of a path lists the path's in Allow");
	if (target_parse(&x->arena, r->target, &x->target, &why))
		return true;
	return why && fail(x, ERR_INVALID_REQUEST, "malformed request target: %s", why);
}

/* The target's path, undecoded. */
static const char *path_of(struct exchange *x)
{
	const char *path = arena_strndup(&x->arena, x->target.path, x->target.path_len);

	return path ? path : "";
}

static bool stage_route(struct exchange *x)
{
	static const struct operation preflight = { .class = ENDPOINT_PREFLIGHT,
						    .run = browser_answer_preflight };
	const struct request *r = &x->request;
	const bool control = !x->app->options.no_control;
	struct route route;

	if (browser_is_preflight(x)) {
		x->op = &preflight;
		return true;
	}
	switch (route_find(x->app->operations, control, r->method, &x->target, &route)) {
	case FOUND:
		x->op = route.op;
		x->id = route.id;
		return true;
	case FOUND_NO_METHOD:
		answer_header(x, "Allow", arena_strdup(&x->arena, route.allow));
		fail(x, ERR_METHOD_NOT_ALLOWED, "%s is not a method of this path; it has: %s",
		     quote(x, r->method), route.allow);
		fail_param(x, "method", r->method);
		fail_param(x, "allow", route.allow);
		return false;
	case FOUND_NO_PATH:
		break;
	}

	const struct target *t = &x->target;
	bool slash = (t->nsegments > 1 || t->prefix_len > 0) && t->nsegments <= TARGET_SEGMENTS &&
		     !*t->segments[t->nsegments - 1];
	char hint[4096];

	fail(x, ERR_NOT_FOUND, "no such path %s; %sthere is: %s", quote(x, path_of(x)),
	     slash ? "paths do not end in a slash; " : "",
	     route_hint(x->app->operations, control, t, hint, sizeof hint));
	fail_param(x, "path", path_of(x));
	return false;
}

size_t body_max(const struct exchange *x)
{
	enum { FIXTURES = 64 * 1024 * 1024 };
	const size_t most = (size_t)x->app->options.max_body;

	return most < FIXTURES && x->op && x->op->reads ? FIXTURES : most;
}

/* Is there the KEY of "WORKSPACE/KEY"? After its workspace was entered; other keys are not of
 * interest. */
static bool check_role(struct exchange *x)
{
	const char *key = x->request.api_key;

	return !key || !*key || x->key || x->app->options.auth != AUTH_ANY ||
	       fail(x, ERR_UNAUTHORIZED,
		    "unknown API key in X-API-Key: WORKSPACE/KEY; the workspace has no such KEY "
		    "among the api_keys of its fixtures");
}

static bool stage_authenticate(struct exchange *x)
{
	const char *key = x->request.api_key;
	const char *unread =
	    x->request.authorization ? "; the header Authorization is not read" : "";

	if (!key || !*key)
		return fail(x, ERR_UNAUTHORIZED, "the X-API-Key header is required; send %s%s",
			    x->app->options.auth == AUTH_ANY ? "any key"
							     : "one of the fixtures' api_keys",
			    unread);
	if (!check_role(x))
		return false;
	return x->key ||
	       fail(x, ERR_UNAUTHORIZED,
		    "unknown API key; send one of the fixtures' api_keys in X-API-Key%s", unread);
}

static bool read_version(struct exchange *x)
{
	const char *header = x->request.miru_version, *ended;

	switch (version_read(header, x->app->options.version_policy, &x->version, &ended)) {
	case VERSION_OK:
		x->versioned = true;
		break;
	case VERSION_MISSING:
		fail(x, ERR_VERSION_MISSING, "the Miru-Version header is required; supported: %s",
		     version_list());
		break;
	case VERSION_ENDED:
		fail(x, ERR_VERSION_ENDED, "%s reached its end of life on %s; supported: %s",
		     header, ended, version_list());
		break;
	case VERSION_INVALID:
		fail(x, ERR_VERSION_INVALID, "unknown Miru-Version '%s'; supported: %s",
		     quote(x, header), version_list());
		break;
	}
	if (!x->versioned)
		fail_param(x, "supported", version_list());
	return x->versioned;
}

static bool stage_version(struct exchange *x)
{
	char exists[96];

	if (!read_version(x))
		return false;
	if (span_has(x->op->on, x->version))
		return true;
	fail(x, ERR_NOT_FOUND, "%s %s is not part of %s; it exists %s", x->op->method, x->op->path,
	     version_name(x->version), span_text(x->op->on, exists, sizeof exists));
	fail_param(x, "path", path_of(x));
	return false;
}

static bool stage_control_version(struct exchange *x)
{
	x->version = V_NEWEST;
	return true;
}

/* The version that the request asks for, or the newest. */
static bool stage_open_version(struct exchange *x)
{
	x->version = V_NEWEST;
	return !x->request.miru_version || read_version(x);
}

static bool read_body(struct exchange *x, const struct shape *shape, enum body_mode mode)
{
	const struct request *r = &x->request;
	struct parser p = { .arena = &x->arena, .version = x->version, .ignored = &x->ignored };

	return body_parse(&p, shape, mode, r->body, r->body_len, &x->body) ||
	       fail_parse(x, &p.error);
}

static bool stage_body(struct exchange *x)
{
	const struct shape shape = operation_body(x->op);
	const bool strict = x->app->options.strict_requests;
	const struct request *r = &x->request;

	if (shape.fields)
		return read_body(x, &shape, strict ? BODY_KNOWN : BODY_LENIENT);
	if (r->body_len == 0 || (r->body_len == 2 && memcmp(r->body, "{}", 2) == 0))
		return true;
	if (strict)
		return fail_field(x, NULL, "%s %s takes no body", x->op->method, x->op->path);
	x->ignored.names[x->ignored.count++] = "body";
	return true;
}

static bool stage_control_body(struct exchange *x)
{
	const struct shape shape = operation_body(x->op);

	if (x->op->reads || ((!shape.fields || x->op->no_body) && x->request.body_len == 0))
		return true;
	return read_body(x, &shape, BODY_STRICT);
}

/* Enter the workspace that the query or else the key names: last, so that a request that is refused
 * adds none. */
static bool stage_control_workspace(struct exchange *x)
{
	const char *id = query_workspace(x), *key = x->request.api_key;

	if (!id && x->op->no_workspace)
		return true;
	if (!id && x->all_scopes && key && *key == '/')
		return fail(x, ERR_INVALID_REQUEST,
			    "X-API-Key begins with a slash: WORKSPACE is empty (expected "
			    "WORKSPACE or WORKSPACE/KEY)");
	if (!id)
		return select_workspace(x, true) && check_role(x);
	if (streq(id, WORKSPACE_COMMON))
		return true;
	x->holds_workspace = registry_acquire_id(x->app->workspaces, id, &x->workspace);
	return x->holds_workspace ||
	       fail_field(x, QUERY_WORKSPACE,
			  "workspace '%s' not found; GET /_mock/workspaces lists them",
			  quote(x, id));
}

static bool stage_database(struct exchange *x)
{
	char err[256];

	x->db = registry_acquire_db(x->app->workspaces, x->workspace, x->worker, err, sizeof err);
	return x->db || server_error(x, "%s", err);
}

static bool stage_execute(struct exchange *x)
{
	return x->op->run(x);
}

static bool stage_present(struct exchange *x)
{
	struct writer w = exchange_writer(x);

	if (x->page)
		present_page(&w, x->page, x->version, x->expand.tree);
	else if (x->row)
		present(&w, x->row, x->version, x->expand.tree);
	return true;
}

static stage *const common_stages[] = { stage_identify, stage_target, stage_route, NULL };

/* The other stages, by the operation's class. Operations of the API leave a row or a page for the
 * last stage; the others write their answers themselves. */
static stage *const class_stages[][11] = {
	[ENDPOINT_API] = { fault_stage, stage_authenticate, stage_version, authorize, query_read,
			   stage_body, authorize_body, stage_database, stage_execute, stage_present,
			   NULL },
	[ENDPOINT_CONTROL] = { browser_check, stage_control_version, query_read_control,
			       stage_control_body, stage_control_workspace, stage_database,
			       stage_execute, NULL },
	[ENDPOINT_PREFLIGHT] = { stage_execute, NULL },
	[ENDPOINT_OPEN] = { stage_open_version, query_read_control, stage_execute, NULL },
};

static bool run_stages(struct exchange *x, stage *const *stages)
{
	for (; *stages; stages++)
		if (!(*stages)(x))
			return false;
	return true;
}

/* Separated by commas; what has no place in a header is percent-encoded. */
static void add_ignored_header(struct exchange *x)
{
	static const char digits[] = "0123456789ABCDEF";
	const struct ignored *ignored = &x->ignored;
	size_t len = 1;
	char *text, *end;

	for (size_t i = 0; i < ignored->count; i++)
		len += 3 * strlen(ignored->names[i]) + 2;
	text = end = arena_alloc(&x->arena, len);
	if (!text)
		return;
	for (size_t i = 0; i < ignored->count; i++) {
		end = i ? stpcpy(end, ", ") : end;
		for (const unsigned char *c = (const void *)ignored->names[i]; *c; c++) {
			if (*c > ' ' && *c < 0x7f && *c != ',' && *c != '%') {
				*end++ = (char)*c;
				continue;
			}
			*end++ = '%';
			*end++ = digits[*c / 16];
			*end++ = digits[*c % 16];
		}
	}
	*end = '\0';
	answer_header(x, "Miru-Mock-Ignored", text);
}

bool arrive(struct exchange *x)
{
	bool ok = identify(x);

	x->arrived = true;
	x->accepted = ok && run_stages(x, common_stages);
	exchange_enter(x);
	return ok;
}

void serve(struct exchange *x)
{
	bool ok = (x->arrived ? x->accepted && !x->failure.error : run_stages(x, common_stages)) &&
		  run_stages(x, class_stages[x->op->class]);

	if (x->db)
		registry_release_db(x->workspace, STEAL(x->db));
	fault_add_headers(x);
	if (x->ignored.count > 0)
		add_ignored_header(x);
	exchange_answer(x, ok);
	fault_apply(x);
}

void serve_again(struct exchange *x)
{
	x->wait.counter = NULL;
	x->answer.status = 0;
	buf_clear(x->answer.body);
	exchange_answer(x, x->op->run(x));
}
