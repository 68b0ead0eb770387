// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a memcg costs by itself: the structures that mem_cgroup_alloc() in mm/memcontrol.c and cgroup_create()
 * in kernel/cgroup made for it, and that are still there. Sizes are those of this kernel's types, rounded
 * to what the allocator gives; pointers tell what is there at all. Its pages, its slab objects and its share
 * in tables of others (list_lru, idr, hashes) are not among it.
 */
#include <stdlib.h>
#include <string.h>

#include "cost.h"

enum {
	NODES_MAX = 1024, /* MAX_NUMNODES of any machine */
	LEVELS_MAX = 1024,
};

/* ---- the memcg ---- */

static void enter_caches(struct mcd_cost_account *account, const struct mcd_memcg *memcg)
{
	struct mcd_target *target = account->accountant->world->target;
	uint64_t bytes = 0;

	if (memcg->nr_caches && !mcd_layout_value(target, S(kmem_cache), &bytes))
		mcd_cost_enter(account, "kmem_cache", memcg->nr_caches,
			       mcd_slab_bytes(target, SYM(kmem_cache), bytes));
	account->is_unreadable |= memcg->caches_known == MCD_UNREADABLE;
}

/* The facility's copy of the name, which shares its place with flags of a live one. */
static void enter_facility_name(struct mcd_cost_account *account, const struct mcd_memcg *memcg)
{
	const struct mcd_accountant *accountant = account->accountant;
	const struct mcd_text *name = &memcg->kernel.name;

	if (memcg->unions.form != MCD_UNION_DEAD || !memcg->unions.has_name)
		return;
	account->is_unreadable |= name->known == MCD_UNREADABLE;
	if (name->known == MCD_KNOWN)
		mcd_cost_enter(account, "memcg_name", 1,
			       accountant->world->head.facility == MCD_FACILITY_PATH
				       ? accountant->world->target->page_bytes
				       : mcd_kmalloc_bytes(&accountant->kmalloc,
							   strlen(name->text) + 1));
}

static void enter_memcg(struct mcd_cost_account *account, const struct mcd_memcg *memcg)
{
	const struct mcd_accountant *accountant = account->accountant;
	uint64_t nodes[NODES_MAX] = { 0 };

	mcd_cost_load(account, S(mem_cgroup), memcg->addr);
	account->has_freed_stats = mcd_stat_is_freed(accountant->world->target, memcg->addr);
	mcd_cost_enter(account, "mem_cgroup", 1, accountant->memcg_bytes);
	mcd_cost_enter_parts(account, MCD_COST_OF_MEMCG);
	enter_caches(account, memcg);
	enter_facility_name(account, memcg);
	for (size_t i = 0; i < accountant->nr_nodes; i++)
		mcd_cost_miss(account,
			      mcd_read_word(accountant->world->target,
					    memcg->addr + accountant->nodeinfo_at +
						    i * accountant->world->target->word_bytes,
					    "mem_cgroup.nodeinfo", &nodes[i]));
	for (size_t i = 0; i < accountant->nr_nodes; i++)
		if (nodes[i])
			mcd_cost_enter_node(account, nodes[i]);
}

/* ---- its directory ---- */

/* A flexible array of pointers or ids of the ancestors since v4.6, the cgroup itself the last one. */
static void enter_cgroup_itself(struct mcd_cost_account *account)
{
	struct mcd_target *target = account->accountant->world->target;
	uint64_t bytes = 0, level = 0;
	enum mcd_status status = mcd_cost_member(account, M(cgroup, level), &level);

	if (!status && level > LEVELS_MAX)
		status = MCD_CORRUPT;
	mcd_cost_miss(account, status);
	if (mcd_layout_value(target, S(cgroup), &bytes))
		return;
	if (!status)
		bytes += (level + 1) * sizeof(uint64_t);
	mcd_cost_enter(account, "cgroup", 1,
		       mcd_kmalloc_bytes(&account->accountant->kmalloc, bytes));
}

