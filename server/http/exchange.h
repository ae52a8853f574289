/* SPDX-License-Identifier: MIT
 * exchange.h - one request and its answer: the only object that flows through the stages.
 *
 * http/server.c (or a test) makes it, fills `request`, sends `answer`, and frees it; the stages
 * fill the rest. What it points to lives in its arena, unless a comment says otherwise.
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include <stdatomic.h>

#include "base/json_writer.h"
#include "http/app.h"
#include "http/target.h"
#include "model/body.h"
#include "model/error.h"
#include "model/expansion.h"
#include "model/operation.h"
#include "store/fetch.h"

struct request {
	const char *method;
	const char *target; /* undecoded */
	/* Headers; NULL if absent. */
	const char *api_key, *miru_version, *user_agent, *host;
	const char *content_length, *content_type, *content_encoding, *transfer_encoding;
	/* Those that browsers send. */
	const char *accept, *origin, *fetch_site, *fetch_mode, *fetch_dest, *cors_method,
	    *cors_headers;
	const char *last_event_id; /* of a stream that was read before */
	const char *retry_count;   /* the SDK's: how many tries came before */
	const char *authorization; /* only whether it came is of interest */
	const char *fault;         /* a tester's rule for this request alone */
	bool cut;                  /* the target held a NUL, at which `target` ends */
	const char *repeated;      /* the name of a header that must not be repeated, and was */
	const char *ambiguous;     /* the name of a header that is malformed */
	bool http_1_0;
	size_t nheaders;  /* that came, of which the first are in the exchange's headers[] */
	const char *body; /* no NUL ends it */
	size_t body_len;
	uint64_t body_received; /* bytes of the body, kept or not */
};

enum { FAILURE_PARAMS = 4, HEADERS_KEPT = 48 };

struct failure {
	enum error error;
	const char *message;
	int status;       /* a fault's, in place of the error's; or 0 */
	const char *code; /* a fault's, in place of the error's; or NULL */
	struct {
		const char *name, *value;
		bool json; /* the value is JSON, rather than a text */
	} params[FAILURE_PARAMS];
	size_t nparams;
};

enum { ANSWER_HEADERS = 12 };

struct answer {
	int status;       /* 0: no answer is sent; before it is made: the error's, or 200 */
	struct buf *body; /* borrowed */
	const char *type; /* the Content-Type header; NULL: JSON */
	struct pair headers[ANSWER_HEADERS];
	size_t nheaders;
	enum fault_close close; /* cut the connection before the answer, or in its middle */
	int64_t delay;          /* microseconds to wait before it is sent */
};

/* An operation that has nothing to say yet is run again when a counter has changed. */
struct wait {
	const atomic_uint *counter; /* NULL: it does not wait */
	unsigned seen;              /* the counter, before it looked */
	int64_t until;              /* by clock_monotonic() */
	int64_t not_before;         /* it is not run again before that time, too */
	bool over;                  /* the time is */
	bool ended;                 /* the client has gone, or the server stops */
};

/* An answer that goes on after what it begins with. */
struct stream {
	/* Write what is next, if anything, to the answer's body, and set `wait` for what follows.
	 * False at the end. NULL: the answer is no stream. */
	bool (*next)(struct exchange *x);
	int64_t last;         /* the number of the event that was written last */
	atomic_uint *readers; /* of whom it is one */
};

struct exchange {
	const struct app *app;
	unsigned worker;             /* the thread's number */
	struct workspace *workspace; /* see identify() */
	bool holds_workspace;        /* it is a key's, and is released by exchange_leave() */
	unsigned journal_generation; /* of the workspace's journal, when the request arrived */
	struct keyring *keys;        /* a reference */
	struct db *db;               /* the workspace's, while stages run that need it */
	struct arena arena;
	struct request request;
	struct entry *entry;    /* in the journal: a reference, or NULL */
	bool entered;           /* its request is counted there */
	bool arrived, accepted; /* arrive() was called; the operation was found */
	/* What the stages find out, in their order: */
	struct target target;
	const struct operation *op;
	const char *id;            /* the id in the path; NULL if it has none */
	const struct api_key *key; /* NULL if it is missing or unknown */
	bool all_scopes;           /* whatever the key's are */
	const struct fault *fault; /* the fault rule that matched this request, or NULL */
	int fault_index; /* its index in the list of rules; -1: it came with the request */
	bool versioned;  /* `version` is known */
	enum version version;
	struct expansions expand;
	const struct list_query *list_query; /* of a list */
	struct body params;                  /* the query's values of the operation's parameters */
	struct body body;
	struct ignored ignored; /* what the operation has passed over */
	/* The operation's result: a row, or a page of a list; or neither, if it has written its
	 * answer itself. */
	const struct row *row;
	const struct page *page;
	struct failure failure;
	struct answer answer;
	struct wait wait;
	struct stream stream;
	/* Not cleared by exchange_init(): */
	struct pair headers[HEADERS_KEPT];
	char first[4096]; /* the arena's first memory */
	struct buf last;  /* the answer if there is no memory for another */
	char last_text[128];
};

