/*
 * config_schemas.h - making config schemas (behaviour: section 10.2). Knows no HTTP.
 */
#ifndef API_CONFIG_SCHEMAS_H
#define API_CONFIG_SCHEMAS_H

#include <stdbool.h>

struct exchange;

/* A new one, or the one that there is already of the same type and content. */
bool op_create_schema(struct exchange *x);

#endif
