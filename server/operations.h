/* SPDX-License-Identifier: MIT
 * operations.h - the table of operations (behaviour: section 6), which the app is given at start.
 * Handlers do not include it: they reach the table by way of the app.
 */
#ifndef OPERATIONS_H
#define OPERATIONS_H

#include "model/operation.h"

extern const struct operation_table operations;

#endif
