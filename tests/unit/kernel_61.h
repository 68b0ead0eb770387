/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fake 6.1 kernel on the legacy or the unified hierarchy: page counters, percpu references, the
 * css tree, kernfs names, per-cpu statistics. On request it carries the facility's list and unions
 * too, for what the tree and the list say about each other.
 */
#ifndef KERNEL_61_H
#define KERNEL_61_H

#include "fake_target.h"

enum { K61_GROUPS_MAX = 40, K61_NR_CPUS = 2, K61_LISTENERS_MAX = 2 };

/* Flags of a css. */
enum { K61_NO_REF = 1, K61_ONLINE = 2, K61_RELEASED = 4, K61_DYING = 16 };

#define K61_MEMCGS UINT64_C(0xffff888004100000)
#define K61_LIST UINT64_C(0xffffffff82a00000) /* dangling_memcgs */

enum k61_ref_mode {
	K61_REF_DEAD,	   /* atomic, and killed */
	K61_REF_ATOMIC,	   /* atomic, and alive */
	K61_REF_PERCPU,	   /* spread over the cpus */
	K61_REF_SWITCHING, /* marked atomic, the per-cpu parts are not added up yet */
	K61_REF_EXITED,	   /* percpu_ref_exit() has run */
};

/* A statistic in pages. */
struct k61_stat {
	int64_t total, pending;
	int64_t state[K61_NR_CPUS], prev[K61_NR_CPUS];
};

/* One group; the first of a table is the root, which has no name. */
struct k61_group {
	const char *name; /* kernfs_node.name */
	size_t parent;	  /* index; of the root: itself */
	unsigned int flags;
	bool is_cgroup_online; /* cgroup.self; implied by K61_ONLINE */
	int32_t id;
	int32_t swap_id; /* mem_cgroup.id */
	uint64_t serial;
	int64_t memory, memsw, kmem, tcpmem; /* pages; memsw is swap on the unified hierarchy */
	struct k61_stat sock_stat, kmem_stat;
	bool has_freed_stats; /* vmstats_percpu is NULL */
	enum k61_ref_mode ref_mode;
	int64_t refs;
	int64_t ref_parts[K61_NR_CPUS];
	size_t nr_listeners;
	uint64_t move_charge;
	bool is_listed;		/* on the facility's list, in the order of the table */
	const char *memcg_name; /* of a listed one */
};

struct k61_config {
	bool is_v2, has_facility;
	bool has_new_parent; /* kernfs_node.__parent, since 6.15 */
	/* Without these the counters kmem and tcpmem exist all the same, at 0 on a real kernel. */
	bool lacks_kmem, lacks_inet;
};

#define K61_RELEASE "6.1.0-unit"
#define K61_BUILD_ID "000102030405060708090a0b0c0d0e0f10111213"

/* Where things of group `i` are. */
uint64_t k61_memcg(size_t i);
uint64_t k61_cgroup(size_t i);
uint64_t k61_node(size_t i); /* struct kernfs_node */
uint64_t k61_name(size_t i);
uint64_t k61_ref_data(size_t i);
uint64_t k61_vmstats(size_t i);
uint64_t k61_vmstats_percpu(size_t i, size_t cpu);
uint64_t k61_children(size_t i);
uint64_t k61_sibling(size_t i);

void k61_init(struct fake_target *fake, const struct k61_config *config,
	      const struct k61_group *groups, size_t nr);

/* The root that most tables begin with. */
#define K61_ROOT_GROUP                                                                  \
	{                                                                               \
		.flags = K61_NO_REF | K61_ONLINE, .id = 1, .serial = 1, .memory = 5000, \
		.memsw = 5000, .ref_mode = K61_REF_PERCPU                               \
	}

#endif
