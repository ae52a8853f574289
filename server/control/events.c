/* SPDX-License-Identifier: MIT
 * events.c - answers with events, or follows them: as a stream of Server-Sent Events (WHATWG HTML,
 * section 9.2).
 *
 * A stream is written in batches, between which its connection is suspended. The more streams there
 * are, the longer each pauses, so that all of them together cost little; what a stream is too slow
 * for is dropped, and told.
 */
#include "control/control.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "http/exchange.h"

enum {
	ANSWER_MAX = 1000,       /* events of an answer */
	BATCH_BYTES = 16 * 1024, /* of a stream, about */
	SCRATCH_MAX = 64 * 1024, /* of a text of an event */
	HEARTBEAT_SECONDS = 15,  /* without an event */
	PAUSE_MICROS = 4000,     /* between batches, times the number of streams */
};

/* ---- an answer ------------------------------------------------------------------------------- */

static bool answer_events(struct exchange *x, int64_t since, int64_t seconds)
{
	struct events *events = &x->workspace->events;
	struct buf scratch CLEANUP(buf_free) = BUF_INIT(SCRATCH_MAX);
	struct writer w = exchange_writer(x);
	struct event_batch batch;
	int64_t dropped = 0;
	size_t written = 0;

	writer_open(&w, '{');
	writer_open(writer_key(&w, "events"), '[');
	do {
		events_batch(events, since, &batch);
		dropped += batch.dropped;
		for (size_t i = 0; i < batch.count; i++)
			if (event_write(&w, &scratch, batch.first + (int64_t)i, &batch.list[i],
					&x->workspace->journal))
				written++;
			else
				dropped++;
		since = batch.first + (int64_t)batch.count - 1;
		event_batch_free(&batch);
	} while (since < batch.last && written < ANSWER_MAX);
	if (written == 0 && dropped == 0 &&
	    exchange_wait(x, &events->changes, batch.changes, seconds))
		return true;
	writer_close(&w, ']');
	writer_int(writer_key(&w, "last"), since);
	writer_int(writer_key(&w, "dropped"), dropped);
	writer_close(&w, '}');
	return true;
}

/* ---- a stream -------------------------------------------------------------------------------- */

/* Add an event in a stream's form. False, and nothing is added, if its request is not kept. */
static bool add_event(struct exchange *x, struct buf *scratch, int64_t number,
		      const struct event *event)
{
	struct buf *b = x->answer.body;
	struct writer w = { .out = b, .empty = true };
	const size_t before = b->len;

	buf_printf(b, "id: %" PRId64 "\nevent: %s\ndata: ", number, event_name(event));
	if (event_write(&w, scratch, number, event, &x->workspace->journal)) {
		buf_add(b, "\n\n");
		return true;
	}
	if (!b->bad)
		buf_cut(b, before);
	return false;
}

/* Write what there is by now. False at the stream's end. */
static bool stream_events(struct exchange *x)
{
	struct buf scratch CLEANUP(buf_free) = BUF_INIT(SCRATCH_MAX);
	struct events *events = &x->workspace->events;
	struct buf *b = x->answer.body;
	const int64_t now = clock_monotonic();
	struct event_batch batch;
	size_t i = 0;

	if (x->wait.ended)
		return false;
	events_batch(events, x->stream.last, &batch);
	for (; i < batch.count && b->len < BATCH_BYTES; i++)
		batch.dropped += !add_event(x, &scratch, batch.first + (int64_t)i, &batch.list[i]);
	if (batch.dropped > 0)
		buf_printf(b, "event: dropped\ndata: {\"dropped\":%" PRId64 "}\n\n", batch.dropped);
	x->stream.last = batch.first + (int64_t)i - 1;
	if (b->len == 0 && x->wait.over)
		buf_add(b, ":\n\n"); /* or a client that has gone would not be noticed */
	x->wait = (struct wait){
		.counter = &events->changes,
		/* If there is more to say, the pause is all that it waits for. */
		.seen = batch.changes - (x->stream.last < batch.last),
		.until = now + HEARTBEAT_SECONDS * INT64_C(1000000),
		.not_before = now + PAUSE_MICROS * (int64_t)atomic_load(&events->readers),
	};
	event_batch_free(&batch);
	return !b->bad;
}

static void begin_stream(struct exchange *x, int64_t since)
{
	struct event_batch newest;

	events_batch(&x->workspace->events, INT64_MAX - 1, &newest);
	x->stream.last = since >= 0 ? since : newest.last;
	event_batch_free(&newest);
	x->stream.next = stream_events;
	x->stream.readers = &x->workspace->events.readers;
	atomic_fetch_add(x->stream.readers, 1);
	x->answer.type = "text/event-stream";
	answer_header(x, "Cache-Control", "no-store");
	buf_add(x->answer.body, "retry: 1000\n\n");
}

/* ---- both ------------------------------------------------------------------------------------ */

/* The place to begin at; -1: none is given. */
static bool read_place(struct exchange *x, int64_t *since)
{
	enum { DIGITS_MAX = 18 };
	const struct member *given = body_member(&x->params, "since");
	const char *last = x->request.last_event_id;

	*since = given->set ? given->number : -1;
	if (!last || !*last)
		return true;
	if (last[strspn(last, "0123456789")] || strlen(last) > DIGITS_MAX)
		return fail_field(x, "Last-Event-ID",
				  "Last-Event-ID: expected the id of an event, found '%s'",
				  quote(x, last));
	*since = strtoll(last, NULL, 10); /* a client that comes again knows better than its URL */
	return true;
}

bool control_get_events(struct exchange *x)
{
	const struct member *wait = body_member(&x->params, "wait");
	const bool stream = !streq(x->request.method, "HEAD") && x->request.accept &&
			    strstr(x->request.accept, "text/event-stream");
	int64_t since;

	if (!x->wait.until) /* the first time */
		answer_header(x, "Vary", "Accept");
	if (!read_place(x, &since))
		return false;
	if (stream && wait->set)
		return fail_field(x, "wait",
				  "wait conflicts with Accept: text/event-stream, which "
				  "goes on for ever");
	if (!stream)
		return answer_events(x, since < 0 ? 0 : since, wait->number);
	begin_stream(x, since);
	return true;
}
