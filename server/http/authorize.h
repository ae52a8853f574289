/* SPDX-License-Identifier: MIT
 * authorize.h - may the API key do what the request asks for (behaviour: section 3)? The stages
 * that decide it; nothing else looks at scopes.
 */
#ifndef HTTP_AUTHORIZE_H
#define HTTP_AUTHORIZE_H

#include <stdbool.h>

struct exchange;

/* By the operation's own scopes, before the body is read. */
bool authorize(struct exchange *x);
/* By the scope that a word of the body needs. */
bool authorize_body(struct exchange *x);

#endif
