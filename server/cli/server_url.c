/* SPDX-License-Identifier: MIT
 * server_url.c - writes hosts into URLs.
 */
#include "cli/server_url.h"

bool server_url_is_wildcard(const char *host)
{
	return streq(host, "0.0.0.0") || streq(host, "::");
}

void server_url_add(struct buf *url, const char *host, unsigned port)
{
	bool v6 = strchr(host, ':') != NULL;

	if (server_url_is_wildcard(host))
		host = v6 ? "::1" : "127.0.0.1";
	buf_printf(url, "http://%s%s%s:%u", v6 ? "[" : "", host, v6 ? "]" : "", port);
}
