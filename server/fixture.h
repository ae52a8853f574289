/*
 * fixture.h - loading fixtures: documents into a world, the world into the database, on top of what
 * that has; then streams, line by line. The format is docs/fixtures.md's.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "ident.h"
#include "problem.h"
#include "sql.h"

/* A document, or a stream: what the file of that name holds. */
struct source {
	const char *name;
	const char *text; /* NULL: a stream that is read from the file */
	size_t len;
	bool stream; /* each line is an object */
};

/* Where fixtures go, and what they are completed with. */
struct destination {
	struct db *db;
	const struct sql *sql;
	int64_t now;
	struct ident *ident;
};

/*
 * Load documents, together one world, and after them streams, in their order, each line a world of
 * its own, in a write transaction. What is stored already may be referred to, and said again where
 * what is said agrees. On any problem nothing is loaded, all problems are in *problems, and it
 * returns false.
 */
bool fixtures_load(const struct destination *to, const struct source *sources, size_t n,
		   struct problems *problems) MUST_CHECK;
/*
 * The same within a write transaction of the caller's, who rolls back when this returns false.
 * After true no foreign key hinders the commit.
 */
bool fixtures_add(const struct destination *to, const struct source *sources, size_t n,
		  struct problems *problems) MUST_CHECK;

/*
 * Read a whole file; false, with a problem, when that fails. One whose name says that it is a
 * stream
 * (.ndjson, .jsonl) is not read yet. source_free it in both cases.
 */
bool source_read(struct source *source, const char *path, struct problems *problems);
void source_free(struct source *source);

#endif
