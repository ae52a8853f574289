/* SPDX-License-Identifier: MIT */
/* Where commits live: origins as git writes them, and what is none of a repository that is known.
 */
#include "api/git_origin.h"

#include "unit/unit.h"

/* "type owner name url", or NULL for one that is refused. */
static const struct {
	const char *origin, *want;
} cases[] = {
	{ "https://github.com/o/n", "github o n https://github.com/o/n" },
	{ "https://github.com/o/n.git", "github o n https://github.com/o/n" },
	{ "https://github.com/o/n/", "github o n https://github.com/o/n" },
	{ "https://github.com/o/n.git//", "github o n https://github.com/o/n" },
	{ "http://github.com/o/n", "github o n https://github.com/o/n" },
	{ "HTTPS://GitHub.com/O/N.git", "github O N https://github.com/O/N" },
	{ "https://user@github.com/o/n", "github o n https://github.com/o/n" },
	{ "https://user:secret@github.com/o/n", "github o n https://github.com/o/n" },
	{ "https://github.com:443/o/n", "github o n https://github.com/o/n" },
	{ "https://gitlab.com/o/n.git", "gitlab o n https://gitlab.com/o/n" },
	{ "https://bitbucket.org/o/n.git", "bitbucket o n https://bitbucket.org/o/n" },
	{ "ssh://git@github.com/o/n.git", "github o n https://github.com/o/n" },
	{ "ssh://github.com/o/n", "github o n https://github.com/o/n" },
	{ "ssh://git@gitlab.com:22/o/n.git", "gitlab o n https://gitlab.com/o/n" },
	{ "git+ssh://git@bitbucket.org/o/n", "bitbucket o n https://bitbucket.org/o/n" },
	{ "git@github.com:o/n.git", "github o n https://github.com/o/n" },
	{ "git@github.com:o/n", "github o n https://github.com/o/n" },
	{ "github.com:o/n.git", "github o n https://github.com/o/n" },
	{ "git@GITLAB.COM:o/n.git/", "gitlab o n https://gitlab.com/o/n" },
	{ "git@bitbucket.org:o/n", "bitbucket o n https://bitbucket.org/o/n" },
	/* Only one of those that end it is taken away; what is left is the name. */
	{ "https://github.com/o/n.git.git", "github o n.git https://github.com/o/n.git" },
	{ "https://github.com/o/n.gi", "github o n.gi https://github.com/o/n.gi" },
	{ "https://github.com/o/ngit", "github o ngit https://github.com/o/ngit" },
	{ "https://github.com/o/.github", "github o .github https://github.com/o/.github" },
	{ "https://github.com/o/a.b_c-d", "github o a.b_c-d https://github.com/o/a.b_c-d" },
	{ "https://github.com/o/...n", "github o ...n https://github.com/o/...n" },
	{ "https://github.com/o/n~", "github o n~ https://github.com/o/n~" },
	/* Groups in groups, where there are such. */
	{ "https://gitlab.com/a/b/c/n.git", "gitlab a/b/c n https://gitlab.com/a/b/c/n" },
	{ "git@gitlab.com:a/b/n", "gitlab a/b n https://gitlab.com/a/b/n" },
	{ "https://github.com/a/b/n", NULL },
	{ "git@bitbucket.org:a/b/n", NULL },
	{ "https://gitlab.com/n", NULL },
	{ "git@gitlab.com:n.git", NULL },
	{ "https://gitlab.com/a//n", NULL },
	{ "https://gitlab.com/a/../n", NULL },
	/* No host that is known. */
	{ "", NULL },
	{ "o/n", NULL },
	{ "/o/n", NULL },
	{ "./o/n", NULL },
	{ "https://", NULL },
	{ "https:///o/n", NULL },
	{ "https://example.com/o/n", NULL },
	{ "https://github.co/o/n", NULL },
	{ "https://github.comm/o/n", NULL },
	{ "https://www.github.com/o/n", "github o n https://github.com/o/n" },
	{ "https://www.example.com/o/n", NULL },
	{ "https://www./o/n", NULL },
	/* where ssh is let through as https */
	{ "ssh://git@ssh.github.com:443/o/n.git", "github o n https://github.com/o/n" },
	{ "ssh://git@altssh.gitlab.com:443/o/n.git", "gitlab o n https://gitlab.com/o/n" },
	{ "ssh://git@altssh.bitbucket.org:443/o/n", "bitbucket o n https://bitbucket.org/o/n" },
	{ "git@github.com:/o/n.git", "github o n https://github.com/o/n" },
	{ "https://github.com.example.com/o/n", NULL },
	{ "https://example.com/github.com/o/n", NULL },
	{ "https://github.com@example.com/o/n", NULL },
	{ "https://example.com/@github.com/o/n", NULL },
	{ "git@example.com:o/n", NULL },
	{ "git@example.com:git@github.com:o/n", NULL },
	{ ":o/n", NULL },
	{ "@:o/n", NULL },
	/* No path, or none of a repository. */
	{ "https://github.com", NULL },
	{ "https://github.com/", NULL },
	{ "https://github.com//", NULL },
	{ "https://github.com/o", NULL },
	{ "https://github.com/o/", NULL },
	{ "https://github.com/o/.git", NULL },
	{ "https://github.com/.git", NULL },
	{ "https://github.com//n", NULL },
	{ "https://github.com/o//n", NULL },
	{ "https://github.com/./n", NULL },
	{ "https://github.com/o/..", NULL },
	{ "https://github.com/o/.", NULL },
	{ "https://github.com/o/n?x", NULL },
	{ "https://github.com/o/n#x", NULL },
	{ "https://github.com/o/n m", NULL },
	{ "https://github.com/o/n\n", NULL },
	{ "https://github.com/o/n\x7f", NULL },
	{ "https://github.com/o\\n/m", NULL },
	{ "https://github.com/o@x/n", NULL },
	{ "https://github.com/o:x/n", NULL },
	{ "git@github.com:", NULL },
	{ "git@github.com:n", NULL },
	{ "git@github.com:22/o/n", NULL },
	{ "git@github.com", NULL },
	{ "git@github.com/o/n", NULL },
	{ "ssh://git@github.com:o/n", NULL },
	/* No way to it that is known. */
	{ "git://github.com/o/n", NULL },
	{ "ftp://github.com/o/n", NULL },
	{ "file:///github.com/o/n", NULL },
	{ "https:/github.com/o/n", NULL },
	{ "https:github.com/o/n", NULL },
	{ "xhttps://github.com/o/n", NULL },
	{ " https://github.com/o/n", NULL },
	{ "https://https://github.com/o/n", NULL },
};

