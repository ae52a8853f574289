/*
 * config_instances.h - making config instances, and handing out what they hold (behaviour: sections
 * 10.3 and 10.4). Knows no HTTP.
 */
#ifndef API_CONFIG_INSTANCES_H
#define API_CONFIG_INSTANCES_H

#include <stdbool.h>

struct exchange;

bool op_create_instance(struct exchange *x);
/* The bytes of its content, as a file. */
bool op_get_content(struct exchange *x);

#endif
