/* SPDX-License-Identifier: MIT
 * changes.c - compares copies of the rows as the fixtures have them and as they are: who writes
 * meanwhile does not wait.
 */
#include "control/control.h"

#include "api/handler.h"
#include "fixture/differences.h"
#include "http/exchange.h"

/* The rows of the fixtures and those there are, as references; NULL, both, if nothing has changed
 * yet. */
struct images {
	struct image *before, *after;
};

static void drop_images(struct images *images)
{
	image_unref(images->before);
	image_unref(images->after);
}

static bool take_images(struct exchange *x, struct images *images)
{
	struct db *db CLEANUP(db_read_endp) = op_begin_read(x);
	struct checkpoint baseline;

	if (!db)
		return false;
	baseline = workspace_baseline(x->workspace);
	images->before = image_ref(baseline.rows);
	checkpoint_unref(&baseline);
	if (!images->before)
		return true;
	images->after = db_image(db, images->before);
	return images->after || op_db_error(x);
}

static bool find_changes(struct exchange *x, const struct images *images, struct differences *c)
{
	struct store *before, *after;
	char err[256] = "out of memory";
	bool ok;

	if (!images->before || image_is_same(images->before, images->after))
		return true;
	before = store_open_image(images->before, err, sizeof err);
	after = before ? store_open_image(images->after, err, sizeof err) : NULL;
	ok = after ? differences_find(c, &x->app->sql, store_db(before), store_db(after)) ||
			 server_error(x, "%s: %s; %s", x->op->path, db_error(store_db(before)),
				      db_error(store_db(after)))
		   : server_error(x, "%s: %s", x->op->path, err);
	store_close(after);
	store_close(before);
	return ok;
}

bool control_get_changes(struct exchange *x)
{
	const struct member *limit = body_member(&x->params, "limit");
	struct images images CLEANUP(drop_images) = { NULL, NULL };
	struct writer w = exchange_writer(x);
	struct differences c = { .limit = limit->set ? limit->number : CHANGES_DEFAULT,
				 .offset = body_member(&x->params, "offset")->number,
				 .w = &w };

	writer_open(&w, '{');
	writer_open(writer_key(&w, "changes"), '[');
	if (!take_images(x, &images) || !find_changes(x, &images, &c))
		return false;
	writer_close(&w, ']');
	writer_int(writer_key(&w, "total"), c.total);
	writer_int(writer_key(&w, "limit"), c.limit);
	writer_int(writer_key(&w, "offset"), c.offset);
	writer_raw(writer_key(&w, "has_more"), c.total - c.offset > c.limit ? "true" : "false");
	writer_close(&w, '}');
	return true;
}
