/* SPDX-License-Identifier: MIT
 * present.h - a row, as a version of the API shows it, as JSON (behaviour: sections 7 and 14).
 * Pure.
 *
 * Fields that the version does not have are left out, and so are nulls if the table says so;
 * relations are written if they are always shown, or expanded; a word that is newer than the
 * version is replaced by its older word.
 */
#ifndef HTTP_PRESENT_H
#define HTTP_PRESENT_H

#include "base/json_writer.h"
#include "model/expansion.h"
#include "store/fetch.h"

void present(struct writer *w, const struct row *row, enum version v, const struct expansion *tree);
/* Begin the envelope of a page (behaviour: section 5.1), up to its rows: an array and a brace end
 * it.
 */
void present_envelope(struct writer *w, const struct page *page);
/* A page of a list, in its envelope. */
void present_page(struct writer *w, const struct page *page, enum version v,
		  const struct expansion *tree);

#endif
