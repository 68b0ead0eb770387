// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which kinds of things can hold a reference to a removed memcg on this kernel at all. What is held
 * through obj_cgroup does not count: css_offline() hands that to the parent.
 */
#include "decode.h"

static bool has(struct mcd_world *world, enum mcd_layout_id id)
{
	return mcd_layout_has(world->target, id);
}

/*
 * Charged pages hold references since v3.19 (e8ea14cc6ead), when pages came to name their memcg
 * themselves, and no longer since they name an obj_cgroup, and the root's group has one too.
 */
static bool user_pages(struct mcd_world *world)
{
	return (has(world, M(page, mem_cgroup)) || has(world, M(page, memcg_data))) &&
	       !has(world, M(obj_cgroup, is_root));
}

/* Only where the hierarchy is mounted with memory_hugetlb_accounting. */
static bool hugetlb(struct mcd_world *world)
{
	return user_pages(world) && has(world, ENUM(CGRP_ROOT_MEMORY_HUGETLB_ACCOUNTING));
}

static bool device(struct mcd_world *world)
{
	return user_pages(world) && has(world, ENUM(MEMORY_DEVICE_PRIVATE));
}

/* As long as they name a memcg: __memcg_kmem_charge() charges one, its successors an obj_cgroup. */
static bool kmem_page(struct mcd_world *world)
{
	return world->head.has_kmem &&
	       (has(world, M(page, mem_cgroup)) || has(world, SYM(__memcg_kmem_charge)));
}

/*
 * Since the caches have a reference count of their own, css_offline() hands them to the parent; nor do
 * they hold a reference where objects are charged to an obj_cgroup.
 */
static bool slab_cache(struct mcd_world *world)
{
	return has(world, M(memcg_cache_params, root_cache)) &&
	       !has(world, M(memcg_cache_params, refcnt)) && !has(world, M(mem_cgroup, objcg));
}

static bool swap(struct mcd_world *world)
{
	/* The later of the two switches only stops the counters. */
	return world->head.has_swap &&
	       (world->is_swap_counted || has(world, SYM(cgroup_memory_noswap)));
}

static bool socket(struct mcd_world *world)
{
	return world->head.has_tcp &&
	       (has(world, M(sock, sk_cgrp)) || has(world, M(sock, sk_memcg)));
}

static bool child(struct mcd_world *world)
{
	(void)world;
	return true;
}

/* inode_cgwb_enabled() wants the memory controller in the unified hierarchy. */
static bool writeback(struct mcd_world *world)
{
	return has(world, M(bdi_writeback, memcg_css)) && world->head.hierarchy != MCD_HIERARCHY_V1;
}

static bool fsnotify(struct mcd_world *world)
{
	return has(world, M(fsnotify_group, memcg));
}

/* Before charges held references, what a cpu kept in advance held none either. */
static bool stock(struct mcd_world *world)
{
	return has(world, M(memcg_stock_pcp, cached)) && has(world, M(mem_cgroup, memory));
}

static bool bpf_map(struct mcd_world *world)
{
	return has(world, M(bpf_map, memcg));
}

/* "cgroup: make css_sets pin the associated csses" came with what lets iterators of tasks go on (v4.4). */
static bool task(struct mcd_world *world)
{
	return has(world, M(css_set, task_iters));
}

/* Until v3.18 the kernel memory of a group held one reference as a whole; up to v3.10 the css one more. */
static bool base(struct mcd_world *world)
{
	return has(world, M(mem_cgroup, refcnt)) ||
	       (has(world, M(mem_cgroup, res)) && world->head.has_kmem);
}

void mcd_capability_probe(struct mcd_world *world)
{
	static bool (*const rules[MCD_NR_PINS])(struct mcd_world *) = {
		[MCD_PIN_PAGE_CACHE] = user_pages,
		[MCD_PIN_SHMEM] = user_pages,
		[MCD_PIN_ANON] = user_pages,
		[MCD_PIN_HUGETLB] = hugetlb,
		[MCD_PIN_DEVICE] = device,
		[MCD_PIN_KMEM_PAGE] = kmem_page,
		[MCD_PIN_SLAB_CACHE] = slab_cache,
		[MCD_PIN_SWAP] = swap,
		[MCD_PIN_SOCKET] = socket,
		[MCD_PIN_CHILD] = child,
		[MCD_PIN_WRITEBACK] = writeback,
		[MCD_PIN_FSNOTIFY] = fsnotify,
		[MCD_PIN_STOCK] = stock,
		[MCD_PIN_BPF_MAP] = bpf_map,
		[MCD_PIN_TASK] = task,
		[MCD_PIN_BASE] = base,
	};

	for (size_t i = 0; i < MCD_NR_PINS; i++)
		world->head.can_pin[i] = rules[i](world);
}
