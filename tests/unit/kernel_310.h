/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fake 3.10 kernel that carries the facility memory.dangling_memcgs, and its relatives: 3.8,
 * without SMP, without parts of the configuration.
 *
 * The facility's kernels are the ones where css.cgroup of a dead group is freed memory, memsw
 * shares its bytes with the work that frees the group, and the socket counter was destroyed before
 * the group was listed. A test gives the groups as a table and gets a target.
 */
#ifndef KERNEL_310_H
#define KERNEL_310_H

#include "fake_target.h"

enum { K310_GROUPS_MAX = 8, K310_CACHES_MAX = 5 };

enum {
	K310_ROOT = 0x40100000,
	K310_LIST = 0x40001000, /* dangling_memcgs */
	K310_NR_CPUS = 3,	/* possible; the last one is offline */
};

/* One dead group, newest first in the table. */
struct k310_group {
	const char *name; /* memcg_name; NULL: a NULL pointer */
	uint64_t memsw, kmem, tcp;
	uint64_t user;			     /* what res has beyond kmem */
	int64_t sockets;		     /* percpu_counter.count */
	const char *caches[K310_CACHES_MAX]; /* their full names */
	int32_t kmemcg_id;
	uint16_t css_id;
	uint32_t refcnt;    /* 0: being freed, memsw is garbage */
	bool has_slab_head; /* memcg_slab_caches was initialised; implied by caches */
	bool is_online;	    /* a listed group that lives, which should not be */
	uint64_t counters;  /* percpu_counter.counters; 0: destroyed */
};

/* What the kernel was built as; zeroes: 3.10, SMP, everything accounted. */
struct k310_config {
	bool is_38, is_up, lacks_kmem, lacks_swap, lacks_inet;
	/* What lies at per-cpu offset 0 of each cpu: a destroyed counter's sum includes it. */
	int32_t garbage[K310_NR_CPUS];
};

/* Where things of group `i` are. */
uint64_t k310_memcg(size_t i);
uint64_t k310_name(size_t i);
uint64_t k310_params(size_t i, size_t cache); /* struct memcg_cache_params */
uint64_t k310_cache(size_t i, size_t cache);  /* struct kmem_cache */
uint64_t k310_root_params(size_t cache);

void k310_init(struct fake_target *fake, const struct k310_config *config,
	       const struct k310_group *groups, size_t nr);

/* The report that a real 3.10 kernel gave, as groups. */
extern const struct k310_group k310_seen[3];

#endif
