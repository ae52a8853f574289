/*
 * ident.h - new ids (behaviour: section 9.1).
 */
#ifndef IDENT_H
#define IDENT_H

#include "arena.h"

/* A prefix and 33 random characters of base 58; NULL when memory is short. */
char *ident_new(struct arena *a, const char *prefix) MUST_CHECK;

#endif
