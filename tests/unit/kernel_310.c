// SPDX-License-Identifier: GPL-2.0-or-later
/* A fake 3.10 kernel with the facility. See kernel_310.h. */
#include "kernel_310.h"

#include "unit.h"

/*
 * Byte offsets as seen on a 3.10.4 kernel, x86-64, SMP and SLUB; what was not seen there follows
 * from the order of the members in mm/memcontrol.c.
 */
static const struct fake_row rows_310[] = {
	FAKE_STRUCT(mem_cgroup, 1024),
	FAKE_MEMBER(mem_cgroup, css, 0, 64),
	FAKE_MEMBER(mem_cgroup, res, 64, 56),
	FAKE_MEMBER(mem_cgroup, memsw, 264, 56),
	FAKE_MEMBER(mem_cgroup, work_freeing, 264, 32),
	FAKE_MEMBER(mem_cgroup, kmem, 320, 56),
	FAKE_MEMBER(mem_cgroup, refcnt, 400, 4),
	FAKE_MEMBER(mem_cgroup, oom_notify, 488, 16),
	FAKE_MEMBER(mem_cgroup, dead, 488, 16),
	FAKE_MEMBER(mem_cgroup, move_charge_at_immigrate, 504, 8),
	FAKE_MEMBER(mem_cgroup, memcg_name, 504, 8),
	FAKE_MEMBER(mem_cgroup, tcp_mem, 640, 184),
	FAKE_MEMBER(mem_cgroup, memcg_slab_caches, 824, 16),
	FAKE_MEMBER(mem_cgroup, kmemcg_id, 880, 4),
	FAKE_STRUCT(cgroup_subsys_state, 64),
	FAKE_MEMBER(cgroup_subsys_state, cgroup, 0, 8),
	FAKE_MEMBER(cgroup_subsys_state, refcnt, 8, 4),
	FAKE_MEMBER(cgroup_subsys_state, flags, 16, 8),
	FAKE_MEMBER(cgroup_subsys_state, id, 24, 8),
	FAKE_STRUCT(css_id, 40),
	FAKE_MEMBER(css_id, id, 8, 2),
	FAKE_MEMBER(cgroup, root, 64, 8),
	FAKE_MEMBER(res_counter, usage, 0, 8),
	FAKE_MEMBER(tcp_memcontrol, tcp_memory_allocated, 56, 56),
	FAKE_MEMBER(tcp_memcontrol, tcp_sockets_allocated, 112, 40),
	FAKE_MEMBER(percpu_counter, count, 8, 8),
	FAKE_MEMBER(percpu_counter, counters, 32, 8),
	FAKE_MEMBER(memcg_cache_params, memcg_caches, 8, 0),
	FAKE_MEMBER(memcg_cache_params, list, 16, 16),
	FAKE_MEMBER(memcg_cache_params, root_cache, 32, 8),
	FAKE_MEMBER(kmem_cache, name, 96, 8),
	FAKE_MEMBER(kmem_cache, memcg_params, 184, 8),
	FAKE_STRUCT(cpumask, 8),
	FAKE_ENUMERATOR(CSS_ONLINE, 2),
	FAKE_SYMBOL(root_mem_cgroup, 0x40000000),
	FAKE_SYMBOL(cpu_online_mask, 0x40000010),
	FAKE_SYMBOL(cpu_possible_mask, 0x40000018),
	FAKE_SYMBOL(swap_cgroup_ctrl, 0x40000100),
	FAKE_SYMBOL(tcp_prot, 0x40000200),
	FAKE_SYMBOL(dangling_memcgs, K310_LIST),
};

