/* SPDX-License-Identifier: MIT
 * api_path.h - the prefixes that a path of the API may have: "/beta", "/v1", or none. Pure.
 */
#ifndef MODEL_API_PATH_H
#define MODEL_API_PATH_H

#include "base/util.h"

/* The length of an undecoded path's prefix: 5 of "/beta/devices", 0 of "/devices". */
size_t api_path_prefix(const char *path);

/* Does a glob match an undecoded path without its query, with or without its prefix? */
bool api_path_matches(const char *glob, const char *path, size_t prefix);
/* Could the glob match a path of the template "/devices/{id}"? What stands behind the glob's first
 * star, or encoded character, is not looked at. */
bool api_path_may_match(const char *glob, const char *template);

#endif
