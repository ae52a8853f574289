/* SPDX-License-Identifier: MIT
 * registry.c - a table of keys and their workspaces, and the list of those that are loaded.
 */
#include "workspace/registry.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"

enum { LOADED_MAX = 32 /* workspaces of keys; more only while requests use them */ };

/* The workspace of a key. Lock order: a gate before the registry's lock. */
struct tenant {
	struct workspace workspace; /* without a store while it is unloaded */
	struct registry *registry;
	/* Guarded by the registry's lock: */
	struct tenant *next_loaded; /* in the list of those that are loaded */
	uint64_t last_used;         /* the registry's use_count then */
	unsigned refs;              /* if not 0, it is not freed or unloaded */
	bool removed;               /* not in the table any more; the last reference frees it */
	/* Guarded by the gate, as is workspace.store: */
	pthread_mutex_t gate;
	unsigned connections; /* acquired; if not 0, it is not unloaded */
	struct image *image;  /* its database while unloaded; NULL: as in its baseline */
	unsigned number;      /* of those that were added */
	char id[REGISTRY_ID_BYTES];
	char key[];
};

struct registry {
	struct workspace *common;
	struct workspace_options workspace_options;
	size_t max;
	pthread_mutex_t lock; /* guards the rest */
	struct map by_key;
	struct tenant *loaded;
	size_t nloaded;
	uint64_t use_count;
	unsigned added;    /* tenants so far */
	struct tally gone; /* of tenants that were freed; has its own lock */
};

struct registry *registry_new(struct workspace *common, const struct workspace_options *options,
			      size_t max)
{
	struct registry *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->common = common;
	r->workspace_options = *options;
	r->max = max;
	pthread_mutex_init(&r->lock, NULL);
	tally_open(&r->gone);
	return r;
}

static void tenant_free(struct tenant *t)
{
	workspace_tally(&t->workspace, &t->registry->gone);
	workspace_close(&t->workspace);
	image_unref(t->image);
	pthread_mutex_destroy(&t->gate);
	free(t);
}

void registry_free(struct registry *r)
{
	struct tenant *t;
	size_t cursor = 0;

	if (!r)
		return;
	while ((t = map_next(&r->by_key, &cursor)))
		tenant_free(t);
	map_free(&r->by_key);
	pthread_mutex_destroy(&r->lock);
	tally_close(&r->gone);
	free(r);
}

size_t registry_max(const struct registry *r)
{
	return r->max;
}

static struct tenant *tenant_of(struct workspace *w)
{
	return (struct tenant *)w; /* its first member */
}

/* ---- acquiring ------------------------------------------------------------------------------- */

/* Take a tenant out of the list of those that are loaded, if it is there. Caller holds the lock. */
static void unlink_loaded(struct tenant *t)
{
	struct tenant **link = &t->registry->loaded;

	while (*link && *link != t)
		link = &(*link)->next_loaded;
	if (!*link)
		return;
	*link = t->next_loaded;
	t->registry->nloaded--;
}

/* Free a tenant that was removed and is not in use. Caller holds the lock, which is released. */
static void drop_removed(struct tenant *t)
{
	const bool last = t->removed && t->refs == 0;

	if (last)
		unlink_loaded(t);
	pthread_mutex_unlock(&t->registry->lock);
	if (last)
		tenant_free(t);
}

/* Remove a tenant that is as new, so that its key would get an equal one again; NULL if none is.
 * Caller holds the lock, and frees the tenant. */
static struct tenant *evict_unused(struct registry *r)
{
	struct tenant *t;
	size_t cursor = 0;

	while ((t = map_next(&r->by_key, &cursor)))
		if (t->refs == 0 && workspace_is_unused(&t->workspace)) {
			map_remove(&r->by_key, NULL, t->key);
			unlink_loaded(t);
			return t;
		}
	return NULL;
}

/* Add a tenant. NULL when memory is short. Caller holds the lock. */
static struct tenant *tenant_add(struct registry *r, const char *key)
{
	size_t len = strlen(key) + 1;
	struct tenant *t = calloc(1, sizeof *t + len);
	struct scenario_rules rules;
	struct checkpoint baseline;
	bool ok;

