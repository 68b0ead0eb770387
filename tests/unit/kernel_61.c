// SPDX-License-Identifier: GPL-2.0-or-later
/* A fake 6.1 kernel. See kernel_61.h. */
#include "kernel_61.h"

#include "unit.h"

/* Sizes and order as in 6.1; the offsets are those of no particular build. */
static const struct fake_row rows_61[] = {
	FAKE_STRUCT(mem_cgroup, 2048),
	FAKE_MEMBER(mem_cgroup, css, 0, 224),
	FAKE_MEMBER(mem_cgroup, memory, 256, 192),
	FAKE_MEMBER(mem_cgroup, memsw, 448, 192),
	FAKE_MEMBER(mem_cgroup, swap, 448, 192),
	FAKE_MEMBER(mem_cgroup, kmem, 640, 192),
	FAKE_MEMBER(mem_cgroup, tcpmem, 832, 192),
	FAKE_MEMBER(mem_cgroup, id, 1024, 8),
	FAKE_MEMBER(mem_cgroup, oom_notify, 1248, 16),
	FAKE_MEMBER(mem_cgroup, move_charge_at_immigrate, 1264, 8),
	FAKE_MEMBER(mem_cgroup, vmstats, 1344, 8),
	FAKE_MEMBER(mem_cgroup, kmemcg_id, 1576, 4),
	FAKE_MEMBER(mem_cgroup, objcg, 1584, 8),
	FAKE_MEMBER(mem_cgroup, vmstats_percpu, 1664, 8),
	FAKE_MEMBER(mem_cgroup_id, id, 0, 4),
	FAKE_STRUCT(cgroup_subsys_state, 224),
	FAKE_MEMBER(cgroup_subsys_state, cgroup, 0, 8),
	FAKE_MEMBER(cgroup_subsys_state, refcnt, 16, 16),
	FAKE_MEMBER(cgroup_subsys_state, sibling, 32, 16),
	FAKE_MEMBER(cgroup_subsys_state, children, 48, 16),
	FAKE_MEMBER(cgroup_subsys_state, id, 80, 4),
	FAKE_MEMBER(cgroup_subsys_state, flags, 84, 4),
	FAKE_MEMBER(cgroup_subsys_state, serial_nr, 88, 8),
	FAKE_MEMBER(cgroup, self, 0, 224),
	FAKE_MEMBER(cgroup, kn, 256, 8),
	FAKE_MEMBER(cgroup, root, 400, 8),
	FAKE_MEMBER(kernfs_node, parent, 8, 8),
	FAKE_MEMBER(kernfs_node, name, 16, 8),
	FAKE_MEMBER(percpu_ref, percpu_count_ptr, 0, 8),
	FAKE_MEMBER(percpu_ref, data, 8, 8),
	FAKE_MEMBER(percpu_ref_data, count, 0, 8),
	FAKE_MEMBER(page_counter, usage, 0, 8),
	FAKE_MEMBER(percpu_counter, count, 8, 8),
	FAKE_MEMBER(percpu_counter, counters, 32, 8),
	FAKE_MEMBER(kmem_cache, name, 96, 8),
	FAKE_MEMBER(memcg_vmstats, state, 0, 400),
	FAKE_MEMBER(memcg_vmstats, state_pending, 1024, 400),
	FAKE_MEMBER(memcg_vmstats_percpu, state, 0, 400),
	FAKE_MEMBER(memcg_vmstats_percpu, state_prev, 1024, 400),
	FAKE_MEMBER(uts_namespace, name, 0, 390),
	FAKE_MEMBER(new_utsname, release, 130, 65),
	FAKE_MEMBER(new_utsname, machine, 260, 65),
	FAKE_STRUCT(cpumask, 1024),
	FAKE_ENUMERATOR(CSS_NO_REF, K61_NO_REF),
	FAKE_ENUMERATOR(CSS_ONLINE, K61_ONLINE),
	FAKE_ENUMERATOR(CSS_RELEASED, K61_RELEASED),
	FAKE_ENUMERATOR(CSS_DYING, K61_DYING),
	FAKE_ENUMERATOR(MEMCG_SOCK, 44),
	FAKE_ENUMERATOR(MEMCG_KMEM, 47),
	FAKE_SYMBOL(root_mem_cgroup, 0xffffffff82000000),
	FAKE_SYMBOL(cgrp_dfl_root, 0xffffffff82000100),
	FAKE_SYMBOL(swap_cgroup_ctrl, 0xffffffff82000200),
	FAKE_SYMBOL(tcp_prot, 0xffffffff82000300),
	FAKE_SYMBOL(init_uts_ns, 0xffffffff82000400),
	FAKE_SYMBOL(__start_notes, 0xffffffff82000800),
	FAKE_SYMBOL(__stop_notes, 0xffffffff82000824),
	FAKE_SYMBOL(vmlinux_build_id, 0xffffffff82000900),
	FAKE_SYMBOL(__cpu_online_mask, 0xffffffff82001000),
	FAKE_SYMBOL(__cpu_possible_mask, 0xffffffff82001800),
};

