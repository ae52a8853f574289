/*
 * load.c - an app from options. Knows nothing of sockets.
 */
#include "load.h"

#include <malloc.h>
#include <stdlib.h>

#include "embed.h"
#include "fixture.h"

bool app_open(struct app *app, const struct options *o, char *err, size_t errlen)
{
	const uint64_t seed = (uint64_t)o->seed;
	const struct beginning beginning = {
		.transitions = o->transitions,
		.frozen = o->clock,
		.seed = o->seed >= 0 ? &seed : NULL,
		.still = o->stateless,
	};

	*app = (struct app){
		.auth = (enum auth_mode)o->auth,
		.version_policy = (enum version_policy)o->version_policy,
		.max_body = o->max_body,
		.max_page_size = o->max_page_size,
		.strict_release_rule = o->strict_release_rule,
		.pipe_only_filters = o->pipe_only_filters,
		.lenient_parent = o->lenient_parent,
	};
	store_setup();
	arena_init(&app->arena, NULL, 0);
	app->workspace = calloc(1, sizeof *app->workspace);
	if (!app->workspace || !sql_compose(&app->sql, &app->arena)) {
		snprintf(err, errlen, "out of memory");
		return false;
	}
	return workspace_open(app->workspace, &beginning, err, errlen);
}

void app_close(struct app *app)
{
	if (app->workspace)
		workspace_close(app->workspace);
	free(app->workspace);
	arena_free(&app->arena);
}

static bool load(struct app *app, const struct option_list *files, bool demo,
		 struct problems *problems)
{
	struct source sources[OPTION_LIST_MAX] = { { "demo", demo_json, demo_json_len } };
	size_t n = demo && files->count == 0 ? 1 : 0;
	bool ok = true;

	for (size_t i = 0; i < files->count; i++)
		ok &= source_read(&sources[i], files->items[i], problems);
	ok = ok && workspace_fill(app->workspace, &app->sql, sources, files->count + n, problems);
	for (size_t i = 0; i < files->count; i++)
		source_free(&sources[i]);
	return ok;
}

bool app_load(struct app *app, const struct option_list *files, bool demo)
{
	struct problems problems CLEANUP(problems_free) = PROBLEMS_INIT;
	bool ok = load(app, files, demo, &problems);

	if (!ok)
		fprintf(stderr, "%smiru-mock: %zu problem%s in the fixtures; nothing was loaded\n",
			problems.text.text ? problems.text.text : "", problems.count,
			problems.count == 1 ? "" : "s");
	malloc_trim(0); /* what loading took is not needed again */
	return ok;
}
