/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The signals that end a batch, as something to read: so none strikes while it cleans up. */
#ifndef MCD_BATCH_SIGNALS_H
#define MCD_BATCH_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

#include "mcd/status.h"

struct mcd_batch_signals {
	int fd; /* can be read where one has come */
	sigset_t before;
};

/* From here on SIGINT, SIGTERM and SIGHUP wait for _take(); ignored ones stay ignored. */
MCD_MUST_CHECK bool mcd_batch_signals_init(struct mcd_batch_signals *signals);

/* They mean what they meant before; one that waits still strikes now. */
void mcd_batch_signals_deinit(struct mcd_batch_signals *signals);

/* The next one that waits, or 0. */
MCD_MUST_CHECK int mcd_batch_signals_take(const struct mcd_batch_signals *signals);

#endif
