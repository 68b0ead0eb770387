/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the decoders offer each other; one kernel object per file.
 *
 * A decoder turns kernel structures into facts. Functions that return a status fail only with a
 * fatal one (no memory, interrupted): whatever the dump lacks is n/a or unreadable in the facts.
 */
#ifndef MCD_DECODE_H
#define MCD_DECODE_H

#include "mcd/facts.h"
#include "mcd/list.h"
#include "mcd/world.h"

/* figure.c: a status and a value as one of known, n/a, unreadable. */
struct mcd_figure mcd_figure_from(enum mcd_status status, uint64_t value);
/* The same of a count; one of 2^63 and more contradicts itself: unreadable. */
struct mcd_figure mcd_figure_count(enum mcd_status status, uint64_t value);
struct mcd_figure mcd_figure_known(uint64_t value);
struct mcd_figure mcd_figure_none(enum mcd_known known);
/* a − b modulo 2^64; unreadable if either is, else n/a if either is. */
struct mcd_figure mcd_figure_minus(struct mcd_figure a, struct mcd_figure b);
/* figure * unit; a count below zero or beyond all memory contradicts itself: unreadable. */
struct mcd_figure mcd_figure_scale(struct mcd_figure figure, uint64_t unit);
/* Both known and equal, or both of the same kind of nothing. */
bool mcd_figure_equal(struct mcd_figure a, struct mcd_figure b);

/* note.c: keeps a remark about the dump; fails with MCD_NO_MEMORY only. */
MCD_MUST_CHECK enum mcd_status mcd_note_add(struct mcd_world *world, const char *format, ...)
	MCD_PRINTF(2, 3);
/* How many there are, those that were too many of their kind included. */
size_t mcd_note_count(const struct mcd_world *world);
/* The remark on a damaged list: where it breaks, and what was saved. */
MCD_MUST_CHECK enum mcd_status mcd_note_list(struct mcd_world *world, const char *what,
					     const struct mcd_list *list);

/* css.c: the base class. */
enum mcd_state mcd_css_state(struct mcd_world *world, uint64_t memcg);
struct mcd_figure mcd_css_id(struct mcd_world *world, uint64_t memcg);
MCD_MUST_CHECK enum mcd_status mcd_decode_css_id(struct mcd_world *world, struct mcd_memcg *memcg);
MCD_MUST_CHECK enum mcd_status mcd_decode_serial(struct mcd_world *world, struct mcd_memcg *memcg);
/* The directory that the memcg belongs to; n/a where it may be freed memory. */
struct mcd_figure mcd_css_cgroup(struct mcd_world *world, const struct mcd_memcg *memcg);
bool mcd_css_cgroup_is_online(struct mcd_world *world, const struct mcd_memcg *memcg);
enum mcd_hierarchy mcd_css_hierarchy(struct mcd_world *world);

/* refs.c: the css's own count, and whether the css is past its kill, so that no new reference is had. */
MCD_MUST_CHECK enum mcd_status mcd_refs_of_css(struct mcd_world *world, uint64_t memcg,
					       uint64_t *ret);
MCD_MUST_CHECK enum mcd_status mcd_refs_are_killed(struct mcd_world *world, uint64_t memcg,
						   bool *ret);
/* The same of any percpu_ref. */
MCD_MUST_CHECK enum mcd_status mcd_refs_of_percpu_ref(struct mcd_world *world, uint64_t ref,
						      uint64_t *ret);

/* css_tree.c, facility.c: the sources. `*ret_nr` memcg addresses in the source's order. */
struct mcd_tree_node {
	uint64_t memcg;
	size_t end; /* position after the last descendant, in pre-order */
};
MCD_MUST_CHECK enum mcd_status mcd_css_tree_walk(struct mcd_world *world,
						 struct mcd_tree_node **ret, size_t *ret_nr);
MCD_MUST_CHECK enum mcd_status mcd_facility_walk(struct mcd_world *world, uint64_t **ret,
						 size_t *ret_nr);

/*
 * idtree.c: every item of a table of ids, by ascending id. MCD_ABSENT: a form that is not known. Nodes that
 * count more ids than they have items are damaged if the table is dense.
 */
enum mcd_idtree_kind {
	MCD_IDTREE_IDR,	   /* struct idr */
	MCD_IDTREE_DENSE,  /* the same, and every id that is given has an item from the start */
	MCD_IDTREE_XARRAY, /* struct xarray */
};
struct mcd_id {
	uint64_t id, pointer;
};
struct mcd_idtree {
	struct mcd_id *ids;
	size_t nr;
	size_t nr_reserved; /* ids beside these, given out without an item: not yet, or no longer */
};
MCD_MUST_CHECK enum mcd_status mcd_idtree_collect(struct mcd_world *world, uint64_t table,
						  const char *what, enum mcd_idtree_kind kind,
						  struct mcd_idtree *ret);

