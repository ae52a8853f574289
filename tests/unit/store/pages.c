/* SPDX-License-Identifier: MIT
 * Images by themselves - what is put is what was taken, and pages are shared - and of databases:
 * put back under connections that have statements prepared and transactions open, and in a file.
 */
#include "store/pages.h"

#include <stdio.h>
#include <unistd.h>

#include "store/store.h"
#include "unit/unit.h"

/* ---- pages ----------------------------------------------------------------------------------- */

/* A piece of that letter. */
static const void *all(char c)
{
	static char bytes[PAGE_BYTES];

	memset(bytes, c, sizeof bytes);
	return bytes;
}

static void set(struct pages *pages, size_t i, char c)
{
	CU_ASSERT_FATAL(pages_write(pages, i, all(c)));
}

/* The first letter of each piece, and '.' for those of zeros; all of a piece must be the same. */
static const char *letters(const struct pages *pages)
{
	static char text[64];
	char bytes[PAGE_BYTES];
	size_t n = pages_count(pages);

	for (size_t i = 0; i < n; i++) {
		CU_ASSERT(pages_read(pages, bytes, sizeof bytes, i * PAGE_BYTES));
		EQ_INT(memcmp(bytes, all(bytes[0]), sizeof bytes), 0);
		text[i] = bytes[0] ? bytes[0] : '.';
	}
	text[n] = '\0';
	return text;
}

static struct image *take(const struct pages *pages, const struct image *like)
{
	struct image *image = pages_image(pages, like);

	CU_ASSERT_FATAL(image != NULL);
	EQ_INT((long long)image_count(image), (long long)pages_count(pages));
	return image;
}

static void put_back(struct pages *pages, const struct image *image)
{
	CU_ASSERT(pages_restore(pages, image, image_page(image, 0)));
}

static void test_pages(void)
{
	struct pages *pages = pages_new();
	char bytes[PAGE_BYTES + 16];

	CU_ASSERT_FATAL(pages != NULL);
	EQ_STR(letters(pages), "");
	CU_ASSERT(!pages_read(pages, bytes, 1, 0));
	set(pages, 0, 'a');
	set(pages, 40, 'b'); /* and those between are zeros */
	EQ_STR(letters(pages), "a.......................................b");
	pages_cut(pages, 2);
	set(pages, 1, 'c');
	set(pages, 2, 'd');
	set(pages, 1, 'e');
	EQ_STR(letters(pages), "aed");
	/* Across pages, and beyond the end. */
	CU_ASSERT(pages_read(pages, bytes, sizeof bytes, 8));
	EQ_INT(bytes[0], 'a');
	EQ_INT(bytes[PAGE_BYTES - 9], 'a');
	EQ_INT(bytes[PAGE_BYTES - 8], 'e');
	CU_ASSERT(!pages_read(pages, bytes, sizeof bytes, 2 * PAGE_BYTES));
	EQ_INT(bytes[PAGE_BYTES - 1], 'd');
	EQ_INT(bytes[PAGE_BYTES], 0);
	pages_cut(pages, 9);
	EQ_STR(letters(pages), "aed");
	pages_free(pages);
	pages_free(NULL);
}

/* An image stays what it was, whatever happens to the pages and to the images beside it. */
static void test_images(void)
{
	struct pages *pages = pages_new(), *other = pages_new();
	struct image *one, *two;

	for (size_t i = 0; i < 3; i++)
		set(pages, i, 'a');
	one = take(pages, NULL);
	set(pages, 1, 'b');
	set(pages, 3, 'c');
	two = take(pages, one);
	CU_ASSERT(image_page(one, 0) == image_page(two, 0));
	CU_ASSERT(image_page(one, 1) != image_page(two, 1));
	pages_cut(pages, 1);
	set(pages, 0, 'd');
	EQ_STR(letters(pages), "d");
	put_back(pages, one);
	EQ_STR(letters(pages), "aaa");
	put_back(pages, two);
	EQ_STR(letters(pages), "abac");
	put_back(pages, one);
	EQ_STR(letters(pages), "aaa");
	/* With a first piece of its own. */
	CU_ASSERT(pages_restore(other, two, all('x')));
	EQ_STR(letters(other), "xbac");
	CU_ASSERT(*(const char *)image_page(two, 0) == 'a');
	image_unref(image_ref(one));
	image_unref(one);
	pages_free(pages);
	put_back(other, two);
	image_unref(two);
	EQ_STR(letters(other), "abac");
	pages_free(other);
	image_unref(NULL);
	CU_ASSERT(image_ref(NULL) == NULL);
}

