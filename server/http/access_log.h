/* SPDX-License-Identifier: MIT
 * access_log.h - the log's line for each request. Knows the exchange; base/log.h writes the line.
 */
#ifndef HTTP_ACCESS_LOG_H
#define HTTP_ACCESS_LOG_H

#include <stdint.h>

struct exchange;

/*
 * Log a finished exchange, which took `micros` microseconds: status, method, target, version, the
 * key's name (never the key), error code. Does nothing where the log is off, nor for a probe that
 * succeeded.
 */
void access_log(struct exchange *x, int64_t micros);

#endif
