/* SPDX-License-Identifier: MIT
 * browser.h - requests of browsers: whose pages may use the control endpoints, and whose may read
 * answers of the API (CORS). A request is of a browser if it has Origin or Sec-Fetch-Site, or if
 * its User-Agent says so.
 */
#ifndef HTTP_BROWSER_H
#define HTTP_BROWSER_H

#include "http/exchange.h"

/* A stage of control endpoints: false, with the failure noted, if a page of another origin asks, or
 * if the server is called by a name that may be another site's. */
bool browser_check(struct exchange *x);
/* Does a page ask whether it may send a request of the API, and may it? --cors names its origin. */
bool browser_is_preflight(const struct exchange *x);
/* The operation of preflights: 204, with what the page may send. */
bool browser_answer_preflight(struct exchange *x);
/* Add to the answer the headers by which a page may read it. After its path is known. */
void browser_add_headers(struct exchange *x);

#endif
