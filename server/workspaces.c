/*
 * workspaces.c - a table of keys and their workspaces, and which of them are awake.
 */
#include "workspaces.h"

#include <stdio.h>
#include <stdlib.h>

#include "agent.h"

enum { AWAKE_MAX = 32 /* those that have connections */ };

/* The workspace of a key. */
struct own {
	struct workspace workspace; /* without a store while it sleeps */
	struct workspaces *all;
	/* Guarded by the table's lock: */
	struct own *next; /* in its bucket */
	uint64_t used;    /* when last, by the table's count */
	unsigned pins;    /* exchanges that are in it */
	/* For one of those, which holds the gate; without any, for whoever holds the table's lock:
	 */
	struct image *asleep; /* its database; NULL: its origin's, or it is awake */
	pthread_mutex_t gate;
	char key[];
};

struct workspaces {
	struct workspace *common;
	struct beginning beginning;
	size_t max;
	pthread_mutex_t lock; /* of the rest */
	struct own **buckets; /* 2 to the power of something */
	size_t nbuckets, count;
	uint64_t uses;
	atomic_uint awake;
};

struct workspaces *workspaces_new(struct workspace *common, const struct beginning *b, size_t max)
{
	struct workspaces *all = calloc(1, sizeof *all);

	if (!all)
		return NULL;
	all->common = common;
	all->beginning = *b;
	all->max = max;
	all->nbuckets = 16;
	while (all->nbuckets < max)
		all->nbuckets *= 2;
	all->buckets = calloc(all->nbuckets, sizeof *all->buckets);
	if (!all->buckets) {
		free(all);
		return NULL;
	}
	pthread_mutex_init(&all->lock, NULL);
	return all;
}

static void free_own(struct own *own)
{
	if (own->workspace.store)
		atomic_fetch_sub(&own->all->awake, 1);
	workspace_close(&own->workspace);
	image_drop(own->asleep);
	pthread_mutex_destroy(&own->gate);
	free(own);
}

void workspaces_free(struct workspaces *all)
{
	if (!all)
		return;
	for (size_t i = 0; i < all->nbuckets; i++)
		while (all->buckets[i]) {
			struct own *own = all->buckets[i];

			all->buckets[i] = own->next;
			free_own(own);
		}
	free(all->buckets);
	pthread_mutex_destroy(&all->lock);
	free(all);
}

size_t workspaces_max(const struct workspaces *all)
{
	return all->max;
}

static struct own *own_of(struct workspace *w)
{
	return (struct own *)w; /* its first member */
}

/* ---- entering -------------------------------------------------------------------------------- */

static struct own **bucket_of(struct workspaces *all, const char *key)
{
	uint64_t h = 0xcbf29ce484222325;

	for (; *key; key++)
		h = (h ^ (unsigned char)*key) * 0x100000001b3;
	return &all->buckets[(size_t)(h ^ h >> 32) & (all->nbuckets - 1)];
}

static struct own *find(struct workspaces *all, const char *key)
{
	struct own *own = *bucket_of(all, key);

	while (own && !streq(own->key, key))
		own = own->next;
	return own;
}

/* Forget one that is as new, since its key would get the same again; false where there is none. */
static bool make_room(struct workspaces *all)
{
	for (size_t i = 0; i < all->nbuckets; i++)
		for (struct own **link = &all->buckets[i]; *link; link = &(*link)->next) {
			struct own *own = *link;

			if (own->pins > 0 || !workspace_is_as_new(&own->workspace))
				continue;
			*link = own->next;
			all->count--;
			free_own(own);
			return true;
		}
	return false;
}

static struct own *add(struct workspaces *all, const char *key)
{
	struct own **bucket = bucket_of(all, key);
	size_t len = strlen(key) + 1;
	struct own *own = calloc(1, sizeof *own + len);
	struct moment origin;