/* What was written, but is the same, is shared; wherever in a piece another byte is, it is not. */
static void test_sharing(void)
{
	static const size_t places[] = { 0, 1, PAGE_BYTES / 2, PAGE_BYTES - 1 };
	struct pages *pages = pages_new();
	struct image *like, *image;
	char bytes[PAGE_BYTES];

	set(pages, 0, 'a');
	set(pages, 1, 'b');
	like = take(pages, NULL);
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		memcpy(bytes, all('b'), sizeof bytes);
		bytes[places[i]] = 'c';
		CU_ASSERT(pages_write(pages, 1, bytes));
		image = take(pages, like);
		CU_ASSERT(image_page(image, 0) == image_page(like, 0));
		CU_ASSERT(image_page(image, 1) != image_page(like, 1));
		EQ_INT(((const char *)image_page(image, 1))[places[i]], 'c');
		image_unref(image);
		set(pages, 1, 'b');
		image = take(pages, like);
		CU_ASSERT(image_page(image, 1) == image_page(like, 1));
		image_unref(image);
	}
	image_unref(like);
	pages_free(pages);
}

/* ---- databases ------------------------------------------------------------------------------- */

static const char schema[] = "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT) STRICT;"
			     "CREATE INDEX t_x ON t (x); INSERT INTO t VALUES (1, 'one')";

static bool run(struct db *db, const char *sql)
{
	return db_run(db, &(const struct query){ sql, QUERY_ONCE }, NULL, 0);
}

/* Change it, in a transaction of its own. */
static void change(struct db *db, const char *sql)
{
	CU_ASSERT(db_write(db));
	CU_ASSERT(run(db, sql));
	CU_ASSERT(db_commit(db));
}

static int64_t value(struct db *db, const char *sql, unsigned slot)
{
	struct stmt *s;
	int64_t n = -1;

	db_read(db);
	s = db_query(db, &(const struct query){ sql, slot });
	if (s && stmt_step(s) == STEP_ROW)
		n = stmt_int(s, 0);
	if (s)
		stmt_end(s);
	db_read_end(db);
	return n;
}

/* The number of rows, by a statement that stays prepared. */
static int64_t count(struct db *db)
{
	return value(db, "SELECT count(*) FROM t", 3);
}

static bool is_sound(struct db *db)
{
	const struct query q = { "PRAGMA integrity_check", QUERY_ONCE };
	struct stmt *s = db_query(db, &q);
	bool sound = s && stmt_step(s) == STEP_ROW && strcmp(stmt_text(s, 0), "ok") == 0;

	if (s)
		stmt_end(s);
	return sound;
}

static const char many[] =
    "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
    " INSERT INTO t SELECT i, 'a row of some length, number ' || i FROM n";

static bool put(struct db *db, const struct image *image)
{
	bool ok;

	db_lock(db);
	ok = db_restore(db, image);
	db_unlock(db);
	return ok;
}

/* Through three connections, all of which have read before, larger and smaller again. */
static void to_and_fro(struct store *store)
{
	char err[256] = "";
	struct db *dbs[3] = { store_db(store), store_connect(store, err, sizeof err),
			      store_connect(store, err, sizeof err) };
	struct image *small, *large, *now;

	EQ_STR(err, "");
	small = db_image(dbs[0], NULL);
	CU_ASSERT_FATAL(small != NULL);
	for (int i = 0; i < 3; i++)
		EQ_INT(count(dbs[i]), 1);
	change(dbs[1], many);
	for (int i = 0; i < 3; i++)
		EQ_INT(count(dbs[i]), 5000);
	large = db_image(dbs[2], small);
	CU_ASSERT_FATAL(large != NULL);
	CU_ASSERT(image_count(large) > image_count(small));
	for (int turn = 0; turn < 4; turn++) {
		CU_ASSERT(put(dbs[turn % 3], turn % 2 ? large : small));
		for (int i = 0; i < 3; i++)
			EQ_INT(count(dbs[i]), turn % 2 ? 5000 : 1);
		CU_ASSERT(is_sound(dbs[(turn + 1) % 3]));
		/* Nothing is left behind its end. */
		now = db_image(dbs[turn % 3], NULL);
		CU_ASSERT_FATAL(now != NULL);
		EQ_INT((long long)image_count(now),
		       (long long)image_count(turn % 2 ? large : small));
		image_unref(now);
		/* And it goes on from there, through whichever. */
		change(dbs[(turn + 2) % 3], "INSERT INTO t VALUES (9999, 'more')");
		for (int i = 0; i < 3; i++)
			EQ_INT(count(dbs[i]), turn % 2 ? 5001 : 2);
	}
	image_unref(small);
	image_unref(large);
	db_close(dbs[1]);
	db_close(dbs[2]);
}

