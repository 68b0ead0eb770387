/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The directory of the streams: that of --output, or a temporary one.
 *
 * A stream is written under its name with ".partial" and gets its name when it is whole, so that
 * what has its name is never half a stream. One batch at a time uses a directory: it holds a lock
 * on the file ".lock" there, which stays.
 */
#ifndef MCD_BATCH_STORE_H
#define MCD_BATCH_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "mcd/status.h"

struct mcd_batch_store {
	int dir_fd;
	int lock_fd;	 /* -1 for a temporary directory */
	char path[4096]; /* of the directory, for messages */
	bool is_temporary;
};

/*
 * Opens `output`, making the directory where there is none, and takes away what a killed batch left
 * half done; NULL: makes a temporary one. MCD_FAULT with the reason where `output` cannot be used, or
 * there is no temporary one.
 */
MCD_MUST_CHECK enum mcd_status mcd_batch_store_open(const char *output, struct mcd_batch_store *ret,
						    struct mcd_error *error);

/* A temporary directory goes with everything in it. */
void mcd_batch_store_close(struct mcd_batch_store *store);

/* A new, empty NAME.partial, open for reading and writing. MCD_FAULT with the reason. */
MCD_MUST_CHECK enum mcd_status mcd_batch_store_create(struct mcd_batch_store *store,
						      const char *name, int *ret_fd,
						      struct mcd_error *error);

/* NAME.partial becomes NAME. */
MCD_MUST_CHECK enum mcd_status mcd_batch_store_commit(struct mcd_batch_store *store,
						      const char *name, struct mcd_error *error);

/* NAME for reading, or -1 with errno. */
int mcd_batch_store_read(const struct mcd_batch_store *store, const char *name);

/* NAME and NAME.partial are gone, whether they were there or not. */
void mcd_batch_store_remove(struct mcd_batch_store *store, const char *name);

/* All of `size` bytes to a file of the store. */
MCD_MUST_CHECK enum mcd_status mcd_batch_store_write(struct mcd_batch_store *store, int fd,
						     const char *bytes, size_t size,
						     struct mcd_error *error);

#endif
