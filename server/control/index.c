/* SPDX-License-Identifier: MIT
 * index.c - what the server's root answers: where everything is. As JSON for programs, as HTML for
 * browsers.
 */
#include "control/control.h"

#include "config.h"
#include "http/exchange.h"

/* Can a browser follow it as a link? */
static bool is_link(const struct operation *op)
{
	return streq(op->method, "GET") && !strchr(op->path, '{');
}

static bool is_shown(const struct exchange *x, const struct operation *op)
{
	return op->class == ENDPOINT_OPEN ||
	       (op->class == ENDPOINT_CONTROL && !x->app->options.no_control);
}

static void write_json(struct exchange *x)
{
	const struct operation_table *table = x->app->operations;
	struct writer w = exchange_writer(x);

	writer_open(&w, '{');
	writer_text(writer_key(&w, "name"), "miru-mock");
	writer_text(writer_key(&w, "version"), PACKAGE_VERSION);
	writer_text(writer_key(&w, "api"), "/beta");
	writer_text(writer_key(&w, "openapi"), "/openapi.json");
	writer_open(writer_key(&w, "endpoints"), '[');
	for (size_t i = 0; i < table->count; i++)
		if (is_shown(x, &table->rows[i]))
			writer_text(writer_item(&w),
				    arena_printf(&x->arena, "%s %s", table->rows[i].method,
						 table->rows[i].path));
	writer_close(&w, ']');
	writer_close(&w, '}');
}

/* All of it is the table's: nothing needs to be escaped. */
static void write_html(struct exchange *x)
{
	const struct operation_table *table = x->app->operations;
	struct buf *b = x->answer.body;

	x->answer.type = "text/html; charset=utf-8";
	answer_header(x, "Content-Security-Policy", "default-src 'none'");
	buf_add(b, "<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\">\n"
		   "<title>miru-mock</title>\n<h1>miru-mock " PACKAGE_VERSION "</h1>\n"
		   "<p>A local server that stands in for the Miru Platform API, under "
		   "<code>/beta</code>.</p>\n<ul>\n");
	for (size_t i = 0; i < table->count; i++) {
		const struct operation *op = &table->rows[i];

		if (!is_shown(x, op))
			continue;
		if (is_link(op))
			buf_printf(b, "<li>GET <a href=\"%s\">%s</a></li>\n", op->path, op->path);
		else
			buf_printf(b, "<li>%s %s</li>\n", op->method, op->path);
	}
	buf_add(b, "</ul>\n</html>\n");
}

bool control_get_index(struct exchange *x)
{
	const char *accept = x->request.accept;

	answer_header(x, "Vary", "Accept");
	if (accept && strstr(accept, "text/html"))
		write_html(x);
	else
		write_json(x);
	return true;
}
