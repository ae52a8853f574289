/* SPDX-License-Identifier: MIT
 * requests.c - reads filters of the journal from queries.
 */
#include "control/control.h"

#include <stdlib.h>

#include "api/handler.h"
#include "http/exchange.h"

/* The operation that the query names, or NULL. False if there is none of that name. */
static bool read_operation(struct exchange *x, const struct operation **op)
{
	const char *name = body_text(&x->params, "operation");

	*op = name ? operation_named(x->app->operations, name) : NULL;
	if (!name || *op)
		return true;
	name = control_no_operation(x, name);
	return name && fail_field(x, "operation", "operation: %s", name);
}

/* Read "404" or "4xx"; 0, 0 if NULL. */
static void read_status(const char *text, int *from, int *to)
{
	const bool is_class = text && text[1] == 'x';

	*from = *to = text ? (int)strtol(text, NULL, 10) : 0;
	if (is_class) {
		*from *= 100;
		*to = *from + 99;
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

static bool write_requests(struct exchange *x, const struct journal_filter *filter)
{
	struct writer w = exchange_writer(x);

	if (!journal_write(&x->workspace->journal, filter, &w))
		return false;
	return !w.out->full ||
	       fail(x, ERR_INVALID_REQUEST,
		    "too many requests for one answer; narrow them by since or another "
		    "parameter");
}

bool control_get_requests(struct exchange *x)
{
	struct journal_filter filter = {
		.method = body_text(&x->params, "method"),
		.path = body_text(&x->params, "path"),
		.key = body_text(&x->params, "key"),
	};

	if (!read_operation(x, &filter.op))
		return false;
	read_status(body_text(&x->params, "status"), &filter.status_from, &filter.status_to);
	read_since(body_text(&x->params, "since"), &filter.after, &filter.since);
	return write_requests(x, &filter);
}

bool control_delete_requests(struct exchange *x)
{
	static const struct journal_filter none = { .after = INT64_MAX };

	journal_drop(&x->workspace->journal);
	return write_requests(x, &none);
}