/* 3.8 has no vmpressure between res and memsw: everything after it is 144 bytes earlier. */
static const struct fake_row rows_38[] = {
	FAKE_STRUCT(mem_cgroup, 880),
	FAKE_MEMBER(mem_cgroup, memsw, 120, 56),
	FAKE_MEMBER(mem_cgroup, work_freeing, 120, 32),
	FAKE_MEMBER(mem_cgroup, kmem, 176, 56),
	FAKE_MEMBER(mem_cgroup, refcnt, 256, 4),
	FAKE_MEMBER(mem_cgroup, oom_notify, 344, 16),
	FAKE_MEMBER(mem_cgroup, dead, 344, 16),
	FAKE_MEMBER(mem_cgroup, move_charge_at_immigrate, 360, 8),
	FAKE_MEMBER(mem_cgroup, memcg_name, 360, 8),
	FAKE_MEMBER(mem_cgroup, tcp_mem, 496, 184),
	FAKE_MEMBER(mem_cgroup, memcg_slab_caches, 680, 16),
	FAKE_MEMBER(mem_cgroup, kmemcg_id, 736, 4),
};

/* Without SMP a percpu_counter is its count alone. */
static const struct fake_row rows_up[] = {
	FAKE_MEMBER(tcp_memcontrol, tcp_sockets_allocated, 112, 8),
	FAKE_MEMBER(percpu_counter, count, 0, 8),
	FAKE_MEMBER(mem_cgroup, tcp_mem, 640, 152),
};

const struct k310_group k310_seen[3] = {
	{ .name = "all3",
	  .memsw = 5267456 + 1142784,
	  .kmem = 1142784,
	  .tcp = 983040,
	  .sockets = 64,
	  .caches = { "radix_tree_node(7:all3)", "kmalloc-2048(7:all3)", "TCP(7:all3)",
		      "dentry(7:all3)" },
	  .kmemcg_id = 7,
	  .css_id = 12,
	  .refcnt = 1354 },
	{ .name = "outer", .memsw = 4063232, .kmemcg_id = 6, .css_id = 10, .refcnt = 993 },
	{ .name = "inner",
	  .memsw = 4063232,
	  .kmemcg_id = 5,
	  .css_id = 11,
	  .refcnt = 992,
	  .has_slab_head = true },
};

enum {
	SYMBOLS = 0x40000000,
	NAMES = 0x40300000,
	CSS_IDS = 0x40010000,
	MASK_ONLINE = 0x40000020,
	MASK_POSSIBLE = 0x40000028,
	ROOT_CGROUP = 0x40002000,
	FREED_CGROUP = 0x40003000, /* readable, with bytes that must not be believed */
	PARAMS = 0x40400000,
	CACHES = 0x40500000,
	CACHE_NAMES = 0x40600000,
	ROOT_CACHES = 0x40700000,
	ROOT_PARAMS = 0x40800000,
	ROOT_PARAMS_BYTES = 1 << 20, /* room for the largest index */
	SLOT = FAKE_PAGE_BYTES,
};

#define PERCPU_BASE UINT64_C(0xffff880000000000)
static const uint64_t percpu_offsets[K310_NR_CPUS] = { PERCPU_BASE, PERCPU_BASE + 0x10000,
						       PERCPU_BASE + 0x20000 };

uint64_t k310_memcg(size_t i)
{
	return K310_ROOT + (i + 1) * SLOT;
}

uint64_t k310_name(size_t i)
{
	return NAMES + i * SLOT;
}

uint64_t k310_params(size_t i, size_t cache)
{
	return PARAMS + (i * K310_CACHES_MAX + cache) * SLOT;
}

uint64_t k310_cache(size_t i, size_t cache)
{
	return CACHES + (i * K310_CACHES_MAX + cache) * SLOT;
}

uint64_t k310_root_params(size_t cache)
{
	return ROOT_PARAMS + cache * ROOT_PARAMS_BYTES;
}

static void map_memory(struct fake_target *fake)
{
	static const struct {
		uint64_t addr;
		size_t size;
	} maps[] = {
		{ SYMBOLS, 16 * SLOT },
		{ CSS_IDS, SLOT },
		{ K310_ROOT, (K310_GROUPS_MAX + 1) * SLOT },
		{ NAMES, K310_GROUPS_MAX * SLOT },
		{ PARAMS, K310_GROUPS_MAX * K310_CACHES_MAX * SLOT },
		{ CACHES, K310_GROUPS_MAX * K310_CACHES_MAX * SLOT },
		{ CACHE_NAMES, K310_GROUPS_MAX * K310_CACHES_MAX * SLOT },
		{ ROOT_CACHES, K310_CACHES_MAX * SLOT },
		{ ROOT_PARAMS, K310_CACHES_MAX * ROOT_PARAMS_BYTES },
	};

	for (size_t i = 0; i < ARRAY_SIZE(maps); i++)
		fake_map(fake, maps[i].addr, maps[i].size);
	for (size_t i = 0; i < K310_NR_CPUS; i++)
		fake_map(fake, percpu_offsets[i], SLOT);
}

