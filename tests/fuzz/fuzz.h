/* SPDX-License-Identifier: MIT
 * fuzz.h - what every fuzzer is made of: libFuzzer's entry, or replay.c's, and properties. Knows
 * nothing of the server.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* One input; always returns 0. A property that does not hold ends the process. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold of every input, and with what, where it does not: a printf format. */
#define HOLD(condition, ...)                                                                       \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: does not hold: %s: ", __FILE__, __LINE__,          \
				#condition);                                                       \
			fprintf(stderr, __VA_ARGS__);                                              \
			fputc('\n', stderr);                                                       \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

#endif
