/* SPDX-License-Identifier: MIT
 * journal.c - the ring and its entries. Texts are kept as they came.
 *
 * The ring has a reference to an entry, and so have the request, until its answer is told, and each
 * thread that reads it: the lock is held only while an entry is added, or references are taken.
 * What an entry holds does not change; what becomes known later is put beside that, and published
 * by one pointer. The memory of the oldest entry, and of its answer, serves the newest.
 */
#include "workspace/journal.h"

#include <stdlib.h>

#include "base/grow.h"
#include "base/refcount.h"
#include "base/utf8.h"

enum {
	HEADERS_MAX = 4096, /* bytes of headers, with their NULs */
	ROOM_STEP = 256,    /* bytes; rounded up, memory fits more often for another */
};

/* An answer with its texts. */
struct told {
	struct told *before; /* what was told earlier: a reader may still look at it */
	size_t room;         /* bytes of memory[] */
	struct journal_answer answer;
	char memory[];
};

struct entry {
	struct refcount refs;
	int64_t id;
	_Atomic(struct told *) told;
	struct told *spare; /* memory for an answer, or NULL; the request's */
	struct journal_request request;
	size_t room; /* bytes of memory[] */
	char memory[];
};

/* ---- one entry ------------------------------------------------------------------------------- */

static size_t room_for(size_t len)
{
	return (len + ROOM_STEP - 1) / ROOM_STEP * ROOM_STEP;
}

/* Is memory large enough, and not far too large? Else all would in time be as large as the largest.
 */
static bool suits(size_t room, size_t len)
{
	return room >= len && room / 2 <= room_for(len) + ROOM_STEP;
}

/* The bytes that texts need, each with a NUL. */
static size_t texts_len(const struct bytes *texts, size_t n)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		len += texts[i].data ? texts[i].len + 1 : 0;
	return len;
}

/* Copy texts to memory, which they refer to from now on. Returns the end. */
static char *keep_texts(struct bytes *texts, size_t n, char *end)
{
	for (size_t i = 0; i < n; i++) {
		if (!texts[i].data)
			continue;
		memcpy(end, texts[i].data, texts[i].len);
		end[texts[i].len] = '\0';
		texts[i].data = end;
		end += texts[i].len + 1;
	}
	return end;
}

/* Memory for an answer with texts of `len` bytes. NULL when memory is short. */
static struct told *told_new(size_t len)
{
	struct told *t = malloc(sizeof *t + room_for(len));

	if (t)
		t->room = room_for(len);
	return t;
}

void entry_unref(struct entry *e)
{
	struct told *t;

	if (!e || !refcount_put(&e->refs))
		return;
	while ((t = e->told)) {
		e->told = t->before;
		free(t);
	}
	free(e->spare);
	free(e);
}

/*
 * An entry with room for `len` bytes. `old` (or NULL) is reused if its memory suits, and nobody
 * else has a reference; if not, it is released. NULL when memory is short.
 */
static struct entry *entry_alloc(struct entry *old, size_t len)
{
	struct told *spare = NULL, *told;
	struct entry *e;

	if (old && refcount_is_one(&old->refs)) {
		told = old->told;
		if (told && !told->before) {
			free(old->spare);
			old->spare = told;
			old->told = NULL;
		}
		if (!old->told && suits(old->room, len))
			return old;
		spare = STEAL(old->spare);
	}
	entry_unref(old);
	e = malloc(sizeof *e + room_for(len));
	if (!e) {
		free(spare);
		return NULL;
	}
	e->room = room_for(len);
	e->told = NULL;
	e->spare = spare;
	return e;
}

/* How many of the headers fit, and the bytes that they need. */
static size_t headers_len(const struct pairs *headers, size_t *n)
{
	size_t len = 0;

	for (*n = 0; *n < headers->count; ++*n) {
		size_t next = len + strlen(headers->items[*n].name) + 1 +
			      strlen(headers->items[*n].value) + 1;

		if (next > HEADERS_MAX)
			break;
		len = next;
	}
	return len;
}

/* An entry with a copy of the request; see entry_alloc(). NULL when memory is short. */
static struct entry *entry_new(struct entry *old, const struct journal_request *request)
{
	struct journal_request copy = *request;
	struct entry *e;
	size_t n, headers = headers_len(&request->headers, &n);
	char *end;

