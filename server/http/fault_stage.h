/* SPDX-License-Identifier: MIT
 * fault_stage.h - the stage in which a tester's rule may refuse a request, and what a rule does to
 * an answer.
 */
#ifndef HTTP_FAULT_STAGE_H
#define HTTP_FAULT_STAGE_H

#include "http/exchange.h"

/* Before the key is checked: an outage refuses unknown keys, too. The rule that the request itself
 * brings comes first. */
bool fault_stage(struct exchange *x);
/* Add the headers of the fault, if any: before the answer is made, which is a 500 if memory is
 * short for them. */
void fault_add_headers(struct exchange *x);
/* Apply the fault, if any, to the answer, whether the operation succeeded or was refused. */
void fault_apply(struct exchange *x);

#endif
