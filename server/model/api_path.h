/*
 * api_path.h - the paths under which the API answers: "/beta", "/v1", or none before its own. Pure.
 */
#ifndef MODEL_API_PATH_H
#define MODEL_API_PATH_H

#include "base/util.h"

/* The bytes of a path, as it came, that are a prefix: 5 of "/beta/devices", 0 of "/devices". */
size_t api_path_prefix(const char *path);

/* Does a glob match a path, undecoded and without a query, with its prefix or without it? */
bool api_path_matches(const char *glob, const char *path, size_t prefix);

#endif
