/* SPDX-License-Identifier: MIT
 * variables.h - the environment's variables that look like options, and are none.
 */
#ifndef CLI_VARIABLES_H
#define CLI_VARIABLES_H

/* Report each of them, with the name that was probably meant. */
void variables_warn(void);

#endif