static void learn(struct fake_target *fake, const struct k310_config *config)
{
	/* the counter kmem exists in every configuration, and stays at 0 */
	static const enum mcd_layout_id kmem[] = { M(mem_cgroup, memcg_slab_caches),
						   M(mem_cgroup, kmemcg_id) };

	fake_learn(fake, FAKE_ROWS(rows_310));
	if (config->is_38)
		fake_learn(fake, FAKE_ROWS(rows_38));
	if (config->is_up) {
		fake_learn(fake, FAKE_ROWS(rows_up));
		fake_forget(fake, M(percpu_counter, counters));
	}
	for (size_t i = 0; i < ARRAY_SIZE(kmem) && config->lacks_kmem; i++)
		fake_forget(fake, kmem[i]);
	if (config->lacks_kmem || config->lacks_inet)
		fake_forget(fake, M(mem_cgroup, tcp_mem));
	if (config->lacks_swap)
		fake_forget(fake, SYM(swap_cgroup_ctrl));
}

static void put_cpus(struct fake_target *fake, const struct k310_config *config)
{
	fake_u64(fake, fake_value(fake, SYM(cpu_online_mask)), MASK_ONLINE);
	fake_u64(fake, fake_value(fake, SYM(cpu_possible_mask)), MASK_POSSIBLE);
	fake_u64(fake, MASK_ONLINE, 0x3);
	fake_u64(fake, MASK_POSSIBLE, 0x7);
	fake->percpu_offsets = percpu_offsets;
	fake->nr_cpus = K310_NR_CPUS;
	for (size_t i = 0; i < K310_NR_CPUS; i++)
		fake_u32(fake, percpu_offsets[i], (uint32_t)config->garbage[i]);
}

static void put_css(struct fake_target *fake, uint64_t memcg, uint64_t cgroup, uint64_t flags,
		    uint16_t id)
{
	uint64_t css = fake_at(fake, memcg, M(mem_cgroup, css));
	uint64_t css_id = CSS_IDS + 64 * (uint64_t)id;

	fake_put(fake, css, M(cgroup_subsys_state, cgroup), cgroup);
	fake_put(fake, css, M(cgroup_subsys_state, flags), flags);
	/* the removed have CSS_DEACT_BIAS, and no reference left */
	fake_put(fake, css, M(cgroup_subsys_state, refcnt), flags & 2 ? 1 : 0x80000000);
	fake_put(fake, css, M(cgroup_subsys_state, id), css_id);
	fake_put(fake, css_id, M(css_id, id), id);
}

static void put_root(struct fake_target *fake)
{
	fake_u64(fake, fake_value(fake, SYM(root_mem_cgroup)), K310_ROOT);
	put_css(fake, K310_ROOT, ROOT_CGROUP, 3, 1);
	fake_put(fake, K310_ROOT, M(mem_cgroup, refcnt), 1);
	fake_list(fake, fake_at(fake, K310_ROOT, M(mem_cgroup, oom_notify)), NULL, 0);
	fake_bytes(fake, FREED_CGROUP, "freed and used again", 20);
}