static const struct fake_row rows_facility[] = {
	FAKE_MEMBER(mem_cgroup, dead, 1248, 16),
	FAKE_MEMBER(mem_cgroup, memcg_name, 1264, 8),
	FAKE_SYMBOL(dangling_memcgs, K61_LIST),
};

/* Since 6.15 the parent has another name. */
static const struct fake_row rows_parent[] = {
	FAKE_MEMBER(kernfs_node, __parent, 8, 8),
};

#define SYMBOLS UINT64_C(0xffffffff82000000)
#define CGROUPS UINT64_C(0xffff888004200000)
#define NODES UINT64_C(0xffff888004300000)
#define NAMES UINT64_C(0xffff888004400000)
#define MEMCG_NAMES UINT64_C(0xffff888004500000)
#define REF_DATA UINT64_C(0xffff888004600000)
#define VMSTATS UINT64_C(0xffff888004700000)
#define LISTENERS UINT64_C(0xffff888004800000)
#define PERCPU_BASE UINT64_C(0xffff888010000000)
#define REF_BIAS (UINT64_C(1) << 63)

enum {
	SLOT = FAKE_PAGE_BYTES,
	LEGACY_ROOT = 0x1000, /* the address of some cgroup_root that is not cgrp_dfl_root */
	/* Per-cpu pointers: page 0 is for the references, then one page of statistics a group. */
	PERCPU_REFS = 0,
	PERCPU_STATS = SLOT,
	PERCPU_BYTES = (K61_GROUPS_MAX + 1) * SLOT,
};

static const uint64_t percpu_offsets[K61_NR_CPUS] = { PERCPU_BASE, PERCPU_BASE + PERCPU_BYTES };

uint64_t k61_memcg(size_t i)
{
	return K61_MEMCGS + i * SLOT;
}

uint64_t k61_cgroup(size_t i)
{
	return CGROUPS + i * SLOT;
}

uint64_t k61_node(size_t i)
{
	return NODES + i * SLOT;
}

uint64_t k61_name(size_t i)
{
	return NAMES + i * SLOT;
}

uint64_t k61_ref_data(size_t i)
{
	return REF_DATA + i * SLOT;
}

uint64_t k61_vmstats(size_t i)
{
	return VMSTATS + i * SLOT;
}

uint64_t k61_vmstats_percpu(size_t i, size_t cpu)
{
	return percpu_offsets[cpu] + PERCPU_STATS + i * SLOT;
}

/* The css is at offset 0 of its memcg. */
uint64_t k61_children(size_t i)
{
	return k61_memcg(i) + 48;
}

uint64_t k61_sibling(size_t i)
{
	return k61_memcg(i) + 32;
}

static void map_memory(struct fake_target *fake)
{
	static const uint64_t per_group[] = {
		K61_MEMCGS, CGROUPS, NODES, NAMES, MEMCG_NAMES, REF_DATA, VMSTATS, LISTENERS,
	};

	fake_map(fake, SYMBOLS, 2 * SLOT);
	fake_map(fake, K61_LIST, SLOT);
	for (size_t i = 0; i < ARRAY_SIZE(per_group); i++)
		fake_map(fake, per_group[i], K61_GROUPS_MAX * SLOT);
	for (size_t cpu = 0; cpu < K61_NR_CPUS; cpu++)
		fake_map(fake, percpu_offsets[cpu], PERCPU_BYTES);
}

static void learn(struct fake_target *fake, const struct k61_config *config)
{
	fake_learn(fake, FAKE_ROWS(rows_61));
	if (config->has_facility)
		fake_learn(fake, FAKE_ROWS(rows_facility));
	if (config->has_new_parent) {
		fake_learn(fake, FAKE_ROWS(rows_parent));
		fake_forget(fake, M(kernfs_node, parent));
	}
	if (config->lacks_kmem) {
		fake_forget(fake, M(mem_cgroup, kmemcg_id));
		fake_forget(fake, M(mem_cgroup, objcg));
	}
	if (config->lacks_inet)
		fake_forget(fake, SYM(tcp_prot));
	fake->percpu_offsets = percpu_offsets;
	fake->nr_cpus = K61_NR_CPUS;
	fake_u64(fake, fake_value(fake, SYM(__cpu_online_mask)), 0x1);
	fake_u64(fake, fake_value(fake, SYM(__cpu_possible_mask)), 0x3);
	fake_u64(fake, fake_value(fake, SYM(root_mem_cgroup)), k61_memcg(0));
}

