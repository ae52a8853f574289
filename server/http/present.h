/*
 * present.h - a row, as a version of the API shows it, as JSON (behaviour: sections 7 and 14).
 * Pure.
 *
 * What the version does not have is left out; what is null is null where the table says so; a
 * relation is there only if always shown or expanded; words that are too new become older ones.
 */
#ifndef HTTP_PRESENT_H
#define HTTP_PRESENT_H

#include "base/json_writer.h"
#include "model/expansion.h"
#include "store/fetch.h"

void present(struct writer *w, const struct row *row, enum version v, const struct expansion *tree);
/* The same of a list, in its envelope (behaviour: section 5.1). */
void present_page(struct writer *w, const struct page *page, enum version v,
		  const struct expansion *tree);

#endif
