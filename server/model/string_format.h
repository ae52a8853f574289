/*
 * string_format.h - the forms that texts of the API must have: lengths and alphabets (behaviour:
 * section 9.3). Pure. Which field has which form is the resource table's to say.
 */
#ifndef MODEL_STRING_FORMAT_H
#define MODEL_STRING_FORMAT_H

#include <stdbool.h>

enum form {
	FORM_ANY,         /* any text */
	FORM_ID,          /* opaque, but fit for a path: letters, digits, _ and - */
	FORM_FILLED,      /* not empty */
	FORM_KEY,         /* an API key: fit for a header */
	FORM_NAME,        /* of devices, config types */
	FORM_SLUG,        /* of config types */
	FORM_SEMVER,      /* of releases */
	FORM_SLOT_KEY,    /* of instance slots, */
	FORM_SLOT_NAME,   /* and their names */
	FORM_FILEPATH,    /* of instance slots: absolute, without .. */
	FORM_DESCRIPTION, /* of devices, slots, deployments */
	/* Of control endpoints: */
	FORM_LINE,    /* short enough to keep */
	FORM_PATTERN, /* of paths */
	FORM_STATUS,  /* an HTTP status, or a class of them */
	FORM_CODE,    /* an error's */
	FORM_SINCE,   /* an id of the journal's, or a time */
	FORM_COUNT
};

bool form_fits(enum form form, const char *text);
/* The same in JSON Schema's words: lengths, 0 for no limit; a pattern, or NULL. Where lengths are
 * in bytes, so many characters may be too many. */
struct form_limits {
	unsigned min, max;
	const char *pattern;
};
struct form_limits form_limits(enum form form);
/* What form_fits wants, for a message: "a text of 1 to 48 characters". */
const char *form_expected(enum form form);

#endif
