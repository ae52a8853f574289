/*
 * memvfs.h - SQLite's files whose bytes are pages in memory. SQLite's own kind of those moves all
 * of them whenever they grow, ends at a GiB, and shares nothing with another moment's.
 */
#ifndef MEMVFS_H
#define MEMVFS_H

#include "image.h"

/* For the name of a file, which is made of its pages' address. */
enum { MEMVFS_NAME = 32 };

/* Make it known, and its name. False when the library is out of memory. */
bool memvfs_register(void) MUST_CHECK;
extern const char memvfs_name[];

/*
 * The name by which these pages are opened. They stay the caller's, who sees to it that nobody
 * writes while another connection opens, reads or writes: the files know no locks.
 */
void memvfs_file(const struct pages *pages, char name[MEMVFS_NAME]);

#endif
