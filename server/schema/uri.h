/*
 * uri.h - references to URIs, as RFC 3986 resolves them. Pure.
 */
#ifndef SCHEMA_URI_H
#define SCHEMA_URI_H

#include "base/arena.h"

/*
 * What `reference` refers to from `base`; neither has a fragment, and `base` may be relative
 * itself, or empty. NULL when memory is short.
 */
const char *uri_resolve(struct arena *a, const char *base, const char *reference) MUST_CHECK;
/* Does it begin with a scheme? */
bool uri_is_absolute(const char *uri);
/* A copy with each %XX decoded. *good is false where an escape is malformed, or decodes to NUL or
 * to what is not UTF-8: then the copy is of no use. NULL when memory is short. */
char *uri_decode(struct arena *a, const char *text, bool *good) MUST_CHECK;

#endif