static void test_memory(void)
{
	char err[256] = "";
	struct store *store = store_open(schema, err, sizeof err);

	EQ_STR(err, "");
	CU_ASSERT_FATAL(store != NULL);
	to_and_fro(store);
	store_close(store);
}

/* Where nothing but the counter tells a connection that what it remembers is old. */
static void test_same_size(void)
{
	char err[256] = "";
	struct store *store = store_open(schema, err, sizeof err);
	struct db *db = store_db(store), *other = store_connect(store, err, sizeof err);
	struct image *image = db_image(db, NULL);

	EQ_STR(err, "");
	CU_ASSERT_FATAL(image != NULL);
	for (int turn = 0; turn < 3; turn++) {
		change(db, "UPDATE t SET x = 'two'");
		EQ_INT(value(other, "SELECT count(*) FROM t WHERE x = 'two'", 4), 1);
		EQ_INT(value(db, "SELECT count(*) FROM t WHERE x = 'two'", 4), 1);
		CU_ASSERT(put(turn % 2 ? other : db, image));
		EQ_INT(value(other, "SELECT count(*) FROM t WHERE x = 'two'", 4), 0);
		EQ_INT(value(db, "SELECT count(*) FROM t WHERE x = 'two'", 4), 0);
	}
	/* Nor may it come by a number again, which who has not looked meanwhile remembers. */
	change(db, "UPDATE t SET x = 'two'");
	EQ_INT(value(other, "SELECT count(*) FROM t WHERE x = 'two'", 4), 1);
	CU_ASSERT(put(db, image));
	change(db, "UPDATE t SET x = 'six'");
	EQ_INT(value(other, "SELECT count(*) FROM t WHERE x = 'two'", 4), 0);
	image_unref(image);
	db_close(other);
	store_close(store);
}

/* A database that was filled before its indexes were made. */
static struct image *made_late(const char *sql)
{
	char err[256];
	struct store *store = store_open(schema, err, sizeof err);
	struct db *db = store_db(store);
	struct buf indexes CLEANUP(buf_free) = BUF_INIT(4096);
	struct image *image;

	CU_ASSERT(db_write(db));
	CU_ASSERT(db_drop_indexes(db, &indexes));
	CU_ASSERT(run(db, sql));
	CU_ASSERT(db_make_indexes(db, indexes.text));
	CU_ASSERT(db_commit(db));
	image = db_image(db, NULL);
	CU_ASSERT_FATAL(image != NULL);
	store_close(store);
	return image;
}

/* Where the schema is the same, but its indexes lie in other pages. */
static void test_other_places(void)
{
	char err[256] = "";
	struct store *store = store_open(schema, err, sizeof err);
	struct db *db = store_db(store), *other = store_connect(store, err, sizeof err);
	struct image *images[] = { made_late("UPDATE t SET x = 'two'"), made_late(many),
				   db_image(db, NULL) };

	EQ_STR(err, "");
	for (int turn = 0; turn < 6; turn++) {
		CU_ASSERT(put(turn % 2 ? other : db, images[turn % 3]));
		EQ_INT(value(other, "SELECT count(*) FROM t WHERE x > ''", 4),
		       turn % 3 == 1 ? 5000 : 1);
		EQ_INT(value(other, "SELECT count(*) FROM t WHERE x = 'two'", 5), turn % 3 == 0);
		CU_ASSERT(is_sound(db) && is_sound(other));
	}
	for (size_t i = 0; i < ARRAY_LEN(images); i++)
		image_unref(images[i]);
	db_close(other);
	store_close(store);
}

