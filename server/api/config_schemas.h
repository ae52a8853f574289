/* SPDX-License-Identifier: MIT
 * config_schemas.h - creating config schemas (behaviour: section 10.2). Knows no HTTP.
 */
#ifndef API_CONFIG_SCHEMAS_H
#define API_CONFIG_SCHEMAS_H

#include <stdbool.h>

struct exchange;

/* POST /config_schemas: a new one, or the one that exists of the same type and content. */
bool config_schemas_create(struct exchange *x);

#endif
