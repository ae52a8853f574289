/* SPDX-License-Identifier: MIT
 * options.c - the table of options; reads them from the environment and the command line.
 */
#include "cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/rfc3339.h"
#include "base/util.h"
#include "cli/origin.h"
#include "control/run_report.h"
#include "model/version.h"
#include "store/store.h"
#include "workspace/keyring.h"

enum option_kind { OPT_TEXT, OPT_NUMBER, OPT_FLAG, OPT_WORD, OPT_LIST, OPT_READ };

struct option_row {
	const char *name;  /* without the dashes; MIRU_MOCK_NAME in the environment */
	const char *value; /* its name in --help, FILE for a path; NULL for a flag */
	enum option_kind kind;
	size_t offset; /* in struct options */
	unsigned commands;
	const char *help;
	long min, max;            /* OPT_NUMBER */
	const char *const *words; /* OPT_WORD: the value is a word's index */
	/* OPT_LIST: what separates items in the environment; a colon if NULL. Is it one? What has
	 * another form is changed. */
	const char *separators;
	bool (*fits)(char *text);
	/* OPT_READ: reads a text into the member of struct options */
	bool (*read)(const char *text, void *member);
	const char *expected; /* what a value must be, for `read` and `fits` */
};

#define LOG_UNSET ((enum log_format)(LOG_OFF + 1))

static const char *const auth_words[] = { [AUTH_STRICT] = "strict", [AUTH_ANY] = "any", NULL };
static const char *const policy_words[] = {
	[VERSION_STRICT] = "strict", [VERSION_KNOWN] = "known", [VERSION_ANY] = "any", NULL
};
static const char *const log_words[] = {
	[LOG_TEXT] = "text", [LOG_JSON] = "json", [LOG_OFF] = "off", NULL
};

static bool read_transitions(const char *text, void *member)
{
	return progression_read(text, member);
}

static bool read_clock(const char *text, void *member)
{
	if (!streq(text, "real"))
		return rfc3339_parse(text, member);
	*(int64_t *)member = CLOCK_RUNS;
	return true;
}

static bool read_tick(const char *text, void *member)
{
	char *end;

	return text[0] && text[strspn(text, "0123456789.")] == '\0' &&
	       clock_read_seconds(strtod(text, &end), member) && *end == '\0';
}

static bool read_host(const char *text, void *member)
{
	*(const char **)member = text;
	return origin_address_fits(text);
}

static bool read_expect(const char *text, void *member)
{
	static const struct {
		const char *word;
		unsigned bit;
	} words[] = { { "no-unmatched", EXPECT_NO_UNMATCHED },
		      { "no-ignored", EXPECT_NO_IGNORED },
		      { "all-faults-hit", EXPECT_ALL_FAULTS } };
	unsigned *expect = member;

	for (*expect = 0;; text++) {
		size_t len = strcspn(text, ","), i = 0;

		while (i < ARRAY_LEN(words) &&
		       (strlen(words[i].word) != len || strncmp(words[i].word, text, len) != 0))
			i++;
		if (i == ARRAY_LEN(words))
			return false;
		*expect |= words[i].bit;
		text += len;
		if (!*text)
			return true;
	}
}

/* SQLite's name for what is the default. */
static bool read_db(const char *text, void *member)
{
	*(const char **)member = text;
	return !streq(text, ":memory:");
}

/* clang-format off */
#define ROW(its_name, its_value, its_kind, member, its_commands, ...) \
	{ .name = its_name, .value = its_value, .kind = its_kind, \
	  .offset = offsetof(struct options, member), .commands = (its_commands), __VA_ARGS__ }
#define OPTION(its_name, its_value, its_kind, member, ...) \
	ROW(its_name, its_value, its_kind, member, FOR_SERVERS, __VA_ARGS__)

#define HOST_EXPECTED "a name or an address, without a port"

