/* SPDX-License-Identifier: MIT
 * disk.c - the files of databases, made to fail: file systems of SQLite's that stand in front of
 * two, its own on disk and ours in memory.
 *
 * What is in memory fails only where it grows, and where it locks, which it never does by itself; a
 * page that an image has, too, is alloc.c's. Waiting for the disk, and for locks, takes no time.
 */
#include <sqlite3.h>
#include <stddef.h>
#include <string.h>

#include "strike.h"

struct file {
	sqlite3_file base;
	bool in_memory;
	sqlite3_int64 size;   /* as far as it was written: beyond, it grows */
	sqlite3_int64 real[]; /* aligned as the library aligns files */
};

static sqlite3_vfs *disk, *memory; /* the library's */

static sqlite3_file *real(sqlite3_file *file)
{
	return (sqlite3_file *)((struct file *)file)->real;
}

#define METHODS(file) (real(file)->pMethods)

/* What the call is to fail with, if it is. */
static int struck(sqlite3_file *file, int error)
{
	if (((struct file *)file)->in_memory)
		return SQLITE_OK;
	if (strikes(STRIKE_ERROR))
		return error;
	return strikes(STRIKE_NOMEM) ? SQLITE_NOMEM : SQLITE_OK;
}

#define MAY_FAIL(file, error)                                                                      \
	do {                                                                                       \
		int rc_ = struck((file), (error));                                                 \
		if (rc_ != SQLITE_OK)                                                              \
			return rc_;                                                                \
	} while (0)

static int close_file(sqlite3_file *file)
{
	return METHODS(file)->xClose(real(file));
}

static int read_file(sqlite3_file *file, void *to, int len, sqlite3_int64 at)
{
	MAY_FAIL(file, SQLITE_IOERR_READ);
	if (!((struct file *)file)->in_memory && strikes(STRIKE_SHORT)) {
		int rc = METHODS(file)->xRead(real(file), to, len, at);

		if (rc != SQLITE_OK)
			return rc;
		memset((char *)to + len / 2, 0, (size_t)(len - len / 2));
		return SQLITE_IOERR_SHORT_READ;
	}
	return METHODS(file)->xRead(real(file), to, len, at);
}

static int write_file(sqlite3_file *file, const void *from, int len, sqlite3_int64 at)
{
	struct file *f = (struct file *)file;
	bool grows = at + len > f->size;

	MAY_FAIL(file, SQLITE_IOERR_WRITE);
	if (grows) {
		if (f->in_memory) {
			if (strikes(STRIKE_ERROR) || strikes(STRIKE_NOMEM))
				return SQLITE_IOERR_NOMEM;
		}
		if (strikes(STRIKE_FULL)) {
			/* What fitted is there. */
			if (!f->in_memory)
				METHODS(file)->xWrite(real(file), from, len / 2, at);
			return SQLITE_FULL;
		}
		f->size = at + len;
	}
	return METHODS(file)->xWrite(real(file), from, len, at);
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size)
{
	MAY_FAIL(file, SQLITE_IOERR_TRUNCATE);
	((struct file *)file)->size = size;
	return METHODS(file)->xTruncate(real(file), size);
}

static int sync_file(sqlite3_file *file, int flags)
{
	(void)flags;
	MAY_FAIL(file, SQLITE_IOERR_FSYNC);
	return SQLITE_OK;
}

static int size_of_file(sqlite3_file *file, sqlite3_int64 *size)
{
	MAY_FAIL(file, SQLITE_IOERR_FSTAT);
	return METHODS(file)->xFileSize(real(file), size);
}

static int lock_file(sqlite3_file *file, int lock)
{
	MAY_FAIL(file, SQLITE_IOERR_LOCK);
	if (strikes(STRIKE_BUSY))
		return SQLITE_BUSY;
	return METHODS(file)->xLock(real(file), lock);
}

static int unlock_file(sqlite3_file *file, int lock)
{
	return METHODS(file)->xUnlock(real(file), lock);
}

static int check_lock(sqlite3_file *file, int *locked)
{
	MAY_FAIL(file, SQLITE_IOERR_CHECKRESERVEDLOCK);
	return METHODS(file)->xCheckReservedLock(real(file), locked);
}

static int control_file(sqlite3_file *file, int what, void *arg)
{
	return METHODS(file)->xFileControl(real(file), what, arg);
}

