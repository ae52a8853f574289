/* SPDX-License-Identifier: MIT
 * lifecycle.h - the states of a deployment and the moves between them: the table of behaviour,
 * section 11.4, as rows. Pure. What a move does to the device's other deployments is
 * workspace/deployment.c's to know, and when a device makes one, workspace/simulator.c's.
 */
#ifndef MODEL_LIFECYCLE_H
#define MODEL_LIFECYCLE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/word.h"

struct state {
	enum target_status target;
	enum activity_status activity;
	enum error_status error;
};

#define BIT(n) (1u << (n))

/* clang-format off */
/*
 * The moves: a trigger; from which targets, activities and errors (sets of BIT(); 0: from any); to
 * which state (0: as before); the field that becomes the time of the move, or NULL. The numbers
 * are the rows of behaviour, section 11.4: rows 1 and 2 make deployments, and rows 13, 15 and 16
 * say which moves do not exist.
 */
#define MOVES(_) \
	/* 3: to the device */ \
	_(MOVE_DEPLOY, BIT(TARGET_STAGED), BIT(ACTIVITY_STAGED), BIT(ERROR_NONE), \
	  TARGET_DEPLOYED, ACTIVITY_QUEUED, ERROR_NONE, "queued_at") \
	/* 4: another deployment was deployed to the device */ \
	_(MOVE_DRIFT, BIT(TARGET_STAGED), BIT(ACTIVITY_STAGED), 0, \
	  0, ACTIVITY_DRIFTED, 0, NULL) \
	/* 5, and the effect of 1: by hand, or because another deployment was staged */ \
	_(MOVE_ARCHIVE, BIT(TARGET_STAGED), BIT(ACTIVITY_STAGED) | BIT(ACTIVITY_DRIFTED), \
	  BIT(ERROR_NONE) | BIT(ERROR_RETRYING), \
	  TARGET_ARCHIVED, ACTIVITY_ARCHIVED, ERROR_NONE, "archived_at") \
	/* 6: another deployment was deployed in its place */ \
	_(MOVE_REPLACE, BIT(TARGET_DEPLOYED), 0, 0, TARGET_ARCHIVED, 0, 0, NULL) \
	/* 14: reviewed again */ \
	_(MOVE_RESTAGE, BIT(TARGET_STAGED), BIT(ACTIVITY_DRIFTED), 0, \
	  0, ACTIVITY_STAGED, 0, "reviewed_at") \
	/* 7, 11: made by the device's agent, as are the next three */ \
	_(MOVE_INSTALL, BIT(TARGET_DEPLOYED), \
	  BIT(ACTIVITY_QUEUED) | BIT(ACTIVITY_REMOVING) | BIT(ACTIVITY_ARCHIVED), 0, \
	  0, ACTIVITY_DEPLOYED, ERROR_NONE, "deployed_at") \
	/* 8 */ \
	_(MOVE_REMOVE, BIT(TARGET_ARCHIVED) | BIT(TARGET_STAGED), BIT(ACTIVITY_DEPLOYED), 0, \
	  0, ACTIVITY_REMOVING, 0, NULL) \
	/* 9, 11: nothing of it is left on the device */ \
	_(MOVE_FINISH, BIT(TARGET_ARCHIVED), \
	  BIT(ACTIVITY_REMOVING) | BIT(ACTIVITY_QUEUED) | BIT(ACTIVITY_STAGED) | \
	  BIT(ACTIVITY_DRIFTED), 0, \
	  0, ACTIVITY_ARCHIVED, ERROR_NONE, "archived_at") \
	/* 9, 11: like MOVE_FINISH, but the target is still staged */ \
	_(MOVE_WITHDRAW, BIT(TARGET_STAGED), BIT(ACTIVITY_REMOVING) | BIT(ACTIVITY_QUEUED), 0, \
	  0, ACTIVITY_ARCHIVED, ERROR_NONE, "archived_at") \
	/* 10 */ \
	_(MOVE_RETRY, 0, 0, BIT(ERROR_NONE), 0, 0, ERROR_RETRYING, NULL) \
	/* 11 */ \
	_(MOVE_RECOVER, 0, 0, BIT(ERROR_RETRYING), 0, 0, ERROR_NONE, NULL) \
	/* 12 */ \
	_(MOVE_FAIL, 0, 0, BIT(ERROR_NONE) | BIT(ERROR_RETRYING), \
	  TARGET_ARCHIVED, ACTIVITY_ARCHIVED, ERROR_FAILED, "archived_at")

#define MOVE(name, ...) name,
enum trigger { MOVES(MOVE) MOVE_COUNT };
#undef MOVE
/* clang-format on */

struct move {
	struct state to;     /* 0: as before */
	const char *stamped; /* the field that becomes the time of the move, or NULL */
	/* The states from which it is made, as sets of BIT(); 0: any. */
	unsigned targets, activities, errors;
};

/* The move that a trigger makes in that state; NULL if it makes none. */
const struct move *lifecycle_move(enum trigger t, const struct state *from);
/* The state after a move. */
struct state lifecycle_to(const struct move *m, const struct state *from);
/* The one move that an agent makes by itself from there; MOVE_COUNT if it makes none. */
enum trigger lifecycle_own(const struct state *from);
/* Like lifecycle_own(), but a deployment with an error is stuck: MOVE_COUNT. */
enum trigger lifecycle_next(const struct state *from);
/* Has the activity reached the target? (Row 11.) */
bool lifecycle_has_reached(const struct state *s);
/* "staged or drifted": the activities in which a trigger makes a move; written to out. */
const char *lifecycle_activities(enum trigger t, char *out, size_t len);
/* `status` as answers show it: the error if there is one, else the activity (section 11.1). */
const char *lifecycle_status(const char *activity_status, const char *error_status);

#endif