static void test_origins(void)
{
	struct arena a;

	arena_init(&a, NULL, 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *origin = cases[i].origin, *want = cases[i].want, *why = "unset";
		struct repository r;
		bool ok = git_origin_parse(&a, origin, &r, &why);

		EQ_INT_IN(origin, ok, want != NULL);
		if (ok)
			EQ_STR_IN(origin,
				  arena_printf(&a, "%s %s %s %s", r.type, r.owner, r.name, r.url),
				  want);
		else
			CU_ASSERT(why && strstr(why, "https://github.com/OWNER/NAME.git"));
	}
	arena_free(&a);
}

static void test_commit_urls(void)
{
	static const struct {
		const char *origin, *want;
	} pages[] = {
		{ "git@github.com:o/n", "https://github.com/o/n/commit/1a" },
		{ "git@gitlab.com:o/n", "https://gitlab.com/o/n/-/commit/1a" },
		{ "git@gitlab.com:a/b/n", "https://gitlab.com/a/b/n/-/commit/1a" },
		{ "git@bitbucket.org:o/n", "https://bitbucket.org/o/n/commits/1a" },
	};
	struct arena a;

	arena_init(&a, NULL, 0);
	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		struct repository r;
		const char *why;

		CU_ASSERT_FATAL(git_origin_parse(&a, pages[i].origin, &r, &why));
		EQ_STR(git_origin_commit_url(&a, &r, "1a"), pages[i].want);
	}
	arena_free(&a);
}

/* What is read does not live in the origin, which may go. */
static void test_copied(void)
{
	char origin[] = "git@github.com:owner/name.git";
	struct repository r;
	struct arena a;
	const char *why;

	arena_init(&a, NULL, 0);
	CU_ASSERT_FATAL(git_origin_parse(&a, origin, &r, &why));
	memset(origin, 'x', sizeof origin - 1);
	EQ_STR(r.owner, "owner");
	EQ_STR(r.name, "name");
	EQ_STR(r.url, "https://github.com/owner/name");
	arena_free(&a);
}

UNIT_MAIN("git_origin", { "origins", test_origins }, { "commit_urls", test_commit_urls },
	  { "copied", test_copied })
