/* SPDX-License-Identifier: MIT
 * events.h - what has happened in a workspace, in a ring: requests, by their ids in the journal,
 * and changes of objects. Each reader has a place of its own: a slow reader delays nothing, and
 * only that reader misses the events that the ring has dropped.
 */
#ifndef WORKSPACE_EVENTS_H
#define WORKSPACE_EVENTS_H

#include "workspace/changes.h"
#include "workspace/journal.h"

struct buf;
struct writer;

enum event_kind { EVENT_REQUEST, EVENT_CHANGE, EVENT_RESTORE, EVENT_LOST };

struct event {
	enum event_kind kind;
	unsigned generation; /* EVENT_REQUEST: the journal's, and the request's id; */
	int64_t number;      /* EVENT_RESTORE: the time; EVENT_LOST: how many changes */
	struct change *change;
};

/* The functions may be called by any thread. */
struct events {
	pthread_mutex_t lock; /* guards the rest */
	size_t size;          /* the number of events that are kept */
	struct event *ring;   /* of `cap`; it grows as it fills */
	size_t cap, first, count;
	int64_t last; /* the number of the newest, from 1; it goes on after a reset */
	/* May be read without the lock: */
	atomic_uint changes; /* counts events */
	atomic_uint readers; /* that follow */
};

void events_open(struct events *e, size_t size);
void events_close(struct events *e);

/* A request has ended. */
void events_request(struct events *e, const struct entry *entry);
/* A transaction has made changes, a list whose references become the ring's. */
void events_changes(struct events *e, struct change *list, uint64_t lost);
/* All rows were replaced by others, at that time. */
void events_restore(struct events *e, int64_t time);

/* Events as they were at one time, with references. */
struct event_batch {
	struct event list[64];
	size_t count;
	int64_t first;    /* the number of the first one */
	int64_t last;     /* the newest there is */
	int64_t dropped;  /* how many after the place asked for are not kept any more */
	unsigned changes; /* the ring's, before */
};

/* The first events after a place, the number of an event. */
void events_batch(struct events *e, int64_t after, struct event_batch *batch);
void event_batch_free(struct event_batch *batch);

/* Write an event as the next item. False if its request is not in the journal any more. */
bool event_write(struct writer *w, struct buf *scratch, int64_t number, const struct event *event,
		 struct journal *journal);
/* The name of its kind. */
const char *event_name(const struct event *event);

#endif
