/* SPDX-License-Identifier: MIT */
/* Options: what command lines and the environment say, which of them wins, and what is refused. */
#include "cli/options.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "unit/unit.h"

enum { ARGS_MAX = 80 };

/* A command line, cut up at its spaces. */
struct line {
	char text[1024];
	char *argv[ARGS_MAX];
	int argc;
};

static void cut_up(struct line *l, const char *text)
{
	char *rest, *word;

	l->argc = 0;
	snprintf(l->text, sizeof l->text, "miru-mock %s", text);
	for (word = strtok_r(l->text, " ", &rest); word && l->argc < ARGS_MAX - 1;
	     word = strtok_r(NULL, " ", &rest))
		l->argv[l->argc++] = word;
	l->argv[l->argc] = NULL;
}

static void show_text(struct buf *b, const char *name, const char *text, const char *preset)
{
	if (text && (!preset || strcmp(text, preset) != 0))
		buf_printf(b, " %s=%s", name, text);
}

static void show_number(struct buf *b, const char *name, int64_t n, int64_t preset)
{
	if (n != preset)
		buf_printf(b, " %s=%lld", name, (long long)n);
}

static void show_list(struct buf *b, const char *name, const struct option_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		buf_printf(b, "%s%s", i ? "," : name, list->items[i]);
}

/* What differs from what a server has without options; of the workers nothing, since they depend on
 * the machine. */
static void show(struct buf *b, const struct options *o)
{
	show_text(b, "host", o->host, "localhost");
	show_number(b, "port", o->port, 8080);
	show_text(b, "port_file", o->port_file, NULL);
	show_text(b, "url", o->url, NULL);
	show_text(b, "db", o->db, NULL);
	show_text(b, "api_version", o->api_version, NULL);
	show_number(b, "seed", o->seed, -1);
	show_number(b, "max_body", o->app.max_body, 1024L * 1024);
	show_number(b, "max_page_size", o->app.max_page_size, 100);
	show_number(b, "max_workspaces", o->max_workspaces, 1000);
	show_number(b, "journal_size", o->journal_size, 1000);
	show_number(b, "request_timeout", o->request_timeout, 30);
	show_number(b, "empty", o->empty, false);
	show_number(b, "shift_times", o->shift_times, false);
	show_number(b, "help", o->help, false);
	show_number(b, "version", o->version, false);
	show_number(b, "stateless", o->stateless, false);
	show_number(b, "no_control", o->app.no_control, false);
	show_number(b, "progression", o->transitions.progression, PROGRESS_IMMEDIATE);
	show_number(b, "micros", o->transitions.micros, 0);
	show_number(b, "polls", o->transitions.polls, 0);
	show_number(b, "clock", o->clock.frozen, CLOCK_RUNS);
	show_number(b, "clock_rate", o->clock_rate, 0);
	show_number(b, "clock_tick", o->clock.tick, 0);
	show_number(b, "auth", o->app.auth, 0);
	show_number(b, "version_policy", o->app.version_policy, 0);
	show_number(b, "log", o->log, 0);
	show_list(b, " fixtures=", &o->fixtures);
	show_list(b, " operands=", &o->operands);
	for (char **word = o->program; word && *word; word++)
		buf_printf(b, "%s%s", word == o->program ? " program=" : ",", *word);
}

static char err[256]; /* what read_line was told */

/* Read a command line under one variable, "NAME=value", of the environment; or "" for none. */
static bool read_line(struct options *o, struct line *l, unsigned command, const char *variable,
		      const char *text)
{
	char name[64] = "";
	const char *value = strchr(variable, '=');

	if (value) {
		snprintf(name, sizeof name, "%.*s", (int)(value - variable), variable);
		setenv(name, value + 1, 1);
	}
	cut_up(l, text);
	err[0] = '\0';
	return options_read(o, command, l->argc, l->argv, err, sizeof err);
}

/* Forget the variable, which its list may point into. */
static void forget(struct options *o, const char *variable)
{
	char name[64];

	options_free(o);
	snprintf(name, sizeof name, "%.*s", (int)strcspn(variable, "="), variable);
	if (*name)
		unsetenv(name);
}

