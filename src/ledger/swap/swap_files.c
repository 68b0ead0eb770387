// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whose swap slots belong to which file of tmpfs, memfds and shared memory included: shmem_swaplist has
 * every inode with swapped pages (mm/shmem.c), and its tree of pages has their swap entries.
 */
#include "swap.h"

struct search {
	struct mcd_audit *audit;
	struct mcd_swap_map *map;
	const uint32_t *owners;
	uint64_t *nr_slots; /* by account, of the file that is looked at */
	uint32_t *found;    /* accounts that have some, as often as they are in nr_slots */
	size_t nr_found;
	mcd_swap_file_visit *visit;
	void *context;
};

static enum mcd_status count_entry(void *context, const struct mcd_swap_entry *entry)
{
	struct search *search = context;
	enum mcd_status status = MCD_OK;

	for (uint64_t i = 0; i < entry->nr_slots && !status; i++) {
		uint16_t id = 0;
		uint32_t owner = 0;

		status = mcd_swap_map_id(search->map, entry->area, entry->slot + i, &id);
		if (status && !mcd_is_fatal(status))
			return MCD_OK; /* the walk of the tables has told */
		owner = search->owners[id];
		if (status || !owner)
			continue;
		if (!search->nr_slots[owner - 1]++)
			search->found[search->nr_found++] = owner - 1;
	}
	return status;
}

static enum mcd_status give(struct search *search, uint64_t mapping)
{
	const struct mcd_file *file = NULL;
	enum mcd_status status = search->nr_found ? mcd_file_describe(search->audit, mapping, &file)
						  : MCD_OK;

	if (!status && search->nr_found && !file)
		status = mcd_error_set(&search->audit->world->target->error, MCD_INTERRUPTED,
				       "interrupted");
	for (size_t i = 0; i < search->nr_found; i++) {
		uint32_t account = search->found[i];

		if (!status)
			status = search->visit(search->context, &search->audit->accounts[account],
					       file, search->nr_slots[account]);
		search->nr_slots[account] = 0;
	}
	search->nr_found = 0;
	return status;
}

static enum mcd_status search_file(struct search *search, uint64_t info)
{
	struct mcd_target *target = search->audit->world->target;
	uint64_t nr_swapped = 0, inode = 0, mapping = 0;
	enum mcd_status status = mcd_field(target, info, M(shmem_inode_info, swapped), &nr_swapped);

	if (!status && !nr_swapped)
		return MCD_OK;
	if (!status)
		status = mcd_field_addr(target, info, M(shmem_inode_info, vfs_inode), &inode);
	if (!status)
		status = mcd_field(target, inode, M(inode, i_mapping), &mapping);
	if (!status)
		status = mcd_page_tree_walk(search->audit, mapping, count_entry, search);
	if (!status)
		status = give(search, mapping);
	return status;
}

static enum mcd_status search_list(struct search *search)
{
	struct mcd_world *world = search->audit->world;
	struct mcd_list list = { .nr = 0 };
	uint64_t head = 0, link = 0;
	enum mcd_status status = mcd_layout_value(world->target, SYM(shmem_swaplist), &head);

	if (!status)
		status = mcd_layout_value(world->target, M(shmem_inode_info, swaplist), &link);
	if (!status)
		status = mcd_list_collect(world->target, world->arena, head, "shmem_swaplist",
					  &list);
	if (!status)
		status = mcd_note_list(world, "shmem_swaplist", &list);
	for (size_t i = 0; i < list.nr && !status; i++) {
		status = search_file(search, list.nodes[i] - link);
		if (status && !mcd_is_fatal(status) && status != MCD_ABSENT)
			status = mcd_note_add(world, "swapped pages of a file are missing: %s",
					      world->target->error.text);
		if (!status)
			status = mcd_poll(world->target, "swapped files read", i, list.nr);
	}
	return status;
}

enum mcd_status mcd_swap_files(struct mcd_audit *audit, mcd_swap_file_visit *visit, void *context)
{
	struct mcd_arena *arena = audit->world->arena;
	struct search search = { .audit = audit, .visit = visit, .context = context };
	uint32_t *owners = NULL;
	enum mcd_status status = mcd_swap_owners(audit, &owners);

	if (!status)
		status = mcd_swap_map_get(audit, &search.map);
	if (status || !owners)
		return status;
	search.owners = owners;
	search.nr_slots = mcd_arena_array(arena, audit->nr, sizeof(*search.nr_slots));
	search.found = mcd_arena_array(arena, audit->nr, sizeof(*search.found));
	if (!search.nr_slots || !search.found)
		return mcd_error_set(&audit->world->target->error, MCD_NO_MEMORY, "swapped files");
	return search_list(&search);
}