static const struct option_row rows[] = {
	OPTION("host", "ADDR", OPT_READ, host, .read = read_host, .expected = HOST_EXPECTED,
	       .help = "address or name to listen on, *: every address; default: localhost"),
	ROW("host", "ADDR", OPT_READ, host, FOR_HEALTH, .read = read_host,
	    .expected = HOST_EXPECTED, .help = "host of a server; default: localhost"),
	ROW("port", "N", OPT_NUMBER, port, FOR_SERVE | FOR_ENV, .max = 65535,
	    .help = "port to listen on; 0: a free port; default: 8080"),
	ROW("port", "N", OPT_NUMBER, port, FOR_EXEC, .max = 65535,
	    .help = "port to listen on; default: 0, a free port"),
	ROW("port", "N", OPT_NUMBER, port, FOR_HEALTH, .min = 1, .max = 65535,
	    .help = "port of a server; default: 8080"),
	OPTION("port-file", "FILE", OPT_TEXT, port_file,
	       .help = "write the port to FILE when ready; not to the file of a running server"),
	ROW("port-file", "FILE", OPT_TEXT, port_file, FOR_HEALTH,
	    .help = "read the port from FILE"),
	OPTION("fixtures", "FILE", OPT_LIST, fixtures,
	       .help = "load FILE in place of the demo; the option may be repeated"),
	OPTION("empty", NULL, OPT_FLAG, empty, .help = "start without the demo"),
	OPTION("shift-times", NULL, OPT_FLAG, shift_times,
	       .help = "move all times of the fixtures, so that the newest is now"),
	OPTION("db", "FILE", OPT_READ, db, .read = read_db,
	       .expected = "a file; leave --db out for a database in memory",
	       .help = "database file, filled with fixtures if it is new; default: in memory"),
	ROW("db", "FILE", OPT_READ, db, FOR_EXPORT, .read = read_db, .expected = "a file",
	    .help = "database file; a server may use it at the same time"),
	OPTION("auth", "MODE", OPT_WORD, app.auth, .words = auth_words,
	       .help = "strict: the fixtures' keys; any: every key, with all scopes; default: strict"),
	OPTION("max-workspaces", "N", OPT_NUMBER, max_workspaces, .min = 1, .max = 100000,
	       .help = "with --auth any, number of keys that may have a workspace; default: 1000"),
	OPTION("version-policy", "MODE", OPT_WORD, app.version_policy, .words = policy_words,
	       .help = "strict: supported versions; known: with any date; any: every "
		       "value; default: strict"),
	OPTION("transitions", "PACE", OPT_READ, transitions, .read = read_transitions,
	       .expected = "immediate, manual, polls:N or seconds",
	       .help = "how devices progress: immediate, manual, SECONDS per step, or polls:N, a "
		       "step at each N-th time that the deployment is read; default: immediate"),
	OPTION("clock", "TIME", OPT_READ, clock.frozen, .read = read_clock,
	       .expected = "real or a time such as 2026-01-01T00:00:00Z",
	       .help = "freeze the clock at TIME (RFC 3339); default: real time"),
	OPTION("clock-rate", "N", OPT_NUMBER, clock_rate, .min = 1, .max = RATE_MAX,
	       .help = "let a clock that runs go N times as fast; default: 1"),
	OPTION("clock-tick", "SECONDS", OPT_READ, clock.tick, .read = read_tick,
	       .expected = "a number of seconds, such as 1 or 0.5",
	       .help = "move a frozen clock by SECONDS at each request of the API; default: 0"),
	OPTION("seed", "N", OPT_NUMBER, seed, .max = LONG_MAX,
	       .help = "generate ids from a seed, for reproducible runs; default: random"),
	OPTION("stateless", NULL, OPT_FLAG, stateless,
	       .help = "answer every request from the loaded fixtures, then undo its changes"),
	OPTION("strict-requests", NULL, OPT_FLAG, app.strict_requests,
	       .help = "refuse query parameters and fields that the operation does not have"),
	OPTION("strict-release-rule", NULL, OPT_FLAG, app.strict_release_rule,
	       .help = "deploy only the device's current release, and stage only other releases"),
	OPTION("pipe-only-filters", NULL, OPT_FLAG, app.pipe_only_filters,
	       .help = "separate the values of a filter only by |; default: also by commas"),
	OPTION("lenient-parent", NULL, OPT_FLAG, app.lenient_parent,
	       .help = "in older versions, parent_id may also name a staged or drifted "
		       "deployment"),
	OPTION("max-page-size", "N", OPT_NUMBER, app.max_page_size, .min = 1, .max = 10000,
	       .help = "greatest limit that a list accepts; default: 100"),
	OPTION("max-body", "BYTES", OPT_NUMBER, app.max_body, .min = 1, .max = 1 << 30,
	       .help = "greatest size of a request's body; default: 1048576"),
	OPTION("request-timeout", "SECONDS", OPT_NUMBER, request_timeout, .min = 1, .max = 3600,
	       .help = "time limit for receiving a request, and for an idle connection; "
		       "default: 30"),
	OPTION("journal-size", "N", OPT_NUMBER, journal_size, .max = 100000,
	       .help = "number of requests that the journal keeps; default: 1000"),
	OPTION("journal-body", "BYTES", OPT_NUMBER, journal_body, .max = 1048576,
	       .help = "bytes of each body that the journal keeps; default: 4096"),
	OPTION("workers", "N", OPT_NUMBER, workers, .min = 2, .max = WORKERS_MAX,
	       .help = "number of threads that answer; default: the number of cores, "
		       "at least 2"),
	OPTION("no-control", NULL, OPT_FLAG, app.no_control,
	       .help = "serve no control endpoints, whose paths are under /_mock/"),
	OPTION("allow-host", "NAME", OPT_LIST, app.allow_hosts, .separators = ", ", .fits = origin_host_fits,
	       .expected = "a name without a port",
	       .help = "name by which browsers may call /_mock/; may be repeated"),
	OPTION("cors", "ORIGIN", OPT_LIST, app.cors, .separators = ", ", .fits = origin_fits,
	       .expected = "an origin such as http://localhost:3000, without a path, or *",
	       .help = "origin whose pages may call the API; *: any; may be repeated"),
	ROW("log", "FORMAT", OPT_WORD, log, FOR_SERVE | FOR_ENV, .words = log_words,
	    .help = "log requests to standard error as text or json, or off; default: text"),
	ROW("log", "FORMAT", OPT_WORD, log, FOR_EXEC, .words = log_words,
	    .help = "log requests to standard error as text or json, or off; default: off"),
	ROW("log-file", "FILE", OPT_TEXT, log_file, FOR_EXEC,
	    .help = "log to FILE, by default as text"),
	ROW("journal", "FILE", OPT_TEXT, journal, FOR_EXEC,
	    .help = "write every request to FILE, as JSON, one to a line"),
	ROW("report", "FILE", OPT_TEXT, report, FOR_EXEC,
	    .help = "write to FILE, as JSON, what was asked, and what never; and sum it up"),
	ROW("expect", "LIST", OPT_READ, expect, FOR_EXEC, .read = read_expect,
	    .expected = "a list of no-unmatched, no-ignored, all-faults-hit",
	    .help = "exit with 1 unless it holds: no-unmatched,no-ignored,all-faults-hit"),
	ROW("url", "URL", OPT_TEXT, url, FOR_HEALTH,
	    .help = "server to probe; default: http:// with host and port"),
	ROW("api-version", "VERSION", OPT_TEXT, api_version, FOR_EXEC | FOR_ENV,
	    .help = "set MIRU_API_VERSION, which the SDK sends; default: as it is"),
};
/* clang-format on */

