/* SPDX-License-Identifier: MIT
 * A program that must fail where sanitizers are on: the proof that each of those in SANITIZERS,
 * what
 * ./configure was told, bites. A child does what it is to notice, and must end with its report. If
 * one does not, this program succeeds, which make check takes for a failure.
 */
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int shared;
/* Volatile, so that no compiler sees what is about to happen. */
static volatile int used;
static volatile size_t size = 8;
static char *volatile memory;

static void read_beyond(void)
{
	memory = calloc(1, size);
	if (memory)
		used = memory[size];
}

static void read_freed(void)
{
	memory = calloc(1, size);
	free(memory);
	used = memory[0];
}

static void leak(void)
{
	memory = calloc(1, size);
	memory = NULL;
}

static void add_beyond(void)
{
	used = INT_MAX;
	used = used + 1;
}

static void shift_beyond(void)
{
	used = 32;
	used = 1 << used;
}

static void *add(void *arg)
{
	for (int i = 0; i < 100000; i++)
		shared++;
	return arg;
}

static void race(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, add, NULL) != 0)
		return;
	add(NULL);
	pthread_join(thread, NULL);
	used = shared;
}

static const struct canary {
	const char *sanitizer, *report;
	void (*defect)(void);
} canaries[] = {
	{ "address", "heap-buffer-overflow", read_beyond },
	{ "address", "heap-use-after-free", read_freed },
	{ "address", "detected memory leaks", leak },
	{ "undefined", "signed integer overflow", add_beyond },
	{ "undefined", "shift exponent 32 is too large", shift_beyond },
	{ "thread", "data race", race },
};

/* What a child says that does it; false if it ends well for all that. */
static int dies(const struct canary *c, char *said, size_t len)
{
	int ends[2], status;
	size_t n = 0;
	ssize_t more;
	pid_t child;

	if (pipe(ends) != 0 || (child = fork()) < 0)
		return 0;
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		c->defect();
		exit(0);
	}
	close(ends[1]);
	while (n < len - 1 && (more = read(ends[0], said + n, len - 1 - n)) > 0)
		n += (size_t)more;
	said[n] = '\0';
	close(ends[0]);
	return waitpid(child, &status, 0) == child && status != 0;
}

int main(void)
{
	static char said[64 * 1024];
	int tried = 0, dead = 0;

	for (size_t i = 0; i < sizeof canaries / sizeof canaries[0]; i++) {
		const struct canary *c = &canaries[i];

		if (!strstr(SANITIZERS, c->sanitizer))
			continue;
		tried++;
		if (dies(c, said, sizeof said) && strstr(said, c->report))
			dead++;
		else
			printf("nobody noticed: %s\n%s\n", c->report, said);
	}
	printf("%d of %d canaries are dead\n", dead, tried);
	return tried > 0 && dead == tried;
}
