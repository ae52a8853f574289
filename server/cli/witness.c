/* SPDX-License-Identifier: MIT
 * witness.c - opens the files, and fills them.
 */
#include "cli/witness.h"

#include <errno.h>

#include "cli/report.h"
#include "control/run_report.h"
#include "workspace/registry.h"

enum { REPORT_MAX = 64 << 20, SUMMARY_MAX = 64 * 1024 };

static bool open_file(const char *option, const char *path, FILE **file)
{
	*file = path ? fopen(path, "we") : NULL;
	if (*file || !path)
		return true;
	report(1, "%s '%s': %s", option, path, strerror(errno));
	return false;
}

bool witness_open(struct witness *w, const struct options *o)
{
	*w = (struct witness){ .report = NULL };
	if (o->journal && o->journal_size == 0) {
		report(1, "--journal conflicts with --journal-size 0: no request is kept");
		return false;
	}
	return open_file("--report", o->report, &w->report) &&
	       open_file("--journal", o->journal, &w->journal) &&
	       open_file("--log-file", o->log_file, &w->log);
}

/* Write the end of a file, and close it. False after a report. */
static bool finish(const char *option, FILE **file, const struct buf *text)
{
	bool ok = !text || (!text->bad && fwrite(text->text, 1, text->len, *file) == text->len);

	ok &= !ferror(*file);
	ok &= fclose(STEAL(*file)) == 0;
	if (!ok)
		report(1, "%s: cannot write all of it", option);
	return ok;
}

int witness_end(struct witness *w, const struct serve *s, int status)
{
	struct buf json CLEANUP(buf_free) = BUF_INIT(REPORT_MAX);
	struct buf summary CLEANUP(buf_free) = BUF_INIT(SUMMARY_MAX);
	struct writer writer = { .out = &json, .indent = true, .empty = true };
	const struct options *o = s->options;
	struct tally tally;
	bool ok = true;

	tally_open(&tally);
	registry_tally(s->app.workspaces, &tally);
	if (w->report) {
		run_report_write(&writer, s->app.operations, &tally);
		ok &= finish("--report", &w->report, &json);
	}
	if (w->journal)
		ok &= finish("--journal", &w->journal, NULL);
	if (o->report || o->expect)
		run_report_sum_up(&summary, s->app.operations, &tally);
	ok &= run_report_unmet(&summary, &tally, o->expect) == 0;
	if (summary.text && !summary.bad)
		report_text(summary.text);
	tally_close(&tally);
	return status == 0 && !ok ? 1 : status;
}

void witness_close(struct witness *w)
{
	FILE *const files[] = { w->report, w->journal, w->log };

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (files[i])
			fclose(files[i]);
}
