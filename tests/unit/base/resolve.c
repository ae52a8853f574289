/* SPDX-License-Identifier: MIT */
/* Hosts to addresses: what needs no resolver, and what is no host. */
#include "base/resolve.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "unit/unit.h"

/* The addresses, with blanks between. */
static const char *found(const char *host)
{
	static char text[256];
	char err[ERR_BYTES] = "", address[INET6_ADDRSTRLEN];
	struct addrinfo *all = resolve(host, err, sizeof err);

	text[0] = '\0';
	for (const struct addrinfo *a = all; a; a = a->ai_next) {
		size_t len = strlen(text);

		CU_ASSERT_EQUAL(a->ai_socktype, SOCK_STREAM);
		getnameinfo(a->ai_addr, a->ai_addrlen, address, sizeof address, NULL, 0,
			    NI_NUMERICHOST);
		snprintf(text + len, sizeof text - len, "%s%s", len ? " " : "", address);
	}
	if (all)
		freeaddrinfo(all);
	CU_ASSERT_EQUAL(err[0] == '\0', all != NULL);
	return text;
}

static void test_without_resolver(void)
{
	static const char *const cases[][2] = {
		{ "localhost", "127.0.0.1 ::1" },
		{ "*", "0.0.0.0 ::" },
		{ "127.0.0.1", "127.0.0.1" },
		{ "::1", "::1" },
		{ "0", "0.0.0.0" },
		{ "0x7f.1", "127.0.0.1" },
		{ "0:0::1", "::1" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		EQ_STR_IN(cases[i][0], found(cases[i][0]), cases[i][1]);
}

static void test_no_host(void)
{
	EQ_STR(found(""), "");
	EQ_STR(found("no host"), "");
	EQ_STR(found("nowhere.invalid"), "");
}

UNIT_MAIN("resolve", { "without a resolver", test_without_resolver }, { "no host", test_no_host })
