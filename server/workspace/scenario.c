/* SPDX-License-Identifier: MIT
 * scenario.c - references to scenarios, and copies of their rules.
 */
#include "workspace/scenario.h"

struct scenario *scenario_ref(struct scenario *s)
{
	if (s)
		refcount_get(&s->refs);
	return s;
}

void scenario_unref(struct scenario *s)
{
	if (!s || !refcount_put(&s->refs))
		return;
	fault_set_free(s->faults);
	behaviors_free(s->behaviors);
	for (int i = 0; i < SCENARIO_MEMBERS; i++)
		free(s->texts[i]);
	free(s);
}

bool scenario_has(const struct scenario *s, enum scenario_member which)
{
	return s && s->texts[which];
}

const char *const *scenario_texts(const struct scenario *s)
{
	return s ? (const char *const *)s->texts : NULL;
}

bool scenario_copy_rules(const struct scenario *s, struct scenario_rules *rules)
{
	*rules = (struct scenario_rules){ NULL, NULL };
	if (s && s->faults)
		rules->faults = fault_set_copy(s->faults);
	if (s && s->behaviors)
		rules->behaviors = behaviors_join(NULL, s->behaviors);
	if (!s || (!s->faults == !rules->faults && !s->behaviors == !rules->behaviors))
		return true;
	scenario_free_rules(rules);
	return false;
}

void scenario_free_rules(struct scenario_rules *rules)
{
	fault_set_free(STEAL(rules->faults));
	behaviors_free(STEAL(rules->behaviors));
}