/* One cache of a group: on its list, and in the array of its root cache. */
static void put_cache(struct fake_target *fake, const struct k310_group *group, size_t i,
		      size_t cache)
{
	uint64_t root = ROOT_CACHES + cache * SLOT, name = CACHE_NAMES;
	uint64_t array = fake_at(fake, k310_root_params(cache),
				 M(memcg_cache_params, memcg_caches));

	name += (i * K310_CACHES_MAX + cache) * SLOT;
	fake_put(fake, k310_params(i, cache), M(memcg_cache_params, root_cache), root);
	fake_put(fake, root, M(kmem_cache, memcg_params), k310_root_params(cache));
	/* -1 as well: what lies before the array must not be taken for an element */
	fake_u64(fake, array + 8 * (uint64_t)(int64_t)group->kmemcg_id, k310_cache(i, cache));
	fake_put(fake, k310_cache(i, cache), M(kmem_cache, name), name);
	fake_text(fake, name, group->caches[cache]);
}

static void put_caches(struct fake_target *fake, const struct k310_group *group, size_t i)
{
	uint64_t links[K310_CACHES_MAX];
	size_t nr = 0;

	for (; nr < K310_CACHES_MAX && group->caches[nr]; nr++) {
		put_cache(fake, group, i, nr);
		links[nr] = fake_at(fake, k310_params(i, nr), M(memcg_cache_params, list));
	}
	if (nr || group->has_slab_head)
		fake_list(fake, fake_at(fake, k310_memcg(i), M(mem_cgroup, memcg_slab_caches)),
			  links, nr);
	fake_put(fake, k310_memcg(i), M(mem_cgroup, kmemcg_id), (uint32_t)group->kmemcg_id);
}

static void put_tcp(struct fake_target *fake, const struct k310_config *config,
		    const struct k310_group *group, uint64_t memcg)
{
	uint64_t tcp = fake_at(fake, memcg, M(mem_cgroup, tcp_mem));
	uint64_t sockets = fake_at(fake, tcp, M(tcp_memcontrol, tcp_sockets_allocated));

	fake_put_in(fake, tcp, M(tcp_memcontrol, tcp_memory_allocated), M(res_counter, usage),
		    group->tcp);
	fake_put(fake, sockets, M(percpu_counter, count), (uint64_t)group->sockets);
	if (!config->is_up)
		fake_put(fake, sockets, M(percpu_counter, counters), group->counters);
}

static void put_group(struct fake_target *fake, const struct k310_config *config,
		      const struct k310_group *group, size_t i)
{
	uint64_t memcg = k310_memcg(i);

	put_css(fake, memcg, FREED_CGROUP, group->is_online ? 2 : 0, group->css_id);
	fake_put_in(fake, memcg, M(mem_cgroup, res), M(res_counter, usage),
		    group->kmem + group->user);
	fake_put_in(fake, memcg, M(mem_cgroup, memsw), M(res_counter, usage),
		    group->refcnt ? group->memsw : 64);
	fake_put(fake, memcg, M(mem_cgroup, refcnt), group->refcnt);
	if (group->name)
		fake_text(fake, k310_name(i), group->name);
	fake_put(fake, memcg, M(mem_cgroup, memcg_name), group->name ? k310_name(i) : 0);
	if (config->lacks_kmem)
		return;
	fake_put_in(fake, memcg, M(mem_cgroup, kmem), M(res_counter, usage), group->kmem);
	put_caches(fake, group, i);
	if (!config->lacks_inet)
		put_tcp(fake, config, group, memcg);
}

void k310_init(struct fake_target *fake, const struct k310_config *config,
	       const struct k310_group *groups, size_t nr)
{
	uint64_t links[K310_GROUPS_MAX];

	assert_true(nr <= K310_GROUPS_MAX);
	fake_init(fake);
	map_memory(fake);
	learn(fake, config);
	put_cpus(fake, config);
	put_root(fake);
	for (size_t i = 0; i < nr; i++) {
		put_group(fake, config, &groups[i], i);
		links[i] = fake_at(fake, k310_memcg(i), M(mem_cgroup, dead));
	}
	fake_list(fake, K310_LIST, links, nr);
	/* where the list begins, the root, the cpus */
	fake_share(fake, SYMBOLS, 16 * SLOT);
	fake_share(fake, K310_ROOT, SLOT);
	for (size_t i = 0; i < K310_NR_CPUS; i++)
		fake_share(fake, percpu_offsets[i], 4);
}
