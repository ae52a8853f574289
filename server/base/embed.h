/* SPDX-License-Identifier: MIT
 * embed.h - files that the build turns into byte arrays. Each ends with a NUL, which its length
 * does not count.
 */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#include <stddef.h>

extern const char schema_sql[];
extern const char demo_json[];
extern const size_t demo_json_len;

#endif
