/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The audit: finds what holds each reference of the memcgs that it is given, all of them in one pass
 * over each of the kernel's tables, cheap ones first; see src/ledger.
 */
#ifndef MCD_AUDIT_H
#define MCD_AUDIT_H

#include "mcd/ledger.h"
#include "mcd/world.h"

/* Bits: what is wanted. */
enum mcd_audit_want {
	MCD_AUDIT_PINS = 1,  /* what holds references */
	MCD_AUDIT_FILES = 2, /* every file of theirs, not only those that pins and verdicts name */
	MCD_AUDIT_SLAB = 4,  /* charged slab objects and per-cpu memory */
	MCD_AUDIT_SCAN = 8,  /* the scan of all pages even if nothing is left to explain */
};

/*
 * Gives each of `rows`, which are decoded, its ledger. What cannot be looked at becomes a note. Where
 * it is interrupted, the ledgers have what was found, and ret->is_partial is set.
 */
MCD_MUST_CHECK enum mcd_status mcd_audit(struct mcd_world *world, struct mcd_memcg *const *rows,
					 size_t nr_rows, unsigned int wants,
					 struct mcd_audit_summary *ret);

#endif
