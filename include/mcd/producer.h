/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who leaves memory cgroups behind, as plain facts: those whose paths have one pattern are one producer's
 * (fold.h). The command fills these, reports print them. All pointers live as long as the report's arena.
 */
#ifndef MCD_PRODUCER_H
#define MCD_PRODUCER_H

#include "mcd/ledger.h"

/* What holds the memcgs of one producer, of one kind. */
struct mcd_producer_pin {
	uint64_t nr_refs;	 /* 0: nothing of this kind does */
	struct mcd_figure bytes; /* n/a: nothing of it has a size */
};

struct mcd_producer {
	/* Raw; n/a: the names of all these are lost, unreadable: they are not in the dump. */
	struct mcd_text pattern;
	struct mcd_text
		example; /* the path that was met first, or the name, where that is all there is */
	size_t nr_memcgs;
	struct mcd_figure refs;	 /* of those that are counted */
	struct mcd_figure bytes; /* of all pins; n/a: nothing was looked at */
	struct mcd_producer_pin pins[MCD_NR_PINS];
	int64_t nr_unexplained_refs; /* summed over those above zero */
	struct mcd_figure first_serial, last_serial;
};

struct mcd_producers {
	struct mcd_producer
		*rows; /* by number of memcgs, then by bytes, the most first; then by pattern */
	size_t nr;
};

#endif
