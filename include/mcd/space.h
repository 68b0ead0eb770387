/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What removed memory cgroups take from the machine as plain facts: memory of their own, and ids. And who
 * leaves them behind. Decoders and the command fill these, reports print them; all pointers live as long
 * as the report's arena.
 */
#ifndef MCD_SPACE_H
#define MCD_SPACE_H

#include "mcd/facts.h"

/* ---- memory: mcd_world_cost() ---- */

/* One kind of allocation that a memcg keeps. */
struct mcd_cost_row {
	const char *name; /* of the kernel's structure, or what it is; static */
	size_t nr_cpus;	  /* how often each is there; 0: it is not per cpu */
	uint64_t nr;
	uint64_t bytes;	     /* of all of them, on all cpus */
	uint64_t each_bytes; /* of one, on one cpu; meaningful where is_uniform */
	bool is_uniform;     /* all are of one size */
};

/* Of all memcgs that were asked about together. */
struct mcd_cost {
	struct mcd_cost_row *rows; /* those that there are, in the order of ownership */
	size_t nr_rows;
	uint64_t bytes;	      /* of all rows */
	size_t nr_memcgs;     /* that were looked at */
	size_t nr_unreadable; /* of them: something could not be looked at, and is not in the rows */
	size_t nr_freed_stats;	     /* of them: the kernel has freed their per-cpu statistics */
	struct mcd_figure ram_bytes; /* what the kernel's page allocator was given */
};

/* ---- ids: mcd_world_ids() ---- */

/* What a table of ids has, by what became of whom they belong to. */
struct mcd_id_table {
	const char *name; /* "memcg ids", "css ids", "cgroup ids"; static */
	enum mcd_known known;
	uint64_t nr_used; /* of all that follow */
	uint64_t nr_online, nr_dying, nr_offline, nr_released,
		nr_unreadable; /* by state of the memcg */
	uint64_t nr_gone;      /* they lead to no memory cgroup */
	uint64_t limit;	       /* how many this kernel gives out; 0: as many as there are ints */
};

enum { MCD_NR_ID_TABLES = 2, MCD_NR_STATES = MCD_STATE_RELEASED + 1 };

struct mcd_id_space {
	struct mcd_id_table tables[MCD_NR_ID_TABLES]; /* the one that is limited first */
	size_t nr_tables;
	struct mcd_figure nr_left;	  /* of the first table; 0: no memory cgroup can be made */
	const char *refusal;		  /* what mkdir says then: "ENOSPC"; static */
	size_t nr_memcgs[MCD_NR_STATES];  /* found, by enum mcd_state */
	struct mcd_figure nr_directories; /* of the hierarchy, its root included */
	struct mcd_figure nr_cgroups;	  /* what /proc/cgroups shows: removed ones included */
};

#endif
