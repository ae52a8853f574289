/*
 * Images by themselves - what is put is what was taken, and pieces are shared - and of databases:
 * put back under connections that have statements prepared and transactions open, and in a file.
 */
#include "image.h"

#include <stdio.h>
#include <unistd.h>

#include "store.h"
#include "unit.h"

/* ---- bytes ----------------------------------------------------------------------------------- */

struct memory {
	unsigned char bytes[4 * PIECE_BYTES];
	size_t fail_at; /* reading or writing there fails */
};

static bool read_memory(void *from, void *bytes, size_t len, size_t offset)
{
	const struct memory *m = from;

	memcpy(bytes, m->bytes + offset, len);
	return offset < m->fail_at;
}

static bool write_memory(void *to, const void *bytes, size_t len, size_t offset)
{
	struct memory *m = to;

	memcpy(m->bytes + offset, bytes, len);
	return offset < m->fail_at;
}

static void test_bytes(void)
{
	static const size_t sizes[] = { 0,
					1,
					PIECE_BYTES - 1,
					PIECE_BYTES,
					PIECE_BYTES + 1,
					3 * PIECE_BYTES + 17,
					4 * PIECE_BYTES };
	static struct memory from, to, nothing;

	from.fail_at = to.fail_at = nothing.fail_at = SIZE_MAX;
	for (size_t i = 0; i < sizeof from.bytes; i++)
		from.bytes[i] = (unsigned char)(i * 7 + i / 256);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct image *image = image_take(sizes[i], NULL, read_memory, &from);

		CU_ASSERT_FATAL(image != NULL);
		EQ_INT((long long)image_size(image), (long long)sizes[i]);
		to = nothing;
		CU_ASSERT(image_put(image, write_memory, &to));
		EQ_INT(memcmp(to.bytes, from.bytes, sizes[i]), 0);
		EQ_INT(memcmp(to.bytes + sizes[i], nothing.bytes, sizeof to.bytes - sizes[i]), 0);
		image_drop(image);
	}
}

/* One that shares pieces outlives those that it shares them with. */
static void test_sharing(void)
{
	static struct memory from, to;
	struct image *one, *two, *three;

	from.fail_at = to.fail_at = SIZE_MAX;
	memset(from.bytes, 'a', sizeof from.bytes);
	one = image_take(sizeof from.bytes, NULL, read_memory, &from);
	CU_ASSERT_FATAL(one != NULL);
	from.bytes[PIECE_BYTES] = 'b';
	two = image_take(sizeof from.bytes, one, read_memory, &from);
	three = image_take(PIECE_BYTES + 10, two, read_memory, &from);
	CU_ASSERT_FATAL(two != NULL && three != NULL);
	image_drop(image_hold(one));
	image_drop(one);
	image_drop(three);
	CU_ASSERT(image_put(two, write_memory, &to));
	EQ_INT(memcmp(to.bytes, from.bytes, sizeof to.bytes), 0);
	image_drop(two);
	image_drop(NULL);
	CU_ASSERT(image_hold(NULL) == NULL);
}

/* Wherever in a piece another byte is, it is another piece. */
static void test_one_byte(void)
{
	static const size_t places[] = { 0, 1, PIECE_BYTES / 2, PIECE_BYTES - 1 };
	static struct memory from, to;
	struct image *like, *image;

	from.fail_at = to.fail_at = SIZE_MAX;
	like = image_take(sizeof from.bytes, NULL, read_memory, &from);
	CU_ASSERT_FATAL(like != NULL);
	for (size_t i = 0; i < 4 * sizeof places / sizeof places[0]; i++) {
		from.bytes[i / 4 * PIECE_BYTES + places[i % 4]] ^= 1;
		image = image_take(sizeof from.bytes, like, read_memory, &from);
		CU_ASSERT_FATAL(image != NULL);
		CU_ASSERT(image_put(image, write_memory, &to));
		EQ_INT(memcmp(to.bytes, from.bytes, sizeof to.bytes), 0);
		image_drop(like);
		like = image;
	}
	image_drop(like);
}

static void test_failures(void)
{
	static struct memory from, to;
	struct image *image;

	from.fail_at = 2 * PIECE_BYTES;
	CU_ASSERT(image_take(sizeof from.bytes, NULL, read_memory, &from) == NULL);
	from.fail_at = SIZE_MAX;
	memset(from.bytes, 'x', sizeof from.bytes);
	image = image_take(sizeof from.bytes, NULL, read_memory, &from);
	CU_ASSERT_FATAL(image != NULL);
	/* Where there is no room for the last piece, nothing before it has been touched. */
	to.fail_at = 3 * PIECE_BYTES;
	CU_ASSERT(!image_put(image, write_memory, &to));
	EQ_INT(to.bytes[0], 0);
	EQ_INT(to.bytes[3 * PIECE_BYTES - 1], 0);
	image_drop(image);
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

	db_alone(db);
	ok = db_put(db, image);
	db_alone_end(db);
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
	CU_ASSERT(image_size(large) > image_size(small));
	for (int turn = 0; turn < 4; turn++) {
		CU_ASSERT(put(dbs[turn % 3], turn % 2 ? large : small));
		for (int i = 0; i < 3; i++)
			EQ_INT(count(dbs[i]), turn % 2 ? 5000 : 1);
		CU_ASSERT(is_sound(dbs[(turn + 1) % 3]));
		/* Nothing is left behind its end. */
		now = db_image(dbs[turn % 3], NULL);
		CU_ASSERT_FATAL(now != NULL);
		EQ_INT((long long)image_size(now), (long long)image_size(turn % 2 ? large : small));
		image_drop(now);
		/* And it goes on from there, through whichever. */
		change(dbs[(turn + 2) % 3], "INSERT INTO t VALUES (9999, 'more')");
		for (int i = 0; i < 3; i++)
			EQ_INT(count(dbs[i]), turn % 2 ? 5001 : 2);
	}
	image_drop(small);
	image_drop(large);
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
	image_drop(image);
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
	image_drop(image);
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
	image_drop(image);
	image_drop(back);
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
	a = store_take(store, 5, err, sizeof err);
	CU_ASSERT(a == store_db(store)); /* one is enough while one at a time is wanted */
	b = store_take(store, 0, err, sizeof err);
	CU_ASSERT(b && b != a);
	store_give(a);
	c = store_take(store, 63, err, sizeof err);
	CU_ASSERT(c == a);
	EQ_INT(count(b), 1);
	EQ_INT(count(c), 1);
	store_give(b);
	store_give(c);
	CU_ASSERT(store_dedicate(one, 3, err, sizeof err));
	a = store_take(one, 2, err, sizeof err);
	CU_ASSERT(a && a == store_take(one, 2, err, sizeof err));
	CU_ASSERT(a != store_take(one, 1, err, sizeof err) && a != store_db(one));
	image_drop(image);
	store_close(store);
	store_close(one);
}

int main(void)
{
	static const struct unit_test tests[] = {
		{ "bytes", test_bytes },
		{ "sharing", test_sharing },
		{ "one byte", test_one_byte },
		{ "failures", test_failures },
		{ "in memory", test_memory },
		{ "the same size", test_same_size },
		{ "before a write", test_before_a_write },
		{ "in a file", test_file },
		{ "taking connections", test_taking },
	};

	store_setup();
	return unit_main("image", tests, sizeof tests / sizeof tests[0]);
}