/* ids.c: the memcgs of this kernel's table of ids, and the controller's number in arrays by controller. */
MCD_MUST_CHECK enum mcd_status mcd_ids_walk(struct mcd_world *world, uint64_t **ret,
					    size_t *ret_nr);
MCD_MUST_CHECK enum mcd_status mcd_ids_controller(struct mcd_world *world, uint64_t *ret);
/* The controller itself, struct cgroup_subsys. */
MCD_MUST_CHECK enum mcd_status mcd_ids_subsys(struct mcd_target *target, uint64_t *ret);

/* census.c: the kernel's own counts of the dead, and whether they agree with what was found. */
MCD_MUST_CHECK enum mcd_status mcd_census_take(struct mcd_world *world);

/* capability.c: fills head.can_pin. */
void mcd_capability_probe(struct mcd_world *world);

/* unions.c: which half of the facility's unions is meant; asks state and sources only. */
enum mcd_union_form mcd_union_form(struct mcd_world *world, const struct mcd_memcg *memcg);

/* path.c first, name.c second. */
MCD_MUST_CHECK enum mcd_status mcd_decode_path(struct mcd_world *world, struct mcd_memcg *memcg);
MCD_MUST_CHECK enum mcd_status mcd_decode_name(struct mcd_world *world, struct mcd_memcg *memcg);

/* The slab caches of one memcg, in the kernel's order; zeroes where it has no such thing. */
struct mcd_owned_caches {
	uint64_t *caches; /* addresses of struct kmem_cache; 0: unreadable */
	size_t nr;
	enum mcd_known known; /* MCD_UNREADABLE: some may be missing */
};

/* caches_list.c: from the memcg's own list, of caches or of what leads to them by kmemcg_id. */
MCD_MUST_CHECK enum mcd_status mcd_caches_linked(struct mcd_world *world,
						 const struct mcd_memcg *memcg,
						 struct mcd_owned_caches *ret);
MCD_MUST_CHECK enum mcd_status mcd_caches_numbered(struct mcd_world *world,
						   const struct mcd_memcg *memcg,
						   struct mcd_owned_caches *ret);
/*
 * What the group was called when its newest readable cache was made, the last component of its
 * path: caches are named ROOT(ID:GROUP). Left as it is where no cache tells; only of kernels with
 * kmemcg_id in those names, v3.8 to v3.19.
 */
MCD_MUST_CHECK enum mcd_status
mcd_caches_group_name(struct mcd_world *world, const struct mcd_memcg *memcg, struct mcd_text *ret);
/* caches_global.c: from the list of all caches, which is walked when this is first called. */
MCD_MUST_CHECK enum mcd_status mcd_caches_of_all(struct mcd_world *world,
						 const struct mcd_memcg *memcg,
						 struct mcd_owned_caches *ret);
/* caches.c: the name of the kmem_cache at `cache`; unreadable where that is 0. */
MCD_MUST_CHECK enum mcd_status mcd_cache_name(struct mcd_world *world, uint64_t cache,
					      struct mcd_text *ret);

/*
 * counter.c: the usage of an embedded res_counter or page_counter in bytes; unreadable where it
 * makes no sense. The kernel's own arithmetic minds nothing and wraps modulo 2^64.
 */
struct mcd_figure mcd_counter_bytes(struct mcd_world *world, uint64_t memcg,
				    enum mcd_layout_id member);
struct mcd_figure mcd_counter_kernel_bytes(struct mcd_world *world, uint64_t memcg,
					   enum mcd_layout_id member);
/* The same of a counter anywhere, by its address and type: a page_counter, or a res_counter. */
struct mcd_figure mcd_counter_bytes_at(struct mcd_world *world, uint64_t counter,
				       bool counts_pages);
struct mcd_figure mcd_counter_kernel_bytes_at(struct mcd_world *world, uint64_t counter,
					      bool counts_pages);
/* Whether the counters in struct mem_cgroup are page counters. */
bool mcd_counters_are_pages(struct mcd_world *world);
/* The counter of user memory: memory since v3.19, res before. */
struct mcd_figure mcd_counter_memory(struct mcd_world *world, uint64_t memcg);

/* swap.c: false where the kernel was started with swap accounting off. */
bool mcd_swap_is_counted(struct mcd_world *world);

