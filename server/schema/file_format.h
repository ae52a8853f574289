/*
 * file_format.h - the formats of config instances: how their files end, and their media types
 * (behaviour: sections 10.2 and 10.4). Pure.
 */
#ifndef SCHEMA_FILE_FORMAT_H
#define SCHEMA_FILE_FORMAT_H

#include "base/util.h"

/* The format that a file's extension tells of, a word of instance_format_words; or NULL. */
const char *format_of_file(const char *filepath);
/* What the files of a format end in: a list that ends with NULL, and may be empty. */
const char *const *format_extensions(const char *format);
/* The media type of a format. */
const char *format_media_type(const char *format);

#endif