/* Reads the options of a command; err becomes the reason if that fails. */
struct option_reader {
	struct options *options;
	unsigned command;
	bool located; /* the command line says where the server is that health asks */
	char *err;
	size_t errlen;
};

static bool reject(struct option_reader *r, const char *fmt, ...) PRINTF_LIKE(2, 3);

static bool reject(struct option_reader *r, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(r->err, r->errlen, fmt, args);
	va_end(args);
	return false;
}

/* ---- values: a label is the option as the user wrote it, --port or MIRU_MOCK_PORT ------------ */

static void *member_of(struct option_reader *r, const struct option_row *opt)
{
	return (char *)r->options + opt->offset;
}

static bool read_number(struct option_reader *r, const struct option_row *opt, const char *label,
			const char *value, long *number)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(value, &end, 10);
	if (!isdigit((unsigned char)*value) || *end || errno || n < opt->min || n > opt->max)
		return reject(r, "%s '%s': expected a number from %ld to %ld", label, value,
			      opt->min, opt->max);
	*number = n;
	return true;
}

static bool read_word(struct option_reader *r, const char *const *words, const char *label,
		      const char *value, int *word)
{
	char all[128] = "";

	for (int i = 0; words[i]; i++) {
		size_t len = strlen(all);

		if (streq(words[i], value)) {
			*word = i;
			return true;
		}
		snprintf(all + len, sizeof all - len, "%s%s", i ? ", " : "", words[i]);
	}
	return reject(r, "%s '%s': expected one of %s", label, value, all);
}

