/*
 * git_origin.h - where a git commit lives, by its origin (behaviour: section 10.1). Pure.
 */
#ifndef API_GIT_ORIGIN_H
#define API_GIT_ORIGIN_H

#include "base/arena.h"

struct repository {
	const char *type; /* a word of repository_type; constant */
	const char *owner, *name;
	const char *url;
};

/*
 * Read an origin as git knows them: https://HOST/OWNER/NAME.git, ssh://git@HOST/OWNER/NAME.git or
 * git@HOST:OWNER/NAME.git, of a host that is known. On failure returns false and sets *why to a
 * text for the client, or to NULL when memory is short.
 */
bool repository_read(struct arena *a, const char *origin, struct repository *r, const char **why);
/* The page of a commit. NULL when memory is short. */
char *repository_commit_url(struct arena *a, const struct repository *r, const char *sha);

#endif
