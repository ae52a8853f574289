/*
 * banner.h - what the server says when it has started: where it is, what it holds, how to ask it.
 */
#ifndef BANNER_H
#define BANNER_H

#include <stdio.h>

#include "app.h"
#include "options.h"

void banner(FILE *to, const struct app *app, const struct options *o, unsigned port);

#endif
