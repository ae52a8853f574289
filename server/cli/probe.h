/*
 * probe.h - asking a running server whether it is ready, as Docker's HEALTHCHECK does. Knows
 * nothing of the server in this process.
 */
#ifndef CLI_PROBE_H
#define CLI_PROBE_H

#include <stddef.h>

enum probe { PROBE_READY, PROBE_NOT_READY, PROBE_NO_URL };

/*
 * GET url, which is http://host[:port][/path], within `seconds`; without a path, /_mock/ready.
 * Ready when the answer is 200, or where it is our server's that has no /_mock/ready (it listens
 * only once it is ready); else a line in err says what came instead, or what is wrong with
 * the URL.
 */
enum probe probe(const char *url, int seconds, char *err, size_t errlen);

#endif
