/*
 * memvfs.c - a VFS of SQLite's, over pages. Besides store.c the only file that includes its header.
 *
 * Only databases: what else the library would open (a journal, something temporary) it keeps in
 * memory by itself, being told that the database is there.
 */
#include "memvfs.h"

#include <sqlite3.h>
#include <stdio.h>

const char memvfs_name[] = "pages";

struct file {
	sqlite3_file base;
	struct pages *pages;
	int lock; /* what the library holds of it */
};

static struct pages *pages_of(sqlite3_file *file)
{
	return ((struct file *)file)->pages;
}

static int file_close(sqlite3_file *file)
{
	(void)file;
	return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *bytes, int len, sqlite3_int64 offset)
{
	return pages_read(pages_of(file), bytes, (size_t)len, (size_t)offset)
		   ? SQLITE_OK
		   : SQLITE_IOERR_SHORT_READ;
}

/* The library writes whole pages of a database, and makes them of this size. */
static int file_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 offset)
{
	if (len != PIECE_BYTES || offset % PIECE_BYTES != 0)
		return SQLITE_IOERR_WRITE;
	return pages_write(pages_of(file), (size_t)offset / PIECE_BYTES, bytes)
		   ? SQLITE_OK
		   : SQLITE_IOERR_NOMEM;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	pages_cut(pages_of(file), (size_t)size / PIECE_BYTES);
	return SQLITE_OK;
}

static int file_sync(sqlite3_file *file, int flags)
{
	(void)file;
	(void)flags;
	return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	*size = (sqlite3_int64)pages_count(pages_of(file)) * PIECE_BYTES;
	return SQLITE_OK;
}

static int file_lock(sqlite3_file *file, int lock)
{
	((struct file *)file)->lock = lock;
	return SQLITE_OK;
}

static int file_check_reserved(sqlite3_file *file, int *reserved)
{
	(void)file;
	*reserved = 0;
	return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int what, void *value)
{
	(void)file;
	(void)what;
	(void)value;
	return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *file)
{
	(void)file;
	return PIECE_BYTES;
}

static int file_characteristics(sqlite3_file *file)
{
	(void)file;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE | SQLITE_IOCAP_SAFE_APPEND |
	       SQLITE_IOCAP_SEQUENTIAL;
}

/*
 * Whoever reads is given the page itself, which spares it a copy and a cache: until it ends its
 * transaction, nobody writes. Whoever writes is not, since a page that it writes to may be
 * replaced.
 */
static int file_fetch(sqlite3_file *file, sqlite3_int64 offset, int len, void **page)
{
	const struct file *f = (const struct file *)file;

	*page = NULL;
	if (f->lock == SQLITE_LOCK_SHARED && len == PIECE_BYTES && offset % PIECE_BYTES == 0)
		*page = (void *)pages_piece(f->pages, (size_t)offset / PIECE_BYTES);
	return SQLITE_OK;
}

static int file_unfetch(sqlite3_file *file, sqlite3_int64 offset, void *page)
{
	(void)file;
	(void)offset;
	(void)page;
	return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
	.iVersion = 3,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_lock,
	.xCheckReservedLock = file_check_reserved,
	.xFileControl = file_control,
	.xSectorSize = file_sector_size,
	.xDeviceCharacteristics = file_characteristics,
	.xFetch = file_fetch,
	.xUnfetch = file_unfetch,
};

void memvfs_file(const struct pages *pages, char name[MEMVFS_NAME])
{
	snprintf(name, MEMVFS_NAME, "%p", (const void *)pages);
}

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
	struct file *f = (struct file *)file;
	void *pages;

	(void)vfs;
	f->base.pMethods = NULL;
	if (!(flags & SQLITE_OPEN_MAIN_DB) || !name || sscanf(name, "%p", &pages) != 1)
		return SQLITE_CANTOPEN;
	f->base.pMethods = &methods;
	f->pages = pages;
	f->lock = SQLITE_LOCK_NONE;
	if (out)
		*out = flags | SQLITE_OPEN_MEMORY;
	return SQLITE_OK;
}

static int delete_file(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs;
	(void)name;
	(void)sync;
	return SQLITE_IOERR_DELETE;
}

static int has_file(sqlite3_vfs *vfs, const char *name, int how, int *has)
{
	(void)vfs;
	(void)name;
	(void)how;
	*has = 0; /* no journal lies beside a database */
	return SQLITE_OK;
}

static int full_name(sqlite3_vfs *vfs, const char *name, int len, char *full)
{
	(void)vfs;
	snprintf(full, (size_t)len, "%s", name);
	return SQLITE_OK;
}

bool memvfs_register(void)
{
	static sqlite3_vfs vfs;
	const sqlite3_vfs *system = sqlite3_vfs_find(NULL);

	if (sqlite3_vfs_find(memvfs_name))
		return true;
	if (!system)
		return false;
	vfs = *system; /* randomness, time and sleep are its own */
	vfs.iVersion = 2;
	vfs.pNext = NULL;
	vfs.zName = memvfs_name;
	vfs.szOsFile = sizeof(struct file);
	vfs.xOpen = open_file;
	vfs.xDelete = delete_file;
	vfs.xAccess = has_file;
	vfs.xFullPathname = full_name;
	return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK;
}
