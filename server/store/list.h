/* SPDX-License-Identifier: MIT
 * list.h - reads a page of a list: the rows that pass filters, in an order, by the best index
 * (docs/performance.md).
 */
#ifndef STORE_LIST_H
#define STORE_LIST_H

#include "store/fetch.h"

/* Read the page that a query asks for, with relations as fetch_row() has them; the total if
 * `count`. False when the database or memory fails. */
bool list_page(const struct fetch *fetch, enum resource_id resource, const struct list_query *query,
	       const struct expansion *tree, bool count, struct page *page) MUST_CHECK;

#endif
