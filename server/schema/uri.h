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
/* A copy with each %XX decoded. NULL if an escape is malformed, or decodes to NUL or to what is not
 * UTF-8, or when memory is short. */
char *uri_decode(struct arena *a, const char *text) MUST_CHECK;

#endif