	if (!own)
		return NULL;
	origin = workspace_origin(all->common);
	workspace_init(&own->workspace, &all->beginning);
	own->workspace.parent = all->common;
	own->workspace.ident = origin.ident;
	clock_restore(&own->workspace.clock, origin.clock);
	own->workspace.due = INT64_MIN; /* whoever wakes it plans */
	moment_drop(&origin);
	own->all = all;
	pthread_mutex_init(&own->gate, NULL);
	memcpy(own->key, key, len);
	own->next = *bucket;
	*bucket = own;
	all->count++;
	return own;
}

enum entered workspaces_enter(struct workspaces *all, const char *key, struct workspace **entered)
{
	struct own *own;
	bool full;

	pthread_mutex_lock(&all->lock);
	own = find(all, key);
	full = !own && all->count >= all->max && !make_room(all);
	if (!own && !full)
		own = add(all, key);
	if (own) {
		own->pins++;
		own->used = ++all->uses;
		*entered = &own->workspace;
	}
	pthread_mutex_unlock(&all->lock);
	return own ? ENTERED : full ? ENTERED_NONE : ENTERED_SHORT;
}

void workspaces_leave(struct workspace *w)
{
	struct own *own = own_of(w);

	pthread_mutex_lock(&own->all->lock);
	own->pins--;
	pthread_mutex_unlock(&own->all->lock);
}

/* ---- waking and sleeping --------------------------------------------------------------------- */

/* Whoever holds its gate. */
static bool wake(struct own *own, char *err, size_t errlen)
{
	struct workspace *w = &own->workspace;
	struct moment origin = workspace_origin(w);
	struct db *db;
	int64_t due;

	w->store = store_open_image(own->asleep ? own->asleep : origin.rows, err, errlen);
	if (!own->asleep)
		w->ident = origin.ident; /* other fixtures may have come since it was added */
	moment_drop(&origin);
	if (!w->store)
		return false;
	image_drop(STEAL(own->asleep));
	atomic_fetch_add(&own->all->awake, 1);
	db = store_db(w->store);
	if (w->due == INT64_MIN && agent_plan(w, db, &due))
		w->due = due;
	return true;
}

/* Where memory is short it stays awake. */
static bool put_to_sleep(struct own *own)
{
	struct workspace *w = &own->workspace;
	struct moment origin = workspace_origin(w);
	struct db *db = store_db(w->store);

	db_alone(db); /* what could not be undone, for want of memory, is now */
	own->asleep = db_image(db, origin.rows);
	db_alone_end(db);
	moment_drop(&origin);
	if (!own->asleep)
		return false;
	store_close(STEAL(w->store));
	atomic_fetch_sub(&own->all->awake, 1);
	return true;
}

/* The one that is awake and out of use for longest, or NULL. */
static struct own *oldest(struct workspaces *all)
{
	struct own *oldest = NULL;

	for (size_t i = 0; i < all->nbuckets; i++)
		for (struct own *own = all->buckets[i]; own; own = own->next)
			if (own->pins == 0 && own->workspace.store &&
			    (!oldest || own->used < oldest->used))
				oldest = own;
	return oldest;
}

/* Have no more awake than there may be, but for those in use. */
static void trim(struct workspaces *all)
{
	struct own *own;

	/* Nobody is in one that is out of use, and nobody enters while we hold the lock. */
	pthread_mutex_lock(&all->lock);
	while (atomic_load(&all->awake) > AWAKE_MAX && (own = oldest(all)) && put_to_sleep(own))
		;
	pthread_mutex_unlock(&all->lock);
}

struct db *workspaces_take(struct workspaces *all, struct workspace *w, unsigned worker, char *err,
			   size_t errlen)
{
	struct own *own = own_of(w);
	struct db *db = NULL;
	bool woke = false;

	if (!w->parent)
		return store_take(w->store, worker, err, errlen);
	pthread_mutex_lock(&own->gate);
	woke = !w->store && wake(own, err, errlen);
	if (w->store)
		db = store_take(w->store, worker, err, errlen);
	pthread_mutex_unlock(&own->gate);
	if (woke && atomic_load(&all->awake) > AWAKE_MAX)
		trim(all);
	return db;
}
