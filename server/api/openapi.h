/*
 * openapi.h - the API as it is served, described in OpenAPI 3.0 from the tables. Knows the tables
 * and JSON, nothing of requests but who asks for it.
 */
#ifndef API_OPENAPI_H
#define API_OPENAPI_H

#include <stdbool.h>

struct exchange;

/* The document of the version asked for. */
bool openapi_get(struct exchange *x);

#endif
