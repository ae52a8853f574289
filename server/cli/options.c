/*
 * options.c - the rows, and reading them from the environment and the command line.
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
#include "base/log.h"
#include "base/rfc3339.h"
#include "base/util.h"
#include "model/version.h"
#include "store/store.h"
#include "workspace/keyring.h"

enum option_kind { OPT_TEXT, OPT_NUMBER, OPT_FLAG, OPT_WORD, OPT_LIST, OPT_READ };

struct row {
	const char *name;  /* without the dashes; MIRU_MOCK_NAME in the environment */
	const char *value; /* what --help calls its value; NULL for a flag */
	enum option_kind kind;
	size_t at; /* in struct options */
	unsigned commands;
	const char *help;
	const char *preset; /* where these commands begin with another value than all others */
	long min, max;      /* OPT_NUMBER */
	const char *const *words; /* OPT_WORD: a word's place is its value */
	/* OPT_READ: reads it into its place; and what it must be */
	bool (*read)(const char *text, void *place);
	const char *expected;
};

static const char *const auth_words[] = { [AUTH_STRICT] = "strict", [AUTH_ANY] = "any", NULL };
static const char *const policy_words[] = {
	[VERSION_STRICT] = "strict", [VERSION_KNOWN] = "known", [VERSION_ANY] = "any", NULL
};
static const char *const log_words[] = {
	[LOG_TEXT] = "text", [LOG_JSON] = "json", [LOG_OFF] = "off", NULL
};

static bool read_transitions(const char *text, void *place)
{
	return transitions_read(text, place);
}

static bool read_clock(const char *text, void *place)
{
	if (!streq(text, "real"))
		return time_parse(text, place);
	*(int64_t *)place = CLOCK_RUNS;
	return true;
}

#define AT(member) offsetof(struct options, member)

/* clang-format off */
#define OPTION(its_name, its_value, its_kind, member, ...) \
	{ .name = its_name, .value = its_value, .kind = its_kind, .at = AT(member), \
	  .commands = FOR_SERVERS, __VA_ARGS__ }

