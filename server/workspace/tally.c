/* SPDX-License-Identifier: MIT
 * tally.c - counts without a lock, and notes the rare oddities under one. What is not noted when
 * memory is short is counted among the others.
 */
#include "workspace/tally.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/utf8.h"

_Static_assert(ERR_COUNT <= 64, "a bit for each error");

void tally_open(struct tally *t)
{
	memset(t, 0, sizeof *t);
	pthread_mutex_init(&t->lock, NULL);
}

static void free_names(struct tally_names *names)
{
	struct tally_note *n;

	while ((n = names->first)) {
		names->first = n->next;
		free(n);
	}
}

void tally_close(struct tally *t)
{
	free_names(&t->unmatched);
	free_names(&t->ignored);
	free_names(&t->unhit);
	free_names(&t->hit);
	pthread_mutex_destroy(&t->lock);
}

void tally_count(struct tally *t, size_t operation, int seen)
{
	const uint64_t bit = seen < 0 ? 0 : UINT64_C(1) << seen;

	if (operation >= TALLY_OPERATIONS)
		return;
	atomic_fetch_add_explicit(&t->operations[operation].requests, 1, memory_order_relaxed);
	if (bit & ~atomic_load_explicit(&t->operations[operation].seen, memory_order_relaxed))
		atomic_fetch_or_explicit(&t->operations[operation].seen, bit, memory_order_relaxed);
}

static struct tally_note *note_new(const char *text)
{
	const size_t len = strlen(text) + 1;
	struct tally_note *n = malloc(sizeof *n + len);

	if (!n)
		return NULL;
	n->next = NULL;
	n->times = 0;
	memcpy(n->text, text, len);
	return n;
}

/* Caller holds the lock. */
static void note(struct tally_names *names, const char *text, uint64_t times)
{
	struct tally_note *n = names->first, *last = NULL;

	while (n && !streq(n->text, text)) {
		last = n;
		n = n->next;
	}
	if (!n && names->count < TALLY_NAMES) {
		n = note_new(text);
		names->count += n != NULL;
		if (last)
			last->next = n;
		else
			names->first = n;
	}
	if (n)
		n->times += times;
	else
		names->others += times;
}

void tally_text(struct tally *t, struct tally_names *names, const char *text)
{
	pthread_mutex_lock(&t->lock);
	if (text)
		note(names, text, 1);
	else
		names->others++;
	pthread_mutex_unlock(&t->lock);
}

void tally_name(struct tally *t, struct tally_names *names, const char *first, const char *second,
		size_t len)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT(TALLY_TEXT_BYTES);
	const size_t used = strlen(first);

	utf8_add(&text, first, utf8_cut(first, used, TALLY_NAME_BYTES / 4));
	buf_addc(&text, ' ');
	utf8_add(&text, second, utf8_cut(second, len, TALLY_NAME_BYTES));
	tally_text(t, names, text.bad ? NULL : text.text);
}

static void add_names(struct tally_names *names, const struct tally_names *more)
{
	for (const struct tally_note *n = more->first; n; n = n->next)
		note(names, n->text, n->times);
	names->others += more->others;
}

void tally_add(struct tally *t, struct tally *more)
{
	for (size_t i = 0; i < TALLY_OPERATIONS; i++) {
		t->operations[i].requests += more->operations[i].requests;
		t->operations[i].seen |= more->operations[i].seen;
	}
	pthread_mutex_lock(&t->lock);
	pthread_mutex_lock(&more->lock);
	add_names(&t->unmatched, &more->unmatched);
	add_names(&t->ignored, &more->ignored);
	add_names(&t->unhit, &more->unhit);
	add_names(&t->hit, &more->hit);
	pthread_mutex_unlock(&more->lock);
	pthread_mutex_unlock(&t->lock);
}

static bool has_name(const struct tally_names *names, const char *text)
{
	const struct tally_note *n = names->first;

	while (n && !streq(n->text, text))
		n = n->next;
	return n;
}

void tally_forget_hit(struct tally *t)
{
	struct tally_note **link = &t->unhit.first, *n;

	pthread_mutex_lock(&t->lock);
	while ((n = *link)) {
		if (!has_name(&t->hit, n->text)) {
			link = &n->next;
			continue;
		}
		*link = n->next;
		free(n);
		t->unhit.count--;
	}
	pthread_mutex_unlock(&t->lock);
}