static bool add_item(struct option_reader *r, struct option_list *list, const char *label,
		     const char *value)
{
	if (list->count == OPTION_LIST_MAX)
		return reject(r, "%s: at most %d can be given", label, OPTION_LIST_MAX);
	list->items[list->count++] = value;
	return true;
}

/* What stands in a file of Windows, or was quoted wrongly, is not part of a path. */
static bool check_path(struct option_reader *r, const char *label, const char *path)
{
	for (const char *c = path; *c; c++)
		if (iscntrl((unsigned char)*c))
			return reject(r, "%s '%s': a path has no control characters", label, path);
	return true;
}

static bool set_option(struct option_reader *r, const struct option_row *opt, const char *label,
		       char *value)
{
	void *member = member_of(r, opt);

	if (opt->kind != OPT_FLAG && !*value)
		return reject(r, "%s is empty (expected %s)", label, opt->value);
	if (opt->value && streq(opt->value, "FILE") && !check_path(r, label, value))
		return false;
	switch (opt->kind) {
	case OPT_TEXT:
		*(const char **)member = value;
		return true;
	case OPT_NUMBER:
		return read_number(r, opt, label, value, member);
	case OPT_FLAG:
		*(bool *)member = true;
		return true;
	case OPT_WORD:
		return read_word(r, opt->words, label, value, member);
	case OPT_LIST:
		if (opt->fits && !opt->fits(value))
			return reject(r, "%s '%s': expected %s", label, value, opt->expected);
		return add_item(r, member, label, value);
	case OPT_READ:
		return opt->read(value, member) ||
		       reject(r, "%s '%s': expected %s", label, value, opt->expected);
	}
	return false;
}

/* ---- the environment ------------------------------------------------------------------------- */

/* The name of an option's variable: MIRU_MOCK_PORT_FILE for port-file. */
static void variable_name(const struct option_row *opt, char *out, size_t outlen)
{
	size_t len = (size_t)snprintf(out, outlen, OPTIONS_PREFIX "%s", opt->name);

	for (size_t i = 0; i < len; i++)
		out[i] = out[i] == '-' ? '_' : (char)toupper((unsigned char)out[i]);
}

bool options_variable(size_t i, char *out, size_t outlen)
{
	if (i < ARRAY_LEN(rows))
		variable_name(&rows[i], out, outlen);
	return i < ARRAY_LEN(rows);
}

/* Set a list: in the environment, colons separate its items, as in PATH, unless they have some. */
static bool set_list(struct option_reader *r, const struct option_row *opt, const char *label,
		     const char *value)
{
	const char *separators = opt->separators ? opt->separators : ":";
	struct option_list *list = member_of(r, opt);
	char *rest, *item;

	list->owned = strdup(value);
	if (!list->owned)
		return false;
	for (item = strtok_r(list->owned, separators, &rest); item;
	     item = strtok_r(NULL, separators, &rest))
		if (!set_option(r, opt, label, item))
			return false;
	return true;
}

static bool set_flag(struct option_reader *r, const struct option_row *opt, const char *label,
		     char *value)
{
	static const char *const words[] = { "0", "1", "false", "true", NULL };
	int word = strcasecmp(value, "true") == 0 ? 1 : 0;

	if (word == 0 && strcasecmp(value, "false") != 0 &&
	    !read_word(r, words, label, value, &word))
		return false;
	return word % 2 == 0 || set_option(r, opt, label, value);
}

