/*
 * fixtures.h - the control endpoints of fixtures, /_mock/fixtures and /_mock/reset.
 */
#ifndef CONTROL_FIXTURES_H
#define CONTROL_FIXTURES_H

#include <stdbool.h>

struct exchange;

/* Back to the fixtures as they were loaded, with the clock, the faults and the journal. */
bool control_reset(struct exchange *x);
/* All rows and keys, as one document of fixtures. */
bool control_get_fixtures(struct exchange *x);
/* Replace the fixtures; if anything is wrong with them, nothing changes. */
bool control_put_fixtures(struct exchange *x);
/* Add rows and keys; if anything is wrong with them, nothing changes. */
bool control_post_fixtures(struct exchange *x);

#endif
