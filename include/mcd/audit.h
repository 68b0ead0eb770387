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
 * How many pins, files and charges an interrupted audit still makes ledgers of, and an interrupted report
 * still prints: people who press Ctrl-C wait a tenth of a second.
 */
enum { MCD_ENTRIES_WHEN_CUT = 4096 };

/*
 * Gives each of `rows`, which are decoded, its ledger. What cannot be looked at becomes a note. Where
 * it is interrupted, the ledgers have what was found, and ret->is_partial is set; the first
 * ret->nr_finished rows have theirs.
 */
MCD_MUST_CHECK enum mcd_status mcd_audit(struct mcd_world *world, struct mcd_memcg *const *rows,
					 size_t nr_rows, unsigned int wants,
					 struct mcd_audit_summary *ret);

/* How many entries the ledger of a memcg has, and the memcg itself. */
size_t mcd_ledger_entries(const struct mcd_ledger *ledger);

#endif