static const struct {
	unsigned command;
	const char *variable, *line, *want;
} cases[] = {
	{ FOR_SERVE, "", "", "" },
	{ FOR_EXEC, "", "", " port=0 log=2" },
	{ FOR_HEALTH, "", "", "" },
	{ FOR_SERVE, "", "--port 1", " port=1" },
	{ FOR_SERVE, "", "--port=65535", " port=65535" },
	{ FOR_SERVE, "", "--port 0", " port=0" },
	{ FOR_SERVE, "", "--port 1 --port 2", " port=2" },
	{ FOR_SERVE, "MIRU_MOCK_PORT=7", "", " port=7" },
	{ FOR_SERVE, "MIRU_MOCK_PORT=7", "--port 1", " port=1" },
	{ FOR_SERVE, "MIRU_MOCK_PORT=", "", "" },
	{ FOR_SERVE, "MIRU_MOCK_PORT=tcp://10.0.0.1:80", "", "" },
	{ FOR_EXEC, "MIRU_MOCK_PORT=7", "", " port=7 log=2" },
	{ FOR_SERVE, "MIRU_MOCK_PORT_FILE=p", "", " port_file=p" },
	{ FOR_SERVE, "MIRU_MOCK_URL=http://a", "", "" }, /* another command's */
	{ FOR_HEALTH, "MIRU_MOCK_URL=http://a", "", " url=http://a" },
	/* The command line wins, with whatever says where the server is. */
	{ FOR_HEALTH, "MIRU_MOCK_URL=http://a", "--port 1", " port=1" },
	{ FOR_HEALTH, "MIRU_MOCK_PORT_FILE=p", "--host ::1", " host=::1" },
	{ FOR_HEALTH, "MIRU_MOCK_PORT_FILE=p", "", " port_file=p" },
	{ FOR_HEALTH, "MIRU_MOCK_HOST=::1", "", " host=::1" },
	{ FOR_HEALTH, "", "--url u --port 1", " port=1 url=u" },
	{ FOR_SERVE, "", "--host ::1 --db d --seed 5", " host=::1 db=d seed=5" },
	{ FOR_SERVE, "", "--auth any --log json", " auth=1 log=1" },
	{ FOR_SERVE, "", "--version-policy any", " version_policy=2" },
	{ FOR_SERVE, "", "--transitions manual", " progression=1" },
	{ FOR_SERVE, "", "--transitions 0.5", " progression=2 micros=500000" },
	{ FOR_SERVE, "", "--clock 1970-01-01T00:00:01Z", " clock=1000000" },
	{ FOR_SERVE, "MIRU_MOCK_CLOCK=1970-01-01T00:00:01Z", "--clock real", "" },
	{ FOR_SERVE, "", "--stateless --no-control", " stateless=1 no_control=1" },
	{ FOR_SERVE, "MIRU_MOCK_STATELESS=1", "", " stateless=1" },
	{ FOR_SERVE, "MIRU_MOCK_STATELESS=true", "", " stateless=1" },
	{ FOR_SERVE, "MIRU_MOCK_STATELESS=True", "", " stateless=1" },
	{ FOR_SERVE, "MIRU_MOCK_STATELESS=FALSE", "", "" },
	{ FOR_SERVE, "MIRU_MOCK_STATELESS=0", "", "" },
	{ FOR_SERVE, "MIRU_MOCK_STATELESS=false", "", "" },
	{ FOR_SERVE, "", "--fixtures a --fixtures=b", " fixtures=a,b" },
	{ FOR_SERVE, "MIRU_MOCK_FIXTURES=a:b", "", " fixtures=a,b" },
	{ FOR_SERVE, "MIRU_MOCK_FIXTURES=a:b", "--fixtures c --fixtures d", " fixtures=c,d" },
	{ FOR_SERVE, "MIRU_MOCK_FIXTURES=a:b", "--empty", " empty=1" },
	{ FOR_SERVE, "MIRU_MOCK_EMPTY=1", "--fixtures a", " empty=1 fixtures=a" },
	{ FOR_SERVE, "", "--empty --fixtures a", " empty=1 fixtures=a" },
	{ FOR_SERVE, "", "a --port 1 b", " port=1 operands=a,b" },
	{ FOR_SERVE, "", "-- --port", " operands=--port" },
	{ FOR_EXEC, "", "--port 1 -- make --port 2", " port=1 log=2 program=make,--port,2" },
	{ FOR_ENV, "", "--api-version 2026-05-06.rainier", " api_version=2026-05-06.rainier" },
	{ FOR_ENV, "", "--api-version x --version-policy any", " api_version=x version_policy=2" },
	{ FOR_SERVE, "", "--db --em", " db=--em" },
	{ FOR_EXEC, "", "--db -- a", " port=0 db=-- log=2 operands=a" },
	{ FOR_EXEC, "", "a --port 1", " port=0 log=2 operands=a" },
	{ FOR_SERVE, "", "--help", " help=1" },
	{ FOR_SERVE, "", "-V", " version=1" },
	{ FOR_SERVE, "MIRU_MOCK_PORT=x", "-h", " help=1" },
};

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf shown CLEANUP(buf_free) = BUF_INIT(1024);
		struct options o;
		struct line l;
		char what[128];

		snprintf(what, sizeof what, "%s %s", cases[i].variable, cases[i].line);
		if (!read_line(&o, &l, cases[i].command, cases[i].variable, cases[i].line))
			EQ_STR_IN(what, err, "no error");
		show(&shown, &o);
		EQ_STR_IN(what, shown.text ? shown.text : "", cases[i].want);
		CU_ASSERT(o.workers >= 2);
		forget(&o, cases[i].variable);
	}
}

