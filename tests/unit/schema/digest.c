/* SPDX-License-Identifier: MIT */
/* Digests: known vectors of SHA-256, and lengths around its blocks, in base 58. */
#include "schema/digest.h"

#include <stdlib.h>

#include "unit/unit.h"

/* What stands here was made by Python's hashlib, as a number of 44 digits. */
static const struct {
	const char *bytes;
	size_t len;
	const char *want;
} cases[] = {
	/* e3b0c442...: nothing */
	{ "", 0, "sha256:GKot5hBsd81kMupNCXHaqbhv3huEbxAFMLnpcX2hniwn" },
	/* ba7816bf... */
	{ "abc", 3, "sha256:DYu3G8aGTMBW1WrTw76zxQJQU4DHLw9MLyy7peG4LKkY" },
	/* 248d6a61... */
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
	  "sha256:3TgkFiQbMi6qvfro1ktciboAogLoMH1G2evbmFGgcASC" },
	/* Zeros are bytes like others. */
	{ "\0", 1, "sha256:8RBsoeyoRwajj86MZfZE6gMDJQVYGYcdSfx1zxqxNHbr" },
	{ "a\0b", 3, "sha256:7396uufbmMGFDrj6SqjkJ2eeKgo7ZSZzmfj3uSzh7yzX" },
	{ "a\0c", 3, "sha256:Cwo2BmfQnkrzoafKDP4fHw4vvCALFvMeTpXzgpADp7oj" },
	/* 0000a456...: the first digits are zero, and written */
	{ "88484", 5, "sha256:111ZvtpWQKFiDKWmDQnnyr2ph5Ntbrf3xyyfx1KG5FgY" },
	/* ffff8ed5...: nearly the greatest */
	{ "30398", 5, "sha256:JEJypcUnqn7hYwfsBrKy9gMp5oD78Rz2jn6eqezsDZFG" },
};

static void test_cases(void)
{
	struct arena a;

	arena_init(&a, NULL, 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		EQ_STR(digest_text(&a, cases[i].bytes, cases[i].len), cases[i].want);
	arena_free(&a);
}

/* So many times one character. */
static void test_lengths(void)
{
	static const struct {
		char c;
		size_t len;
		const char *want;
	} lengths[] = {
		{ 'x', 55, "sha256:FPvBDEmz4boNAYUByQob4FJTmdk992eo4b8CVKoXHspd" },
		{ 'x', 56, "sha256:1KaYdDNni6xnbTSakQkUxakFDpn5sSoWVooXKDUR3ACV" },
		{ 'x', 63, "sha256:8tEowjDHLZjxQHTs3GGqfzeeS7zvkhw2gwytKjksZaph" },
		{ 'x', 64, "sha256:9QUYmUJzaTntGGBrgrR2pKfpdPQm5xGZkAJ4QSyrBzNP" },
		{ 'x', 65, "sha256:B3V5FQrq79dko73H54hCQes5rmxQJUD942HjPAoTc1fv" },
		{ '\xff', 64, "sha256:A3fXNLqJu7AGcukabCXQ7qUyR8jhc7mwzd6iDnfxFRkz" },
		{ 'a', 1000000, "sha256:ErGxShvyMmuVnEJaJbU9Y8zjDaQqCjeXicFgtycDZNSK" },
	};
	struct arena a;

	arena_init(&a, NULL, 0);
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		char *bytes = malloc(lengths[i].len);

		CU_ASSERT_FATAL(bytes != NULL);
		memset(bytes, lengths[i].c, lengths[i].len);
		EQ_STR(digest_text(&a, bytes, lengths[i].len), lengths[i].want);
		free(bytes);
	}
	arena_free(&a);
}

UNIT_MAIN("digest", { "cases", test_cases }, { "lengths", test_lengths })