/* The last component of the path, up to v3.14 with a header of its own. */
static void enter_name(struct mcd_cost_account *account, const struct mcd_memcg *memcg)
{
	struct mcd_target *target = account->accountant->world->target;
	const char *slash = memcg->path.known == MCD_KNOWN ? strrchr(memcg->path.text, '/') : NULL;
	uint64_t header = 0;

	if (mcd_layout_has(target, M(cgroup, name)) &&
	    mcd_layout_value(target, M(cgroup_name, name), &header))
		return;
	account->is_unreadable |= memcg->path.known == MCD_UNREADABLE;
	if (slash)
		mcd_cost_enter(account, "name", 1,
			       mcd_kmalloc_bytes(&account->accountant->kmalloc,
						 header + strlen(slash + 1) + 1));
}

static enum mcd_status enter_cgroup(struct mcd_cost_account *account, const struct mcd_memcg *memcg)
{
	struct mcd_accountant *accountant = account->accountant;
	struct mcd_figure cgroup = mcd_css_cgroup(accountant->world, memcg);
	bool is_new = false;
	enum mcd_status status;

	/* The root's is part of its hierarchy. One that a removed memcg has left behind is not held by it. */
	if (memcg->addr == accountant->world->root_addr || (memcg->flags & MCD_FLAG_CGROUP_ONLINE))
		return MCD_OK;
	account->is_unreadable |= cgroup.known == MCD_UNREADABLE;
	if (cgroup.known != MCD_KNOWN)
		return MCD_OK;
	status = mcd_addrmap_insert(&accountant->cgroups, cgroup.value, 0, &is_new);
	if (status || !is_new)
		return status ? mcd_error_set(&accountant->world->target->error, status, "cgroups")
			      : MCD_OK;
	mcd_cost_load(account, S(cgroup), cgroup.value);
	enter_cgroup_itself(account);
	mcd_cost_enter_parts(account, MCD_COST_OF_CGROUP);
	enter_name(account, memcg);
	return MCD_OK;
}

/* ---- all of them ---- */

uint64_t mcd_nr_node_slots(struct mcd_target *target)
{
	uint64_t addr = 0, nr = 0;

	if (!mcd_layout_has(target, SYM(nr_node_ids)) ||
	    mcd_layout_value(target, SYM(nr_node_ids), &addr) ||
	    mcd_read_uint(target, addr, 4, "nr_node_ids", &nr) || !nr || nr > NODES_MAX)
		return 1;
	return nr;
}

/* In struct mem_cgroup_lru_info up to v3.10, of MAX_NUMNODES in v3.8; then at the end of the memcg itself. */
static void find_nodeinfo(struct mcd_accountant *accountant)
{
	struct mcd_target *target = accountant->world->target;
	uint64_t info = 0, inner = 0;

	if (mcd_layout_has(target, M(mem_cgroup, nodeinfo)))
		info = mcd_layout_ask(target, M(mem_cgroup, nodeinfo))->value;
	else if (mcd_layout_value(target, M(mem_cgroup, info), &info) ||
		 mcd_layout_value(target, M(mem_cgroup_lru_info, nodeinfo), &inner))
		return;
	accountant->nodeinfo_at = info + inner;
	accountant->nr_nodes = (size_t)mcd_nr_node_slots(target);
}

/*
 * struct mem_cgroup, with one pointer behind it for each node. From v3.9 to v3.12 there is room for what they
 * point to instead, and up to v3.13 a large one comes from vmalloc().
 */
static uint64_t memcg_bytes(const struct mcd_accountant *accountant)
{
	struct mcd_target *target = accountant->world->target;
	uint64_t bytes = 0, each = target->word_bytes;

	if (mcd_layout_value(target, S(mem_cgroup), &bytes))
		return 0;
	if (mcd_layout_has(target, M(cgroup_subsys, idr)) &&
	    mcd_layout_value(target, S(mem_cgroup_per_node), &each))
		each = target->word_bytes;
	if (!mcd_layout_has(target, M(mem_cgroup_lru_info, nodeinfo)) ||
	    !mcd_layout_ask(target, M(mem_cgroup_lru_info, nodeinfo))->size_bytes)
		bytes += accountant->nr_nodes * each;
	if (mcd_layout_has(target, SYM(memcg_cachep)))
		return mcd_slab_bytes(target, SYM(memcg_cachep), bytes);
	if (bytes >= target->page_bytes && mcd_layout_has(target, SYM(mem_cgroup_subsys)))
		return (bytes + target->page_bytes - 1) / target->page_bytes * target->page_bytes;
	return mcd_kmalloc_bytes(&accountant->kmalloc, bytes);
}

