/* SPDX-License-Identifier: MIT
 * resolve.c - host names to addresses.
 *
 * glibc finds names through the services of /etc/nsswitch.conf, each a shared library but for
 * "files" and "dns". A static program must not load one: it would bring along the machine's own
 * glibc, of another version.
 */
#include "base/resolve.h"

#include <errno.h>
#include <nss.h>
#include <stdio.h>

#include "config.h"

#ifdef STATIC_PROGRAM
static const char hint[] = "; this static program reads /etc/hosts and asks the name servers of "
			   "/etc/resolv.conf, no others; a numeric address needs neither";

static bool limit_services(void)
{
	return __nss_configure_lookup("hosts", "files dns") == 0;
}
#else
static const char hint[] = "";

static bool limit_services(void)
{
	return true;
}
#endif

static int find_localhost(const struct addrinfo *numeric, struct addrinfo **all)
{
	int rc = getaddrinfo("127.0.0.1", "0", numeric, all);

	if (rc == 0 && (rc = getaddrinfo("::1", "0", numeric, &(*all)->ai_next)) != 0)
		freeaddrinfo(*all);
	return rc;
}

struct addrinfo *resolve(const char *host, char *err, size_t errlen)
{
	static const struct addrinfo numeric = { .ai_flags = AI_PASSIVE | AI_NUMERICHOST,
						 .ai_socktype = SOCK_STREAM };
	static const struct addrinfo named = { .ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM };
	struct addrinfo *all;
	bool by_name = false;
	int rc;

	if (streq(host, "localhost"))
		rc = find_localhost(&numeric, &all);
	else
		rc = getaddrinfo(streq(host, "*") ? NULL : host, "0", &numeric, &all);
	if (rc == EAI_NONAME && limit_services()) {
		by_name = true;
		rc = getaddrinfo(host, "0", &named, &all);
	}
	if (rc == 0)
		return all;
	snprintf(err, errlen, "%s%s", rc == EAI_SYSTEM ? strerror(errno) : gai_strerror(rc),
		 by_name ? hint : "");
	return NULL;
}
