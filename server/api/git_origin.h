/* SPDX-License-Identifier: MIT
 * git_origin.h - the repository of a git commit, by its origin (behaviour: section 10.1). Pure.
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
 * Parse an origin of git, https://HOST/OWNER/NAME.git, ssh://git@HOST/OWNER/NAME.git or
 * git@HOST:OWNER/NAME.git, of a known host. False on failure: *why is then a text for the client,
 * or NULL when memory is short.
 */
bool git_origin_parse(struct arena *a, const char *origin, struct repository *r, const char **why);
/* The URL of a commit's page. NULL when memory is short. */
char *git_origin_commit_url(struct arena *a, const struct repository *r, const char *sha);

#endif
