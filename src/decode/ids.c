// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The id tables that every memcg stays in until it is freed, whatever became of its directory:
 *
 *   cgroup_subsys.idr       up to v3.11: css_id, given back by __mem_cgroup_free()
 *   cgroup_root.cgroup_idr  seen from v3.13 to v3.15: cgroups, given back when they are freed;
 *                           cgroup.subsys[] leads on
 *   cgroup_subsys.css_idr   since v3.16: css, given back by css_release_work_fn()
 *
 * kernel/cgroup.c, later kernel/cgroup/cgroup.c. An entry is NULL while its object is being made.
 */
#include <inttypes.h>

#include "decode.h"

/* The controller's struct cgroup_subsys, renamed between v3.14 and v3.15. */
enum mcd_status mcd_ids_subsys(struct mcd_target *target, uint64_t *ret)
{
	return mcd_layout_has(target, SYM(memory_cgrp_subsys))
		       ? mcd_layout_value(target, SYM(memory_cgrp_subsys), ret)
		       : mcd_layout_value(target, SYM(mem_cgroup_subsys), ret);
}

enum mcd_status mcd_ids_controller(struct mcd_world *world, uint64_t *ret)
{
	struct mcd_target *target = world->target;
	uint64_t subsys = 0;
	enum mcd_status status = mcd_ids_subsys(target, &subsys);

	if (status)
		return status;
	return mcd_field(target, subsys,
			 mcd_layout_has(target, M(cgroup_subsys, subsys_id))
				 ? M(cgroup_subsys, subsys_id)
				 : M(cgroup_subsys, id),
			 ret);
}

/* ---- from an entry of a table to a css; 0: there is none yet ---- */

static enum mcd_status css_of_css(struct mcd_world *world, uint64_t css, uint64_t *ret)
{
	(void)world;
	*ret = css;
	return MCD_OK;
}

static enum mcd_status css_of_css_id(struct mcd_world *world, uint64_t css_id, uint64_t *ret)
{
	return mcd_field(world->target, css_id, M(css_id, css), ret);
}

static enum mcd_status css_of_cgroup(struct mcd_world *world, uint64_t cgroup, uint64_t *ret)
{
	struct mcd_target *target = world->target;
	uint64_t controller = 0, array = 0;
	enum mcd_status status = mcd_ids_controller(world, &controller);

	if (!status)
		status = mcd_field_addr(target, cgroup, M(cgroup, subsys), &array);
	if (status)
		return status;
	if (controller >=
	    mcd_layout_ask(target, M(cgroup, subsys))->size_bytes / target->word_bytes)
		return MCD_CORRUPT;
	return mcd_read_word(target, array + controller * target->word_bytes, "cgroup.subsys", ret);
}

/* ---- where the tables are ---- */

static enum mcd_status idr_of_root(struct mcd_target *target, uint64_t subsys, uint64_t *ret)
{
	uint64_t root = 0;
	enum mcd_status status = mcd_field(target, subsys, M(cgroup_subsys, root), &root);

	if (status)
		return status;
	return mcd_field_addr(target, root,
			      mcd_layout_has(target, M(cgroupfs_root, cgroup_idr))
				      ? M(cgroupfs_root, cgroup_idr)
				      : M(cgroup_root, cgroup_idr),
			      ret);
}

static enum mcd_status idr_of_css_ids(struct mcd_target *target, uint64_t subsys, uint64_t *ret)
{
	return mcd_field_addr(target, subsys, M(cgroup_subsys, idr), ret);
}

static enum mcd_status idr_of_css(struct mcd_target *target, uint64_t subsys, uint64_t *ret)
{
	return mcd_field_addr(target, subsys, M(cgroup_subsys, css_idr), ret);
}

struct table {
	const char *what;
	enum mcd_status (*idr)(struct mcd_target *target, uint64_t subsys, uint64_t *ret);
	enum mcd_status (*css)(struct mcd_world *world, uint64_t entry, uint64_t *ret);
	enum mcd_layout_id probe;
	enum mcd_layout_id id;	 /* of an entry: its own place in the table */
	enum mcd_layout_id back; /* of the css: to the entry; MCD_NR_LAYOUT: it is the entry */
	enum mcd_idtree_kind kind;
};

/* The first one that this kernel has. cgroup_root has an idr to this day, but no longer of the dead. */
static const struct table tables[] = {
	{ "css_idr", idr_of_css, css_of_css, M(cgroup_subsys, css_idr), M(cgroup_subsys_state, id),
	  MCD_NR_LAYOUT, MCD_IDTREE_IDR },
	{ "css ids", idr_of_css_ids, css_of_css_id, M(cgroup_subsys, idr), M(css_id, id),
	  M(cgroup_subsys_state, id), MCD_IDTREE_DENSE },
	{ "cgroup_idr", idr_of_root, css_of_cgroup, M(cgroupfs_root, cgroup_idr), M(cgroup, id),
	  M(cgroup_subsys_state, cgroup), MCD_IDTREE_IDR },
	{ "cgroup_idr", idr_of_root, css_of_cgroup, M(cgroup_root, cgroup_idr), M(cgroup, id),
	  M(cgroup_subsys_state, cgroup), MCD_IDTREE_IDR },
};

