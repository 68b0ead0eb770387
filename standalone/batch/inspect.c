// SPDX-License-Identifier: GPL-2.0-or-later
/* See inspect.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "inspect.h"
#include "name.h"

/* Opening one of these may wait for ever, or do something. */
static const struct {
	mode_t type;
	const char *name;
} others[] = {
	{ S_IFIFO, "a FIFO" },	  { S_IFCHR, "a character device" }, { S_IFBLK, "a block device" },
	{ S_IFSOCK, "a socket" }, { S_IFDIR, "a directory now" },
};

static void refuse(struct mcd_batch_record *record, const char *path, const char *why,
		   const char *advice)
{
	char name[MCD_BATCH_SHORT_BYTES];

	record->class = MCD_CLASS_UNREADABLE;
	snprintf(record->message, sizeof(record->message), "%s: %s%s", mcd_batch_short(path, name),
		 why, advice);
}

bool mcd_batch_inspect(const struct mcd_batch_dump *dump, struct mcd_batch_record *ret)
{
	struct stat status;

	*ret = (struct mcd_batch_record){ 0 };
	if (stat(dump->path, &status)) {
		refuse(ret, dump->path, dump->problem ? dump->problem : strerror(errno), "");
		return false;
	}
	ret->file = (struct mcd_batch_file){
		.is_known = true,
		.device = status.st_dev,
		.inode = status.st_ino,
		.size_bytes = (uint64_t)status.st_size,
		.mtime_ns = status.st_mtim.tv_sec * INT64_C(1000000000) + status.st_mtim.tv_nsec,
	};
	if (dump->problem) {
		refuse(ret, dump->path, dump->problem, "");
		return false;
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if ((status.st_mode & S_IFMT) != others[i].type)
			continue;
		refuse(ret, dump->path, others[i].name, ", not opened: copy the dump into a file");
		return false;
	}
	return true;
}

bool mcd_batch_is_same_file(const struct mcd_batch_file *a, const struct mcd_batch_file *b)
{
	return a->is_known && b->is_known && a->device == b->device && a->inode == b->inode &&
	       a->size_bytes == b->size_bytes && a->mtime_ns == b->mtime_ns;
}
