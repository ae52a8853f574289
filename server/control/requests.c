/* SPDX-License-Identifier: MIT
 * requests.c - reads filters of the journal from queries, and waits for what they find.
 */
#include "control/control.h"

#include <stdlib.h>

#include "api/handler.h"
#include "http/exchange.h"
#include "workspace/journal_view.h"

void control_read_status(const char *text, struct journal_filter *filter)
{
	const bool is_class = text && text[1] == 'x';

	filter->status_from = filter->status_to = text ? (int)strtol(text, NULL, 10) : 0;
	if (is_class) {
		filter->status_from *= 100;
		filter->status_to = filter->status_from + 99;
	}
}

/* Read an id, or a time. */
static void read_since(const char *text, int64_t *after, int64_t *since)
{
	*after = 0;
	*since = INT64_MIN;
	if (text && !rfc3339_parse(text, since))
		*after = strtoll(text, NULL, 10);
}

bool control_read_filter(struct exchange *x, const struct body *from, struct journal_filter *filter)
{
	const char *name = body_text(from, "operation"), *problem;

	*filter = (struct journal_filter){
		.op = name ? operation_named(x->app->operations, name) : NULL,
		.no_op = name && streq(name, "none"),
		.method = body_text(from, "method"),
		.path = body_text(from, "path"),
		.key = body_text(from, "key"),
	};
	read_since(body_text(from, "since"), &filter->after, &filter->since);
	if (!name || filter->op || filter->no_op)
		return true;
	problem = control_no_operation(x, name);
	return problem && fail_field(x, "operation", "operation: %s", problem);
}

static bool write_requests(struct exchange *x, const struct entries *entries)
{
	struct writer w = exchange_writer(x);

	journal_write(&w, entries, x->workspace->id);
	return !w.out->full ||
	       fail(x, ERR_INVALID_REQUEST,
		    "too many requests for one answer; narrow them by since or another "
		    "parameter");
}

bool control_get_requests(struct exchange *x)
{
	struct journal *journal = &x->workspace->journal;
	struct entries entries CLEANUP(entries_free) = { 0 };
	const struct member *at_least = body_member(&x->params, "at_least");
	const struct member *wait = body_member(&x->params, "wait");
	struct journal_filter filter;

	if (wait->set && !at_least->set)
		return fail_field(x, "wait",
				  "wait needs at_least: the number of requests to wait for");
	if (!control_read_filter(x, &x->params, &filter))
		return false;
	control_read_status(body_text(&x->params, "status"), &filter);
	if (!journal_entries(journal, filter.after, &entries))
		return false;
	journal_select(&entries, &filter);
	return (at_least->set && (int64_t)entries.count < at_least->number &&
		exchange_wait(x, &journal->changes, entries.changes, wait->number)) ||
	       write_requests(x, &entries);
}

bool control_delete_requests(struct exchange *x)
{
	struct entries none CLEANUP(entries_free) = { 0 };

	journal_drop(&x->workspace->journal);
	return journal_entries(&x->workspace->journal, INT64_MAX, &none) &&
	       write_requests(x, &none);
}
