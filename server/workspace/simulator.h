/*
 * simulator.h - the simulated devices: what the agent on each does with deployments, and when
 * (behaviour: section 11.4, rows 7 to 12). No thread runs here: what is due is done when somebody
 * looks, and is dated when it was due.
 *
 * An agent does something only when something has happened: a deployment was deployed or replaced,
 * the device came online, an error was set back. What fixtures or testers say of a state stays.
 */
#ifndef WORKSPACE_SIMULATOR_H
#define WORKSPACE_SIMULATOR_H

#include "workspace/deployment.h"

/* Something has happened: where the device is online, what it has to do begins to wait for it. */
bool agent_wake(struct change *c, const char *device_id) MUST_CHECK;
/* The device is not online any more: nothing waits for it. */
bool agent_sleep(struct change *c, const char *device_id) MUST_CHECK;

/* The clock, or the pace, has been set: what waits since a time to come waits since now. */
bool agent_catch_up(struct change *c) MUST_CHECK;
/* Do every step that is due. */
bool agent_run(struct change *c) MUST_CHECK;
/* Before somebody looks: a change of its own for the steps that are due, where there are any. */
bool agent_settle(struct change *c) MUST_CHECK;

/* The device reports this activity and error of a deployment (NULL: as before). */
enum report { REPORT_MADE, REPORT_IMPOSSIBLE, REPORT_BROKE };
enum report agent_report(struct change *c, struct deployment *d, const char *activity,
			 const char *error) MUST_CHECK;

#endif
