/* SPDX-License-Identifier: MIT
 * browser.c - by the headers that browsers add, and pages cannot change: Origin, Sec-Fetch-Site,
 * Sec-Fetch-Mode, Sec-Fetch-Dest, Host.
 */
#include "http/browser.h"

#include <arpa/inet.h>
#include <strings.h>

/* ---- control endpoints ----------------------------------------------------------------------- */

/* The host of "host:port" or "[address]:port", without a dot at its end; false if it is longer than
 * any name. */
static bool host_of(const char *authority, char *host, size_t size)
{
	size_t len = authority[0] == '[' ? strcspn(++authority, "]") : strcspn(authority, ":");

	if (len > 0 && authority[len - 1] == '.')
		len--;
	if (len >= size)
		return false;
	memcpy(host, authority, len);
	host[len] = '\0';
	return true;
}

static bool is_listed(const struct option_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcasecmp(list->items[i], text) == 0)
			return true;
	return false;
}

/* Is it a name that no other site can have? Of any other, its owner decides to which address it
 * leads, and could have it lead here. */
static bool is_own_name(const struct app_options *o, const char *host)
{
	static const char local[] = ".localhost";
	const size_t len = strlen(host), tail = strlen(local);
	struct in6_addr unused;

	return strcasecmp(host, local + 1) == 0 ||
	       (len > tail && strcasecmp(host + len - tail, local) == 0) ||
	       inet_pton(AF_INET, host, &unused) == 1 || inet_pton(AF_INET6, host, &unused) == 1 ||
	       (o->host && strcasecmp(host, o->host) == 0) || is_listed(&o->allow_hosts, host);
}

/* Does the origin, "http://localhost:8080", have the name and port of the Host header? */
static bool is_of_host(const char *origin, const char *host)
{
	const char *authority = strstr(origin, "://");

	return authority && strcasecmp(authority + strlen("://"), host) == 0;
}

/* Has a link in a page of another site led to the page of the control endpoints? */
static bool is_link(const struct request *r, const struct operation *op)
{
	return same_text(r->fetch_mode, "navigate") && same_text(r->fetch_dest, "document") &&
	       streq(op->method, "GET") && streq(op->path, "/_mock/");
}

static bool is_own_page(const struct request *r, const struct operation *op)
{
	if (r->fetch_site) /* "none": its address was typed */
		return streq(r->fetch_site, "same-origin") || streq(r->fetch_site, "none") ||
		       is_link(r, op);
	return !r->origin || is_of_host(r->origin, r->host);
}

/* By a name that is not a loopback one, browsers send no Sec-Fetch-Site over http, and no Origin
 * where a page of that name reads: so their User-Agent counts, too. */
static bool is_browser(const struct request *r)
{
	return r->origin || r->fetch_site ||
	       (r->user_agent && starts_with(r->user_agent, "Mozilla/"));
}

bool browser_check(struct exchange *x)
{
	const struct request *r = &x->request;
	char host[256];

	if (!is_browser(r))
		return true;
	if (!r->host || !host_of(r->host, host, sizeof host) ||
	    !is_own_name(&x->app->options, host))
		return fail(x, ERR_FOREIGN_ORIGIN,
			    "a browser calls this server '%s', which may be a name of another site "
			    "(expected localhost or an address); allow it with --allow-host",
			    quote(x, r->host ? r->host : ""));
	if (is_own_page(r, x->op))
		return true;
	return fail(
	    x, ERR_FOREIGN_ORIGIN,
	    "a page of another origin, %s, must not use %s (expected a page of this server, "
	    "or a program that is no browser)",
	    r->origin ? quote(x, r->origin) : "which the browser does not name", x->op->path);
}

/* ---- CORS ------------------------------------------------------------------------------------ */

/* Does --cors let pages of the request's origin read answers of its path? */
static bool is_let_in(const struct exchange *x)
{
	const struct option_list *origins = &x->app->options.cors;
	const char *origin = x->request.origin;

	return origin && (is_listed(origins, origin) || is_listed(origins, "*")) &&
	       !exchange_is_control(x);
}

bool browser_is_preflight(const struct exchange *x)
{
	return x->request.cors_method && streq(x->request.method, "OPTIONS") && is_let_in(x);
}

bool browser_answer_preflight(struct exchange *x)
{
	enum { CORS_HEADERS_MAX = 4096 }; /* more may not fit into the head of an answer */

	x->answer.status = 204;
	answer_header(x, "Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE");
	if (x->request.cors_headers && strlen(x->request.cors_headers) <= CORS_HEADERS_MAX)
		answer_header(x, "Access-Control-Allow-Headers", x->request.cors_headers);
	answer_header(x, "Access-Control-Max-Age", "600");
	return true;
}

void browser_add_headers(struct exchange *x)
{
	if (x->app->options.cors.count == 0 || exchange_is_control(x))
		return;
	answer_header(x, "Vary", "Origin");
	if (!is_let_in(x))
		return;
	answer_header(x, "Access-Control-Allow-Origin", x->request.origin);
	answer_header(x, "Access-Control-Expose-Headers",
		      "Content-Disposition, Date, Miru-Mock-Ignored, Miru-Mock-Version, "
		      "Retry-After, retry-after-ms, WWW-Authenticate, x-should-retry");
}
