/*
 * devices.h - what is done with devices besides writing them down: pings, and tokens to activate
 * them (behaviour: section 12). Knows no HTTP.
 */
#ifndef API_DEVICES_H
#define API_DEVICES_H

#include <stdbool.h>

struct exchange;

bool op_ping(struct exchange *x);
bool op_activation_token(struct exchange *x);
bool op_provisioning_token(struct exchange *x);

#endif
