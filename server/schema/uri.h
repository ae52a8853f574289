/* SPDX-License-Identifier: MIT
 * uri.h - resolves references to URIs (RFC 3986). Pure.
 */
#ifndef SCHEMA_URI_H
#define SCHEMA_URI_H

#include "base/arena.h"

/*
 * Resolve `reference` against `base`. Neither may have a fragment; `base` may be relative, or
 * empty. NULL when memory is short.
 */
const char *uri_resolve(struct arena *a, const char *base, const char *reference) MUST_CHECK;
/* A copy with each %XX decoded. NULL if an escape is malformed or is %00, if the copy is not UTF-8,
 * or when memory is short. */
char *uri_decode(struct arena *a, const char *text) MUST_CHECK;

#endif
