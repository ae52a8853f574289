/*
 * checkpoint.c - references to what a workspace held.
 */
#include "workspace/checkpoint.h"

#include <stdlib.h>

struct checkpoint checkpoint_ref(const struct checkpoint *c)
{
	image_hold(c->rows);
	keyring_hold(c->keys);
	return *c;
}

void checkpoint_unref(struct checkpoint *c)
{
	image_drop(STEAL(c->rows));
	keyring_drop(STEAL(c->keys));
}

void snapshot_remove(struct snapshot **list)
{
	struct snapshot *s = *list;

	*list = s->next;
	checkpoint_unref(&s->checkpoint);
	free(s);
}
