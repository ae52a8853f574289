/*
 * releases.h - making releases and git commits (behaviour: section 10.1). Knows no HTTP.
 */
#ifndef API_RELEASES_H
#define API_RELEASES_H

#include "api/write.h"

struct exchange;

bool op_create_release(struct exchange *x);
/* A new one, or the one that there is of its sha in its repository. */
bool op_create_commit(struct exchange *x);

/* How the bodies of releases and of schemas name a commit. */
extern const struct reference release_commit_reference, schema_commit_reference;

#endif
