/*
 * fixture.h - loading fixtures: documents into a world, the world into the database, in one
 * transaction. The format is docs/fixtures.md's.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "ident.h"
#include "problem.h"
#include "sql.h"

/* A document: what the file of that name holds. */
struct source {
	const char *name;
	const char *text;
	size_t len;
};

/* Where fixtures go, and what they are completed with. */
struct destination {
	struct db *db;
	const struct sql *sql;
	int64_t now;
	struct ident *ident;
};

/*
 * Load documents, together one world, into an empty database. On any problem nothing is loaded, all
 * problems are in *problems, and it returns false.
 */
bool fixtures_load(const struct destination *to, const struct source *sources, size_t n,
		   struct problems *problems) MUST_CHECK;

/* Read a whole file; false, with a problem, when that fails. source_free it in both cases. */
bool source_read(struct source *source, const char *path, struct problems *problems);
void source_free(struct source *source);

#endif
