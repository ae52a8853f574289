/*
 * string_format.h - the forms that texts of the API must have: lengths and alphabets (behaviour:
 * section 9.3). Pure. Which field has which form is the resource table's to say.
 */
#ifndef MODEL_STRING_FORMAT_H
#define MODEL_STRING_FORMAT_H

#include <stdbool.h>

enum string_format {
	STRFMT_ANY,         /* any text */
	STRFMT_ID,          /* opaque, but fit for a path: letters, digits, _ and - */
	STRFMT_NON_EMPTY,   /* not empty */
	STRFMT_KEY,         /* an API key: fit for a header */
	STRFMT_NAME,        /* of devices, config types */
	STRFMT_SLUG,        /* of config types */
	STRFMT_SEMVER,      /* of releases */
	STRFMT_SLOT_KEY,    /* of instance slots, */
	STRFMT_SLOT_NAME,   /* and their names */
	STRFMT_FILEPATH,    /* of instance slots: absolute, without .. */
	STRFMT_DESCRIPTION, /* of devices, slots, deployments */
	/* Of control endpoints: */
	STRFMT_LINE,    /* short enough to keep */
	STRFMT_PATTERN, /* of paths */
	STRFMT_STATUS,  /* an HTTP status, or a class of them */
	STRFMT_CODE,    /* an error's */
	STRFMT_SINCE,   /* an id of the journal's, or a time */
	STRFMT_COUNT
};

bool string_format_fits(enum string_format format, const char *text);
/* The same in JSON Schema's words: lengths, 0 for no limit; a pattern, or NULL. Where lengths are
 * in bytes, so many characters may be too many. */
struct string_format_limits {
	unsigned min, max;
	const char *pattern;
};
struct string_format_limits string_format_limits(enum string_format format);
/* What string_format_fits wants, for a message: "a text of 1 to 48 characters". */
const char *string_format_expected(enum string_format format);

#endif
