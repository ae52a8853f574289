/* SPDX-License-Identifier: MIT
 * server_url.c - writes hosts into URLs.
 */
#include "cli/server_url.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>

/* Read an address, such as 0 or ::1. False if the host is a name. */
static bool read_address(const char *host, struct sockaddr_storage *address)
{
	static const struct addrinfo numeric = { .ai_flags = AI_NUMERICHOST,
						 .ai_socktype = SOCK_STREAM };
	struct addrinfo *found;

	if (getaddrinfo(host, NULL, &numeric, &found) != 0)
		return false;
	memcpy(address, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	return true;
}

static bool is_every(const struct sockaddr_storage *address)
{
	const struct sockaddr_in *v4 = (const void *)address;
	const struct sockaddr_in6 *v6 = (const void *)address;

	return address->ss_family == AF_INET6 ? IN6_IS_ADDR_UNSPECIFIED(&v6->sin6_addr)
					      : v4->sin_addr.s_addr == htonl(INADDR_ANY);
}

const char *server_url_wildcard(const char *host)
{
	struct sockaddr_storage address;

	if (streq(host, "*"))
		return "every address";
	if (!read_address(host, &address) || !is_every(&address))
		return NULL;
	return address.ss_family == AF_INET6 ? "every IPv6 address" : "every IPv4 address";
}

const char *server_url_host(const char *host, char *out)
{
	struct sockaddr_storage address;
	char numeric[NI_MAXHOST];
	bool is_address = read_address(host, &address);

	if (streq(host, "*") || streq(host, "localhost"))
		host = "127.0.0.1";
	else if (is_address && is_every(&address))
		host = address.ss_family == AF_INET6 ? "::1" : "127.0.0.1";
	else if (is_address && getnameinfo((struct sockaddr *)&address, sizeof address, numeric,
					   sizeof numeric, NULL, 0, NI_NUMERICHOST) == 0)
		host = numeric;
	snprintf(out, SERVER_HOST_MAX + 1, "%s", host);
	return out;
}

void server_url_add(struct buf *url, const char *host, unsigned port)
{
	char name[SERVER_HOST_MAX + 1];
	bool v6 = strchr(server_url_host(host, name), ':') != NULL;

	buf_printf(url, "http://%s%s%s:%u", v6 ? "[" : "", name, v6 ? "]" : "", port);
}
