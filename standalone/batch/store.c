// SPDX-License-Identifier: GPL-2.0-or-later
/* See store.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "name.h"
#include "store.h"

static enum mcd_status refuse(const struct mcd_batch_store *store, struct mcd_error *error)
{
	return mcd_error_set(error, MCD_FAULT, "%.200s: %s: cannot be used for the streams",
			     store->path, strerror(errno));
}

static enum mcd_status trouble(const struct mcd_batch_store *store, const char *name,
			       struct mcd_error *error)
{
	int reason = errno;

	return mcd_error_set(error, MCD_FAULT,
			     "%.200s: %.60s: %s: mend this and run again with "
			     "--resume",
			     store->path, name, strerror(reason));
}

static void partial_of(const char *name, char ret[NAME_MAX + 1])
{
	snprintf(ret, NAME_MAX + 1, "%s" MCD_BATCH_PARTIAL, name);
}

/* Removes the files whose name ends in `suffix`; "" is all. */
static void remove_all(const struct mcd_batch_store *store, const char *suffix)
{
	/* A descriptor of its own, since closedir() closes it. */
	int fd = openat(store->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry = NULL;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(dir))) {
		size_t length = strlen(entry->d_name), end = strlen(suffix);

		if (length >= end && strcmp(entry->d_name + length - end, suffix) == 0)
			unlinkat(store->dir_fd, entry->d_name, 0);
	}
	closedir(dir);
}

static enum mcd_status open_output(const char *output, struct mcd_batch_store *store,
				   struct mcd_error *error)
{
	snprintf(store->path, sizeof(store->path), "%s", output);
	if (mkdir(output, 0777) && errno != EEXIST)
		return refuse(store, error);
	store->dir_fd = open(output, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (store->dir_fd < 0)
		return refuse(store, error);
	store->lock_fd = openat(store->dir_fd, ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (store->lock_fd < 0)
		return refuse(store, error);
	if (flock(store->lock_fd, LOCK_EX | LOCK_NB))
		return errno == EWOULDBLOCK
			       ? mcd_error_set(error, MCD_FAULT,
					       "%.200s: another batch is writing here: wait for it "
					       "or name another --output",
					       output)
			       : refuse(store, error);
	remove_all(store, MCD_BATCH_SUFFIX MCD_BATCH_PARTIAL);
	return MCD_OK;
}

static enum mcd_status open_temporary(struct mcd_batch_store *store, struct mcd_error *error)
{
	const char *dir = getenv("TMPDIR");

	snprintf(store->path, sizeof(store->path), "%s/dangling-batch-XXXXXX",
		 dir && *dir ? dir : "/tmp");
	store->is_temporary = mkdtemp(store->path);
	if (store->is_temporary)
		store->dir_fd = open(store->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (store->dir_fd >= 0)
		return MCD_OK;
	return mcd_error_set(error, MCD_FAULT, "%.200s: %s: TMPDIR can name another place",
			     store->path, strerror(errno));
}

enum mcd_status mcd_batch_store_open(const char *output, struct mcd_batch_store *ret,
				     struct mcd_error *error)
{
	enum mcd_status status = MCD_OK;

	*ret = (struct mcd_batch_store){ .dir_fd = -1, .lock_fd = -1 };
	status = output ? open_output(output, ret, error) : open_temporary(ret, error);
	if (status)
		mcd_batch_store_close(ret);
	return status;
}

void mcd_batch_store_close(struct mcd_batch_store *store)
{
	if (store->is_temporary && store->dir_fd >= 0)
		remove_all(store, "");
	if (store->is_temporary)
		rmdir(store->path);
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	if (store->dir_fd >= 0)
		close(store->dir_fd);
}

enum mcd_status mcd_batch_store_create(struct mcd_batch_store *store, const char *name, int *ret_fd,
				       struct mcd_error *error)
{
	char partial[NAME_MAX + 1];

	partial_of(name, partial);
	unlinkat(store->dir_fd, partial, 0);
	*ret_fd = openat(store->dir_fd, partial, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	return *ret_fd < 0 ? trouble(store, partial, error) : MCD_OK;
}

enum mcd_status mcd_batch_store_commit(struct mcd_batch_store *store, const char *name,
				       struct mcd_error *error)
{
	char partial[NAME_MAX + 1];

	partial_of(name, partial);
	return renameat(store->dir_fd, partial, store->dir_fd, name) ? trouble(store, name, error)
								     : MCD_OK;
}

int mcd_batch_store_read(const struct mcd_batch_store *store, const char *name)
{
	return openat(store->dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

void mcd_batch_store_remove(struct mcd_batch_store *store, const char *name)
{
	char partial[NAME_MAX + 1];

	partial_of(name, partial);
	unlinkat(store->dir_fd, partial, 0);
	unlinkat(store->dir_fd, name, 0);
}

enum mcd_status mcd_batch_store_write(struct mcd_batch_store *store, int fd, const char *bytes,
				      size_t size, struct mcd_error *error)
{
	while (size) {
		ssize_t written = write(fd, bytes, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return trouble(store, "a stream", error);
		bytes += written;
		size -= (size_t)written;
	}
	return MCD_OK;
}
