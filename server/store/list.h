/*
 * list.h - a page of a list: the rows that pass filters, in an order, by the index that makes it
 * short work (docs/performance.md).
 */
#ifndef STORE_LIST_H
#define STORE_LIST_H

#include "store/fetch.h"

/* Read the page that a listing asks for, with the same relations; `count`: and the total. */
bool list_page(const struct fetch *fetch, enum resource_id resource, const struct list_query *query,
	       const struct expansion *tree, bool count, struct page *page) MUST_CHECK;

#endif
