/*
 * export.h - rows as fixtures: what world.c reads, written. Knows the resource table and how to
 * read rows; nothing of HTTP.
 */
#ifndef EXPORT_H
#define EXPORT_H

#include "join.h"
#include "writer.h"

/* What to expand in rows of a resource so that export_row has all of it; NULL where nothing is.
 * Lives in the arena. False when memory is short. */
bool export_tree(struct arena *a, const struct resource *r, struct expansion **tree) MUST_CHECK;

/* A row as fixtures have it, with everything that is stored of it. */
void export_row(struct writer *w, const struct row *row);

/*
 * The whole database, which the caller holds, as one document that loads into the same. `spill`, if
 * any, is called now and then to take away what has been written; false stops.
 */
bool export_all(const struct join *j, struct writer *w, bool (*spill)(struct buf *b)) MUST_CHECK;

#endif