/* The build-id is the only note. */
static void put_identity(struct fake_target *fake)
{
	uint64_t uts = fake_value(fake, SYM(init_uts_ns));
	uint64_t note = fake_value(fake, SYM(__start_notes));

	fake_text(fake, fake_at(fake, uts, M(new_utsname, release)), K61_RELEASE);
	fake_text(fake, fake_at(fake, uts, M(new_utsname, machine)), "x86_64");
	fake_u32(fake, note, 4);
	fake_u32(fake, note + 4, 20);
	fake_u32(fake, note + 8, 3);
	fake_text(fake, note + 12, "GNU");
	for (uint8_t i = 0; i < 20; i++) {
		fake_u8(fake, note + 16 + i, i);
		fake_u8(fake, fake_value(fake, SYM(vmlinux_build_id)) + i, i);
	}
}

static void put_cgroup(struct fake_target *fake, const struct k61_config *config,
		       const struct k61_group *group, size_t i)
{
	uint64_t self = fake_at(fake, k61_cgroup(i), M(cgroup, self));
	uint64_t hierarchy = config->is_v2 ? fake_value(fake, SYM(cgrp_dfl_root)) : LEGACY_ROOT;
	bool is_online = group->is_cgroup_online || (group->flags & K61_ONLINE);

	fake_put(fake, self, M(cgroup_subsys_state, flags), is_online ? K61_ONLINE : 0);
	fake_put(fake, k61_cgroup(i), M(cgroup, kn), k61_node(i));
	fake_put(fake, k61_cgroup(i), M(cgroup, root), hierarchy);
	/* parent and __parent are at the same offset */
	fake_put(fake, k61_node(i), M(kernfs_node, parent), i ? k61_node(group->parent) : 0);
	fake_put(fake, k61_node(i), M(kernfs_node, name), k61_name(i));
	if (group->name)
		fake_text(fake, k61_name(i), group->name);
}

static void put_ref(struct fake_target *fake, const struct k61_group *group, size_t i)
{
	static const uint64_t flags[] = {
		[K61_REF_DEAD] = 3,	 [K61_REF_ATOMIC] = 1, [K61_REF_PERCPU] = 0,
		[K61_REF_SWITCHING] = 1, [K61_REF_EXITED] = 3,
	};
	bool is_exited = group->ref_mode == K61_REF_EXITED;
	bool is_biased = group->ref_mode == K61_REF_PERCPU || group->ref_mode == K61_REF_SWITCHING;
	uint64_t ref = k61_memcg(i) + fake_value(fake, M(cgroup_subsys_state, refcnt));
	/* nothing is offline that was not killed before: PERCPU_REF_DEAD, and atomic */
	uint64_t killed = group->flags & K61_ONLINE ? 0 : 3;
	uint64_t percpu = is_exited ? (uint64_t)group->refs << 2 : PERCPU_REFS + 8 * i;

	fake_put(fake, ref, M(percpu_ref, percpu_count_ptr),
		 percpu | flags[group->ref_mode] | killed);
	fake_put(fake, ref, M(percpu_ref, data), is_exited ? 0 : k61_ref_data(i));
	fake_put(fake, k61_ref_data(i), M(percpu_ref_data, count),
		 (uint64_t)group->refs + (is_biased ? REF_BIAS : 0));
	for (size_t cpu = 0; cpu < K61_NR_CPUS; cpu++)
		fake_u64(fake, percpu_offsets[cpu] + PERCPU_REFS + 8 * i,
			 (uint64_t)group->ref_parts[cpu]);
}

static void put_stat(struct fake_target *fake, const struct k61_stat *stat, size_t i,
		     enum mcd_layout_id item)
{
	uint64_t at = 8 * fake_value(fake, item);

	fake_u64(fake, fake_at(fake, k61_vmstats(i), M(memcg_vmstats, state)) + at,
		 (uint64_t)stat->total);
	fake_u64(fake, fake_at(fake, k61_vmstats(i), M(memcg_vmstats, state_pending)) + at,
		 (uint64_t)stat->pending);
	for (size_t cpu = 0; cpu < K61_NR_CPUS; cpu++) {
		uint64_t here = k61_vmstats_percpu(i, cpu);

		fake_u64(fake, fake_at(fake, here, M(memcg_vmstats_percpu, state)) + at,
			 (uint64_t)stat->state[cpu]);
		fake_u64(fake, fake_at(fake, here, M(memcg_vmstats_percpu, state_prev)) + at,
			 (uint64_t)stat->prev[cpu]);
	}
}