/* Begin. The answer is written to `body`, which must be empty and outlive the exchange. */
void exchange_init(struct exchange *x, const struct app *app, struct buf *body);
void exchange_clear(struct exchange *x);
/* Release the workspace, which is not needed any more; exchange_clear() does so, too. */
void exchange_leave(struct exchange *x);
/* Does it ask for a control endpoint? After its path is known. */
bool exchange_is_control(const struct exchange *x);
/*
 * Let the operation, which returns true then, run again when the counter is not `seen` any more, or
 * so many seconds after the first call. False if that time is over: it must answer now.
 */
bool exchange_wait(struct exchange *x, const atomic_uint *counter, unsigned seen, int64_t seconds);
/* The name of the key, or NULL if the workspace has no such key. */
const char *exchange_key_name(const struct exchange *x);

/* ---- failing --------------------------------------------------------------------------------- */

/*
 * Note why the exchange fails. Always returns false, so that a stage can return it. The message is
 * for the client. Its bytes need not be UTF-8; use quote() for texts from outside.
 */
bool fail(struct exchange *x, enum error e, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* fail(), because of a field of the body or a parameter, which becomes params.field. */
bool fail_by(struct exchange *x, enum error e, const char *field, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
/* fail_field() with what a parser found; false only, if memory was short. */
bool fail_parse(struct exchange *x, const struct parse_error *e);
/* fail_by() with the error invalid_request. `field` may be NULL. */
bool fail_field(struct exchange *x, const char *field, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* fail() through no fault of the client: 500, and the message goes to the log only. */
bool server_error(struct exchange *x, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Add to the params of the failure that is noted; NULL becomes null. */
void fail_param(struct exchange *x, const char *name, const char *value);
/* Add a value that is JSON already; NULL is left out. */
void fail_param_json(struct exchange *x, const char *name, const char *json);
/* The failure's status and code; 200 and "" if there is no failure. */
int failure_status(const struct failure *f);
const char *failure_code(const struct failure *f);
/* A text from outside, shortened and made fit for a message. */
const char *quote(struct exchange *x, const char *text);
/* quote() of a list, "none" if it is empty. A 500 follows if memory was short for the list. */
const char *quote_list(struct exchange *x, const struct buf *list);
/* quote() in quotation marks; "null" for NULL. */
const char *quoted(struct exchange *x, const char *text);

/* ---- answering ------------------------------------------------------------------------------- */

/* Add a header to the answer. Name and value are borrowed for the exchange's life. */
void answer_header(struct exchange *x, const char *name, const char *value);
/* The number of bytes of the answer's body that the client gets. */
size_t answer_sent(const struct exchange *x);
/* A writer to the answer's body: indented for people, compact for programs. */
struct writer exchange_writer(struct exchange *x);
/*
 * Complete the answer: its status, and its body if the exchange has failed. `ok` is false if a
 * stage returned false; if no failure is noted then, memory was short. Cannot fail: for want of
 * memory, even of a part of the message, the answer is a 500, and `answer.body` another buffer.
 */
void exchange_answer(struct exchange *x, bool ok);
/* Replace the answer by the 500 of short memory. Cannot fail. */
void exchange_answer_short(struct exchange *x);
/*
 * Enter the exchange in its workspace's journal, unless it asks for a control endpoint: once its
 * headers have arrived, and the operation is known if there is one. Then tell the journal that its
 * answer is made and will be late; and, when the answer is about to leave, or will not, all of it.
 * `micros` is how long it took.
 */
void exchange_enter(struct exchange *x);
void exchange_note_late(struct exchange *x);
void exchange_note(struct exchange *x, int64_t micros);

#endif
