/*
 * probe.h - asking a running server whether it is ready, as Docker's HEALTHCHECK does. Knows
 * nothing of the server in this process.
 */
#ifndef PROBE_H
#define PROBE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * GET url, which is http://host[:port][/path], within `seconds`. True when the answer is 200; else
 * a line in err says what came instead.
 */
bool probe(const char *url, int seconds, char *err, size_t errlen);

#endif
