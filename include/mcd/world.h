/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory cgroups of one dump: found from every source, then decoded one by one.
 *
 * Use: mcd_world_check(), mcd_world_init(), mcd_world_discover(), then mcd_world_decode() for the
 * memcgs that will be shown. Everything found lives in the arena.
 */
#ifndef MCD_WORLD_H
#define MCD_WORLD_H

#include "mcd/addrmap.h"
#include "mcd/arena.h"
#include "mcd/facts.h"
#include "mcd/space.h"
#include "mcd/status.h"
#include "mcd/target.h"

/* Can this kernel be decoded at all? */
enum mcd_fitness {
	MCD_FIT,
	MCD_UNFIT_NO_MEMCG,    /* no root_mem_cgroup: built without the memory controller */
	MCD_UNFIT_NO_TYPES,    /* a REQUIRED row of layout.def has no answer */
	MCD_UNFIT_INTERRUPTED, /* the user asked to stop before that was known */
};

/* What of a subtree's statistic has not reached the totals yet; see stat.c. */
struct mcd_unflushed {
	bool is_read;
	enum mcd_known known;
	int64_t value;
};

struct mcd_cache_index;

enum mcd_stat { MCD_STAT_SOCK, MCD_STAT_KMEM, MCD_NR_STATS };

struct mcd_stat_form;

/* Where the kernel keeps a statistic; see stat_form.c. */
struct mcd_stat_item {
	bool is_probed;
	enum mcd_status status; /* MCD_ABSENT: it has none, or none that is understood */
	const struct mcd_stat_form *form;
	uint64_t index; /* into the arrays of the form */
};

/* The cpus of one mask: their numbers, and what to add to a per-cpu pointer. */
struct mcd_cpus {
	enum mcd_known known;
	const unsigned int *numbers;
	const uint64_t *offsets;
	size_t nr;
};

struct mcd_world {
	struct mcd_target *target; /* borrowed */
	struct mcd_arena *arena;   /* borrowed */
	struct mcd_head head;
	uint64_t root_addr;	  /* of the root's struct mem_cgroup */
	struct mcd_memcg *memcgs; /* the facility's list in its order, then the rest of the tree */
	size_t nr, capacity;
	struct mcd_addrmap index; /* address -> position in memcgs */
	size_t nr_ids; /* that the table has given out by which memcgs are found, to whom ever */
	bool has_damaged_ids; /* some of that table may be missing */
	size_t *tree;	      /* positions in memcgs, in tree pre-order */
	size_t nr_tree, tree_capacity;
	struct mcd_note *notes, *last_note;
	struct mcd_cpus online, possible;
	bool is_swap_counted; /* swap accounting was not switched off */
	struct mcd_stat_item stat_items[MCD_NR_STATS];
	struct mcd_unflushed *unflushed[MCD_NR_STATS]; /* of subtrees, by position in the tree */
	size_t *tree_scratch;
	struct mcd_cache_index *caches; /* who owns which slab cache; see caches_global.c */
};

/* Whether the target is worth a try; the error text says what is missing otherwise. */
enum mcd_fitness mcd_world_check(struct mcd_target *target);

/* An empty world; allocates nothing. */
void mcd_world_init(struct mcd_world *world, struct mcd_target *target, struct mcd_arena *arena);

/*
 * Finds every memcg: address, sources, state, ids, serial, path, place in the tree. Damage becomes
 * a note. Fails only with a fatal status, or where root_mem_cgroup itself cannot be read.
 */
MCD_MUST_CHECK enum mcd_status mcd_world_discover(struct mcd_world *world);

/* Fills the rest of `memcg`, once. Fails only with a fatal status. */
MCD_MUST_CHECK enum mcd_status mcd_world_decode(struct mcd_world *world, struct mcd_memcg *memcg);

/*
 * The order of a report: the facility's list as it is, then other dangling memcgs by descending
 * serial number, then (with_live) the live ones in tree pre-order. `*ret` has `*ret_nr` pointers.
 */
MCD_MUST_CHECK enum mcd_status mcd_world_order(struct mcd_world *world, bool with_live,
					       struct mcd_memcg ***ret, size_t *ret_nr);

/*
 * What each of `rows`, which are decoded, costs by itself, and all of them together: fills cost_bytes and
 * `ret`. Fails only with a fatal status.
 */
MCD_MUST_CHECK enum mcd_status mcd_world_cost(struct mcd_world *world,
					      struct mcd_memcg *const *rows, size_t nr_rows,
					      struct mcd_cost *ret);

/* How much of the space of ids is used up, and by whom. Fails only with a fatal status. */
MCD_MUST_CHECK enum mcd_status mcd_world_ids(struct mcd_world *world, struct mcd_id_space *ret);

/*
 * How old every memcg is at least: fills age, which never falls with the serial number. Fails only with a
 * fatal status.
 */
MCD_MUST_CHECK enum mcd_status mcd_world_ages(struct mcd_world *world);

/* Every row of layout.def with this kernel's answer, MCD_NR_LAYOUT of them. Asks what is unasked. */
MCD_MUST_CHECK enum mcd_status mcd_world_probes(struct mcd_world *world,
						const struct mcd_probe **ret);

#endif