static bool read_environment(struct option_reader *r)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct option_row *opt = &rows[i];
		char name[64], *value;

		variable_name(opt, name, sizeof name);
		value = getenv(name);
		/* A Kubernetes service named miru-mock gives every pod MIRU_MOCK_PORT=tcp://... */
		if (!value || !*value || !(opt->commands & r->command) ||
		    starts_with(value, "tcp://"))
			continue;
		if (!(opt->kind == OPT_LIST   ? set_list(r, opt, name, value)
		      : opt->kind == OPT_FLAG ? set_flag(r, opt, name, value)
					      : set_option(r, opt, name, value)))
			return false;
	}
	return true;
}

/* ---- the command line ------------------------------------------------------------------------ */

enum { FIRST = 256 /* getopt's number of the first row, beyond every character */ };

/* Fill getopt's list with the options of a command. */
static void list_options(struct option list[ARRAY_LEN(rows) + 3], unsigned command)
{
	*list++ = (struct option){ "help", no_argument, NULL, 'h' };
	*list++ = (struct option){ "version", no_argument, NULL, 'V' };
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].commands & command)
			*list++ = (struct option){
				.name = rows[i].name,
				.has_arg = rows[i].value ? required_argument : no_argument,
				.val = FIRST + (int)i,
			};
	*list = (struct option){ 0 };
}

/* The argument in which getopt has found an unknown option: a long one, or letters. */
static const char *unknown_option(char **argv)
{
	for (char **arg = argv + 1; optopt && *arg; arg++)
		if ((*arg)[0] == '-' && (*arg)[1] != '-' && strchr(*arg, optopt))
			return *arg;
	return argv[optind - 1];
}

/* The long option that getopt has taken last, if it is only the beginning of the name; else NULL.
 */
static const char *abbreviation(char **argv, const char *name)
{
	bool apart = optarg && optarg == argv[optind - 1];
	const char *word = argv[optind - (apart ? 2 : 1)];

	return starts_with(word, "--") && strcspn(word + 2, "=") != strlen(name) ? word : NULL;
}

static bool refuse_abbreviation(struct option_reader *r, const char *word, const char *name)
{
	return reject(r, "unknown option '%s'; write --%s", word, name);
}

/* Say why getopt has refused an option: it is unknown, or lacks its value (':'), or has one that it
 * does not take. */
static bool refuse_option(struct option_reader *r, int c, char **argv)
{
	const struct option_row *opt = optopt >= FIRST ? &rows[optopt - FIRST] : NULL;
	const char *word = opt ? abbreviation(argv, opt->name) : unknown_option(argv);

	if (opt && word)
		return refuse_abbreviation(r, word, opt->name);
	if (!opt)
		return reject(r, "unknown option '%s'%s; try 'miru-mock --help'", word,
			      word[1] == '-' ? "" : " (expected two dashes)");
	if (c == ':')
		return reject(r, "--%s requires a value: --%s %s", opt->name, opt->name,
			      opt->value);
	return reject(r, "--%s takes no value; write it alone", opt->name);
}

static void free_list(struct option_list *list)
{
	free(list->owned);
	*list = (struct option_list){ 0 };
}

static bool set_argument(struct option_reader *r, const struct option_row *opt, char *value)
{
	char label[64], none[] = "";

	snprintf(label, sizeof label, "--%s", opt->name);
	/* All options of health say that, and the environment's do not matter any more. */
	if (r->command == FOR_HEALTH && !r->located) {
		r->located = true;
		r->options->url = r->options->port_file = NULL;
	}
	/* The command line replaces the environment's list. */
	if (opt->kind == OPT_LIST && ((struct option_list *)member_of(r, opt))->owned)
		free_list(member_of(r, opt));
	return set_option(r, opt, label, value ? value : none);
}

/* Read the arguments that follow the options, or -- after them. */
static bool read_operands(struct option_reader *r, bool after_dashes, char **rest)
{
	struct options *o = r->options;

	if (r->command & BEFORE_PROGRAM) {
		if (after_dashes)
			o->program = rest;
		return after_dashes || !*rest || add_item(r, &o->operands, "words", *rest);
	}
	for (; *rest; rest++)
		if (!check_path(r, "file", *rest) || !add_item(r, &o->operands, "files", *rest))
			return false;
	return true;
}

