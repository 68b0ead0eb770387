/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table at the end of a batch. */
#ifndef MCD_BATCH_SUMMARY_H
#define MCD_BATCH_SUMMARY_H

#include "outlet.h"

/* One row per dump that was told, one line per class; `nr_dumps` were to be done. */
void mcd_batch_summary_print(struct mcd_out *out, const struct mcd_batch_outlet *outlet,
			     size_t nr_dumps, double seconds);

#endif
