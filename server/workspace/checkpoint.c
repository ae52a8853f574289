/* SPDX-License-Identifier: MIT
 * checkpoint.c - takes and drops references to what a workspace held.
 */
#include "workspace/checkpoint.h"

#include <stdlib.h>

struct checkpoint checkpoint_ref(const struct checkpoint *c)
{
	image_ref(c->rows);
	keyring_ref(c->keys);
	scenario_ref(c->scenario);
	return *c;
}

void checkpoint_unref(struct checkpoint *c)
{
	image_unref(STEAL(c->rows));
	keyring_unref(STEAL(c->keys));
	scenario_unref(STEAL(c->scenario));
}

void snapshot_remove(struct snapshot **list)
{
	struct snapshot *s = *list;

	*list = s->next;
	checkpoint_unref(&s->checkpoint);
	free(s);
}