/* Before it writes, whoever is about to write sees what was committed. */
static void test_before_a_write(void)
{
	char err[256];
	struct store *store = store_open(schema, err, sizeof err), *copy;
	struct db *db = store_db(store);
	struct image *image;

	CU_ASSERT(db_write(db));
	image = db_image(db, NULL);
	CU_ASSERT_FATAL(image != NULL);
	CU_ASSERT(run(db, many));
	CU_ASSERT(db_commit(db));
	copy = store_open_image(image, err, sizeof err);
	CU_ASSERT_FATAL(copy != NULL);
	EQ_INT(count(store_db(copy)), 1);
	EQ_INT(count(db), 5000);
	image_unref(image);
	store_close(copy);
	store_close(store);
}

static void test_file(void)
{
	char path[64], err[256] = "";
	struct store *memory = store_open(schema, err, sizeof err), *store;
	struct image *image = db_image(store_db(memory), NULL), *back;
	bool fresh = false;

	CU_ASSERT_FATAL(image != NULL);
	snprintf(path, sizeof path, "image-%d.db", (int)getpid());
	store = store_open_file(path, schema, false, &fresh, err, sizeof err);
	EQ_STR(err, "");
	CU_ASSERT_FATAL(store != NULL);
	CU_ASSERT(fresh);
	CU_ASSERT(put(store_db(store), image));
	EQ_INT(count(store_db(store)), 1);
	to_and_fro(store);
	/* And from a file into memory. */
	back = db_image(store_db(store), image);
	CU_ASSERT_FATAL(back != NULL);
	CU_ASSERT(put(store_db(memory), back));
	EQ_INT(count(store_db(memory)), count(store_db(store)));
	CU_ASSERT(is_sound(store_db(memory)));
	CU_ASSERT(store_open_file(path, schema, false, &fresh, err, sizeof err) == NULL);
	CU_ASSERT(strstr(err, "in use") != NULL);
	store_close(store);
	store = store_open_file(path, schema, false, &fresh, err, sizeof err);
	CU_ASSERT_FATAL(store != NULL);
	CU_ASSERT(!fresh);
	EQ_INT(count(store_db(store)), 5001);
	store_close(store);
	CU_ASSERT(store_open_file(path, "CREATE TABLE u (x)", false, &fresh, err, sizeof err) ==
		  NULL);
	CU_ASSERT(strstr(err, "another version") != NULL);
	unlink(path);
	image_unref(image);
	image_unref(back);
	store_close(memory);
}

/* ---- connections for threads ----------------------------------------------------------------- */

static void test_taking(void)
{
	char err[256] = "";
	struct store *one = store_open(schema, err, sizeof err), *store;
	struct image *image = db_image(store_db(one), NULL);
	struct db *a, *b, *c;

	store = store_open_image(image, err, sizeof err);
	CU_ASSERT_FATAL(store != NULL);
	a = store_acquire(store, 5, err, sizeof err);
	CU_ASSERT(a == store_db(store)); /* one is enough while one at a time is wanted */
	b = store_acquire(store, 0, err, sizeof err);
	CU_ASSERT(b && b != a);
	store_release(a);
	c = store_acquire(store, 63, err, sizeof err);
	CU_ASSERT(c == a);
	EQ_INT(count(b), 1);
	EQ_INT(count(c), 1);
	store_release(b);
	store_release(c);
	CU_ASSERT(store_dedicate(one, 3, err, sizeof err));
	a = store_acquire(one, 2, err, sizeof err);
	CU_ASSERT(a && a == store_acquire(one, 2, err, sizeof err));
	CU_ASSERT(a != store_acquire(one, 1, err, sizeof err) && a != store_db(one));
	image_unref(image);
	store_close(store);
	store_close(one);
}

int main(void)
{
	static const struct unit_test tests[] = {
		{ "pages", test_pages },
		{ "images", test_images },
		{ "sharing", test_sharing },
		{ "in memory", test_memory },
		{ "the same size", test_same_size },
		{ "other places", test_other_places },
		{ "before a write", test_before_a_write },
		{ "in a file", test_file },
		{ "taking connections", test_taking },
	};

	if (!store_setup())
		return 1;
	return unit_main("pages", tests, sizeof tests / sizeof tests[0]);
}
