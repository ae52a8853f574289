/* SPDX-License-Identifier: MIT
 * origin.h - names and origins as options have them, in the form in which browsers send them.
 */
#ifndef CLI_ORIGIN_H
#define CLI_ORIGIN_H

#include <stdbool.h>

/* Can a browser call a server by this name, without a port? A dot at its end is cut off. */
bool origin_host_fits(char *text);
/* Can a server listen there? A name, an IPv4 address in any form, or an IPv6 address, which may
 * have a scope; or "*". No URL, and no port. */
bool origin_address_fits(const char *text);
/* Can a browser send this as Origin, in any case of letters, or is it "*"? The port that the scheme
 * has by default is cut off, as browsers do. */
bool origin_fits(char *text);

#endif
