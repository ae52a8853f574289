/*
 * version.h - the versions of the API, the spans of versions in which a thing exists, and the
 * reading of the Miru-Version header (behaviour: section 2). Pure.
 *
 * This file and the tables that carry spans are the only places that name a version.
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

/* From `since` on, up to but without `before`; one that nobody wrote down is never. */
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

/* Is there a version in which it is? */
static inline bool span_is_ever(struct span s)
{
	return s.since < s.before;
}

/* The last version of a span that has one. */
static inline enum version span_last(struct span s)
{
	return (enum version)(s.before - 1);
}

/* "since 2026-05-06.rainier", "until ..." or "in ... to ..."; written to out, which it returns. */
const char *span_text(struct span s, char *out, size_t len);
/* The header value of a supported version, such as "2026-03-09.tetons". */
const char *version_name(enum version v);
/* The supported versions' header values, newest last, separated by ", ". */
const char *version_list(void);

/* strict: exact supported values; known: any date of a supported train; any: whatever comes. */
enum version_policy { VERSION_STRICT, VERSION_KNOWN, VERSION_ANY };

enum version_verdict { VERSION_OK, VERSION_MISSING, VERSION_ENDED, VERSION_INVALID };

/*
 * Read a Miru-Version header; `header` is NULL when the request has none. On VERSION_OK sets *v; on
 * VERSION_ENDED sets *ended to the day, YYYY-MM-DD, on which that version's life ended. What
 * VERSION_ANY cannot place is read as the newest version.
 */
enum version_verdict version_read(const char *header, enum version_policy policy, enum version *v,
				  const char **ended);

#endif
