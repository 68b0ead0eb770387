// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds the memcgs of a dump from every source. See world.h. */
#include "decode.h"

enum mcd_fitness mcd_world_check(struct mcd_target *target)
{
	uint64_t ignored = 0;

	if (mcd_layout_value(target, SYM(root_mem_cgroup), &ignored))
		return MCD_UNFIT_NO_MEMCG;
	for (int id = 0; id < MCD_NR_LAYOUT; id++) {
		enum mcd_status status = MCD_OK;

		if (mcd_layout_row(id)->need == MCD_REQUIRED)
			status = mcd_layout_value(target, id, &ignored);
		if (status)
			return status == MCD_INTERRUPTED ? MCD_UNFIT_INTERRUPTED
							 : MCD_UNFIT_NO_TYPES;
	}
	return MCD_FIT;
}

void mcd_world_init(struct mcd_world *world, struct mcd_target *target, struct mcd_arena *arena)
{
	*world = (struct mcd_world){ .target = target, .arena = arena };
	mcd_addrmap_init(&world->index, arena);
}

static enum mcd_status read_root(struct mcd_world *world)
{
	struct mcd_target *target = world->target;
	uint64_t pointer = 0;
	enum mcd_status status = mcd_layout_value(target, SYM(root_mem_cgroup), &pointer);

	if (!status)
		status = mcd_read_word(target, pointer, "root_mem_cgroup", &world->root_addr);
	if (!status && !world->root_addr)
		status = mcd_error_set(&target->error, MCD_CORRUPT,
				       "root_mem_cgroup is NULL: the memory controller was not set "
				       "up yet");
	return status;
}

/* What the configuration accounts, whatever a single group has. */
static void probe_configuration(struct mcd_world *world)
{
	struct mcd_target *target = world->target;
	struct mcd_head *head = &world->head;

	head->has_swap = mcd_layout_has(target, SYM(swap_cgroup_ctrl)) ||
			 mcd_layout_has(target, M(swap_cluster_info, memcg_table));
	world->is_swap_counted = mcd_swap_is_counted(world);
	/*
	 * tcpmem (but for CONFIG_MEMCG_V1), MEMCG_SOCK and kmem exist in every configuration; the others
	 * tell CONFIG_INET and CONFIG_MEMCG_KMEM.
	 */
	head->has_tcp = mcd_layout_has(target, M(mem_cgroup, tcp_mem)) ||
			((mcd_layout_has(target, M(mem_cgroup, tcpmem)) ||
			  mcd_layout_has(target, ENUM(MEMCG_SOCK))) &&
			 mcd_layout_has(target, SYM(tcp_prot)));
	head->has_kmem = mcd_layout_has(target, M(mem_cgroup, kmemcg_id));
	head->charges = mcd_charge_hierarchy(world);
	mcd_capability_probe(world);
}

static enum mcd_status read_head(struct mcd_world *world)
{
	enum mcd_status status = MCD_OK;

	world->head.hierarchy = mcd_css_hierarchy(world);
	if (world->head.hierarchy == MCD_HIERARCHY_UNREADABLE)
		status = mcd_note_add(world,
				      "the cgroup of root_mem_cgroup cannot be read (%s): v1 or v2 "
				      "is not known, figures that differ are unreadable",
				      world->target->error.text);
	probe_configuration(world);
	return status;
}

/* The position of the memcg at `addr`, added unless it is known. */
static enum mcd_status add(struct mcd_world *world, uint64_t addr, unsigned int sources,
			   size_t *ret)
{
	bool is_new;
	enum mcd_status status = mcd_addrmap_insert(&world->index, addr, world->nr, &is_new);

	if (!status && is_new) {
		world->memcgs = mcd_arena_grow(world->arena, world->memcgs, world->nr,
					       &world->capacity, sizeof(*world->memcgs));
		if (!world->memcgs)
			status = MCD_NO_MEMORY;
	}
	if (status)
		return mcd_error_set(&world->target->error, status, "memory cgroups");
	if (is_new)
		world->memcgs[world->nr++] = (struct mcd_memcg){ .addr = addr };
	if (!mcd_addrmap_find(&world->index, addr, ret))
		return mcd_error_set(&world->target->error, MCD_CORRUPT, "memcg at address 0");
	world->memcgs[*ret].sources |= sources;
	return MCD_OK;
}

static enum mcd_status add_list(struct mcd_world *world)
{
	uint64_t *memcgs = NULL;
	size_t nr = 0, position = 0;
	enum mcd_status status = mcd_facility_walk(world, &memcgs, &nr);

	if (world->head.facility)
		world->head.sources |= MCD_SOURCE_LIST;
	for (size_t i = 0; i < nr && !status; i++)
		status = add(world, memcgs[i], MCD_SOURCE_LIST, &position);
	world->head.nr_listed = nr;
	return status;
}

static enum mcd_status add_tree(struct mcd_world *world)
{
	struct mcd_tree_node *nodes = NULL;
	size_t nr = 0;
	enum mcd_status status = mcd_css_tree_walk(world, &nodes, &nr);

	world->head.nr_in_tree = world->head.sources & MCD_SOURCE_TREE ? nr : 0;
	if (status)
		return status;
	world->tree = mcd_arena_array(world->arena, nr, sizeof(*world->tree));
	if (!world->tree)
		return mcd_error_set(&world->target->error, MCD_NO_MEMORY, "css tree");
	for (size_t i = 0; i < nr && !status; i++) {
		status = add(world, nodes[i].memcg,
			     (world->head.sources & MCD_SOURCE_TREE) | (i ? 0 : MCD_SOURCE_ROOT),
			     &world->tree[i]);
		if (!status) {
			world->memcgs[world->tree[i]].tree_first = i;
			world->memcgs[world->tree[i]].tree_end = nodes[i].end;
		}
	}
	world->nr_tree = nr;
	return status;
}

