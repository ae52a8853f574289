/* SPDX-License-Identifier: MIT
 * devices.h - what is done with devices besides writing them down: pings, and tokens to activate
 * them (behaviour: section 12). Knows no HTTP.
 */
#ifndef API_DEVICES_H
#define API_DEVICES_H

#include <stdbool.h>

struct exchange;

/* POST /devices/{id}/ping: answers after as long as the device, or the timeout, would take. */
bool devices_ping(struct exchange *x);
/* POST /devices/{id}/activation_token, and POST /provisioning_tokens. */
bool devices_activation_token(struct exchange *x);
bool devices_provisioning_token(struct exchange *x);

#endif
