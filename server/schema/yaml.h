/*
 * yaml.h - one YAML document as the tree that JSON would give. Pure.
 */
#ifndef SCHEMA_YAML_H
#define SCHEMA_YAML_H

#include "base/json.h"

/* What aliases and merge keys may add to a document, in bytes of the tree they build. */
enum { YAML_COPIED_MAX = 8 * 1024 * 1024 };

/*
 * The tree for cJSON_Delete; NULL on failure, with *e.
 *
 * Plain scalars are read by the core schema of YAML 1.2 with what Go's yaml.v3 adds: 0b, 010 in
 * octal, _ between digits. Quoted ones are text. A tag of JSON's kinds must fit its scalar; `!`
 * says nothing; other tags are refused. Keys are scalars, taken as text, and do not repeat. `<<`
 * merges. No document is null, several are refused, and so is a depth beyond JSON_DEPTH. NUL, which
 * no C text holds, is read as U+FFFD.
 */
cJSON *yaml_parse(const char *text, size_t len, struct json_error *e) MUST_CHECK;

#endif
