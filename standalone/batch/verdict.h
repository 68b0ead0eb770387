/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a worker's end says about its dump. */
#ifndef MCD_BATCH_VERDICT_H
#define MCD_BATCH_VERDICT_H

#include "worker.h"

/* How a worker ended. */
struct mcd_batch_fate {
	int wait_status; /* of wait4(); no meaning where it is given up */
	bool is_given_up;
	enum mcd_batch_stop stop;
	const char *words; /* the first line it said, or "" */
};

/* Fills in the record's class, is_interrupted and message; peak_bytes is known. */
void mcd_batch_judge(const struct mcd_batch_fate *fate, const struct mcd_batch_dump *dump,
		     const struct mcd_batch_options *options, struct mcd_batch_record *record);

#endif
