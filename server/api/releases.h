/* SPDX-License-Identifier: MIT
 * releases.h - creating releases (behaviour: section 10.1). Knows no HTTP.
 */
#ifndef API_RELEASES_H
#define API_RELEASES_H

#include <stdbool.h>

struct exchange;

/* POST /releases */
bool releases_create(struct exchange *x);

#endif
