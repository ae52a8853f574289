/*
 * registry.c - a table of keys and their workspaces, and which of them are awake.
 */
#include "workspace/registry.h"

#include <stdlib.h>

#include "base/map.h"

enum { LOADED_MAX = 32 /* those that have connections */ };

/* The workspace of a key. Who holds a gate may take the table's lock, not the other way round. */
struct tenant {
	struct workspace workspace; /* without a store while it sleeps */
	struct registry *all;
	/* Guarded by the table's lock: */
	struct tenant *next_loaded; /* in the list of those that have a store */
	uint64_t used;              /* when last, by the table's count */
	unsigned refs;              /* exchanges that are in it: it stays */
	/* Guarded by the gate, as is whether it sleeps: */
	pthread_mutex_t gate;
	unsigned users;         /* connections that are taken: it stays awake */
	struct image *unloaded; /* its database; NULL: its baseline's, or it is awake */
	char key[];
};

struct registry {
	struct workspace *common;
	struct workspace_options workspace_options;
	size_t max;
	pthread_mutex_t lock; /* of the rest */
	struct map by_key;
	struct tenant *loaded;
	size_t nloaded;
	uint64_t uses;
};

struct registry *registry_new(struct workspace *common, const struct workspace_options *b,
			      size_t max)
{
	struct registry *all = calloc(1, sizeof *all);

	if (!all)
		return NULL;
	all->common = common;
	all->workspace_options = *b;
	all->max = max;
	pthread_mutex_init(&all->lock, NULL);
	return all;
}

static void free_own(struct tenant *own)
{
	workspace_close(&own->workspace);
	image_unref(own->unloaded);
	pthread_mutex_destroy(&own->gate);
	free(own);
}

void registry_free(struct registry *all)
{
	struct tenant *own;
	size_t at = 0;

	if (!all)
		return;
	while ((own = map_next(&all->by_key, &at)))
		free_own(own);
	map_free(&all->by_key);
	pthread_mutex_destroy(&all->lock);
	free(all);
}

size_t registry_max(const struct registry *all)
{
	return all->max;
}

static struct tenant *own_of(struct workspace *w)
{
	return (struct tenant *)w; /* its first member */
}

/* ---- entering -------------------------------------------------------------------------------- */

/* Take it out of the list of those awake, if it is in that. */
static void unlist_awake(struct tenant *own)
{
	struct tenant **link = &own->all->loaded;

	while (*link && *link != own)
		link = &(*link)->next_loaded;
	if (!*link)
		return;
	*link = own->next_loaded;
	own->all->nloaded--;
}

/* Take out one that is as new, since its key would get the same again; NULL where there is none. */
static struct tenant *take_as_new(struct registry *all)
{
	struct tenant *own;
	size_t at = 0;

	while ((own = map_next(&all->by_key, &at)))
		if (own->refs == 0 && workspace_is_unused(&own->workspace)) {
			map_remove(&all->by_key, NULL, own->key);
			unlist_awake(own);
			return own;
		}
	return NULL;
}

static struct tenant *add(struct registry *all, const char *key)
{
	size_t len = strlen(key) + 1;
	struct tenant *own = calloc(1, sizeof *own + len);
	struct checkpoint baseline;

	if (!own)
		return NULL;
	baseline = workspace_baseline(all->common);
	workspace_init(&own->workspace, &all->workspace_options);
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

enum acquired registry_acquire(struct registry *all, const char *key, struct workspace **acquired)
{
	struct tenant *own, *gone = NULL;
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
		own->refs++;
		own->used = ++all->uses;
		*acquired = &own->workspace;
	}
	pthread_mutex_unlock(&all->lock);
	if (gone)
		free_own(gone);
	return own ? ACQUIRED : full ? ACQUIRED_TOO_MANY : ACQUIRED_NO_MEMORY;
}

void registry_release(struct workspace *w)
{
	struct tenant *own = own_of(w);

	pthread_mutex_lock(&own->all->lock);
	own->refs--;
	pthread_mutex_unlock(&own->all->lock);
}

/* ---- waking and sleeping --------------------------------------------------------------------- */

/* Whoever holds its gate. */
static bool wake(struct tenant *own, char *err, size_t errlen)
{
	struct workspace *w = &own->workspace;
	struct checkpoint baseline = workspace_baseline(w);

	w->store = store_open_image(own->unloaded ? own->unloaded : baseline.rows, err, errlen);
	if (!own->unloaded)
		w->ident = baseline.ident; /* other fixtures may have come since it was added */
	checkpoint_unref(&baseline);
	if (!w->store)
		return false;
	image_unref(STEAL(own->unloaded));
	pthread_mutex_lock(&own->all->lock);
	own->next_loaded = own->all->loaded;
	own->all->loaded = own;
	own->all->nloaded++;
	pthread_mutex_unlock(&own->all->lock);
	/* Where that fails, whoever looks finds out. */
	if (w->due == INT64_MIN)
		(void)!workspace_schedule(w, store_db(w->store));
	return true;
}

/* Whoever holds its gate, while no connection is taken. Where memory is short it stays awake. */
static bool unload(struct tenant *own)
{
	struct workspace *w = &own->workspace;
	struct checkpoint baseline = workspace_baseline(w);
	struct db *db = store_db(w->store);

	db_lock(db); /* what could not be undone, for want of memory, is now */
	own->unloaded = db_image(db, baseline.rows);
	db_unlock(db);
	checkpoint_unref(&baseline);
	if (!own->unloaded)
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
static struct tenant *pin_oldest(struct registry *all)
{
	struct tenant *oldest = NULL;

	pthread_mutex_lock(&all->lock);
	for (struct tenant *own = all->loaded; own && all->nloaded > LOADED_MAX;
	     own = own->next_loaded)
		if (own->refs == 0 && (!oldest || own->used < oldest->used))
			oldest = own;
	if (oldest)
		oldest->refs++;
	pthread_mutex_unlock(&all->lock);
	return oldest;
}

/* Have no more awake than there may be, but for those that somebody is in. */
static void trim(struct registry *all)
{
	struct tenant *own;
	bool ok = true;

	while (ok && (own = pin_oldest(all))) {
		pthread_mutex_lock(&own->gate);
		/* Somebody may have come in meanwhile: then it is not the oldest any more. */
		if (own->users == 0)
			ok = unload(own);
		pthread_mutex_unlock(&own->gate);
		registry_release(&own->workspace);
	}
}

struct db *registry_acquire_db(struct registry *all, struct workspace *w, unsigned worker,
			       char *err, size_t errlen)
{
	struct tenant *own = own_of(w);
	struct db *db = NULL;
	bool woke;

	if (!w->parent)
		return store_acquire(w->store, worker, err, errlen);
	pthread_mutex_lock(&own->gate);
	woke = !w->store && wake(own, err, errlen);
	if (w->store)
		db = store_acquire(w->store, worker, err, errlen);
	own->users += db != NULL;
	pthread_mutex_unlock(&own->gate);
	if (woke)
		trim(all);
	return db;
}

void registry_release_db(struct workspace *w, struct db *db)
{
	struct tenant *own = own_of(w);

	store_release(db);
	if (!w->parent)
		return;
	pthread_mutex_lock(&own->gate);
	own->users--;
	pthread_mutex_unlock(&own->gate);
}
