/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs the workers of a batch and everything around them: one loop that waits in poll() only. */
#ifndef MCD_BATCH_POOL_H
#define MCD_BATCH_POOL_H

#include "outlet.h"
#include "signals.h"

/* What one run is about; all borrowed. */
struct mcd_batch {
	const struct mcd_batch_options *options;
	const struct mcd_batch_list *list;
	struct mcd_batch_store *store;
	struct mcd_batch_progress *progress;
	struct mcd_batch_outlet *outlet;
	const struct mcd_batch_signals *signals;
};

/*
 * Gives every dump of the list its stream and tells it to the outlet, and passes over files of
 * directories that are none. MCD_OK; MCD_INTERRUPTED where
 * SIGINT, SIGTERM or SIGHUP came, or the output's reader went away: some dumps have no stream then,
 * and others one that says so; MCD_FAULT or MCD_NO_MEMORY with the reason.
 * `*ret_signal` is the second signal, after which the caller should die of it, or 0.
 */
MCD_MUST_CHECK enum mcd_status mcd_batch_pool_run(const struct mcd_batch *batch, int *ret_signal,
						  struct mcd_error *error);

#endif
