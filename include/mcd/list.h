/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bounded walks of a struct list_head (include/linux/types.h): every node is visited once, its
 * back pointer is checked, and a list that is broken in one place is completed from its other end.
 */
#ifndef MCD_LIST_H
#define MCD_LIST_H

#include "mcd/arena.h"
#include "mcd/target.h"

/* More nodes than any list of memory cgroups has: css ids are positive ints, dumps are finite. */
enum { MCD_LIST_MAX = 1 << 22 };

struct mcd_list {
	const uint64_t *nodes; /* addresses of the entries' list_head, in list order, no head */
	size_t nr;
	enum mcd_status damage; /* MCD_OK: intact; else why the walk from the head ended early */
	uint64_t broken_at;	/* damaged: the last good node (or the head) … */
	uint64_t broken_next;	/* … and where its next pointer leads */
	size_t nr_salvaged;	/* damaged: how many of the nodes came from the other end */
	bool is_complete;	/* damaged: both walks met, so that nothing is missing */
};

/*
 * All nodes of the list whose head is at `head`. Nodes whose page is missing from the dump are
 * among them where a neighbour vouches for them. Damage is a result, not a failure. Fails with
 * MCD_ABSENT where the head was never initialised (both pointers 0), MCD_FAULT where it cannot be
 * read, or a fatal status.
 */
MCD_MUST_CHECK enum mcd_status mcd_list_collect(struct mcd_target *target, struct mcd_arena *arena,
						uint64_t head, const char *what,
						struct mcd_list *ret);

#endif