static void put_counters(struct fake_target *fake, const struct k61_group *group, size_t i)
{
	uint64_t memcg = k61_memcg(i);

	fake_put_in(fake, memcg, M(mem_cgroup, memory), M(page_counter, usage),
		    (uint64_t)group->memory);
	fake_put_in(fake, memcg, M(mem_cgroup, memsw), M(page_counter, usage),
		    (uint64_t)group->memsw);
	fake_put_in(fake, memcg, M(mem_cgroup, kmem), M(page_counter, usage),
		    (uint64_t)group->kmem);
	fake_put_in(fake, memcg, M(mem_cgroup, tcpmem), M(page_counter, usage),
		    (uint64_t)group->tcpmem);
	fake_put(fake, memcg, M(mem_cgroup, vmstats), k61_vmstats(i));
	fake_put(fake, memcg, M(mem_cgroup, vmstats_percpu),
		 group->has_freed_stats ? 0 : PERCPU_STATS + i * SLOT);
	put_stat(fake, &group->sock_stat, i, ENUM(MEMCG_SOCK));
	put_stat(fake, &group->kmem_stat, i, ENUM(MEMCG_KMEM));
}

static void put_listeners(struct fake_target *fake, const struct k61_group *group, size_t i)
{
	uint64_t links[K61_LISTENERS_MAX];

	for (size_t l = 0; l < group->nr_listeners; l++)
		links[l] = LISTENERS + i * SLOT + 64 * l;
	fake_list(fake, fake_at(fake, k61_memcg(i), M(mem_cgroup, oom_notify)), links,
		  group->nr_listeners);
	fake_put(fake, k61_memcg(i), M(mem_cgroup, move_charge_at_immigrate), group->move_charge);
}

static void put_group(struct fake_target *fake, const struct k61_config *config,
		      const struct k61_group *group, size_t i)
{
	uint64_t css = k61_memcg(i);

	fake_put(fake, css, M(cgroup_subsys_state, cgroup), k61_cgroup(i));
	fake_put(fake, css, M(cgroup_subsys_state, flags), group->flags);
	fake_put(fake, css, M(cgroup_subsys_state, id), (uint32_t)group->id);
	fake_put(fake, css, M(cgroup_subsys_state, serial_nr), group->serial);
	fake_put_in(fake, css, M(mem_cgroup, id), M(mem_cgroup_id, id), (uint32_t)group->swap_id);
	put_cgroup(fake, config, group, i);
	put_ref(fake, group, i);
	put_counters(fake, group, i);
	put_listeners(fake, group, i);
}

/* Children in the order of the table. */
static void put_children(struct fake_target *fake, const struct k61_group *groups, size_t nr,
			 size_t parent)
{
	uint64_t links[K61_GROUPS_MAX];
	size_t nr_links = 0;

	for (size_t i = 1; i < nr; i++)
		if (groups[i].parent == parent)
			links[nr_links++] = k61_sibling(i);
	fake_list(fake, k61_children(parent), links, nr_links);
}

/* The unions of the listed become links and names. */
static void put_facility(struct fake_target *fake, const struct k61_group *groups, size_t nr)
{
	uint64_t links[K61_GROUPS_MAX];
	size_t nr_links = 0;

	for (size_t i = 0; i < nr; i++) {
		uint64_t name = MEMCG_NAMES + i * SLOT;

		if (!groups[i].is_listed)
			continue;
		links[nr_links++] = fake_at(fake, k61_memcg(i), M(mem_cgroup, dead));
		fake_put(fake, k61_memcg(i), M(mem_cgroup, memcg_name),
			 groups[i].memcg_name ? name : 0);
		if (groups[i].memcg_name)
			fake_text(fake, name, groups[i].memcg_name);
	}
	fake_list(fake, K61_LIST, links, nr_links);
}

void k61_init(struct fake_target *fake, const struct k61_config *config,
	      const struct k61_group *groups, size_t nr)
{
	assert_in_range(nr, 1, K61_GROUPS_MAX);
	fake_init(fake);
	map_memory(fake);
	learn(fake, config);
	put_identity(fake);
	for (size_t i = 0; i < nr; i++)
		put_group(fake, config, &groups[i], i);
	for (size_t i = 0; i < nr; i++)
		put_children(fake, groups, nr, i);
	if (config->has_facility)
		put_facility(fake, groups, nr);
	/* the root and the hierarchy, the cpus, where each list of children begins */
	fake_share(fake, SYMBOLS, 2 * SLOT);
	fake_share(fake, k61_memcg(0), SLOT);
	fake_share(fake, k61_cgroup(0), SLOT);
	for (size_t i = 1; i < nr; i++)
		fake_share(fake, k61_children(i), 16);
}
