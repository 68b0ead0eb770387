// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The ids that memory cgroups use up. What swap entries carry has 16 bits, so that one table of ids ends a
 * machine's supply of memory cgroups:
 *
 *   up to v3.12   css ids, CSS_ID_MAX in kernel/cgroup.c
 *   v3.13, v3.15  ids of cgroups, from 0 on, which mem_cgroup_css_online() in mm/memcontrol.c checks
 *   since v3.16   the same of css
 *   since 73f576c04b94, seen since v4.7.4: ids of memcgs alone, which a removed one keeps only while it has pages in
 *                 swap
 *
 * Beside it stand the table of css, removed ones included, and what a user can count: directories, and the
 * figure in /proc/cgroups, which includes removed ones too (cgroup_root.nr_cgrps).
 */
#include "decode.h"
#include "mcd/space.h"

enum { ID_MAX = 65535, NO_LIMIT = 0 };

#define ALWAYS MCD_NR_LAYOUT /* no probe tells kernels with that table apart */

/* A table of memcgs alone, with the ids that are given out. The first row that fits counts. */
static const struct memcg_table {
	enum mcd_layout_id table, probe;
	enum mcd_idtree_kind kind;
	uint64_t last;
	const char *refusal;
} memcg_tables[] = {
	/* xa_alloc() has an error of its own. */
	{ SYM(mem_cgroup_private_ids), ALWAYS, MCD_IDTREE_XARRAY, ID_MAX, "EBUSY" },
	{ SYM(mem_cgroup_ids), ALWAYS, MCD_IDTREE_XARRAY, ID_MAX, "EBUSY" },
	/*
	 * idr_alloc() was told to stop before MEM_CGROUP_ID_MAX until "mm: memcontrol: fix cannot alloc the
	 * maximum memcg ID" (v5.18, which brought MEMCG_KMEM too), and in stable kernels until 9972605a2383,
	 * which brought memcg_idr_lock.
	 */
	{ SYM(mem_cgroup_idr), SYM(memcg_idr_lock), MCD_IDTREE_IDR, ID_MAX, "ENOSPC" },
	{ SYM(mem_cgroup_idr), ENUM(MEMCG_KMEM), MCD_IDTREE_IDR, ID_MAX, "ENOSPC" },
	/* Its ENOSPC became ENOMEM until 11d6761218d1 (v5.7); the next that tells is v5.9. */
	{ SYM(mem_cgroup_idr), S(obj_cgroup), MCD_IDTREE_IDR, ID_MAX - 1, "ENOSPC" },
	{ SYM(mem_cgroup_idr), ALWAYS, MCD_IDTREE_IDR, ID_MAX - 1, "ENOMEM or ENOSPC" },
};

static const struct memcg_table *memcg_table_of(struct mcd_target *target)
{
	for (size_t i = 0; i < sizeof(memcg_tables) / sizeof(memcg_tables[0]); i++)
		if (mcd_layout_has(target, memcg_tables[i].table) &&
		    (memcg_tables[i].probe == ALWAYS ||
		     mcd_layout_has(target, memcg_tables[i].probe)))
			return &memcg_tables[i];
	return NULL;
}

static uint64_t *counter_of(struct mcd_id_table *table, enum mcd_state state)
{
	switch (state) {
	case MCD_STATE_ONLINE:
		return &table->nr_online;
	case MCD_STATE_DYING:
		return &table->nr_dying;
	case MCD_STATE_OFFLINE:
		return &table->nr_offline;
	case MCD_STATE_RELEASED:
		return &table->nr_released;
	case MCD_STATE_UNREADABLE:
		break;
	}
	return &table->nr_unreadable;
}

/* What is given out, and leads to none of those that were counted. */
static void count_gone(struct mcd_id_table *table, uint64_t nr_used)
{
	uint64_t nr_memcgs = table->nr_online + table->nr_dying + table->nr_offline +
			     table->nr_released + table->nr_unreadable;

	table->nr_used = nr_used > nr_memcgs ? nr_used : nr_memcgs;
	table->nr_gone = table->nr_used - nr_memcgs;
}

static enum mcd_status read_memcg_table(struct mcd_world *world, const struct memcg_table *from,
					struct mcd_id_table *ret, bool *ret_is_damaged)
{
	const size_t nr_notes = mcd_note_count(world);
	struct mcd_idtree tree;
	uint64_t addr = 0;
	enum mcd_status status = mcd_layout_value(world->target, from->table, &addr);

