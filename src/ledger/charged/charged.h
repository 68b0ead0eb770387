/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is charged without a reference, as it is counted: charged.c has the counts, and asks
 *
 *   charged_objcg.c    whom an obj_cgroup stands for
 *   charged_page.c     for slab objects and pages that one is charged with
 *   charged_percpu.c   for per-cpu memory
 *   charged_cache.c    for caches of the memcgs' own, before there were obj_cgroups
 */
#ifndef MCD_CHARGED_H
#define MCD_CHARGED_H

#include "../accounts.h"

/* What is counted apart: a slab cache, per-cpu memory, a kind of pages. */
struct mcd_charge_class {
	const char *kind;      /* static */
	struct mcd_text name;  /* of the cache */
	uint64_t object_bytes; /* of the cache; 0: it cannot be read, nor can its slabs */
	uint64_t nr_per_slab;  /* of SLAB; of SLUB that stands in the slab: 0 */
};

/* What one account has of one class. */
struct mcd_charge_count {
	size_t class;
	size_t next; /* position + 1 of the account's next one */
	uint64_t nr_objects, bytes;
};

struct mcd_charges {
	struct mcd_audit *audit;
	bool is_indexed; /* by mcd_objcgs_index() */
	bool has_ridden; /* slab objects and pages were counted in a scan of all pages */
	struct mcd_charge_class *classes;
	size_t nr_classes, classes_capacity;
	struct mcd_charge_count *counts;
	size_t nr_counts, counts_capacity;
	size_t *first;		     /* by account: position + 1 of its newest count */
	struct mcd_addrmap by_pair;  /* account and class -> position in counts */
	struct mcd_addrmap by_kind;  /* a kind's text -> class */
	struct mcd_addrmap by_cache; /* struct kmem_cache -> class */
	struct mcd_addrmap owners;   /* obj_cgroup -> position of the account + 1, or 0 */
	bool has_orig;		     /* the kernel remembers a removed memcg's own obj_cgroup */
	bool has_user_pages;	     /* pages of users have an obj_cgroup too */
	uint64_t nr_lost;	     /* slabs and chunks that cannot be read */
};

/*
 * charged.c: made when they are first asked for. MCD_ABSENT where this kernel has no obj_cgroup: `ret` is
 * good for the other ways all the same.
 */
MCD_MUST_CHECK enum mcd_status mcd_charges_get(struct mcd_audit *audit, struct mcd_charges **ret);
/* Counts for the account at this position. All fail only with no memory. */
MCD_MUST_CHECK enum mcd_status mcd_charge_add(struct mcd_charges *charges, size_t account,
					      size_t class, uint64_t nr_objects, uint64_t bytes);
/* The class of a kind without names, "percpu". */
MCD_MUST_CHECK enum mcd_status mcd_charge_kind(struct mcd_charges *charges, const char *kind,
					       size_t *ret);
/* That of a slab cache, which is read when it is first met. Fails with a fatal status alone. */
MCD_MUST_CHECK enum mcd_status mcd_charge_cache(struct mcd_charges *charges, uint64_t cache,
						size_t *ret);

/* charged_objcg.c: prepares the next one. MCD_ABSENT: this kernel has no obj_cgroup. */
MCD_MUST_CHECK enum mcd_status mcd_objcgs_index(struct mcd_charges *charges);
/*
 * The position of the account that charged through this obj_cgroup, plus one; 0: none of ours. That is
 * the memcg that it was made for, and where that is gone or cannot be told, the one that has it now.
 */
MCD_MUST_CHECK enum mcd_status mcd_objcg_owner(struct mcd_charges *charges, uint64_t objcg,
					       size_t *ret);
/* Whether what the memcg charged can be told from what its parent did. */
bool mcd_objcg_is_told(struct mcd_charges *charges, const struct mcd_memcg *memcg);

/* Each fails where the dump lacks what it goes over, or with a fatal status. */
MCD_MUST_CHECK enum mcd_status mcd_charges_of_pages(struct mcd_charges *charges);
MCD_MUST_CHECK enum mcd_status mcd_charges_of_percpu(struct mcd_charges *charges);
/* The rows of one memcg, which are then its own; MCD_ABSENT where the kernel does not tell. */
MCD_MUST_CHECK enum mcd_status mcd_charges_of_caches(struct mcd_charges *charges, size_t account);

#endif
