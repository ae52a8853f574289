/*
 * log.c - a buffer that requests fill and a thread that drains it.
 */
#include "log.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "exchange.h"
#include "rfc3339.h"
#include "utf8.h"

enum {
	BUFFER = 256 * 1024, /* bytes that may wait */
	LINE_BYTES = 16 * 1024,
	TARGET_SHOWN = 1024,
	GATHER_MS = 20, /* wait this long for more lines before writing the first */
	STOP_MS = 1000,
	CHUNK = 4096, /* what a pipe that polls writable takes without blocking (PIPE_BUF) */
};

struct log {
	enum log_format format;
	int fd;
	pthread_t thread;
	pthread_mutex_t lock; /* of the rest */
	pthread_cond_t filled;
	struct buf waiting;
	unsigned long dropped;
	bool stopping;
};

/* The time, with which every line begins. */
static void begin_line(struct buf *b, enum log_format format)
{
	char now[TIME_LEN + 1];

	time_format(clock_real(), now);
	if (format == LOG_JSON) {
		buf_add(b, "{\"time\":");
		buf_add_json(b, now);
	} else {
		buf_addn(b, now, TIME_LEN);
	}
}

/* A line that is no request's. */
static void add_line(struct buf *b, enum log_format format, const char *kind, const char *what)
{
	begin_line(b, format);
	if (format == LOG_JSON) {
		buf_printf(b, ",\"%s\":", kind);
		buf_add_json(b, what);
		buf_add(b, "}\n");
	} else {
		buf_printf(b, " %s: ", kind);
		buf_add_control(b, what);
		buf_addc(b, '\n');
	}
}

static struct timespec in_ms(long ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

static bool past(const struct timespec *deadline)
{
	struct timespec now = in_ms(0);

	return now.tv_sec > deadline->tv_sec ||
	       (now.tv_sec == deadline->tv_sec && now.tv_nsec >= deadline->tv_nsec);
}

static bool is_stopping(struct log *log)
{
	pthread_mutex_lock(&log->lock);
	bool stopping = log->stopping;
	pthread_mutex_unlock(&log->lock);
	return stopping;
}

/* Write it all, however long that takes; once the log is stopping, for STOP_MS at most. */
static void drain(struct log *log, const char *text, size_t len)
{
	struct timespec deadline = { 0 };

	while (len > 0) {
		struct pollfd ready = { .fd = log->fd, .events = POLLOUT };

		if (poll(&ready, 1, 50) > 0) {
			ssize_t n = write(log->fd, text, len < CHUNK ? len : CHUNK);

			if (n < 0 && errno != EAGAIN && errno != EINTR)
				return; /* nobody can read it any more */
			if (n > 0) {
				text += n;
				len -= (size_t)n;
			}
		} else if (is_stopping(log)) {
			if (deadline.tv_sec == 0)
				deadline = in_ms(STOP_MS);
			else if (past(&deadline))
				return;
		}
	}
}

static void *run(void *arg)
{
	struct log *log = arg;
	struct buf writing = BUF_INIT(BUFFER);

	pthread_mutex_lock(&log->lock);
	for (;;) {
		while (log->waiting.len == 0 && !log->stopping)
			pthread_cond_wait(&log->filled, &log->lock);
		if (log->waiting.len == 0)
			break;

		struct timespec gathered = in_ms(GATHER_MS);

		while (!log->stopping && log->waiting.len < BUFFER / 2 &&
		       pthread_cond_timedwait(&log->filled, &log->lock, &gathered) == 0)
			;

		struct buf full = log->waiting;
		unsigned long dropped = log->dropped;

		log->waiting = writing;
		log->dropped = 0;
		writing = full;
		pthread_mutex_unlock(&log->lock);
		drain(log, writing.text, writing.len);
		if (dropped > 0) {
			char what[64];

			snprintf(what, sizeof what, "%lu log lines dropped: nobody read them",
				 dropped);
			buf_clear(&writing);
			add_line(&writing, log->format, "note", what);
			drain(log, writing.text, writing.len);
		}
		buf_clear(&writing);
		pthread_mutex_lock(&log->lock);
	}
	pthread_mutex_unlock(&log->lock);
	buf_free(&writing);
	return NULL;
}

struct log *log_start(enum log_format format, int fd)
{
	struct log *log = calloc(1, sizeof *log);
	pthread_condattr_t attr;

	if (!log)
		return NULL;
	log->format = format;
	log->fd = fd;
	log->waiting = (struct buf)BUF_INIT(BUFFER);
	pthread_mutex_init(&log->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&log->filled, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&log->thread, NULL, run, log) == 0)
		return log;
	pthread_cond_destroy(&log->filled);
	pthread_mutex_destroy(&log->lock);
	free(log);
	return NULL;
}

