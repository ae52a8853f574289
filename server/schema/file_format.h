/*
 * file_format.h - the formats of config instances: how their files end, their media types, and the
 * slot of a schema that names none (behaviour: sections 10.2 and 10.4). Pure.
 */
#ifndef SCHEMA_FILE_FORMAT_H
#define SCHEMA_FILE_FORMAT_H

#include "base/arena.h"
#include "base/util.h"

/* The format that a file's extension tells of, a word of instance_format_words; or NULL. */
const char *file_format_of(const char *filepath);
/* What the files of a format end in: a list that ends with NULL, and may be empty. */
const char *const *file_format_extensions(const char *format);
/* The media type of a format. */
const char *file_format_media_type(const char *format);

/* The slot that a schema has if it names none. It is required. */
extern const char file_format_slot_key[], file_format_slot_name[];
/* Its file, by the config type's slug and the format of the schema (may be NULL). NULL when memory
 * is short. */
char *file_format_slot_path(struct arena *a, const char *slug, const char *schema_format);

#endif