	e = entry_alloc(old, texts_len(copy.text, REQUEST_TEXTS) + headers);
	if (!e)
		return NULL;
	refcount_init(&e->refs);
	if (!e->spare)
		e->spare = told_new(0); /* so that its end can be told when memory is short */
	end = keep_texts(copy.text, REQUEST_TEXTS, e->memory);
	copy.text[REQUEST_HEADERS] = (struct bytes){ end, headers };
	for (size_t i = 0; i < n; i++) {
		end = stpcpy(end, request->headers.items[i].name) + 1;
		end = stpcpy(end, request->headers.items[i].value) + 1;
	}
	copy.headers_left += request->headers.count - n;
	copy.headers = (struct pairs){ .count = 0 };
	e->request = copy;
	return e;
}

const char *journal_state_text(enum request_state state)
{
	static const char *const states[] = {
		[REQUEST_PENDING] = "pending", [REQUEST_DONE] = "done", [REQUEST_CUT] = "cut"
	};

	return states[state];
}

int64_t entry_id(const struct entry *e)
{
	return e->id;
}

const struct journal_request *entry_request(const struct entry *e)
{
	return &e->request;
}

const struct journal_answer *entry_answer(const struct entry *e)
{
	const struct told *told = atomic_load_explicit(&e->told, memory_order_acquire);

	return told ? &told->answer : NULL;
}

/* ---- the ring -------------------------------------------------------------------------------- */

void journal_open(struct journal *j, size_t size, size_t body_max)
{
	*j = (struct journal){ .size = size, .body_max = body_max };
	pthread_mutex_init(&j->lock, NULL);
}

static struct entry *entry_at(const struct journal *j, size_t i)
{
	return j->ring[(j->first + i) % j->cap];
}

static void free_ring(struct journal *j)
{
	for (size_t i = 0; i < j->count; i++)
		entry_unref(entry_at(j, i));
	free(j->ring);
}

void journal_close(struct journal *j)
{
	free_ring(j);
	pthread_mutex_destroy(&j->lock);
}

/* Empty the ring, and, to `restart`, begin a new generation. Frees the entries without the lock. */
static void empty(struct journal *j, bool restart)
{
	struct journal old;

	pthread_mutex_lock(&j->lock);
	old = (struct journal){
		.ring = j->ring, .cap = j->cap, .first = j->first, .count = j->count
	};
	j->ring = NULL;
	j->cap = j->first = j->count = 0;
	j->dropped = 0;
	if (restart) {
		j->total = 0;
		atomic_fetch_add_explicit(&j->generation, 1, memory_order_relaxed);
	}
	pthread_mutex_unlock(&j->lock);
	journal_changed(j);
	free_ring(&old);
}

void journal_clear(struct journal *j)
{
	empty(j, true);
}

void journal_drop(struct journal *j)
{
	empty(j, false);
}

int64_t journal_total(struct journal *j)
{
	int64_t total;

	pthread_mutex_lock(&j->lock);
	total = j->total;
	pthread_mutex_unlock(&j->lock);
	return total;
}

/* Add an entry; *oldest becomes the one to release in its place, if any. False if there is no room.
 * Caller holds the lock. */
static bool ring_put(struct journal *j, struct entry *e, struct entry **oldest)
{
	if (j->count == j->size && j->size > 0) {
		*oldest = j->ring[j->first];
		j->ring[j->first] = e;
		j->first = (j->first + 1) % j->cap;
		return true;
	}
	/* The ring grows only while its first entry is at 0: it wraps around once it is full. */
	if (j->size == 0 || !GROW_UP_TO(j->ring, j->count + 1, j->cap, j->size))
		return false;
	j->ring[(j->first + j->count++) % j->cap] = e;
	return true;
}

/* If the ring is full, take the oldest entry out, so that its memory can be reused. Else NULL. */
static struct entry *take_oldest(struct journal *j)
{
	struct entry *oldest = NULL;