/* What is refused; and what of the option and of what was expected the message must name. */
static const struct {
	unsigned command;
	const char *variable, *line, *named, *expected;
} refused[] = {
	{ FOR_SERVE, "", "--port 65536", "--port '65536'", "0 to 65535" },
	{ FOR_SERVE, "", "--port -1", "--port '-1'", "0 to 65535" },
	{ FOR_SERVE, "", "--port 1x", "--port '1x'", "0 to 65535" },
	{ FOR_SERVE, "", "--port 99999999999999999999", "--port", "0 to 65535" },
	{ FOR_HEALTH, "", "--port 0", "--port '0'", "1 to 65535" },
	{ FOR_SERVE, "", "--workers 1", "--workers '1'", "2 to" },
	{ FOR_SERVE, "", "--port", "--port", "N" },
	{ FOR_SERVE, "", "--port=", "--port", "N" },
	{ FOR_SERVE, "", "--empty=1", "--empty", "no value" },
	{ FOR_SERVE, "", "--nope", "'--nope'", "--help" },
	{ FOR_SERVE, "", "-p", "'-p'", "two dashes" },
	{ FOR_SERVE, "", "--url http://a", "'--url'", "--help" }, /* another command's */
	{ FOR_HEALTH, "", "--empty", "'--empty'", "--help" },
	{ FOR_SERVE, "", "--emp", "'--emp'", "write --empty" },
	{ FOR_SERVE, "", "--fixt a", "'--fixt'", "write --fixtures" },
	{ FOR_SERVE, "", "--fixt=a", "'--fixt=a'", "write --fixtures" },
	{ FOR_SERVE, "", "a --fixt b", "'--fixt'", "write --fixtures" },
	{ FOR_SERVE, "", "--fixt", "'--fixt'", "write --fixtures" },
	{ FOR_SERVE, "", "--emp=1", "'--emp=1'", "write --empty" },
	{ FOR_SERVE, "", "--hel", "'--hel'", "write --help" },
	{ FOR_SERVE, "", "--max 1", "'--max'", "--help" },
	{ FOR_SERVE, "", "--db :memory:", "--db ':memory:'", "leave --db out" },
	{ FOR_SERVE, "", "--db a\rb", "--db 'a\rb'", "control characters" },
	{ FOR_SERVE, "MIRU_MOCK_FIXTURES=a:b\r", "", "MIRU_MOCK_FIXTURES 'b\r'",
	  "control characters" },
	{ FOR_SERVE, "", "--port-file \x1b", "--port-file '\x1b'", "control characters" },
	{ FOR_SERVE, "", "a\x7f", "file 'a\x7f'", "control characters" },
	{ FOR_ENV, "", "--api-version 1", "--api-version '1'", "2026-03-09.tetons, " },
	{ FOR_SERVE, "", "--auth none", "--auth 'none'", "strict, any" },
	{ FOR_SERVE, "", "--auth Any", "--auth 'Any'", "strict, any" },
	{ FOR_SERVE, "", "--log xml", "--log 'xml'", "text, json, off" },
	{ FOR_SERVE, "", "--clock now", "--clock 'now'", "real" },
	{ FOR_SERVE, "", "--transitions -1", "--transitions '-1'", "seconds" },
	{ FOR_SERVE, "MIRU_MOCK_PORT=x", "", "MIRU_MOCK_PORT 'x'", "0 to 65535" },
	{ FOR_SERVE, "MIRU_MOCK_PORT=x", "--port 1", "MIRU_MOCK_PORT 'x'", "0 to 65535" },
	{ FOR_SERVE, "MIRU_MOCK_EMPTY=yes", "", "MIRU_MOCK_EMPTY 'yes'", "true" },
};

