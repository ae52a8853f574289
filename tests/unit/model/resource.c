/* SPDX-License-Identifier: MIT */
/* Fields by name: one that may be missing is found or not, one that must be there ends the program.
 */
#include "model/resource.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/unit.h"

static void test_find(void)
{
	const struct resource *r = &resources[R_DEVICE];

	for (size_t i = 0; i < r->nfields; i++) {
		CU_ASSERT_PTR_EQUAL(resource_find_field(r, r->fields[i].name), &r->fields[i]);
		CU_ASSERT_PTR_EQUAL(resource_field(r, r->fields[i].name), &r->fields[i]);
	}
	CU_ASSERT_PTR_NULL(resource_find_field(r, "nmae"));
	CU_ASSERT_PTR_NULL(resource_find_field(r, ""));
}

static void test_misspelt(void)
{
	int status = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	CU_ASSERT_FATAL(child >= 0);
	if (child == 0) {
		close(STDERR_FILENO);
		signal(SIGABRT, SIG_DFL);
		_exit(resource_field(&resources[R_DEVICE], "nmae") ? 1 : 0);
	}
	CU_ASSERT(waitpid(child, &status, 0) == child);
	CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

UNIT_MAIN("resource", { "find", test_find }, { "misspelt", test_misspelt })
