/* SPDX-License-Identifier: MIT
 * run_report.c - compares a tally with the answers that operations are documented to give.
 */
#include "control/run_report.h"

#include <inttypes.h>
#include <stdio.h>

#include "control/control.h"
#include "http/exchange.h"
#include "workspace/registry.h"

#define BIT(error) (UINT64_C(1) << (error))

static bool has_refs(const struct shape *shape)
{
	for (size_t i = 0; shape->fields && i < shape->count; i++) {
		const struct field *f = &shape->fields[i];

		if (is_part(f, shape->part, V_NEWEST) &&
		    (f->kind == K_REF || f->kind == K_IDS || (f->members && has_refs(f->members))))
			return true;
	}
	return false;
}

/* The answers that an operation may give, in any version: success, and the refusals that a client
 * can cause. Sizes, codings, versions, and faults of the server, are no operation's own. */
static uint64_t documented(const struct operation *op)
{
	const struct shape body = operation_body(op);
	const struct unique *u =
	    body.fields && !op->answer ? resources[op->resource].uniques : NULL;
	uint64_t answers = BIT(ERR_NONE) | BIT(ERR_UNAUTHORIZED);

	if (op->query != QUERY_NONE || op->params.count > 0 || body.fields)
		answers |= BIT(ERR_INVALID_REQUEST);
	if (op->scope != SCOPE_FREE)
		answers |= BIT(ERR_FORBIDDEN);
	if (strchr(op->path, '{') || (body.fields && has_refs(&body)))
		answers |= BIT(ERR_NOT_FOUND);
	for (; u && u->says; u++)
		answers |= u->taken ? BIT(u->taken) : 0;
	for (const enum error *e = op->refuses; e && *e; e++)
		answers |= BIT(*e);
	return answers;
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void write_answers(struct writer *w, uint64_t answers)
{
	writer_open(w, '[');
	for (unsigned e = ERR_NONE; e < ERR_COUNT; e++) {
		if (!(answers & BIT(e)))
			continue;
		writer_open(writer_item(w), '{');
		writer_int(writer_key(w, "status"), e ? error_status(e) : 200);
		writer_text_or_null(writer_key(w, "code"), e ? error_code(e) : NULL);
		writer_close(w, '}');
	}
	writer_close(w, ']');
}

static void write_operation(struct writer *w, const struct operation *op, uint64_t requests,
			    uint64_t seen)
{
	writer_open(writer_item(w), '{');
	writer_text(writer_key(w, "operation"), op->name);
	writer_text(writer_key(w, "method"), op->method);
	writer_text(writer_key(w, "path"), op->path);
	writer_int(writer_key(w, "requests"), (long long)requests);
	write_answers(writer_key(w, "seen"), seen);
	write_answers(writer_key(w, "never"), documented(op) & ~seen);
	writer_close(w, '}');
}

/* Write names as objects of two texts, which a space separates. */
static void write_names(struct writer *w, const struct tally_names *names, const char *first,
			const char *second)
{
	writer_open(w, '[');
	for (const struct tally_note *n = names->first; n; n = n->next) {
		const char *text = n->text, *space = strchr(text, ' ');
		char start[TALLY_NAME_BYTES];

		snprintf(start, sizeof start, "%.*s", (int)(space - text), text);
		writer_open(writer_item(w), '{');
		writer_text(writer_key(w, first), start);
		writer_text(writer_key(w, second), space + 1);
		writer_int(writer_key(w, "times"), (long long)n->times);
		writer_close(w, '}');
	}
	writer_close(w, ']');
}

static void write_rules(struct writer *w, const struct tally_names *rules)
{
	writer_open(w, '[');
	for (const struct tally_note *n = rules->first; n; n = n->next)
		writer_raw(writer_item(w), n->text);
	writer_close(w, ']');
}

void run_report_write(struct writer *w, const struct operation_table *table, struct tally *t)
{
	writer_open(w, '{');
	writer_open(writer_key(w, "operations"), '[');
	for (size_t i = 0; i < table->count; i++)
		if (table->rows[i].class == ENDPOINT_API)
			write_operation(w, &table->rows[i], t->operations[i].requests,
					t->operations[i].seen);
	writer_close(w, ']');
	pthread_mutex_lock(&t->lock);
	write_names(writer_key(w, "unmatched"), &t->unmatched, "method", "path");
	write_names(writer_key(w, "ignored"), &t->ignored, "operation", "name");
	write_rules(writer_key(w, "faults_never_hit"), &t->unhit);
	pthread_mutex_unlock(&t->lock);
	writer_close(w, '}');
}

bool control_get_report(struct exchange *x)
{
	struct writer w = exchange_writer(x);
	struct tally sum;

	tally_open(&sum);
	workspace_tally(x->workspace, &sum);
	run_report_write(&w, x->app->operations, &sum);
	tally_close(&sum);
	return true;
}

/* ---- lines ----------------------------------------------------------------------------------- */

static unsigned count_bits(uint64_t bits)
{
	return (unsigned)__builtin_popcountll(bits);
}

/* "createDevice: forbidden, duplicate_device_name" */
static void add_never(struct buf *b, const struct operation *op, uint64_t answers)
{
	const char *between = ": ";

	buf_printf(b, "miru-mock:   %s", op->name);
	for (unsigned e = ERR_NONE; e < ERR_COUNT; e++) {
		if (!(answers & BIT(e)))
			continue;
		buf_printf(b, "%s%s", between, e ? error_code(e) : "success");
		between = ", ";
	}
	buf_addc(b, '\n');
}

static void add_names(struct buf *b, const char *title, const struct tally_names *names)
{
	enum { SHOWN = 5 };
	size_t i = 0;

	for (const struct tally_note *n = names->first; n && i++ < SHOWN; n = n->next) {
		buf_printf(b, "miru-mock: %s: ", title);
		buf_add_control(b, n->text);
		buf_printf(b, " (%" PRIu64 " times)\n", n->times);
	}
	if (names->count > SHOWN)
		buf_printf(b, "miru-mock: %s: %zu more\n", title, names->count - SHOWN);
}

void run_report_sum_up(struct buf *b, const struct operation_table *table, struct tally *t)
{
	enum { SHOWN = 8 };
	uint64_t requests = 0;
	unsigned all = 0, asked = 0, seen = 0, possible = 0, shown = 0;

	for (size_t i = 0; i < table->count; i++) {
		uint64_t answers, n;

		if (table->rows[i].class != ENDPOINT_API)
			continue;
		answers = documented(&table->rows[i]);
		n = t->operations[i].requests;
		all++;
		requests += n;
		asked += n > 0;
		seen += n > 0 ? count_bits(answers & t->operations[i].seen) : 0;
		possible += n > 0 ? count_bits(answers) : 0;
	}
	buf_printf(b,
		   "miru-mock: %" PRIu64
		   " requests, %u of %u operations; %u of their %u documented "
		   "answers were seen%s\n",
		   requests, asked, all, seen, possible, seen < possible ? "; never:" : "");
	for (size_t i = 0; i < table->count; i++) {
		uint64_t never;

		if (table->rows[i].class != ENDPOINT_API || t->operations[i].requests == 0)
			continue;
		never = documented(&table->rows[i]) & ~t->operations[i].seen;
		if (never && shown++ < SHOWN)
			add_never(b, &table->rows[i], never);
	}
	if (shown > SHOWN)
		buf_printf(b, "miru-mock:   and those of %u more operations\n", shown - SHOWN);
	add_names(b, "no operation", &t->unmatched);
	add_names(b, "passed over", &t->ignored);
	add_names(b, "never fired", &t->unhit);
}

unsigned run_report_unmet(struct buf *b, struct tally *t, unsigned expected)
{
	const struct {
		unsigned bit;
		const struct tally_names *names;
		const char *says;
	} all[] = {
		{ EXPECT_NO_UNMATCHED, &t->unmatched, "no-unmatched: no operation was found for" },
		{ EXPECT_NO_IGNORED, &t->ignored, "no-ignored: passed over was" },
		{ EXPECT_ALL_FAULTS, &t->unhit, "all-faults-hit: never fired has" },
	};
	unsigned unmet = 0;

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		const struct tally_names *names = all[i].names;

		if (!(expected & all[i].bit) || names->count + names->others == 0)
			continue;
		unmet |= all[i].bit;
		buf_printf(b, "miru-mock: --expect %s ", all[i].says);
		buf_add_control(b, names->first ? names->first->text : "?");
		buf_printf(b, names->count > 1 ? ", and %zu more\n" : "\n", names->count - 1);
	}
	return unmet;
}