static const struct row rows[] = {
	OPTION("host", "ADDR", OPT_TEXT, host, .help = "address to listen on (127.0.0.1)"),
	{ .name = "port", .value = "N", .kind = OPT_NUMBER, .at = AT(port),
	  .commands = FOR_SERVE | FOR_ENV, .max = 65535,
	  .help = "port to listen on; 0 takes any free one (8080)" },
	{ .name = "port", .value = "N", .kind = OPT_NUMBER, .at = AT(port), .commands = FOR_EXEC,
	  .max = 65535, .preset = "0", .help = "port to listen on (any free one)" },
	{ .name = "port", .value = "N", .kind = OPT_NUMBER, .at = AT(port), .commands = FOR_HEALTH,
	  .min = 1, .max = 65535, .help = "port to probe (8080)" },
	OPTION("port-file", "FILE", OPT_TEXT, port_file,
	       .help = "write the real port to FILE once connections are accepted"),
	OPTION("fixtures", "FILE", OPT_LIST, fixtures,
	       .help = "load FILE instead of the demo; may be given again"),
	OPTION("empty", NULL, OPT_FLAG, empty, .help = "start without the demo"),
	OPTION("db", "FILE", OPT_TEXT, db,
	       .help = "keep the database in FILE; load fixtures only where it is new (in memory)"),
	{ .name = "db", .value = "FILE", .kind = OPT_TEXT, .at = AT(db), .commands = FOR_EXPORT,
	  .help = "the database, be it in use or not" },
	OPTION("auth", "MODE", OPT_WORD, auth, .words = auth_words,
	       .help = "strict: the fixtures' keys; any: every key, with all scopes (strict)"),
	OPTION("max-workspaces", "N", OPT_NUMBER, max_workspaces, .min = 1, .max = 100000,
	       .help = "with --auth any, how many keys may have a workspace of their own (1000)"),
	OPTION("version-policy", "MODE", OPT_WORD, version_policy, .words = policy_words,
	       .help = "strict: supported versions; known: any date of their trains; any: anything, "
		       "or none (strict)"),
	OPTION("transitions", "PACE", OPT_READ, transitions, .read = read_transitions,
	       .expected = "immediate, manual or seconds",
	       .help = "how devices progress: immediate, manual, or a step each SECONDS (immediate)"),
	OPTION("clock", "TIME", OPT_READ, clock, .read = read_clock,
	       .expected = "real or a time such as 2026-01-01T00:00:00Z",
	       .help = "real, or the time at which it stands (real)"),
	OPTION("seed", "N", OPT_NUMBER, seed, .max = LONG_MAX,
	       .help = "draw ids from a generator, the same each time (random)"),
	OPTION("stateless", NULL, OPT_FLAG, stateless,
	       .help = "answer every request from the fixtures as loaded; undo what it changes"),
	OPTION("strict-release-rule", NULL, OPT_FLAG, strict_release_rule,
	       .help = "stage only other releases than the device's current one, deploy only that"),
	OPTION("pipe-only-filters", NULL, OPT_FLAG, pipe_only_filters,
	       .help = "separate the values of filters by | only, not by commas, too"),
	OPTION("lenient-parent", NULL, OPT_FLAG, lenient_parent,
	       .help = "let parent_id name a staged or drifted deployment, too, in older versions"),
	OPTION("max-page-size", "N", OPT_NUMBER, max_page_size, .min = 1, .max = 10000,
	       .help = "the greatest limit of a list (100)"),
	OPTION("max-body", "BYTES", OPT_NUMBER, max_body, .min = 1, .max = 1 << 30,
	       .help = "the greatest body of a request (1048576)"),
	OPTION("request-timeout", "SECONDS", OPT_NUMBER, request_timeout, .min = 1, .max = 3600,
	       .help = "for a request to come as a whole, and for a connection to ask again (30)"),
	OPTION("journal-size", "N", OPT_NUMBER, journal_size, .max = 100000,
	       .help = "requests that /_mock/requests remembers (1000)"),
	OPTION("workers", "N", OPT_NUMBER, workers, .min = 2, .max = WORKERS_MAX,
	       .help = "threads that answer (the number of cores, at least 2)"),
	OPTION("no-control", NULL, OPT_FLAG, no_control,
	       .help = "serve no control endpoints: nothing is at /_mock/"),
	{ .name = "log", .value = "FORMAT", .kind = OPT_WORD, .at = AT(log),
	  .commands = FOR_SERVE | FOR_ENV, .words = log_words,
	  .help = "requests on standard error: text, json or off (text)" },
	{ .name = "log", .value = "FORMAT", .kind = OPT_WORD, .at = AT(log), .commands = FOR_EXEC,
	  .words = log_words, .preset = "off",
	  .help = "requests on standard error: text, json or off (off)" },
	{ .name = "url", .value = "URL", .kind = OPT_TEXT, .at = AT(url), .commands = FOR_HEALTH,
	  .help = "server to probe (http://127.0.0.1 and the port)" },
};
/* clang-format on */

static bool wrong(char *err, size_t errlen, const char *fmt, ...) PRINTF_LIKE(3, 4);

static bool wrong(char *err, size_t errlen, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(err, errlen, fmt, args);
	va_end(args);
	return false;
}

static void *place(struct options *o, const struct row *opt)
{
	return (char *)o + opt->at;
}

static bool set_number(long *number, const struct row *opt, const char *from, const char *value,
		       char *err, size_t errlen)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(value, &end, 10);
	if (!isdigit((unsigned char)*value) || *end || errno || n < opt->min || n > opt->max)
		return wrong(err, errlen, "%s '%s': expected a number from %ld to %ld", from, value,
			     opt->min, opt->max);
	*number = n;
	return true;
}

static bool set_word(int *word, const struct row *opt, const char *from, const char *value,
		     char *err, size_t errlen)
{
	char all[128] = "";

	for (int i = 0; opt->words[i]; i++) {
		size_t len = strlen(all);

		if (streq(opt->words[i], value)) {
			*word = i;
			return true;
		}
		snprintf(all + len, sizeof all - len, "%s%s", i ? ", " : "", opt->words[i]);
	}
	return wrong(err, errlen, "%s '%s': expected one of %s", from, value, all);
}

