/* SPDX-License-Identifier: MIT
 * openapi.h - the API as it is served, described in OpenAPI 3.0 from the tables of operations and
 * of resources.
 */
#ifndef API_OPENAPI_H
#define API_OPENAPI_H

#include <stdbool.h>

struct exchange;

/* GET /openapi.json: the document of the version that the request asks for. */
bool openapi_get(struct exchange *x);

#endif
