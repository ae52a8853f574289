/* SPDX-License-Identifier: MIT
 * endpoints.h - what /_mock/openapi.json says of each control endpoint that the table of operations
 * does not: its names, and its answer. A new endpoint needs a row here.
 */
#ifndef CONTROL_ENDPOINTS_H
#define CONTROL_ENDPOINTS_H

#include "model/operation.h"

/* What an endpoint answers with. */
enum endpoint_answer {
	ANSWERS_SHAPE,    /* an object with the fields of `answer` */
	ANSWERS_ROW,      /* a row of the operation's resource, in the shape of fixtures */
	ANSWERS_PAGE,     /* a page of them */
	ANSWERS_FIXTURES, /* a document of fixtures */
	ANSWERS_COUNTS,   /* a number for each array of fixtures */
	ANSWERS_JSON,     /* any object */
};

struct endpoint {
	const char *method, *path; /* behind /_mock/ */
	const char *name;          /* its operationId */
	const char *tag, *summary;
	enum endpoint_answer answers;
	const struct shape *answer;
	bool conflicts;    /* may be refused with 409; */
	bool not_found;    /* and, though no id is in its path, with 404 */
	const char *media; /* a media type in which it answers besides JSON, or NULL */
};

/* The row of an operation. False if it has none. */
bool endpoint_of(const struct operation *op, struct endpoint *e);

#endif