static bool add_item(struct option_list *list, const char *from, const char *value, char *err,
		     size_t errlen)
{
	if (list->count == OPTION_LIST_MAX)
		return wrong(err, errlen, "%s: more than %d are given", from, OPTION_LIST_MAX);
	list->items[list->count++] = value;
	return true;
}

/* `from` is how the user wrote it: --port or MIRU_MOCK_PORT. */
static bool set(struct options *o, const struct row *opt, const char *from, const char *value,
		char *err, size_t errlen)
{
	if (opt->kind != OPT_FLAG && !*value)
		return wrong(err, errlen, "%s is empty: expected %s", from, opt->value);
	switch (opt->kind) {
	case OPT_TEXT:
		*(const char **)place(o, opt) = value;
		return true;
	case OPT_NUMBER:
		return set_number(place(o, opt), opt, from, value, err, errlen);
	case OPT_FLAG:
		*(bool *)place(o, opt) = true;
		return true;
	case OPT_WORD:
		return set_word(place(o, opt), opt, from, value, err, errlen);
	case OPT_LIST:
		return add_item(place(o, opt), from, value, err, errlen);
	case OPT_READ:
		return opt->read(value, place(o, opt)) ||
		       wrong(err, errlen, "%s '%s': expected %s", from, value, opt->expected);
	}
	return false;
}

/* MIRU_MOCK_PORT_FILE for port-file. */
static void variable_name(const struct row *opt, char *out, size_t outlen)
{
	size_t len = (size_t)snprintf(out, outlen, "MIRU_MOCK_%s", opt->name);

	for (size_t i = 0; i < len; i++)
		out[i] = out[i] == '-' ? '_' : (char)toupper((unsigned char)out[i]);
}

/* A list in the environment is separated by colons, like PATH. */
static bool set_list(struct options *o, const struct row *opt, const char *from, const char *value,
		     char *err, size_t errlen)
{
	char *rest, *item;

	o->owned = strdup(value);
	if (!o->owned)
		return wrong(err, errlen, "out of memory");
	for (item = strtok_r(o->owned, ":", &rest); item; item = strtok_r(NULL, ":", &rest))
		if (!set(o, opt, from, item, err, errlen))
			return false;
	return true;
}

static bool set_flag(struct options *o, const struct row *opt, const char *from, const char *value,
		     char *err, size_t errlen)
{
	static const char *const words[] = { "0", "1", "false", "true", NULL };
	static const struct row as_word = { .words = words };
	int word;

	if (!set_word(&word, &as_word, from, value, err, errlen))
		return false;
	*(bool *)place(o, opt) = word % 2 == 1;
	return true;
}

static bool read_presets(struct options *o, unsigned command, char *err, size_t errlen)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if ((rows[i].commands & command) && rows[i].preset &&
		    !set(o, &rows[i], rows[i].name, rows[i].preset, err, errlen))
			return false;
	return true;
}

static bool read_environment(struct options *o, unsigned command, char *err, size_t errlen)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *opt = &rows[i];
		char name[64];
		const char *value;
		bool ok;

		variable_name(opt, name, sizeof name);
		value = getenv(name);
		/* A Kubernetes service named miru-mock gives every pod MIRU_MOCK_PORT=tcp://... */
		if (!value || !*value || !(opt->commands & command) || starts_with(value, "tcp://"))
			continue;
		if (opt->kind == OPT_LIST)
			ok = set_list(o, opt, name, value, err, errlen);
		else if (opt->kind == OPT_FLAG)
			ok = set_flag(o, opt, name, value, err, errlen);
		else
			ok = set(o, opt, name, value, err, errlen);
		if (!ok)
			return false;
	}
	return true;
}

/* The argument in which getopt found an option that is unknown: a long one, or letters. */
static const char *unknown(char **argv)
{
	for (char **arg = argv + 1; optopt && *arg; arg++)
		if ((*arg)[0] == '-' && (*arg)[1] != '-' && strchr(*arg, optopt))
			return *arg;
	return argv[optind - 1];
}

/* What follows the options; `ended`: by --. */
static bool read_operands(struct options *o, unsigned command, bool ended, char **rest, char *err,
			  size_t errlen)
{
	if (command & BEFORE_PROGRAM) {
		if (ended)
			o->program = rest;
		return ended || !*rest || add_item(&o->operands, "words", *rest, err, errlen);
	}
	for (; *rest; rest++)
		if (!add_item(&o->operands, "files", *rest, err, errlen))
			return false;
	return true;
}

