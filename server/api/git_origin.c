/* SPDX-License-Identifier: MIT
 * git_origin.c - a table of hosts, and the forms of origins.
 */
#include "api/git_origin.h"

#include <strings.h>

#include "base/buf.h"

static const struct host {
	const char *name;
	const char *ssh;           /* where it takes ssh in place of https */
	const char *type, *commit; /* commit stands between a repository and a commit, in a URL */
	bool nested;               /* an owner may be a group within a group */
} hosts[] = {
	{ "github.com", "ssh.github.com", "github", "commit", false },
	{ "gitlab.com", "altssh.gitlab.com", "gitlab", "-/commit", true },
	{ "bitbucket.org", "altssh.bitbucket.org", "bitbucket", "commits", false },
};

static const char expected[] = "expected an https or ssh URL of a repository on github.com, "
			       "gitlab.com or bitbucket.org, such as "
			       "https://github.com/OWNER/NAME.git or git@github.com:OWNER/NAME.git";

static bool wrong(const char **why)
{
	*why = expected;
	return false;
}

/* Where the host of an origin begins; *colon is set in the scp form, where a colon ends it. */
static const char *skip_scheme(const char *origin, bool *colon)
{
	static const char *const schemes[] = { "https://", "http://", "ssh://", "git+ssh://" };

	*colon = false;
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		if (strncasecmp(origin, schemes[i], strlen(schemes[i])) == 0)
			return origin + strlen(schemes[i]);
	*colon = true;
	return strstr(origin, "://") ? NULL : origin;
}

static bool is_host(const char *host, const char *name, size_t len)
{
	return strlen(host) == len && strncasecmp(host, name, len) == 0;
}

static const struct host *find_host(const char *name, size_t len)
{
	static const char www[] = "www.";

	if (len > strlen(www) && strncasecmp(name, www, strlen(www)) == 0) {
		name += strlen(www);
		len -= strlen(www);
	}
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++)
		if (is_host(hosts[i].name, name, len) || is_host(hosts[i].ssh, name, len))
			return &hosts[i];
	return NULL;
}

/* "owner/name", each part of characters that the hosts allow. */
static bool is_path(const char *path, bool nested)
{
	unsigned parts = 0;

	do {
		size_t len = strcspn(path, "/"), dots = strspn(path, ".");

		if (len == 0 || dots == len)
			return false;
		for (size_t i = 0; i < len; i++)
			if ((unsigned char)path[i] <= ' ' || strchr("\\?#:@\x7f", path[i]))
				return false;
		path += len;
		parts++;
	} while (*path++ == '/');
	return parts == 2 || (nested && parts > 2);
}

bool git_origin_parse(struct arena *a, const char *origin, struct repository *r, const char **why)
{
	bool colon;
	const char *at = skip_scheme(origin, &colon), *user, *end;
	const struct host *host;
	char *path, *slash;
	size_t len;

	*why = NULL;
	if (!at)
		return wrong(why);
	end = at + strcspn(at, colon ? ":" : "/");
	user = memrchr(at, '@', (size_t)(end - at));
	if (user)
		at = user + 1;
	len = colon ? (size_t)(end - at) : strcspn(at, ":/"); /* without a port */
	host = find_host(at, len);
	if (!host || !*end)
		return wrong(why);
	for (end++; colon && *end == '/';) /* git@host:/owner/name is the same */
		end++;
	path = arena_strdup(a, end);
	if (!path)
		return false;
	len = strlen(path);
	while (len > 0 && path[len - 1] == '/')
		path[--len] = '\0';
	if (len > 4 && streq(path + len - 4, ".git"))
		path[len - 4] = '\0';
	if (!is_path(path, host->nested))
		return wrong(why);
	slash = strrchr(path, '/');
	r->type = host->type;
	r->url = arena_printf(a, "https://%s/%s", host->name, path);
	r->owner = arena_strndup(a, path, (size_t)(slash - path));
	r->name = slash + 1;
	return r->url && r->owner;
}

char *git_origin_commit_url(struct arena *a, const struct repository *r, const char *sha)
{
	struct buf coded CLEANUP(buf_free) = BUF_INIT(1 << 30);
	const struct host *host = hosts;

	while (!streq(host->type, r->type))
		host++;
	buf_add_url(&coded, sha);
	return coded.bad ? NULL : arena_printf(a, "%s/%s/%s", r->url, host->commit, coded.text);
}
