/* SPDX-License-Identifier: MIT
 * yaml.h - parses a YAML document into the tree that JSON would give. Pure.
 */
#ifndef SCHEMA_YAML_H
#define SCHEMA_YAML_H

#include "base/json.h"

/* The maximum that aliases and merge keys add to a document, in bytes of the tree. */
enum { YAML_COPIED_MAX = 8 * 1024 * 1024 };

/*
 * A tree for cJSON_Delete(). If it fails: NULL, and *e is set.
 *
 * Plain scalars are read by the core schema of YAML 1.2 with the additions of Go's yaml.v3: 0b, 010
 * in octal, _ between digits. Decimal numbers may be of any length and exponent, and are exact;
 * yaml.v3 makes a double of an integer beyond 64 bits, and a text of a number beyond a double. As
 * in yaml.v3, integers of other bases beyond 64 bits are text. Quoted scalars are text. A tag of a
 * kind that JSON has must fit its scalar; `!` has no effect; other tags are errors. Keys are
 * scalars, taken as text, and must not repeat. `<<` merges. A text without a document is null; a
 * second document is an error, and so is a depth beyond JSON_DEPTH. NUL, which no C text can hold,
 * is read as U+FFFD.
 */
cJSON *yaml_parse(const char *text, size_t len, struct json_error *e) MUST_CHECK;

#endif