static bool read_arguments(struct options *o, unsigned command, int argc, char **argv, char *err,
			   size_t errlen)
{
	struct option longs[ARRAY_LEN(rows) + 3] = { { "help", no_argument, NULL, 'h' },
						     { "version", no_argument, NULL, 'V' } };
	enum { FIRST = 256 }; /* beyond every character */
	const struct row *of[ARRAY_LEN(rows)];
	/* What is behind a program's name is its own, so the first word that is no option ends it.
	 */
	const char *letters = command & BEFORE_PROGRAM ? "+:hV" : ":hV";
	int count = 0, before, c;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!(rows[i].commands & command))
			continue;
		of[count] = &rows[i];
		longs[count + 2] = (struct option){
			.name = rows[i].name,
			.has_arg = rows[i].value ? required_argument : no_argument,
			.val = FIRST + count,
		};
		count++;
	}
	optind = 0; /* forget earlier readings */
	opterr = 0;
	while (before = optind, (c = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		bool known = (c == '?' || c == ':' ? optopt : c) >= FIRST;
		const struct row *opt = known ? of[(c >= FIRST ? c : optopt) - FIRST] : NULL;
		char from[64];

		if (c == 'h' || c == 'V') {
			*(c == 'h' ? &o->help : &o->version) = true;
			continue;
		}
		if (!opt) {
			const char *word = unknown(argv);

			return wrong(
			    err, errlen,
			    "unknown option '%s'; %smiru-mock --help lists those there are", word,
			    word[1] == '-' ? "" : "options have two dashes: ");
		}
		snprintf(from, sizeof from, "--%s", opt->name);
		if (c == ':')
			return wrong(err, errlen, "%s needs a value: %s %s", from, from,
				     opt->value);
		if (c == '?')
			return wrong(err, errlen, "%s takes no value; write it alone", from);
		/* The command line replaces the environment's list, it does not add to it. */
		if (opt->kind == OPT_LIST && o->owned) {
			*(struct option_list *)place(o, opt) = (struct option_list){ 0 };
			free(STEAL(o->owned));
		}
		if (!set(o, opt, from, optarg ? optarg : "", err, errlen))
			return false;
	}
	/* A -- that was an option's value has ended nothing. */
	return read_operands(o, command, optind > before && streq(argv[optind - 1], "--"),
			     argv + optind, err, errlen);
}

bool options_read(struct options *o, unsigned command, int argc, char **argv, char *err,
		  size_t errlen)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	bool ok, empty;

	cores = cores < 2 ? 2 : cores > WORKERS_MAX ? WORKERS_MAX : cores;

	*o = (struct options){
		.host = "127.0.0.1",
		.port = 8080,
		.workers = cores,
		.seed = -1,
		.max_workspaces = 1000,
		.max_body = 1024L * 1024,
		.max_page_size = 100,
		.journal_size = 1000,
		.request_timeout = 30,
		.clock = CLOCK_RUNS,
	};
	ok = read_presets(o, command, err, errlen) && read_environment(o, command, err, errlen);
	empty = o->empty;
	o->empty = false;
	/* Whoever asks for help gets it, whatever the environment says. */
	if (!ok) {
		char unread[256];

		return read_arguments(o, command, argc, argv, unread, sizeof unread) &&
		       (o->help || o->version);
	}
	if (!read_arguments(o, command, argc, argv, err, errlen))
		return false;
	/* The command line wins, also when it says that there shall be nothing. */
	if (o->empty && o->owned)
		o->fixtures.count = 0;
	o->empty |= empty;
	return true;
}

void options_free(struct options *o)
{
	free(o->owned);
}

void options_help(FILE *to, unsigned commands, unsigned shown)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *opt = &rows[i];
		char left[64];

		if (!(opt->commands & commands) || opt->commands & shown)
			continue;
		snprintf(left, sizeof left, "--%s%s%s", opt->name, opt->value ? " " : "",
			 opt->value ? opt->value : "");
		fprintf(to, "  %-25s %s\n", left, opt->help);
	}
}
