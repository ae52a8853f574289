/*
 * exchange.h - one request and its answer: the only object that flows through the stages.
 *
 * server.c fills `request` and sends `answer`; everything between works on the rest. Made and freed
 * by server.c (or by hand, in a test); everything it points to lives in its arena, or says
 * otherwise.
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

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
	const char *target; /* as it came */
	/* Headers, NULL where there is none. */
	const char *api_key, *miru_version, *user_agent, *host;
	const char *content_length, *content_type, *transfer_encoding;
	const char *retry_count; /* the SDK's: which try it is */
	bool cut;                /* the target had a NUL in it; `target` ends there */
	const char *repeated;    /* the name of one that came twice, and must not */
	const char *ambiguous;   /* the name of one that is not well formed */
	bool http_1_0;
	const char *body; /* not ended by a NUL; what came of it */
	size_t body_len;
	uint64_t body_received; /* bytes of it, kept or not */
};

enum { FAILURE_PARAMS = 4 };

struct failure {
	enum error error;
	const char *message;
	int status;       /* not 0: what a fault says in place of the error's, */
	const char *code; /* and not NULL: the same of its code */
	struct {
		const char *name, *value;
		bool json; /* the value is JSON, rather than a text */
	} params[FAILURE_PARAMS];
	size_t nparams;
};

enum { ANSWER_HEADERS = 4 };

struct answer {
	int status;                          /* 0: none is sent */
	struct buf *body;                    /* borrowed */
	const char *type;                    /* the Content-Type header; NULL: JSON */
	struct pair headers[ANSWER_HEADERS]; /* more of them */
	size_t nheaders;
	enum fault_close close; /* the connection is cut before it, or in its middle */
	int64_t delay;          /* microseconds to wait before it is sent */
};

struct exchange {
	const struct app *app;
	unsigned worker;             /* the number of the thread */
	struct workspace *workspace; /* whose it is: see identify() */
	unsigned journal_generation; /* of the workspace's journal, when it came */
	bool holds_workspace;        /* it is a key's, and stays while this does */
	struct keyring *keys;        /* a reference */
	struct db *db;               /* of the workspace, while the stages run that need one */
	struct arena arena;
	struct request request;
	/* What the stages find out, in their order. */
	struct target target;
	const struct operation *op;
	const char *id;            /* the id in the path; NULL: it has none */
	const struct api_key *key; /* who asks; NULL where it is nobody known */
	const struct fault *fault; /* what it suffers, or NULL, */
	int fault_index;           /* and which rule says so */
	bool versioned;            /* `version` is known */
	enum version version;
	struct expansions expand;
	const struct list_query *list_query; /* of a list */
	struct body params; /* what the query says of an operation's own parameters */
	struct body body;
	/* What was asked for: one row, or a list. Neither where an operation writes its answer. */
	const struct row *row;
	const struct page *page;
	struct failure failure;
	struct answer answer;
	/* Not set to zero at the beginning: */
	char first[4096]; /* the arena's first memory */
	struct buf last;  /* the answer, where there is memory for no other */
	char last_text[128];
};

/*
 * The answer's body is written to `body`, which must be empty and outlive the exchange; only for
 * want of memory for it, `answer.body` is another in the end.
 */
void exchange_init(struct exchange *x, const struct app *app, struct buf *body);
void exchange_clear(struct exchange *x);
/* The name of the key that asks, or NULL where it is none of the workspace's. */
const char *exchange_key_name(const struct exchange *x);
/* Nothing of its workspace is needed any more. Clearing it leaves, too. */
void exchange_leave(struct exchange *x);

/*
 * Note why the exchange fails. Always returns false, so that a stage can return what it returns.
 * The message is for the client: what was wrong and what would be right. Text from outside may be
 * passed as it is; quote() keeps it short.
 */
bool fail(struct exchange *x, enum error e, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The same for what is our fault: the message goes to the log only. */
bool server_error(struct exchange *x, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The same where one of its fields or parameters is why; */
bool fail_by(struct exchange *x, enum error e, const char *field, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
/* and with that, the request is no valid one. */
bool fail_field(struct exchange *x, const char *field, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Add a parameter to the failure noted before; NULL is null. */
void fail_param(struct exchange *x, const char *name, const char *value);
/* The same of a value that is JSON; without one, when memory is short, it is left out. */
void fail_param_json(struct exchange *x, const char *name, const char *json);
/* The error's status and code; 200 and "" where there is none. */
int failure_status(const struct failure *f);
const char *failure_code(const struct failure *f);
/* A text from outside as it is fit for a message. */
const char *quote(struct exchange *x, const char *text);
/* The same with quotation marks, or null. */
const char *quoted(struct exchange *x, const char *text);

/* Add a header to the answer; name and value must live as long as the exchange.*/
void answer_header(struct exchange *x, const char *name, const char *value);
/* The bytes of the answer's body that its client gets. */
size_t answer_sent(const struct exchange *x);

/* A writer of the answer's body: indented for people, compact for programs. */
struct writer exchange_writer(struct exchange *x);
/*
 * Note the exchange, whose answer is made and about to leave, in its workspace's journal; unless it
 * is one of a control endpoint. `micros`: how long it took.
 */
void exchange_note(struct exchange *x, int64_t micros);
/*
 * Complete the answer: its status, and where the exchange has failed, the error as its body. Cannot
 * fail: what is left for want of memory is 500, be it that only a part of the message was lost.
 */
void exchange_answer(struct exchange *x);

#endif