static bool read_arguments(struct option_reader *r, int argc, char **argv)
{
	struct option long_options[ARRAY_LEN(rows) + 3];
	/* "+": options end at the first argument that is not one. The rest is the program's. */
	const char *letters = r->command & BEFORE_PROGRAM ? "+:hV" : ":hV";
	int before, c, index;

	list_options(long_options, r->command);
	optind = 0; /* forget earlier readings */
	opterr = 0;
	while (before = optind, index = -1,
	       (c = getopt_long(argc, argv, letters, long_options, &index)) != -1) {
		const char *name = index >= 0 ? long_options[index].name : NULL;
		const char *word = name ? abbreviation(argv, name) : NULL;

		if (word)
			return refuse_abbreviation(r, word, name);
		if (c == 'h' || c == 'V')
			*(c == 'h' ? &r->options->help : &r->options->version) = true;
		else if (c < FIRST)
			return refuse_option(r, c, argv);
		else if (!set_argument(r, &rows[c - FIRST], optarg))
			return false;
	}
	/* If -- was the last option's value, it is not the end of the options. */
	return read_operands(r, optind > before && streq(argv[optind - 1], "--"), argv + optind);
}

bool options_read(struct options *o, unsigned command, int argc, char **argv, char *err,
		  size_t errlen)
{
	struct option_reader r = { .options = o, .command = command, .err = err, .errlen = errlen };
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	enum version version;
	const char *ended;
	bool ok, empty;

	err[0] = '\0';
	cores = cores < 2 ? 2 : cores > WORKERS_MAX ? WORKERS_MAX : cores;

	*o = (struct options){
		.host = "localhost",
		.port = command == FOR_EXEC ? 0 : 8080,
		.log = command == FOR_EXEC ? LOG_UNSET : LOG_TEXT,
		.workers = cores,
		.seed = -1,
		.max_workspaces = 1000,
		.app.max_body = 1024L * 1024,
		.app.max_page_size = 100,
		.journal_size = 1000,
		.journal_body = 4096,
		.request_timeout = 30,
		.clock.frozen = CLOCK_RUNS,
	};
	ok = read_environment(&r);
	empty = o->empty;
	o->empty = false;
	/* --help and --version work even if the environment is wrong. */
	if (!ok) {
		char unread[256];

		r.err = unread;
		r.errlen = sizeof unread;
		return read_arguments(&r, argc, argv) && (o->help || o->version);
	}
	if (!read_arguments(&r, argc, argv))
		return false;
	if (o->api_version &&
	    version_read(o->api_version, o->app.version_policy, &version, &ended) != VERSION_OK)
		return reject(&r, "--api-version '%s': expected one of %s", o->api_version,
			      version_list());
	o->clock.rate = o->clock_rate;
	if (o->clock_rate && o->clock.frozen != CLOCK_RUNS)
		return reject(&r, "--clock-rate: a frozen clock does not run; use --clock-tick");
	if (o->clock.tick && o->clock.frozen == CLOCK_RUNS)
		return reject(&r, "--clock-tick: only for a frozen clock; add --clock TIME");
	if (o->log == LOG_UNSET)
		o->log = o->log_file ? LOG_TEXT : LOG_OFF;
	/* --empty on the command line also wins over fixtures in the environment. */
	if (o->empty && o->fixtures.owned)
		o->fixtures.count = 0;
	o->empty |= empty;
	return true;
}

void options_free(struct options *o)
{
	free_list(&o->fixtures);
	free_list(&o->app.allow_hosts);
	free_list(&o->app.cors);
}

void options_help(FILE *out, unsigned commands, unsigned shown)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct option_row *opt = &rows[i];
		char left[64];

		if (!(opt->commands & commands) || opt->commands & shown)
			continue;
		snprintf(left, sizeof left, "--%s%s%s", opt->name, opt->value ? " " : "",
			 opt->value ? opt->value : "");
		fprintf(out, "  %-25s %s\n", left, opt->help);
	}
}
