/* SPDX-License-Identifier: MIT
 * version.h - the versions of the API, spans of versions, and reading the Miru-Version header
 * (behaviour: section 2). Pure.
 *
 * Only this file and the tables with spans name versions.
 */
#ifndef MODEL_VERSION_H
#define MODEL_VERSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* VERSION(symbol, header value): the supported versions, oldest first. */
#define VERSIONS(VERSION)                                                                          \
	VERSION(TETONS, "2026-03-09.tetons")                                                       \
	VERSION(RAINIER, "2026-05-06.rainier")                                                     \
	VERSION(EVERGLADES, "2026-08-17.everglades")

#define VERSION_NUMBER(symbol, name) V_##symbol,
enum version { VERSIONS(VERSION_NUMBER) V_COUNT };
#undef VERSION_NUMBER
#define V_OLDEST 0
#define V_NEWEST (V_COUNT - 1)

/* Versions from `since` (inclusive) to `before` (exclusive). The zero value is empty. */
struct span {
	uint8_t since, before;
};

/* clang-format off */
#define ALWAYS   { 0, V_COUNT }
#define SINCE(v) { (v), V_COUNT }
#define UNTIL(v) { 0, (v) + 1 }
#define NEVER    { 0, 0 }
/* clang-format on */

static inline bool span_has(struct span s, enum version v)
{
	return s.since <= v && v < s.before;
}

/* Does it have any version? */
static inline bool span_is_ever(struct span s)
{
	return s.since < s.before;
}

/* The last version of a span that is not empty. */
static inline enum version span_last(struct span s)
{
	return (enum version)(s.before - 1);
}

/* "since 2026-05-06.rainier", "until ..." or "in ... to ..."; written to out, which is returned. */
const char *span_text(struct span s, char *out, size_t len);
/* The header value of a supported version, such as "2026-03-09.tetons". */
const char *version_name(enum version v);
/* All of them, the newest last, separated by ", ". */
const char *version_list(void);

/* What a header may say: a supported version; any date of a supported train; anything. */
enum version_policy { VERSION_STRICT, VERSION_KNOWN, VERSION_ANY };

enum version_verdict { VERSION_OK, VERSION_MISSING, VERSION_ENDED, VERSION_INVALID };

/*
 * Read a Miru-Version header (NULL: the request has none). VERSION_OK sets *v; VERSION_ENDED sets
 * *ended to the day, YYYY-MM-DD, on which support ended. Under VERSION_ANY an unknown header is the
 * newest version.
 */
enum version_verdict version_read(const char *header, enum version_policy policy, enum version *v,
				  const char **ended);

#endif
