/* SPDX-License-Identifier: MIT
 * events.c - the ring, and how an event looks.
 */
#include "workspace/events.h"

#include <stdlib.h>

#include "base/grow.h"
#include "base/json_writer.h"
#include "base/rfc3339.h"
#include "base/utf8.h"

void events_open(struct events *e, size_t size)
{
	*e = (struct events){ .size = size };
	pthread_mutex_init(&e->lock, NULL);
}

void events_close(struct events *e)
{
	for (size_t i = 0; i < e->count; i++)
		change_unref(e->ring[(e->first + i) % e->cap].change);
	free(e->ring);
	pthread_mutex_destroy(&e->lock);
}

/* Add an event. If memory is short, the ring stays as it is, and this one is among those that are
 * not kept: all before it are, too. Caller holds the lock. */
static void put(struct events *e, struct event event)
{
	struct event *place;

	e->last++;
	/* The ring grows only while its first event is at 0. */
	if (e->count == e->size || e->first > 0 ||
	    !GROW_UP_TO(e->ring, e->count + 1, e->cap, e->size)) {
		if (e->count == 0) {
			change_unref(event.change);
			return;
		}
		place = &e->ring[e->first];
		change_unref(place->change);
		*place = event;
		e->first = (e->first + 1) % e->count;
		return;
	}
	e->ring[e->count++] = event;
}

static void end_put(struct events *e)
{
	pthread_mutex_unlock(&e->lock);
	atomic_fetch_add_explicit(&e->changes, 1, memory_order_release);
}

void events_request(struct events *e, const struct entry *entry)
{
	if (e->size == 0)
		return;
	pthread_mutex_lock(&e->lock);
	put(e, (struct event){ .kind = EVENT_REQUEST,
			       .generation = entry_request(entry)->generation,
			       .number = entry_id(entry) });
	end_put(e);
}

void events_changes(struct events *e, struct change *list, uint64_t lost)
{
	if (!list && lost == 0)
		return;
	pthread_mutex_lock(&e->lock);
	while (list) {
		struct change *next = list->next;

		put(e, (struct event){ .kind = EVENT_CHANGE, .change = list });
		list = next;
	}
	if (lost > 0)
		put(e, (struct event){ .kind = EVENT_LOST, .number = (int64_t)lost });
	end_put(e);
}

void events_restore(struct events *e, int64_t time)
{
	if (e->size == 0)
		return;
	pthread_mutex_lock(&e->lock);
	put(e, (struct event){ .kind = EVENT_RESTORE, .number = time });
	end_put(e);
}

/* ---- reading --------------------------------------------------------------------------------- */

void events_batch(struct events *e, int64_t after, struct event_batch *batch)
{
	int64_t oldest;

	batch->changes = atomic_load_explicit(&e->changes, memory_order_acquire);
	batch->count = 0;
	batch->dropped = 0;
	pthread_mutex_lock(&e->lock);
	batch->last = e->last;
	oldest = e->last - (int64_t)e->count + 1;
	if (after > e->last) /* of another server, that had this port before */
		after = e->last;
	if (after + 1 < oldest) {
		batch->dropped = oldest - after - 1;
		after = oldest - 1;
	}
	batch->first = after + 1;
	while (batch->count < ARRAY_LEN(batch->list) &&
	       after + 1 + (int64_t)batch->count <= e->last) {
		const size_t i = (size_t)(after + 1 - oldest) + batch->count;
		struct event *event = &batch->list[batch->count++];

		*event = e->ring[(e->first + i) % e->count];
		if (event->change)
			refcount_get(&event->change->refs);
	}
	pthread_mutex_unlock(&e->lock);
}

void event_batch_free(struct event_batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		change_unref(batch->list[i].change);
	batch->count = 0;
}

/* ---- showing --------------------------------------------------------------------------------- */

