/* SPDX-License-Identifier: MIT
 * percent.h - decodes percent-encoding (RFC 3986, section 2.1). Pure.
 */
#ifndef BASE_PERCENT_H
#define BASE_PERCENT_H

#include "base/util.h"

enum percent {
	PERCENT_OK,
	PERCENT_MALFORMED, /* a % without two hex digits behind it */
	PERCENT_NUL,       /* %00 */
	PERCENT_NOT_UTF8,  /* not UTF-8 once decoded */
};

/*
 * Decode `len` bytes into `out`, which has room for len + 1 bytes and ends with a NUL. With `plus`,
 * a + is a space. `out` is undefined unless the result is PERCENT_OK.
 */
enum percent percent_decode(const char *text, size_t len, bool plus, char *out) MUST_CHECK;

#endif
