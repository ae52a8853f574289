/*
 * registry.c - a table of keys and their workspaces, and which of them are awake.
 */
#include "workspace/registry.h"

#include <stdlib.h>

#include "base/map.h"

enum { AWAKE_MAX = 32 /* those that have connections */ };

/* The workspace of a key. Who holds a gate may take the table's lock, not the other way round. */
struct own {
	struct workspace workspace; /* without a store while it sleeps */
	struct workspaces *all;
	/* Guarded by the table's lock: */
	struct own *next_awake; /* in the list of those that have a store */
	uint64_t used;          /* when last, by the table's count */
	unsigned pins;          /* exchanges that are in it: it stays */
	/* Guarded by the gate, as is whether it sleeps: */
	pthread_mutex_t gate;
	unsigned users;       /* connections that are taken: it stays awake */
	struct image *asleep; /* its database; NULL: its baseline's, or it is awake */
	char key[];
};

struct workspaces {
	struct workspace *common;
	struct beginning beginning;
	size_t max;
	pthread_mutex_t lock; /* of the rest */
	struct map by_key;
	struct own *awake;
	size_t nawake;
	uint64_t uses;
};

struct workspaces *workspaces_new(struct workspace *common, const struct beginning *b, size_t max)
{
	struct workspaces *all = calloc(1, sizeof *all);

	if (!all)
		return NULL;
	all->common = common;
	all->beginning = *b;
	all->max = max;
	pthread_mutex_init(&all->lock, NULL);
	return all;
}

static void free_own(struct own *own)
{
	workspace_close(&own->workspace);
	image_unref(own->asleep);
	pthread_mutex_destroy(&own->gate);
	free(own);
}

void workspaces_free(struct workspaces *all)
{
	struct own *own;
	size_t at = 0;

	if (!all)
		return;
	while ((own = map_next(&all->by_key, &at)))
		free_own(own);
	map_free(&all->by_key);
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

/* Take it out of the list of those awake, if it is in that. */
static void unlist_awake(struct own *own)
{
	struct own **link = &own->all->awake;

	while (*link && *link != own)
		link = &(*link)->next_awake;
	if (!*link)
		return;
	*link = own->next_awake;
	own->all->nawake--;
}

/* Take out one that is as new, since its key would get the same again; NULL where there is none. */
static struct own *take_as_new(struct workspaces *all)
{
	struct own *own;
	size_t at = 0;

	while ((own = map_next(&all->by_key, &at)))
		if (own->pins == 0 && workspace_is_as_new(&own->workspace)) {
			map_remove(&all->by_key, NULL, own->key);
			unlist_awake(own);
			return own;
		}
	return NULL;
}

static struct own *add(struct workspaces *all, const char *key)
{
	size_t len = strlen(key) + 1;
	struct own *own = calloc(1, sizeof *own + len);
	struct checkpoint baseline;

	if (!own)
		return NULL;
	baseline = workspace_baseline(all->common);
	workspace_init(&own->workspace, &all->beginning);
	own->workspace.parent = all->common;
	own->workspace.ident = baseline.ident;
	clock_restore(&own->workspace.clock, baseline.clock);
	own->workspace.due = INT64_MIN; /* whoever wakes it plans */
	checkpoint_unref(&baseline);
	own->all = all;
	pthread_mutex_init(&own->gate, NULL);
	memcpy(own->key, key, len);
	if (map_add(&all->by_key, NULL, own->key, own))
		return own;
	free_own(own);
	return NULL;
}

enum entered workspaces_enter(struct workspaces *all, const char *key, struct workspace **entered)
{
	struct own *own, *gone = NULL;
	bool full = false;

	pthread_mutex_lock(&all->lock);
	own = map_find(&all->by_key, NULL, key);
	if (!own && all->by_key.count >= all->max) {
		gone = take_as_new(all);
		full = !gone;
	}
	if (!own && !full)
		own = add(all, key);
	if (own) {
		own->pins++;
		own->used = ++all->uses;
		*entered = &own->workspace;
	}
	pthread_mutex_unlock(&all->lock);
	if (gone)
		free_own(gone);
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
	struct checkpoint baseline = workspace_baseline(w);

	w->store = store_open_image(own->asleep ? own->asleep : baseline.rows, err, errlen);
	if (!own->asleep)
		w->ident = baseline.ident; /* other fixtures may have come since it was added */
	checkpoint_unref(&baseline);
	if (!w->store)
		return false;
	image_unref(STEAL(own->asleep));
	pthread_mutex_lock(&own->all->lock);
	own->next_awake = own->all->awake;
	own->all->awake = own;
	own->all->nawake++;
	pthread_mutex_unlock(&own->all->lock);
	/* Where that fails, whoever looks finds out. */
	if (w->due == INT64_MIN)
		(void)!workspace_schedule(w, store_db(w->store));
	return true;
}

/* Whoever holds its gate, while no connection is taken. Where memory is short it stays awake. */
static bool put_to_sleep(struct own *own)
{
	struct workspace *w = &own->workspace;
	struct checkpoint baseline = workspace_baseline(w);
	struct db *db = store_db(w->store);

	db_alone(db); /* what could not be undone, for want of memory, is now */
	own->asleep = db_image(db, baseline.rows);
	db_alone_end(db);
	checkpoint_unref(&baseline);
	if (!own->asleep)
		return false;
	store_close(STEAL(w->store));
	pthread_mutex_lock(&own->all->lock);
	unlist_awake(own);
	pthread_mutex_unlock(&own->all->lock);
	return true;
}

/*
 * Where more are awake than may be: the one that nobody is in and that is out of use for longest,
 * pinned; else, or where there is none, NULL.
 */
static struct own *pin_oldest(struct workspaces *all)
{
	struct own *oldest = NULL;

	pthread_mutex_lock(&all->lock);
	for (struct own *own = all->awake; own && all->nawake > AWAKE_MAX; own = own->next_awake)
		if (own->pins == 0 && (!oldest || own->used < oldest->used))
			oldest = own;
	if (oldest)
		oldest->pins++;
	pthread_mutex_unlock(&all->lock);
	return oldest;
}

/* Have no more awake than there may be, but for those that somebody is in. */
static void trim(struct workspaces *all)
{
	struct own *own;
	bool ok = true;

	while (ok && (own = pin_oldest(all))) {
		pthread_mutex_lock(&own->gate);
		/* Somebody may have come in meanwhile: then it is not the oldest any more. */
		if (own->users == 0)
			ok = put_to_sleep(own);
		pthread_mutex_unlock(&own->gate);
		workspaces_leave(&own->workspace);
	}
}

struct db *workspaces_take(struct workspaces *all, struct workspace *w, unsigned worker, char *err,
			   size_t errlen)
{
	struct own *own = own_of(w);
	struct db *db = NULL;
	bool woke;

	if (!w->parent)
		return store_take(w->store, worker, err, errlen);
	pthread_mutex_lock(&own->gate);
	woke = !w->store && wake(own, err, errlen);
	if (w->store)
		db = store_take(w->store, worker, err, errlen);
	own->users += db != NULL;
	pthread_mutex_unlock(&own->gate);
	if (woke)
		trim(all);
	return db;
}

void workspaces_give(struct workspace *w, struct db *db)
{
	struct own *own = own_of(w);

	store_give(db);
	if (!w->parent)
		return;
	pthread_mutex_lock(&own->gate);
	own->users--;
	pthread_mutex_unlock(&own->gate);
}
