/* SPDX-License-Identifier: MIT
 * journal.c - the ring and its entries. Texts are kept as they came, and made valid UTF-8 only when
 * they are shown.
 *
 * An entry in the ring does not change. The ring has a reference to it, and so has each thread that
 * writes it to an answer: the lock is held only while an entry is added, or references are taken.
 */
#include "workspace/journal.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/glob.h"
#include "base/grow.h"
#include "base/json_writer.h"
#include "base/refcount.h"
#include "base/rfc3339.h"
#include "base/utf8.h"
#include "model/api_path.h"
#include "model/operation.h"
#include "workspace/keyring.h"

enum {
	BODY_KEPT = 4096, /* bytes of a body */
	SCRATCH_MAX = 1 << 20,
	ROOM_STEP = 256, /* bytes; rounded up, the memory of an entry fits more often for another */
};

struct entry {
	struct refcount refs;
	int64_t id;
	struct journal_record record; /* its texts are in memory[], each with a NUL at its end */
	size_t room;                  /* bytes of memory[] */
	char memory[];
};

/* ---- one entry ------------------------------------------------------------------------------- */

/* The part of a body that is kept; NULL for an empty body. */
static struct bytes body_start(struct bytes body)
{
	return (struct bytes){ .data = body.len ? body.data : NULL,
			       .len = utf8_cut(body.data, body.len, BODY_KEPT) };
}

static void entry_unref(struct entry *e)
{
	if (e && refcount_put(&e->refs))
		free(e);
}

/*
 * An entry with room for `len` bytes. `old` (or NULL) is reused if it has the room, and no other
 * reference, and is not far too large: else every entry would in time be as large as the largest.
 * If not, it is released. NULL when memory is short.
 */
static struct entry *entry_alloc(struct entry *old, size_t len)
{
	size_t room = (len + ROOM_STEP - 1) / ROOM_STEP * ROOM_STEP;
	struct entry *e;

	if (old && old->room >= room && old->room / 2 <= room && refcount_is_one(&old->refs))
		return old;
	entry_unref(old);
	e = malloc(sizeof *e + room);
	if (e)
		e->room = room;
	return e;
}

/* An entry with a copy of the record; see entry_alloc(). NULL when memory is short. */
static struct entry *entry_new(struct entry *old, const struct journal_record *record)
{
	struct journal_record copy = *record;
	struct entry *e;
	size_t len = 0;
	char *end;

	copy.text[TEXT_REQUEST] = body_start(copy.text[TEXT_REQUEST]);
	copy.text[TEXT_RESPONSE] = body_start(copy.text[TEXT_RESPONSE]);
	for (size_t i = 0; i < TEXT_COUNT; i++)
		len += copy.text[i].data ? copy.text[i].len + 1 : 0;
	e = entry_alloc(old, len);
	if (!e)
		return NULL;
	end = e->memory;
	for (size_t i = 0; i < TEXT_COUNT; i++) {
		struct bytes *text = &copy.text[i];

		if (!text->data)
			continue;
		memcpy(end, text->data, text->len);
		end[text->len] = '\0';
		text->data = end;
		end += text->len + 1;
	}
	refcount_init(&e->refs);
	e->record = copy;
	return e;
}

/* ---- the ring -------------------------------------------------------------------------------- */

