/* SPDX-License-Identifier: MIT
 * variables.c - finds misspelt variables; those that Kubernetes and Docker set are none.
 */
#include "cli/variables.h"

#include <stdio.h>
#include <unistd.h>

#include "base/edit_distance.h"
#include "cli/options.h"
#include "cli/report.h"

enum {
	NAME_BYTES = 256,
	MISTAKES = 4, /* letters by which a name may differ from the one that was meant */
};

/* Is a variable made by Kubernetes or by a link of Docker, for a service or a container whose name
 * begins with miru-mock? `rest` is the name behind the prefix. */
static bool is_link(const char *rest, const char *value)
{
	static const char *const parts[] = { "SERVICE_HOST", "SERVICE_PORT", "_TCP",
					     "_UDP",         "_SCTP",        "ENV_" };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (strstr(rest, parts[i]))
			return true;
	return strstr(value, "://") || (strstr(rest, "NAME") && *value == '/');
}

/* Is it of an option? If not, `nearest`, of NAME_BYTES, becomes the variable that resembles it, or
 * is empty. */
static bool is_known(const char *name, char *nearest)
{
	size_t least = MISTAKES + 1;
	char known[NAME_BYTES];

	nearest[0] = '\0';
	for (size_t i = 0; options_variable(i, known, sizeof known); i++) {
		size_t distance = edit_distance(name, known, least);

		if (distance == 0)
			return true;
		if (distance < least) {
			least = distance;
			snprintf(nearest, NAME_BYTES, "%s", known);
		}
	}
	return false;
}

void variables_warn(void)
{
	for (char **entry = environ; entry && *entry; entry++) {
		size_t len = strcspn(*entry, "=");
		char name[NAME_BYTES], nearest[NAME_BYTES];

		if (!starts_with(*entry, OPTIONS_PREFIX) || !(*entry)[len] || len >= sizeof name)
			continue;
		snprintf(name, sizeof name, "%.*s", (int)len, *entry);
		if (is_known(name, nearest) ||
		    is_link(name + strlen(OPTIONS_PREFIX), *entry + len + 1))
			continue;
		report(0, "unknown variable %s; %s%s", name,
		       *nearest ? "the nearest is " : "see miru-mock --help", nearest);
	}
}
