/* SPDX-License-Identifier: MIT
 * file_format.h - the formats of config instances: the extensions of their files, their media
 * types, and the default slot of a schema (behaviour: sections 10.2 and 10.4). Pure.
 */
#ifndef SCHEMA_FILE_FORMAT_H
#define SCHEMA_FILE_FORMAT_H

#include "base/arena.h"
#include "base/util.h"

/* The format of a file by its extension: a word of instance_format_words, or NULL. */
const char *file_format_of(const char *filepath);
/* The extensions of a format: a list that ends with NULL, and may be empty. */
const char *const *file_format_extensions(const char *format);
/* The media type of a format. */
const char *file_format_media_type(const char *format);

/* The slot of a schema that names none. It is required. */
extern const char file_format_slot_key[], file_format_slot_name[];
/* The slot's file path, by the config type's slug and the schema's format, which may be NULL. NULL
 * when memory is short. */
char *file_format_slot_path(struct arena *a, const char *slug, const char *schema_format);

#endif