/* A part of the message. */
static void check_part(const char *what, const char *part)
{
	EQ_STR_IN(what, strstr(err, part) ? part : err, part);
}

static void test_refused(void)
{
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		struct options o;
		struct line l;
		char what[128];

		snprintf(what, sizeof what, "%s %s", refused[i].variable, refused[i].line);
		EQ_INT_IN(what,
			  read_line(&o, &l, refused[i].command, refused[i].variable,
				    refused[i].line),
			  false);
		check_part(what, refused[i].named);
		check_part(what, refused[i].expected);
		CU_ASSERT_PTR_NULL(strchr(err, '\n'));
		forget(&o, refused[i].variable);
	}
}

/* As many items as a list may have, and one more. */
static void test_list(void)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT(1024);
	struct options o;
	struct line l;

	for (int i = 0; i < OPTION_LIST_MAX; i++)
		buf_printf(&text, "f%d ", i);
	CU_ASSERT(read_line(&o, &l, FOR_SERVE, "", text.text));
	EQ_INT((long long)o.operands.count, OPTION_LIST_MAX);
	EQ_STR(o.operands.items[OPTION_LIST_MAX - 1], "f63");
	forget(&o, "");
	buf_add(&text, "f64");
	CU_ASSERT(!read_line(&o, &l, FOR_SERVE, "", text.text));
	check_part("too many", "64");
	forget(&o, "");
}

/* The lines of options that some commands have, and those of them that others have not. */
static void test_help(void)
{
	static const struct {
		unsigned commands, shown;
		const char *has, *lacks;
	} helps[] = {
		{ FOR_SERVE, 0, "  --port N                  port to listen on; 0", "--url" },
		{ FOR_SERVE, 0, "  --stateless               ", "--url" },
		{ FOR_HEALTH, 0, "  --url URL                 ", "--db" },
		{ FOR_EXEC, FOR_SERVE | FOR_ENV, "  --log FORMAT              ", "--api-version" },
		{ FOR_EXEC, FOR_SERVE, "  --log FORMAT              ", "--host" },
		{ FOR_EXPORT, 0, "  --db FILE                 ", "--port" },
	};

	for (size_t i = 0; i < ARRAY_LEN(helps); i++) {
		char *text = NULL;
		size_t len;
		FILE *to = open_memstream(&text, &len);

		CU_ASSERT_FATAL(to != NULL);
		options_help(to, helps[i].commands, helps[i].shown);
		fclose(to);
		EQ_INT_IN(helps[i].has, strstr(text, helps[i].has) != NULL, true);
		EQ_INT_IN(helps[i].lacks, strstr(text, helps[i].lacks) != NULL, false);
		free(text);
	}
}

int main(void)
{
	static const struct unit_test tests[] = {
		{ "cases", test_cases },
		{ "refused", test_refused },
		{ "list", test_list },
		{ "help", test_help },
	};

	clearenv(); /* the variables of whoever runs this are not the tests' */
	return unit_main("options", tests, ARRAY_LEN(tests));
}