	if (!t)
		return NULL;
	baseline = workspace_baseline(r->common);
	workspace_init(&t->workspace, &r->workspace_options);
	t->workspace.parent = r->common;
	t->workspace.idgen = baseline.idgen;
	clock_restore(&t->workspace.clock, baseline.clock);
	t->workspace.transitions = baseline.transitions;
	ok = scenario_copy_rules(baseline.scenario, &rules);
	if (ok)
		workspace_set_rules(&t->workspace, &rules);
	t->workspace.due = INT64_MIN; /* tenant_load() plans */
	checkpoint_unref(&baseline);
	t->registry = r;
	t->number = r->added + 1;
	snprintf(t->id, sizeof t->id, "ws_%u", t->number);
	t->workspace.id = t->id;
	pthread_mutex_init(&t->gate, NULL);
	memcpy(t->key, key, len);
	if (ok && map_add(&r->by_key, NULL, t->key, t)) {
		r->added++;
		return t;
	}
	tenant_free(t);
	return NULL;
}

enum acquired registry_acquire(struct registry *r, const char *key, bool may_add,
			       struct workspace **w)
{
	struct tenant *t, *evicted = NULL;
	bool full = false;

	pthread_mutex_lock(&r->lock);
	t = map_find(&r->by_key, NULL, key);
	may_add = may_add && !t;
	if (may_add && r->by_key.count >= r->max) {
		evicted = evict_unused(r);
		full = !evicted;
	}
	if (may_add && !full)
		t = tenant_add(r, key);
	if (t) {
		t->refs++;
		t->last_used = ++r->use_count;
		*w = &t->workspace;
	}
	pthread_mutex_unlock(&r->lock);
	if (evicted)
		tenant_free(evicted);
	if (t)
		return ACQUIRED;
	return full ? ACQUIRED_TOO_MANY : may_add ? ACQUIRED_NO_MEMORY : ACQUIRED_NONE;
}

void registry_release(struct workspace *w)
{
	struct tenant *t = tenant_of(w);

	pthread_mutex_lock(&t->registry->lock);
	t->refs--;
	drop_removed(t);
}

/* ---- by id ----------------------------------------------------------------------------------- */

/* Caller holds the lock. */
static struct tenant *find_id(struct registry *r, const char *id)
{
	struct tenant *t;
	size_t cursor = 0;

	while ((t = map_next(&r->by_key, &cursor)))
		if (streq(t->id, id))
			return t;
	return NULL;
}

bool registry_acquire_id(struct registry *r, const char *id, struct workspace **w)
{
	struct tenant *t;

	pthread_mutex_lock(&r->lock);
	t = find_id(r, id);
	if (t) {
		t->refs++;
		t->last_used = ++r->use_count;
		*w = &t->workspace;
	}
	pthread_mutex_unlock(&r->lock);
	return t;
}

bool registry_remove(struct registry *r, const char *id)
{
	struct tenant *t;

	pthread_mutex_lock(&r->lock);
	t = find_id(r, id);
	if (!t) {
		pthread_mutex_unlock(&r->lock);
		return false;
	}
	map_remove(&r->by_key, NULL, t->key);
	t->removed = true;
	drop_removed(t);
	return true;
}