	pthread_mutex_lock(&j->lock);
	if (j->count == j->size) {
		oldest = j->ring[j->first];
		j->first = (j->first + 1) % j->cap;
		j->count--;
		j->dropped++;
	}
	pthread_mutex_unlock(&j->lock);
	return oldest;
}

struct entry *journal_begin(struct journal *j, const struct journal_request *request)
{
	struct entry *e = j->size > 0 ? entry_new(take_oldest(j), request) : NULL, *replaced = NULL;
	bool kept = false;

	pthread_mutex_lock(&j->lock);
	if (request->generation == journal_generation(j)) {
		j->total++;
		kept = e && ring_put(j, e, &replaced);
		if (kept) {
			e->id = j->total;
			refcount_get(&e->refs); /* the ring's; the other one is returned */
		}
		j->dropped += !kept || replaced;
	}
	pthread_mutex_unlock(&j->lock);
	entry_unref(replaced);
	journal_changed(j);
	if (kept)
		return e;
	entry_unref(e);
	return NULL;
}

/* The part of a body that is kept; NULL for an empty body. */
static struct bytes body_start(const struct journal *j, struct bytes body)
{
	return (struct bytes){ .data = body.len ? body.data : NULL,
			       .len = utf8_cut(body.data, body.len, j->body_max) };
}

/* Memory for an answer: the entry's spare memory, if it suits. If there is no other, the texts are
 * given up. NULL when memory is short. */
static struct told *told_alloc(struct entry *e, struct journal_answer *answer)
{
	const size_t len = texts_len(answer->text, ANSWER_TEXTS);
	struct told *spare = STEAL(e->spare), *t;

	if (spare && suits(spare->room, len))
		return spare;
	t = told_new(len);
	if (t) {
		free(spare);
		return t;
	}
	memset(answer->text, 0, sizeof answer->text);
	return spare;
}

void journal_tell(struct journal *j, struct entry *e, const struct journal_answer *answer)
{
	struct journal_answer copy = *answer;
	struct told *told;

	if (!e)
		return;
	copy.text[ANSWER_REQUEST] = body_start(j, copy.text[ANSWER_REQUEST]);
	copy.text[ANSWER_RESPONSE] = body_start(j, copy.text[ANSWER_RESPONSE]);
	told = told_alloc(e, &copy);
	if (!told)
		return;
	(void)keep_texts(copy.text, ANSWER_TEXTS, told->memory);
	told->answer = copy;
	told->before = e->told;
	atomic_store_explicit(&e->told, told, memory_order_release);
	journal_changed(j);
}

/* ---- reading --------------------------------------------------------------------------------- */

/* The index of the first entry with a greater id. Caller holds the lock. */
static size_t first_after(const struct journal *j, int64_t id)
{
	size_t low = 0, high = j->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (entry_at(j, middle)->id <= id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct entry *journal_find(struct journal *j, unsigned generation, int64_t id)
{
	struct entry *e = NULL;
	size_t i;

	pthread_mutex_lock(&j->lock);
	i = first_after(j, id - 1);
	if (generation == journal_generation(j) && i < j->count && entry_at(j, i)->id == id) {
		e = entry_at(j, i);
		refcount_get(&e->refs);
	}
	pthread_mutex_unlock(&j->lock);
	return e;
}

bool journal_entries(struct journal *j, int64_t after, struct entries *entries)
{
	size_t from;

	*entries = (struct entries){
		.changes = atomic_load_explicit(&j->changes, memory_order_acquire),
	};
	pthread_mutex_lock(&j->lock);
	from = first_after(j, after);
	entries->total = j->total;
	entries->dropped = j->dropped;
	entries->list = calloc(j->count - from + 1, sizeof *entries->list);
	for (size_t i = from; entries->list && i < j->count; i++) {
		refcount_get(&entry_at(j, i)->refs);
		entries->list[entries->count++] = entry_at(j, i);
	}
	pthread_mutex_unlock(&j->lock);
	return entries->list != NULL;
}

bool entries_reserve(struct entries *entries, size_t count)
{
	*entries = (struct entries){ .list = calloc(count + 1, sizeof *entries->list) };
	return entries->list;
}

void entries_free(struct entries *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		entry_unref(entries->list[i]);
	free(entries->list);
	*entries = (struct entries){ .count = 0 };
}
