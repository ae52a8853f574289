/* SPDX-License-Identifier: MIT
 * git_commits.h - creating git commits, and referring to them (behaviour: section 10.1). Knows no
 * HTTP.
 */
#ifndef API_GIT_COMMITS_H
#define API_GIT_COMMITS_H

#include "api/write.h"

/* POST /git_commits: a new one, or the one that exists of that sha in that repository. */
bool git_commits_create(struct exchange *x);

/* How the bodies of releases and of schemas refer to a commit. */
extern const struct body_ref release_commit_ref, schema_commit_ref;

#endif