const char *event_name(const struct event *event)
{
	static const char *const names[] = { [EVENT_REQUEST] = "request",
					     [EVENT_CHANGE] = "change",
					     [EVENT_RESTORE] = "restore",
					     [EVENT_LOST] = "lost" };

	return names[event->kind];
}

static void write_time(struct writer *w, int64_t micros)
{
	char time[TIME_LEN + 1], exact[TIME_LEN + 1];

	rfc3339_format(micros, time);
	rfc3339_shortest(time, exact);
	writer_text(writer_key(w, "time"), exact);
}

static void write_shown(struct writer *w, struct buf *scratch, struct bytes text)
{
	buf_clear(scratch);
	utf8_add(scratch, text.data ? text.data : "", text.len);
	w->out->bad |= scratch->bad;
	writer_text_or_null(w, text.data ? scratch->text ? scratch->text : "" : NULL);
}

static void write_request(struct writer *w, struct buf *scratch, const struct entry *entry)
{
	const struct journal_request *r = entry_request(entry);
	const struct journal_answer *a = entry_answer(entry);

	write_time(w, r->time);
	writer_int(writer_key(w, "id"), entry_id(entry));
	write_shown(writer_key(w, "method"), scratch, r->text[REQUEST_METHOD]);
	write_shown(writer_key(w, "path"), scratch, r->text[REQUEST_PATH]);
	writer_text_or_null(writer_key(w, "operation"), r->op ? r->op->name : NULL);
	writer_text(writer_key(w, "state"), a ? journal_state_text(a->state) : "pending");
	writer_count(writer_key(w, "status"), a && a->status > 0 ? a->status : -1);
	write_shown(writer_key(w, "code"), scratch, a ? a->text[ANSWER_CODE] : (struct bytes){ 0 });
	writer_count(writer_key(w, "duration_us"), a ? a->micros : -1);
}

static void write_cause(struct writer *w, const struct cause *cause)
{
	static const char *const kinds[] = { [CAUSE_OTHER] = "other",
					     [CAUSE_REQUEST] = "request",
					     [CAUSE_CONTROL] = "control",
					     [CAUSE_STEP] = "step",
					     [CAUSE_BEHAVIOR] = "behavior" };

	writer_open(writer_key(w, "cause"), '{');
	writer_text(writer_key(w, "kind"), kinds[cause->kind]);
	if (cause->kind == CAUSE_REQUEST)
		writer_count(writer_key(w, "request"), cause->request > 0 ? cause->request : -1);
	if (cause->kind == CAUSE_CONTROL) {
		writer_text(writer_key(w, "method"), cause->control->method);
		writer_text(writer_key(w, "path"), cause->control->path);
	}
	writer_close(w, '}');
}

static void write_change(struct writer *w, const struct change *c)
{
	write_time(w, c->time);
	writer_text(writer_key(w, "object"), c->resource->object);
	writer_text(writer_key(w, "id"), c->id);
	writer_text(writer_key(w, "field"), c->field->name);
	writer_text_or_null(writer_key(w, "from"), c->from);
	writer_text_or_null(writer_key(w, "to"), c->to);
	write_cause(w, &c->cause);
}

bool event_write(struct writer *w, struct buf *scratch, int64_t number, const struct event *event,
		 struct journal *journal)
{
	struct entry *entry = NULL;

	if (event->kind == EVENT_REQUEST) {
		entry = journal_find(journal, event->generation, event->number);
		if (!entry)
			return false;
	}
	writer_open(writer_item(w), '{');
	writer_int(writer_key(w, "event"), number);
	writer_text(writer_key(w, "kind"), event_name(event));
	if (entry)
		write_request(w, scratch, entry);
	else if (event->kind == EVENT_CHANGE)
		write_change(w, event->change);
	else if (event->kind == EVENT_RESTORE)
		write_time(w, event->number);
	else
		writer_int(writer_key(w, "changes"), event->number);
	writer_close(w, '}');
	entry_unref(entry);
	return true;
}
