/*
 * lifecycle.h - the states of a deployment, the status that they make (behaviour: section 11.1),
 * and the moves between them: the table of behaviour, section 11.4, as rows. Pure. What a move does
 * to the device's other deployments is workspace/deployment.c's to know, and when a device makes
 * one, workspace/simulator.c's.
 */
#ifndef MODEL_LIFECYCLE_H
#define MODEL_LIFECYCLE_H

#include <stdbool.h>
#include <stddef.h>

struct state {
	const char *target, *activity, *error;
};

enum trigger {
	MOVE_DEPLOY,  /* to the device */
	MOVE_DRIFT,   /* another was deployed to the device */
	MOVE_ARCHIVE, /* by hand, or because another was staged */
	MOVE_REPLACE, /* another was deployed in its place */
	MOVE_RESTAGE, /* reviewed again */
	/* What a device's agent does, */
	MOVE_INSTALL,
	MOVE_REMOVE,
	MOVE_FINISH,   /* nothing of it is left on the device */
	MOVE_WITHDRAW, /* the same, where it is still meant to be staged */
	/* and what can befall it. */
	MOVE_RETRY,
	MOVE_RECOVER,
	MOVE_FAIL,
	MOVE_COUNT
};

struct move {
	struct state to;     /* NULL: as it was */
	const char *stamped; /* the field that becomes the time of the move, or NULL */
	/* From where: any of these; none: whatever it is. */
	const char *targets[2], *activities[4], *errors[2];
};

/* The move that a trigger makes in that state; NULL where it makes none. */
const struct move *lifecycle_move(enum trigger t, const struct state *from);
/* Where a trigger's move leads. */
struct state lifecycle_to(const struct move *m, const struct state *from);
/* The one move that an agent makes by itself from there; MOVE_COUNT where it makes none. */
enum trigger lifecycle_own(const struct state *from);
/* The same where it has an error, with which it is stuck: MOVE_COUNT. */
enum trigger lifecycle_next(const struct state *from);
/* Is it what it is meant to be? (Row 11.) */
bool lifecycle_has_reached(const struct state *s);
/* "staged or drifted": the activities in which a trigger makes a move; written to out. */
const char *lifecycle_activities(enum trigger t, char *out, size_t len);
/* The one definition of a deployment's status: the error where there is one, else the activity.
 * Borrows and returns one of its arguments. */
const char *lifecycle_status(const char *activity_status, const char *error_status);

#endif
