/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a worker's end says about its dump. */
#ifndef MCD_BATCH_VERDICT_H
#define MCD_BATCH_VERDICT_H

#include "worker.h"

/* How a worker ended. */
struct mcd_batch_fate {
	int wait_status; /* of wait4(); no meaning where it is given up */
	bool is_given_up;
	bool is_lost; /* nobody knows */
	enum mcd_batch_stop stop;
	const char *words; /* the first line it said, or "" */
};

/* Exit status of a worker whose file is no dump, and was not named by anybody. */
enum { MCD_BATCH_NO_DUMP = 64 };

/*
 * Fills in the record's class, is_interrupted and message; peak_bytes is known. False where there is
 * nothing to record.
 */
MCD_MUST_CHECK bool mcd_batch_judge(const struct mcd_batch_fate *fate,
				    const struct mcd_batch_dump *dump,
				    const struct mcd_batch_options *options,
				    struct mcd_batch_record *record);

#endif
