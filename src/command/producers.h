/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adds memcgs up by who produces them. */
#ifndef MCD_PRODUCERS_H
#define MCD_PRODUCERS_H

#include "mcd/arena.h"
#include "mcd/producer.h"
#include "mcd/status.h"

/*
 * The producers of `rows`, which are decoded, and audited as far as they have ledgers. Time and memory grow with
 * their number. Fails with MCD_NO_MEMORY only, which leaves no text.
 */
MCD_MUST_CHECK enum mcd_status mcd_producers_collect(struct mcd_arena *arena,
						     struct mcd_memcg *const *rows, size_t nr_rows,
						     struct mcd_producers *ret);

#endif