void journal_open(struct journal *j, size_t size)
{
	*j = (struct journal){ .size = size };
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

/* Add an entry. Returns the entry to release in its place: the oldest, or the entry itself if there
 * is no room; or NULL. Caller holds the lock. */
static struct entry *ring_put(struct journal *j, struct entry *e)
{
	struct entry *oldest;

	if (j->count == j->size && j->size > 0) {
		oldest = j->ring[j->first];
		j->ring[j->first] = e;
		j->first = (j->first + 1) % j->cap;
		return oldest;
	}
	/* The ring grows only while its first entry is at 0: it wraps around once it is full. */
	if (j->size == 0 || !GROW_UP_TO(j->ring, j->count + 1, j->cap, j->size))
		return e;
	j->ring[(j->first + j->count++) % j->cap] = e;
	return NULL;
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

void journal_add(struct journal *j, const struct journal_record *record)
{
	struct entry *e = j->size > 0 ? entry_new(take_oldest(j), record) : NULL, *replaced = NULL;

	pthread_mutex_lock(&j->lock);
	if (record->generation != journal_generation(j)) {
		pthread_mutex_unlock(&j->lock);
		entry_unref(e);
		return;
	}
	j->total++;
	if (e) {
		e->id = j->total;
		replaced = ring_put(j, e);
	}
	j->dropped += !e || replaced;
	pthread_mutex_unlock(&j->lock);
	entry_unref(replaced);
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

/* Copy the journal as it is, but only entries with a greater id. False when memory is short. The
 * copy is freed by free_ring(). */
static bool copy_after(struct journal *j, int64_t id, struct journal *copy)
{
	size_t from;

	pthread_mutex_lock(&j->lock);
	from = first_after(j, id);
	*copy = (struct journal){ .total = j->total, .dropped = j->dropped, .cap = j->cap };
	copy->ring = calloc(j->count - from + 1, sizeof(struct entry *));
	for (size_t i = from; copy->ring && i < j->count; i++) {
		refcount_get(&entry_at(j, i)->refs);
		copy->ring[copy->count++] = entry_at(j, i);
	}
	pthread_mutex_unlock(&j->lock);
	return copy->ring != NULL;
}

static bool text_is(const struct entry *e, enum journal_text which, const char *wanted)
{
	return e->record.text[which].data && streq(e->record.text[which].data, wanted);
}

static bool matches(const struct entry *e, const struct journal_filter *f)
{
	if (f->op && e->record.op != f->op)
		return false;
	if (f->method && !text_is(e, TEXT_METHOD, f->method))
		return false;
	if (f->path &&
	    !api_path_matches(f->path, e->record.text[TEXT_PATH].data, e->record.prefix_len))
		return false;
	if (f->key && !text_is(e, TEXT_KEY, f->key) && !text_is(e, TEXT_KEY_NAME, f->key))
		return false;
	if (f->status_to && (e->record.status < f->status_from || e->record.status > f->status_to))
		return false;
	return e->record.time >= f->since;
}

/* Write bytes as a text, with U+FFFD for what is not UTF-8; or null. */
static void write_bytes(struct writer *w, struct buf *scratch, struct bytes text)
{
	buf_clear(scratch);
	utf8_add(scratch, text.data ? text.data : "", text.len);
	w->out->bad |= scratch->bad;
	writer_text_or_null(w, text.data && scratch->text ? scratch->text : text.data);
}

/* Write texts, each of which a NUL ends, as an array. */
static void write_names(struct writer *w, struct buf *scratch, struct bytes names)
{
	writer_open(w, '[');
	for (size_t at = 0, len; at < names.len; at += len + 1) {
		len = strlen(names.data + at);
		write_bytes(writer_item(w), scratch, (struct bytes){ names.data + at, len });
	}
	writer_close(w, ']');
}

static struct bytes mask_key(struct bytes key, char shown[static KEY_MASK_BYTES])
{
	if (!key.data)
		return key;
	keyring_mask(key.data, key.len, shown);
	return (struct bytes){ shown, strlen(shown) };
}

static void write_entry(struct writer *w, struct buf *scratch, const struct entry *e)
{
	char time[TIME_LEN + 1], exact[TIME_LEN + 1], mask[KEY_MASK_BYTES];
	const struct journal_record *r = &e->record;
	const struct bytes *t = r->text;
	const struct bytes key =
	    t[TEXT_KEY_NAME].data ? t[TEXT_KEY_NAME] : mask_key(t[TEXT_KEY], mask);

	rfc3339_format(r->time, time);
	rfc3339_shortest(time, exact);
	writer_open(writer_item(w), '{');
	writer_int(writer_key(w, "id"), e->id);
	writer_text(writer_key(w, "time"), exact);
	write_bytes(writer_key(w, "method"), scratch, t[TEXT_METHOD]);
	write_bytes(writer_key(w, "path"), scratch, t[TEXT_PATH]);
	write_bytes(writer_key(w, "query"), scratch, t[TEXT_QUERY]);
	writer_text_or_null(writer_key(w, "operation"), r->op ? r->op->name : NULL);
	writer_count(writer_key(w, "status"), r->status > 0 ? r->status : -1);
	write_bytes(writer_key(w, "code"), scratch, t[TEXT_CODE]);
	writer_text_or_null(writer_key(w, "version"), r->version);
	write_bytes(writer_key(w, "key"), scratch, key);
	writer_int(writer_key(w, "duration_us"), r->micros);
	writer_count(writer_key(w, "retry_count"), r->retry_count);
	write_bytes(writer_key(w, "user_agent"), scratch, t[TEXT_USER_AGENT]);
	writer_count(writer_key(w, "fault"), r->fault);
	write_names(writer_key(w, "ignored"), scratch, t[TEXT_IGNORED]);
	write_bytes(writer_key(w, "request_body"), scratch, t[TEXT_REQUEST]);
	writer_int(writer_key(w, "request_bytes"), (long long)r->request_bytes);
	write_bytes(writer_key(w, "response_body"), scratch, t[TEXT_RESPONSE]);
	writer_int(writer_key(w, "response_bytes"), (long long)r->response_bytes);
	writer_close(w, '}');
}

bool journal_write(struct journal *j, const struct journal_filter *filter, struct writer *w)
{
	struct buf scratch CLEANUP(buf_free) = BUF_INIT(SCRATCH_MAX);
	struct journal copy;

	if (!copy_after(j, filter->after, &copy))
		return false;
	writer_open(w, '{');
	writer_open(writer_key(w, "requests"), '[');
	for (size_t i = 0; i < copy.count && !w->out->bad; i++)
		if (matches(copy.ring[i], filter))
			write_entry(w, &scratch, copy.ring[i]);
	writer_close(w, ']');
	writer_int(writer_key(w, "total"), copy.total);
	writer_int(writer_key(w, "dropped"), copy.dropped);
	writer_close(w, '}');
	free_ring(&copy);
	return true;
}