static enum mcd_status add_ids(struct mcd_world *world)
{
	uint64_t *memcgs = NULL;
	size_t nr = 0, position = 0;
	enum mcd_status status = mcd_ids_walk(world, &memcgs, &nr);

	for (size_t i = 0; i < nr && !status; i++)
		status = add(world, memcgs[i], MCD_SOURCE_IDS, &position);
	world->head.nr_in_ids = nr;
	return status;
}

/* True where the kernel has the source and it lacks the memcg. */
static bool is_missing(struct mcd_world *world, const struct mcd_memcg *memcg,
		       enum mcd_source source)
{
	return (world->head.sources & source) && !(memcg->sources & source);
}

/* Where the sources contradict each other, or the memcg's own state. */
static unsigned int disagreements(struct mcd_world *world, const struct mcd_memcg *memcg)
{
	bool on_list = memcg->sources & MCD_SOURCE_LIST;
	bool is_dead = mcd_is_dangling(memcg) && memcg->state != MCD_STATE_UNREADABLE;
	unsigned int flags = 0;

	if (world->head.facility && is_dead && !on_list)
		flags |= MCD_FLAG_NOT_ON_LIST;
	if (is_missing(world, memcg, MCD_SOURCE_TREE))
		flags |= MCD_FLAG_NOT_IN_TREE;
	if (is_missing(world, memcg, MCD_SOURCE_IDS))
		flags |= MCD_FLAG_NOT_IN_IDS;
	if (on_list && !mcd_is_dangling(memcg))
		flags |= MCD_FLAG_ALIVE_ON_LIST;
	if (is_dead && mcd_css_cgroup_is_online(world, memcg))
		flags |= MCD_FLAG_CGROUP_ONLINE;
	return flags;
}

static enum mcd_status identify(struct mcd_world *world, struct mcd_memcg *memcg)
{
	memcg->state = mcd_css_state(world, memcg->addr);
	memcg->flags = disagreements(world, memcg);
	world->head.nr_dangling += mcd_is_dangling(memcg);
	world->head.nr_online += memcg->state == MCD_STATE_ONLINE;
	world->head.nr_dying += memcg->state == MCD_STATE_DYING;
	world->head.nr_unreadable += memcg->state == MCD_STATE_UNREADABLE;
	memcg->unions.form = mcd_union_form(world, memcg);

	return mcd_facts_identify(world, memcg);
}

/* What makes the whole result doubtful. */
static enum mcd_status note_doubts(struct mcd_world *world)
{
	uint64_t ignored = 0;

	if (world->head.nr_unreadable) {
		enum mcd_status status =
			mcd_note_add(world,
				     "memory cgroups whose state cannot be read, reported as "
				     "dangling: %zu",
				     world->head.nr_unreadable);

		if (status)
			return status;
	}
	if (mcd_layout_value(world->target, M(cgroup_subsys_state, flags), &ignored) ||
	    mcd_layout_value(world->target, ENUM(CSS_ONLINE), &ignored))
		return mcd_note_add(world, "what is dangling is not known: %s",
				    world->target->error.text);
	if (!world->head.sources)
		return mcd_note_add(world,
				    "neither the tree of memory cgroups nor a table of their "
				    "ids nor the list of the dead is known of this kernel: "
				    "only the root was found");
	return MCD_OK;
}

enum mcd_status mcd_world_discover(struct mcd_world *world)
{
	enum mcd_status status = read_root(world);

	if (status)
		return status;
	status = read_head(world);
	if (!status)
		status = mcd_cpus_read(world);
	if (!status)
		status = add_list(world);
	if (!status)
		status = add_tree(world);
	if (!status)
		status = add_ids(world);
	for (size_t i = 0; i < world->nr && !status; i++) {
		status = identify(world, &world->memcgs[i]);
		if (!status && i % 64 == 0)
			status = mcd_poll(world->target, "memory cgroups identified", i, world->nr);
	}
	if (!status)
		status = note_doubts(world);
	return status ? status : mcd_census_take(world);
}

static struct mcd_probe probe(struct mcd_world *world, enum mcd_layout_id id, const char *name)
{
	static const char *const kinds[] = {
		[MCD_KIND_STRUCT] = "struct",
		[MCD_KIND_MEMBER] = "member",
		[MCD_KIND_SYMBOL] = "symbol",
		[MCD_KIND_ENUMERATOR] = "enumerator",
	};
	const struct mcd_layout_answer *answer = mcd_layout_ask(world->target, id);

	return (struct mcd_probe){
		.name = name,
		.kind = kinds[mcd_layout_row(id)->kind],
		.known = mcd_figure_from(answer->status, 0).known,
		.is_address = mcd_layout_row(id)->kind == MCD_KIND_SYMBOL,
		.value = answer->value,
		.size_bytes = answer->size_bytes,
		.is_used = answer->is_used,
	};
}

enum mcd_status mcd_world_probes(struct mcd_world *world, const struct mcd_probe **ret)
{
	struct mcd_probe *probes = mcd_arena_array(world->arena, MCD_NR_LAYOUT, sizeof(*probes));

	if (!probes)
		return mcd_error_set(&world->target->error, MCD_NO_MEMORY, "probes");
	for (int id = 0; id < MCD_NR_LAYOUT; id++) {
		char name[96];
		const char *copy = NULL;

		mcd_layout_name(id, name, sizeof(name));
		copy = mcd_arena_strndup(world->arena, name, sizeof(name) - 1);
		if (!copy)
			return mcd_error_set(&world->target->error, MCD_NO_MEMORY, "probes");
		probes[id] = probe(world, id, copy);
	}
	*ret = probes;
	return MCD_OK;
}