static uint64_t node_bytes(const struct mcd_accountant *accountant)
{
	struct mcd_target *target = accountant->world->target;
	uint64_t bytes = 0;

	if (mcd_layout_value(target, S(mem_cgroup_per_node), &bytes))
		return 0;
	return mcd_layout_has(target, SYM(memcg_pn_cachep))
		       ? mcd_slab_bytes(target, SYM(memcg_pn_cachep), bytes)
		       : mcd_kmalloc_bytes(&accountant->kmalloc, bytes);
}

/* _totalram_pages since v5.0, an atomic_long_t; before, totalram_pages. */
static struct mcd_figure read_ram(struct mcd_target *target)
{
	enum mcd_layout_id symbol = mcd_layout_has(target, SYM(_totalram_pages))
					    ? SYM(_totalram_pages)
					    : SYM(totalram_pages);
	uint64_t addr = 0, pages = 0;
	enum mcd_status status = mcd_layout_value(target, symbol, &addr);

	if (!status)
		status = mcd_read_word(target, addr, "totalram_pages", &pages);
	return mcd_figure_scale(mcd_figure_from(status, pages), target->page_bytes);
}

static enum mcd_status measure(struct mcd_accountant *accountant, struct mcd_cost_object *object,
			       struct mcd_memcg *memcg)
{
	struct mcd_cost_account account = { .accountant = accountant, .object = object };
	enum mcd_status status;

	enter_memcg(&account, memcg);
	status = enter_cgroup(&account, memcg);
	account.is_unreadable |= accountant->forms.lacks_cpus;
	memcg->cost_bytes = account.is_unreadable ? mcd_figure_none(MCD_UNREADABLE)
						  : mcd_figure_known(account.bytes);
	accountant->cost->nr_memcgs++;
	accountant->cost->nr_unreadable += account.is_unreadable;
	accountant->cost->nr_freed_stats += account.has_freed_stats;
	return status;
}

static int by_bytes(const void *left, const void *right)
{
	const struct mcd_cost_row *a = left, *b = right;

	if (a->bytes != b->bytes)
		return a->bytes < b->bytes ? 1 : -1;
	return strcmp(a->name, b->name);
}

/* Largest first, without those of which there are none. */
static void order(struct mcd_cost *cost)
{
	qsort(cost->rows, cost->nr_rows, sizeof(*cost->rows), by_bytes);
	while (cost->nr_rows && !cost->rows[cost->nr_rows - 1].bytes)
		cost->nr_rows--;
}

enum mcd_status mcd_world_cost(struct mcd_world *world, struct mcd_memcg *const *rows,
			       size_t nr_rows, struct mcd_cost *ret)
{
	struct mcd_accountant accountant = { .world = world, .cost = ret };
	struct mcd_cost_object *object = mcd_arena_alloc(world->arena, sizeof(*object));
	enum mcd_status status;

	*ret = (struct mcd_cost){
		.rows = mcd_arena_array(world->arena, MCD_COST_ROWS_MAX, sizeof(*ret->rows)),
		.ram_bytes = read_ram(world->target),
	};
	if (!object || !ret->rows)
		return mcd_error_set(&world->target->error, MCD_NO_MEMORY, "cost");
	mcd_addrmap_init(&accountant.cgroups, world->arena);
	mcd_kmalloc_probe(world->target, &accountant.kmalloc);
	find_nodeinfo(&accountant);
	accountant.memcg_bytes = memcg_bytes(&accountant);
	accountant.node_bytes = node_bytes(&accountant);
	status = mcd_cost_compile(&accountant);
	for (size_t i = 0; i < nr_rows && !status; i++) {
		status = measure(&accountant, object, rows[i]);
		if (!status && i % 64 == 0)
			status = mcd_poll(world->target, "memory cgroups measured", i, nr_rows);
	}
	order(ret);
	return status;
}
