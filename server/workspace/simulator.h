/* SPDX-License-Identifier: MIT
 * simulator.h - the simulated devices: what the agent on each does with deployments, and when
 * (behaviour: section 11.4, rows 7 to 12). No thread runs here: a step that is due is done when
 * the next request looks, and is dated when it was due. Knows nothing of requests.
 *
 * An agent acts only after something has happened: a deployment was deployed or replaced, the
 * device came online, an error was cleared. States that fixtures or testers set stay.
 */
#ifndef WORKSPACE_SIMULATOR_H
#define WORKSPACE_SIMULATOR_H

#include "workspace/deployment.h"

/* All but simulator_report() return false when the database or memory fails. */

/* Something has happened: if the device is online, its next steps begin to wait. */
bool simulator_wake(struct tx *tx, const char *device_id) MUST_CHECK;
/* The device is not online any more: none of its steps waits. */
bool simulator_sleep(struct tx *tx, const char *device_id) MUST_CHECK;
/* After the clock or the progression was set: steps that wait since a future time wait since now.
 */
bool simulator_reschedule(struct tx *tx) MUST_CHECK;
/* Do every step that is due, in an open transaction. */
bool simulator_run(struct tx *tx) MUST_CHECK;
/* Do every step that is due, in a transaction of its own, which is begun only if there is one. */
bool simulator_settle(struct tx *tx) MUST_CHECK;

/* Do the next step of every deployment that waits for a device, or (NULL) for any, now. *stepped:
 * those deployments. */
bool simulator_step(struct tx *tx, const char *device_id, struct deployment **stepped) MUST_CHECK;
/* A deployment was read, while the progression counts that; the step may be taken. */
bool simulator_read(struct tx *tx, const char *id) MUST_CHECK;

/* The device reports this activity and error of a deployment (0: as before). */
enum report { REPORT_MADE, REPORT_IMPOSSIBLE, REPORT_FAILED };
enum report simulator_report(struct tx *tx, struct deployment *d, enum activity_status activity,
			     enum error_status error) MUST_CHECK;

#endif