static int compare_entries(const void *a, const void *b)
{
	const struct registry_entry *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

bool registry_list(struct registry *r, struct arena *a, struct registry_entry **list, size_t *count)
{
	struct registry_entry *e;
	struct tenant *t;
	size_t cursor = 0;

	pthread_mutex_lock(&r->lock);
	*count = r->by_key.count;
	*list = e = arena_alloc(a, (*count + 1) * sizeof *e);
	while (e && (t = map_next(&r->by_key, &cursor))) {
		*e = (struct registry_entry){ .number = t->number,
					      .requests = journal_total(&t->workspace.journal) };
		memcpy(e->id, t->id, sizeof e->id);
		keyring_mask(t->key, strlen(t->key), e->key);
		e++;
	}
	pthread_mutex_unlock(&r->lock);
	if (*list)
		qsort(*list, *count, sizeof **list, compare_entries);
	return *list;
}

void registry_tally(struct registry *r, struct tally *sum)
{
	struct tenant *t;
	size_t cursor = 0;

	workspace_tally(r->common, sum);
	pthread_mutex_lock(&r->lock);
	while ((t = map_next(&r->by_key, &cursor)))
		workspace_tally(&t->workspace, sum);
	pthread_mutex_unlock(&r->lock);
	tally_add(sum, &r->gone);
}

/* ---- loading and unloading ------------------------------------------------------------------- */

/* Open the database of a tenant that is unloaded. Caller holds the gate. */
static bool tenant_load(struct tenant *t, char *err, size_t errlen)
{
	struct workspace *w = &t->workspace;
	struct checkpoint baseline = workspace_baseline(w);

	w->store = store_open_image(t->image ? t->image : baseline.rows, err, errlen);
	if (!t->image) { /* the fixtures may have been replaced since it was added */
		w->idgen = baseline.idgen;
		workspace_set_keys(w, keyring_ref(baseline.keys));
	}
	checkpoint_unref(&baseline);
	if (!w->store)
		return false;
	image_unref(STEAL(t->image));
	pthread_mutex_lock(&t->registry->lock);
	t->next_loaded = t->registry->loaded;
	t->registry->loaded = t;
	t->registry->nloaded++;
	pthread_mutex_unlock(&t->registry->lock);
	/* If that fails, a step stays due, and the next request plans again. */
	if (w->due == INT64_MIN)
		(void)!workspace_schedule(w, store_db(w->store));
	return true;
}

/* Caller holds the gate, and no connection is acquired. False, and still loaded, when memory is
 * short. */
static bool tenant_unload(struct tenant *t)
{
	struct workspace *w = &t->workspace;
	struct checkpoint baseline = workspace_baseline(w);
	struct db *db = store_db(w->store);

	db_lock(db); /* which ends a rollback that failed for want of memory */
	t->image = db_image(db, baseline.rows);
	db_unlock(db);
	checkpoint_unref(&baseline);
	if (!t->image)
		return false;
	store_close(STEAL(w->store));
	pthread_mutex_lock(&t->registry->lock);
	unlink_loaded(t);
	pthread_mutex_unlock(&t->registry->lock);
	return true;
}

/* If too many tenants are loaded: the one that has been out of use for longest, with a reference.
 * Else, or if all are in use, NULL. */
static struct tenant *ref_oldest(struct registry *r)
{
	struct tenant *oldest = NULL;

	pthread_mutex_lock(&r->lock);
	for (struct tenant *t = r->loaded; t && r->nloaded > LOADED_MAX; t = t->next_loaded)
		if (t->refs == 0 && (!oldest || t->last_used < oldest->last_used))
			oldest = t;
	if (oldest)
		oldest->refs++;
	pthread_mutex_unlock(&r->lock);
	return oldest;
}

/* Unload tenants that are not in use until LOADED_MAX are left, or memory is short. */
static void unload_surplus(struct registry *r)
{
	struct tenant *t;
	bool ok = true;

	while (ok && (t = ref_oldest(r))) {
		pthread_mutex_lock(&t->gate);
		/* If a request has come meanwhile, it is not the oldest any more. */
		if (t->connections == 0)
			ok = tenant_unload(t);
		pthread_mutex_unlock(&t->gate);
		registry_release(&t->workspace);
	}
}

struct db *registry_acquire_db(struct registry *r, struct workspace *w, unsigned worker, char *err,
			       size_t errlen)
{
	struct tenant *t = tenant_of(w);
	struct db *db = NULL;
	bool loaded;

	if (!w->parent)
		return store_acquire(w->store, worker, err, errlen);
	pthread_mutex_lock(&t->gate);
	loaded = !w->store && tenant_load(t, err, errlen);
	if (w->store)
		db = store_acquire(w->store, worker, err, errlen);
	t->connections += db != NULL;
	pthread_mutex_unlock(&t->gate);
	if (loaded)
		unload_surplus(r);
	return db;
}

void registry_release_db(struct workspace *w, struct db *db)
{
	struct tenant *t = tenant_of(w);

	store_release(db);
	if (!w->parent)
		return;
	pthread_mutex_lock(&t->gate);
	t->connections--;
	pthread_mutex_unlock(&t->gate);
}