/* percpu.c: fills world->online and world->possible; fails with MCD_NO_MEMORY only. */
MCD_MUST_CHECK enum mcd_status mcd_cpus_read(struct mcd_world *world);
/* A percpu_counter's fields: its count, and whether the per-cpu part is there. */
struct mcd_percpu_counter {
	struct mcd_figure count;    /* signed, as two's complement */
	bool has_counters;	    /* CONFIG_SMP */
	struct mcd_figure counters; /* per-cpu pointer; 0 once destroyed */
};
struct mcd_percpu_counter mcd_percpu_counter_read(struct mcd_world *world, uint64_t addr);
/* percpu_counter_sum() as the kernel computes it, a destroyed counter's garbage included. */
struct mcd_figure mcd_percpu_counter_sum(struct mcd_world *world,
					 const struct mcd_percpu_counter *counter);

/*
 * charge.c: whose counters are charged. Up to v4.4, which has no counter of swap, the unified hierarchy,
 * then in development, charges the legacy one's.
 */
enum mcd_hierarchy mcd_charge_hierarchy(struct mcd_world *world);

/*
 * charge.c: bytes that v1 keeps in the page counter `member` and v2 in the statistic `stat`, which
 * leaves that counter at 0. Unreadable where the hierarchy is.
 */
MCD_MUST_CHECK enum mcd_status mcd_charge_bytes(struct mcd_world *world,
						const struct mcd_memcg *memcg,
						enum mcd_layout_id member, enum mcd_stat stat,
						struct mcd_figure *ret);

/*
 * stat_form.c: one group's own numbers, in whatever form the kernel has them. MCD_ABSENT where it has
 * no such statistic or none that is understood.
 */
const struct mcd_stat_item *mcd_stat_item(struct mcd_world *world, enum mcd_stat stat);
/* What the kernel has added up at the group, of its subtree: 0 where every group counts for itself. */
MCD_MUST_CHECK enum mcd_status mcd_stat_read_total(struct mcd_world *world, uint64_t memcg,
						   enum mcd_stat stat, int64_t *ret);
/* What the group has and that total lacks. */
MCD_MUST_CHECK enum mcd_status mcd_stat_read_own(struct mcd_world *world, uint64_t memcg,
						 enum mcd_stat stat, int64_t *ret);
/*
 * Whether the kernel has freed the group's per-cpu statistics when it went offline, as those of Red Hat 9 and
 * 10 do, which leave the pointers as they are.
 */
bool mcd_stat_is_freed(struct mcd_target *target, uint64_t memcg);

/* stat.c: a group's hierarchical statistic, with every part that no cpu has handed up yet. */
MCD_MUST_CHECK enum mcd_status mcd_stat_pages(struct mcd_world *world,
					      const struct mcd_memcg *memcg, enum mcd_stat stat,
					      struct mcd_figure *ret);

/* cost.c: how many pointers mem_cgroup.nodeinfo has: nr_node_ids, without CONFIG_NUMA 1. */
uint64_t mcd_nr_node_slots(struct mcd_target *target);

/* decoders.c: fills css_id, serial, path and name. */
MCD_MUST_CHECK enum mcd_status mcd_facts_identify(struct mcd_world *world, struct mcd_memcg *memcg);

/* One decoder per fact; the table in decoders.c runs them in this order. */
MCD_MUST_CHECK enum mcd_status mcd_decode_refs(struct mcd_world *world, struct mcd_memcg *memcg);
MCD_MUST_CHECK enum mcd_status mcd_decode_limit(struct mcd_world *world, struct mcd_memcg *memcg);
MCD_MUST_CHECK enum mcd_status mcd_decode_swap(struct mcd_world *world, struct mcd_memcg *memcg);
MCD_MUST_CHECK enum mcd_status mcd_decode_swap_id(struct mcd_world *world, struct mcd_memcg *memcg);
MCD_MUST_CHECK enum mcd_status mcd_decode_kmem(struct mcd_world *world, struct mcd_memcg *memcg);
MCD_MUST_CHECK enum mcd_status mcd_decode_tcp(struct mcd_world *world, struct mcd_memcg *memcg);
MCD_MUST_CHECK enum mcd_status mcd_decode_caches(struct mcd_world *world, struct mcd_memcg *memcg);
MCD_MUST_CHECK enum mcd_status mcd_decode_unions(struct mcd_world *world, struct mcd_memcg *memcg);
MCD_MUST_CHECK enum mcd_status mcd_decode_kernel(struct mcd_world *world, struct mcd_memcg *memcg);

#endif