static int sector_size(sqlite3_file *file)
{
	return METHODS(file)->xSectorSize(real(file));
}

static int characteristics(sqlite3_file *file)
{
	return METHODS(file)->xDeviceCharacteristics(real(file));
}

static int map_shared(sqlite3_file *file, int page, int size, int extend, void volatile **at)
{
	MAY_FAIL(file, SQLITE_IOERR_SHMMAP);
	return METHODS(file)->xShmMap(real(file), page, size, extend, at);
}

static int lock_shared(sqlite3_file *file, int offset, int n, int flags)
{
	if (flags & SQLITE_SHM_LOCK) {
		MAY_FAIL(file, SQLITE_IOERR_SHMLOCK);
		if (strikes(STRIKE_BUSY))
			return SQLITE_BUSY;
	}
	return METHODS(file)->xShmLock(real(file), offset, n, flags);
}

static void order_shared(sqlite3_file *file)
{
	METHODS(file)->xShmBarrier(real(file));
}

static int unmap_shared(sqlite3_file *file, int and_remove)
{
	return METHODS(file)->xShmUnmap(real(file), and_remove);
}

#define WITHOUT_SHARED                                                                             \
	close_file, read_file, write_file, truncate_file, sync_file, size_of_file, lock_file,      \
	    unlock_file, check_lock, control_file, sector_size, characteristics

/* Of version 2, without mapped pages: what is read is read by read_file. */
static const sqlite3_io_methods methods = {
	2, WITHOUT_SHARED, map_shared, lock_shared, order_shared, unmap_shared, NULL, NULL
};
/* The same for what has no shared memory. */
static const sqlite3_io_methods methods_in_memory = { 1,    WITHOUT_SHARED, NULL, NULL,
						      NULL, NULL,           NULL, NULL };

static int open_in(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *got)
{
	struct file *f = (struct file *)file;
	sqlite3_int64 size;
	int rc;

	f->base.pMethods = NULL;
	f->in_memory = vfs == memory;
	if (!f->in_memory) {
		MAY_FAIL(file, SQLITE_CANTOPEN);
		if (flags & SQLITE_OPEN_CREATE && strikes(STRIKE_FULL))
			return SQLITE_CANTOPEN;
	}
	rc = vfs->xOpen(vfs, name, real(file), flags, got);
	if (rc != SQLITE_OK || !METHODS(file)) {
		if (METHODS(file))
			METHODS(file)->xClose(real(file));
		return rc;
	}
	f->size = METHODS(file)->xFileSize(real(file), &size) == SQLITE_OK ? size : 0;
	f->base.pMethods = f->in_memory ? &methods_in_memory : &methods;
	return SQLITE_OK;
}

static int open_on_disk(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *got)
{
	(void)vfs;
	return open_in(disk, name, file, flags, got);
}

static int open_in_memory(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
			  int *got)
{
	(void)vfs;
	return open_in(memory, name, file, flags, got);
}

static int delete_file(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs;
	(void)sync;
	if (strikes(STRIKE_ERROR))
		return SQLITE_IOERR_DELETE;
	return disk->xDelete(disk, name, 0);
}

static int access_file(sqlite3_vfs *vfs, const char *name, int flags, int *may)
{
	(void)vfs;
	if (strikes(STRIKE_ERROR))
		return SQLITE_IOERR_ACCESS;
	return disk->xAccess(disk, name, flags, may);
}

static int no_sleep(sqlite3_vfs *vfs, int micros)
{
	(void)vfs;
	return micros;
}

bool disk_begin(void)
{
	static sqlite3_vfs shims[2];

	if (sqlite3_initialize() != SQLITE_OK)
		return false;
	disk = sqlite3_vfs_find("unix");
	if (!memory)
		memory = sqlite3_vfs_find("pages");
	if (!disk || !memory)
		return false;
	shims[0] = *memory;
	shims[0].xOpen = open_in_memory;
	shims[1] = *disk;
	shims[1].zName = "struck";
	shims[1].xOpen = open_on_disk;
	shims[1].xDelete = delete_file;
	shims[1].xAccess = access_file;
	shims[1].xSleep = no_sleep;
	for (int i = 0; i < 2; i++) {
		shims[i].szOsFile += (int)sizeof(struct file);
		shims[i].pNext = NULL;
		/* The first of a name is the one that is found. */
		if (sqlite3_vfs_register(&shims[i], 1) != SQLITE_OK)
			return false;
	}
	return true;
}
