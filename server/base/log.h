/*
 * log.h - lines to standard error, written by a thread of its own.
 *
 * A writer copies its line into a buffer and goes on: no request ever waits for whoever reads, or
 * does not read, our standard error. When the buffer is full, lines are dropped and counted, and
 * the count is a line of its own once there is room. Nothing here ever sees a whole API key.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/buf.h"

struct log;

enum { LOG_LINE_MAX = 16 * 1024 /* bytes */ };
enum log_format { LOG_TEXT, LOG_JSON, LOG_OFF };

/* NULL when memory or threads are short. LOG_OFF logs failures, not requests. */
struct log *log_start(enum log_format format, int fd);
/* Write what is left, as far as it can be written within a second, and end the thread. */
void log_stop(struct log *log);

/*
 * A request's line, in two steps: append the time, with which every line begins, to an empty buffer
 * of LOG_LINE_MAX bytes; then hand the whole line over, which copies it. The caller writes the
 * rest, in the log's format. log_begin() returns false where requests are not logged (LOG_OFF).
 */
bool log_begin(struct log *log, struct buf *line);
enum log_format log_format(const struct log *log);
void log_line(struct log *log, const struct buf *line);
/* Something worth knowing that is nobody's fault of ours. */
void log_note(struct log *log, const char *what);
/* Something that is our fault; `what` may be NULL when memory is short. */
void log_failure(struct log *log, const char *what);

#endif
