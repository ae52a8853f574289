/*
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

enum trigger {
	MOVE_DEPLOY,  /* to the device */
	MOVE_DRIFT,   /* another deployment was deployed to the device */
	MOVE_ARCHIVE, /* by hand, or because another deployment was staged */
	MOVE_REPLACE, /* another deployment was deployed in its place */
	MOVE_RESTAGE, /* reviewed again */
	/* Made by the device's agent: */
	MOVE_INSTALL,
	MOVE_REMOVE,
	MOVE_FINISH,   /* nothing of it is left on the device */
	MOVE_WITHDRAW, /* like MOVE_FINISH, where its target is still staged */
	/* Errors: */
	MOVE_RETRY,
	MOVE_RECOVER,
	MOVE_FAIL,
	MOVE_COUNT
};

struct move {
	struct state to;     /* 0: as before */
	const char *stamped; /* the field that becomes the time of the move, or NULL */
	/* The states from which it is made, as sets of BIT(); 0: any. */
	unsigned targets, activities, errors;
};

#define BIT(n) (1u << (n))

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
