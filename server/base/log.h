/* SPDX-License-Identifier: MIT
 * log.h - lines for standard error, written by a thread of its own.
 *
 * A caller's line is copied into a buffer, so that no request waits for the reader of standard
 * error. When the buffer is full, lines are dropped and counted; the count is logged once there is
 * room. Callers must not log a whole API key.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/buf.h"

struct log;

enum { LOG_LINE_MAX = 16 * 1024 /* bytes */ };
enum log_format { LOG_TEXT, LOG_JSON, LOG_OFF };

/* NULL when memory or threads are short. LOG_OFF logs failures and events only. */
struct log *log_start(enum log_format format, int fd);
/* Write what is left, for at most half a second, and end the thread. */
void log_stop(struct log *log);

/*
 * A request's line takes two steps: log_begin() appends the time, with which every line begins, to
 * an empty buffer of LOG_LINE_MAX bytes; the caller appends the rest, in the log's format;
 * log_line() copies the line. log_begin() returns false if requests are not logged (LOG_OFF).
 */
bool log_begin(struct log *log, struct buf *line);
enum log_format log_format(const struct log *log);
void log_line(struct log *log, const struct buf *line);
/* Log something worth knowing that is no failure of the server. */
void log_note(struct log *log, const char *what);
/* Log what the user has asked for, in every format. */
void log_event(struct log *log, const char *what);
/* Log a failure of the server; NULL: memory was short. */
void log_failure(struct log *log, const char *what);

#endif
