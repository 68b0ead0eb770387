/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table at the end of a batch. */
#ifndef MCD_BATCH_SUMMARY_H
#define MCD_BATCH_SUMMARY_H

#include "outlet.h"

/*
 * One row per dump that was told, one line per class, and what became of the others; `nr_named` were
 * to be done. `can_resume`: it was interrupted, and --resume knows how far it came.
 */
void mcd_batch_summary_print(struct mcd_out *out, const struct mcd_batch_outlet *outlet,
			     size_t nr_named, bool can_resume, double seconds);

#endif
