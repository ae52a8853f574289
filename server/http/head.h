/* SPDX-License-Identifier: MIT
 * head.h - the head of a request: which headers the exchange keeps, and which heads are refused
 * before the body is read; and the Date of an answer. Knows no library.
 */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include "http/exchange.h"

enum {
	HEAD_TARGET_MAX = 8 * 1024, /* bytes of a request's target, */
	HEAD_MAX = 16 * 1024,       /* and of its request line with all headers */
};

/*
 * Hide the query of a target from libmicrohttpd, which would parse it. It would make a record for
 * each parameter and, if its memory for the connection does not hold them all, refuse the request
 * but go on as if it had not, and lose the connection. It has found the question mark already, and
 * looks at what follows only afterwards.
 */
void head_hide_query(char *uri);

/* Keep a header if the request has a place for it. The texts are borrowed for as long as the
 * exchange lives; `value` may be NULL, for an empty one. */
void head_add(struct exchange *x, const char *name, size_t len, const char *value);

/* After the last header: may the body have more than so many bytes? */
bool head_announces_more(const struct exchange *x, size_t bytes);
/*
 * After the last header: may the body be read? False, with the failure noted, if its end cannot be
 * found for certain, or if it is larger than `max_body` bytes.
 */
bool head_check_body(struct exchange *x, size_t max_body);
/* Is a head of that many bytes, and its target, short enough, and the body not coded? Notes the
 * failure. */
bool head_check(struct exchange *x, size_t bytes);

/* The Date header, by the workspace's clock, so that a frozen clock makes equal answers. Valid
 * until the calling thread's next call. */
const char *head_date(const struct exchange *x);

#endif
