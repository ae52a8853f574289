/* SPDX-License-Identifier: MIT
 * origin.c - refuses what no browser sends, and would never match.
 */
#include "cli/origin.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "base/util.h"

static const char letters_and_digits[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/* Does it consist of letters, digits, and the others? */
static bool is_made_of(const char *text, const char *others)
{
	while (*text && (strchr(letters_and_digits, *text) || strchr(others, *text)))
		text++;
	return !*text;
}

/* A name, in which browsers write letters of other scripts as "xn--...", or an IPv4 address, of
 * which they know one form. */
static bool is_name(const char *text)
{
	const char *last = strrchr(text, '.');
	struct in_addr unused;

	last = last ? last + 1 : text;
	if (*text == '.' || !*last || strstr(text, "..") || !is_made_of(text, "-_."))
		return false;
	return last[strspn(last, "0123456789")] || inet_pton(AF_INET, text, &unused) == 1;
}

bool origin_host_fits(char *text)
{
	const size_t len = strlen(text);
	struct in6_addr unused;

	if (inet_pton(AF_INET6, text, &unused) == 1)
		return true;
	if (len > 1 && text[len - 1] == '.')
		text[len - 1] = '\0';
	return is_name(text);
}

static bool is_port(const char *text)
{
	const long port = strlen(text) <= 5 ? strtol(text, NULL, 10) : 0;

	return text[strspn(text, "0123456789")] == '\0' && *text != '0' && port > 0 &&
	       port <= UINT16_MAX;
}

/* "host", "host:port" or "[address]:port", taken apart; *port is NULL if there is none. */
static bool is_authority(char *text, char **port)
{
	char *end = *text == '[' ? strchr(text, ']') : text + strcspn(text, ":");
	struct in6_addr unused;
	bool fits;

	*port = NULL;
	if (!end)
		return false;
	if (*text == '[') {
		*end = '\0';
		fits = inet_pton(AF_INET6, text + 1, &unused) == 1;
		*end++ = ']';
		return fits && (!*end || (*end == ':' && is_port(*port = end + 1)));
	}
	if (!*end)
		return is_name(text);
	*end = '\0';
	fits = is_name(text);
	*end = ':';
	return fits && is_port(*port = end + 1);
}

bool origin_fits(char *text)
{
	static const struct pair defaults[] = { { "http", "80" }, { "https", "443" } };
	char *end = strstr(text, "://"), *port;
	bool fits;

	if (streq(text, "*") || streq(text, "null"))
		return true;
	if (!end)
		return false;
	*end = '\0';
	fits = isalpha((unsigned char)*text) && is_made_of(text, "+-.") &&
	       is_authority(end + strlen("://"), &port);
	for (size_t i = 0; fits && port && i < ARRAY_LEN(defaults); i++)
		if (strcasecmp(text, defaults[i].name) == 0 && streq(port, defaults[i].value)) {
			port[-1] = '\0';
			port = NULL;
		}
	*end = ':';
	return fits;
}

bool origin_address_fits(const char *text)
{
	char address[INET6_ADDRSTRLEN];
	const size_t len = strcspn(text, "%");
	struct in6_addr unused;

	if (!strchr(text, ':'))
		return text[strcspn(text, "/@[]?#,% \t")] == '\0';
	if (len >= sizeof address)
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	return inet_pton(AF_INET6, address, &unused) == 1;
}