	if (!status)
		status = mcd_idtree_collect(world, addr, "memcg ids", from->kind, &tree);
	*ret = (struct mcd_id_table){ .name = "memcg ids", .limit = from->last };
	*ret_is_damaged = mcd_note_count(world) > nr_notes;
	if (status)
		return mcd_is_fatal(status) ? status : MCD_OK;
	ret->known = MCD_KNOWN;
	for (size_t i = 0; i < tree.nr; i++) {
		size_t position = 0;

		if (mcd_addrmap_find(&world->index, tree.ids[i].pointer, &position))
			++*counter_of(ret, world->memcgs[position].state);
	}
	count_gone(ret, tree.nr + tree.nr_reserved);
	return MCD_OK;
}

/* The table that memcgs were found by, which ids.c has walked. */
static struct mcd_id_table read_css_table(struct mcd_world *world, bool is_limited)
{
	struct mcd_target *target = world->target;
	bool has_css = mcd_layout_has(target, M(cgroup_subsys, css_idr)) ||
		       mcd_layout_has(target, M(cgroup_subsys, idr));
	struct mcd_id_table table = {
		.name = has_css ? "css ids" : "cgroup ids",
		/* id 0 is the root's */
		.limit = !is_limited ? NO_LIMIT
			 : has_css   ? ID_MAX
				     : ID_MAX + 1,
	};

	if (!(world->head.sources & MCD_SOURCE_IDS))
		return table;
	table.known = MCD_KNOWN;
	for (size_t i = 0; i < world->nr; i++)
		if (world->memcgs[i].sources & MCD_SOURCE_IDS)
			++*counter_of(&table, world->memcgs[i].state);
	count_gone(&table, world->nr_ids);
	return table;
}

static void count_memcgs(struct mcd_world *world, struct mcd_id_space *space)
{
	for (size_t i = 0; i < world->nr; i++)
		space->nr_memcgs[world->memcgs[i].state]++;
}

/*
 * The live ones below the root, which counts them since v4.14 (kernel/cgroup/cgroup.c); before, those of a
 * hierarchy of its own are the memcgs that are online.
 */
static struct mcd_figure count_directories(struct mcd_world *world)
{
	const struct mcd_memcg root = { .addr = world->root_addr, .state = MCD_STATE_ONLINE };
	struct mcd_figure cgroup = mcd_css_cgroup(world, &root);
	uint64_t nr = 0;
	enum mcd_status status;

	if (!mcd_layout_has(world->target, M(cgroup, nr_descendants)))
		return world->head.hierarchy == MCD_HIERARCHY_V1
			       ? mcd_figure_known(world->head.nr_online)
			       : mcd_figure_none(MCD_NA);
	if (cgroup.known != MCD_KNOWN)
		return cgroup;
	status = mcd_field(world->target, cgroup.value, M(cgroup, nr_descendants), &nr);
	return mcd_figure_count(status, nr + 1);
}

/* proc_cgroupstats_show() */
static struct mcd_figure count_cgroups(struct mcd_world *world)
{
	struct mcd_target *target = world->target;
	uint64_t subsys = 0, root = 0, nr = 0;
	enum mcd_status status = mcd_ids_subsys(target, &subsys);

	if (!status)
		status = mcd_field(target, subsys, M(cgroup_subsys, root), &root);
	if (!status)
		status = mcd_field(target, root,
				   mcd_layout_has(target, M(cgroup_root, nr_cgrps))
					   ? M(cgroup_root, nr_cgrps)
					   : M(cgroupfs_root, number_of_cgroups),
				   &nr);
	return mcd_figure_count(status, nr);
}

/* Ids that damage hides would look like ids that are left. */
static struct mcd_figure count_left(const struct mcd_id_table *table, bool is_damaged)
{
	if (table->known != MCD_KNOWN || is_damaged)
		return mcd_figure_none(is_damaged ? MCD_UNREADABLE : table->known);
	return mcd_figure_known(table->nr_used < table->limit ? table->limit - table->nr_used : 0);
}

enum mcd_status mcd_world_ids(struct mcd_world *world, struct mcd_id_space *ret)
{
	const struct memcg_table *own = memcg_table_of(world->target);
	bool is_damaged = world->has_damaged_ids;
	enum mcd_status status = MCD_OK;

	*ret = (struct mcd_id_space){ .refusal = own ? own->refusal : "ENOSPC" };
	if (own)
		status = read_memcg_table(world, own, &ret->tables[ret->nr_tables++], &is_damaged);
	ret->tables[ret->nr_tables++] = read_css_table(world, !own);
	ret->nr_left = count_left(&ret->tables[0], is_damaged);
	count_memcgs(world, ret);
	ret->nr_directories = count_directories(world);
	ret->nr_cgroups = count_cgroups(world);
	return status;
}