void log_stop(struct log *log)
{
	pthread_mutex_lock(&log->lock);
	log->stopping = true;
	pthread_cond_signal(&log->filled);
	pthread_mutex_unlock(&log->lock);
	pthread_join(log->thread, NULL);
	pthread_cond_destroy(&log->filled);
	pthread_mutex_destroy(&log->lock);
	buf_free(&log->waiting);
	free(log);
}

/* Hand over a line. Wakes the thread only from its sleep and when the buffer is half full. */
static void hand_over(struct log *log, const struct buf *line)
{
	pthread_mutex_lock(&log->lock);

	size_t before = log->waiting.len;

	if (line->bad || before + line->len > BUFFER) {
		log->dropped++;
	} else {
		buf_addn(&log->waiting, line->text, line->len);
		if (before == 0 || (before < BUFFER / 2 && log->waiting.len >= BUFFER / 2))
			pthread_cond_signal(&log->filled);
	}
	pthread_mutex_unlock(&log->lock);
}

/* A text from outside, as it is fit for a line. */
static void add_shown(struct buf *b, struct exchange *x, const char *text, bool json)
{
	const char *clean = text ? utf8_clean(&x->arena, text, TARGET_SHOWN) : NULL;

	if (json)
		buf_add_json(b, clean ? clean : "");
	else
		buf_add_control(b, clean ? clean : "-");
}

/* The answer's status, or `none` where the connection was cut before it. */
static void add_status(struct buf *b, const struct exchange *x, const char *none)
{
	if (x->answer.status)
		buf_add_int(b, x->answer.status);
	else
		buf_add(b, none);
}

static void text_line(struct buf *b, struct exchange *x, int64_t micros)
{
	const char *code = failure_code(&x->failure);

	buf_addc(b, ' ');
	add_status(b, x, "-");
	buf_addc(b, ' ');
	add_shown(b, x, x->request.method, false);
	buf_addc(b, ' ');
	add_shown(b, x, x->request.target, false);
	buf_addc(b, ' ');
	buf_add(b, x->versioned ? version_name(x->version) : "-");
	buf_add(b, " key=");
	if (x->key)
		add_shown(b, x, x->key->name, true);
	else
		buf_addc(b, '-');
	buf_addc(b, ' ');
	if (*code) {
		buf_add(b, code);
		buf_addc(b, ' ');
	}
	buf_add_int(b, micros);
	buf_add(b, "us\n");
}

static void json_line(struct buf *b, struct exchange *x, int64_t micros)
{
	buf_add(b, ",\"status\":");
	add_status(b, x, "null");
	buf_add(b, ",\"method\":");
	add_shown(b, x, x->request.method, true);
	buf_add(b, ",\"target\":");
	add_shown(b, x, x->request.target, true);
	buf_add(b, ",\"version\":");
	buf_add_json(b, x->versioned ? version_name(x->version) : "");
	buf_add(b, ",\"key\":");
	add_shown(b, x, x->key ? x->key->name : NULL, true);
	buf_add(b, ",\"code\":");
	buf_add_json(b, failure_code(&x->failure));
	buf_add(b, ",\"micros\":");
	buf_add_int(b, micros);
	buf_add(b, "}\n");
}

void log_request(struct log *log, struct exchange *x, int64_t micros)
{
	struct buf line CLEANUP(buf_free) = BUF_INIT(LINE_BYTES);

	if (log->format == LOG_OFF)
		return;
	begin_line(&line, log->format);
	if (log->format == LOG_JSON)
		json_line(&line, x, micros);
	else
		text_line(&line, x, micros);
	hand_over(log, &line);
}

static void log_text(struct log *log, const char *kind, const char *what)
{
	struct buf line CLEANUP(buf_free) = BUF_INIT(LINE_BYTES);

	add_line(&line, log->format, kind, what);
	hand_over(log, &line);
}

void log_note(struct log *log, const char *what)
{
	if (log->format != LOG_OFF)
		log_text(log, "note", what);
}

void log_failure(struct log *log, const char *what)
{
	log_text(log, "failure", what ? what : "out of memory");
}