static const struct table *table_of(struct mcd_target *target)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (mcd_layout_has(target, tables[i].probe))
			return &tables[i];
	return NULL;
}

/* What cannot be read contradicts nothing. */
static bool contradicts(struct mcd_target *target, uint64_t object, enum mcd_layout_id member,
			uint64_t expected)
{
	uint64_t value = 0;

	return member != MCD_NR_LAYOUT && !mcd_field(target, object, member, &value) &&
	       value != expected;
}

/* False where the entry has another id, or its css is another's or of another controller. */
static bool agrees(struct mcd_world *world, const struct table *table, const struct mcd_id *id,
		   uint64_t css)
{
	struct mcd_target *target = world->target;
	uint64_t subsys = 0;

	if (contradicts(target, id->pointer, table->id, id->id))
		return false;
	return !css || (!contradicts(target, css, table->back, id->pointer) &&
			(mcd_ids_subsys(target, &subsys) ||
			 !contradicts(target, css, M(cgroup_subsys_state, ss), subsys)));
}

/* The memcg of one entry into `*ret`, or 0; one that another source knows needs no proof. */
static enum mcd_status resolve(struct mcd_world *world, const struct table *table,
			       const struct mcd_id *id, uint64_t css_offset, uint64_t *ret)
{
	uint64_t css = 0;
	enum mcd_status status = table->css(world, id->pointer, &css);
	bool is_sound = !status && (!css || css > css_offset) && agrees(world, table, id, css);

	*ret = 0;
	if (status)
		return mcd_note_add(world, "%s: id %" PRIu64 " leads to no css", table->what,
				    id->id);
	if (css > css_offset &&
	    (is_sound || mcd_addrmap_find(&world->index, css - css_offset, NULL)))
		*ret = css - css_offset;
	return is_sound ? MCD_OK
			: mcd_note_add(world,
				       "%s: id %" PRIu64 " leads to %" PRIx64
				       ", which is no css of that id",
				       table->what, id->id, css);
}

/* Where nothing else tells of memcgs, a table without the root's id has lost others too. */
static enum mcd_status check_root(struct mcd_world *world, const struct table *table,
				  const uint64_t *memcgs, size_t nr)
{
	if (world->head.sources & MCD_SOURCE_TREE)
		return MCD_OK;
	for (size_t i = 0; i < nr; i++)
		if (memcgs[i] == world->root_addr)
			return MCD_OK;
	return mcd_note_add(world, "%s: the root is not among them: memory cgroups are missing",
			    table->what);
}

enum mcd_status mcd_ids_walk(struct mcd_world *world, uint64_t **ret, size_t *ret_nr)
{
	struct mcd_target *target = world->target;
	const struct table *table = table_of(target);
	struct mcd_idtree tree;
	uint64_t subsys = 0, idr = 0, css_offset = 0;
	size_t nr_notes = 0;
	enum mcd_status status = MCD_OK;

	*ret_nr = 0;
	if (!table || mcd_ids_subsys(target, &subsys) ||
	    mcd_layout_value(target, M(mem_cgroup, css), &css_offset))
		return MCD_OK;
	status = table->idr(target, subsys, &idr);
	if (status)
		return mcd_note_add(world, "%s: %s", table->what, target->error.text);
	nr_notes = mcd_note_count(world);
	status = mcd_idtree_collect(world, idr, table->what, table->kind, &tree);
	world->has_damaged_ids = mcd_note_count(world) > nr_notes;
	if (status == MCD_ABSENT) /* a kind of table that is not known here */
		return MCD_OK;
	if (status)
		return status;
	world->head.sources |= MCD_SOURCE_IDS;
	world->nr_ids = tree.nr + tree.nr_reserved;
	*ret = mcd_arena_array(world->arena, tree.nr, sizeof(**ret));
	if (!*ret)
		return mcd_error_set(&target->error, MCD_NO_MEMORY, "%s", table->what);
	for (size_t i = 0; i < tree.nr && !status; i++) {
		status = resolve(world, table, &tree.ids[i], css_offset, &(*ret)[*ret_nr]);
		if ((*ret)[*ret_nr])
			++*ret_nr;
		if (!status && i % 64 == 0)
			status = mcd_poll(target, "ids looked up", i, tree.nr);
	}
	return status ? status : check_root(world, table, *ret, *ret_nr);
}
