/* SPDX-License-Identifier: MIT
 * config_instances.h - creating config instances, and downloading their content (behaviour:
 * sections 10.3 and 10.4). Knows no HTTP.
 */
#ifndef API_CONFIG_INSTANCES_H
#define API_CONFIG_INSTANCES_H

#include <stdbool.h>

struct exchange;

bool config_instances_create(struct exchange *x);
/* GET .../content: the bytes of its content, as a file. */
bool config_instances_content(struct exchange *x);

#endif
