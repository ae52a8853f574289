/* SPDX-License-Identifier: MIT
 * string_format.h - the formats of the API's texts: lengths and alphabets (behaviour: section 9.3).
 * Pure. The resource table says which field has which format.
 */
#ifndef MODEL_STRING_FORMAT_H
#define MODEL_STRING_FORMAT_H

#include <stdbool.h>

#include "base/arena.h"

enum string_format {
	STRFMT_ANY,         /* any text */
	STRFMT_ID,          /* opaque, fit for a path: letters, digits, _ and - */
	STRFMT_NON_EMPTY,   /* not empty */
	STRFMT_KEY,         /* an API key, fit for a header */
	STRFMT_NAME,        /* of config types */
	STRFMT_PLAIN_NAME,  /* of devices, instance slots: HTML tags are taken out */
	STRFMT_SLUG,        /* of config types */
	STRFMT_SEMVER,      /* of releases */
	STRFMT_SLOT_KEY,    /* of instance slots */
	STRFMT_FILEPATH,    /* of instance slots: absolute, without .. */
	STRFMT_DESCRIPTION, /* of devices, slots, deployments */
	/* Of control endpoints: */
	STRFMT_LINE,    /* a short text */
	STRFMT_PATTERN, /* a glob of paths */
	STRFMT_STATUS,  /* an HTTP status or a class of statuses */
	STRFMT_CODE,    /* of an error */
	STRFMT_SINCE,   /* an id in the journal or a time */
	STRFMT_COUNT
};

bool string_format_fits(enum string_format format, const char *text);
/* A text as it is checked and stored: itself, or a copy without what the format takes out. NULL
 * when memory is short. */
const char *string_format_clean(struct arena *a, enum string_format format, const char *text);
/* A format for JSON Schema: lengths in characters (0: no limit) and a pattern (or NULL). If the
 * limit is in bytes, a text of that many characters may be too long. */
struct string_format_limits {
	unsigned min, max;
	const char *pattern;
};
struct string_format_limits string_format_limits(enum string_format format);
/* A format for messages: "a text of 1 to 48 characters". */
const char *string_format_expected(enum string_format format);

#endif
