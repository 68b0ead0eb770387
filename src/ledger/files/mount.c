// SPDX-License-Identifier: GPL-2.0-or-later
/* The mounts of a file system, by their roots: fs/namespace.c. See paths.h. */
#include "paths.h"

enum mcd_status mcd_mount_read(struct mcd_files *files, uint64_t addr, struct mcd_mount *ret)
{
	struct mcd_record record;
	enum mcd_status status = mcd_record_read(files->audit->world->target, &files->mount_form,
						 addr, "mount", &record);

	if (!status)
		*ret = (struct mcd_mount){
			.addr = addr,
			.parent = mcd_record_uint(&record, MCD_MNT_PARENT),
			.mountpoint = mcd_record_uint(&record, MCD_MNT_MOUNTPOINT),
			.root = mcd_record_uint(&record, MCD_MNT_ROOT),
			.super = mcd_record_uint(&record, MCD_MNT_SB),
			.ns = mcd_record_uint(&record, MCD_MNT_NS),
			.next = mcd_record_uint(&record, MCD_MNT_NEXT),
		};
	return status;
}

/* The kernel's own mounts have an error for a namespace, MNT_NS_INTERNAL, and unmounted ones none. */
enum mcd_rank mcd_mount_rank(const struct mcd_files *files, uint64_t ns)
{
	enum { ERRORS_MAX = 4095 }; /* include/linux/err.h */
	unsigned int word_bits = 8 * files->audit->world->target->word_bytes;

	if (!ns || ns >= (UINT64_MAX >> (64 - word_bits)) - ERRORS_MAX)
		return MCD_RANK_UNMOUNTED;
	return ns == files->initial_ns ? MCD_RANK_INITIAL : MCD_RANK_ELSEWHERE;
}

/* Of several with the same root, the oldest in the best namespace; since v6.19 s_mounts has the newest first. */
static enum mcd_status enter(struct mcd_files *files, const struct mcd_mount *mount)
{
	const struct mcd_mount_root root = { mount->addr, mcd_mount_rank(files, mount->ns) };
	bool is_newest_first = files->mount_form.has[MCD_MNT_NEXT], is_new;
	size_t position = 0;

	if (root.rank == MCD_RANK_UNMOUNTED)
		return MCD_OK;
	if (mcd_addrmap_find(&files->by_root, mount->root, &position)) {
		struct mcd_mount_root *old = &files->roots[position];

		if (root.rank > old->rank || (root.rank == old->rank && is_newest_first))
			*old = root;
		return MCD_OK;
	}
	files->roots = mcd_arena_grow(files->audit->world->arena, files->roots, files->nr_roots,
				      &files->roots_capacity, sizeof(*files->roots));
	if (!files->roots ||
	    mcd_addrmap_insert(&files->by_root, mount->root, files->nr_roots, &is_new))
		return mcd_files_no_memory(files);
	files->roots[files->nr_roots++] = root;
	return MCD_OK;
}

/* Since v6.19 super_block.s_mounts is the first struct mount itself. */
static enum mcd_status enter_chain(struct mcd_files *files, uint64_t mount)
{
	struct mcd_world *world = files->audit->world;
	uint64_t checkpoint = 0; /* met again where it goes round in a circle */
	enum mcd_status status = MCD_OK;

	for (size_t nr = 0; mount && !status; nr++) {
		struct mcd_mount facts = { .next = 0 };

		status = mount == checkpoint
				 ? mcd_error_set(&world->target->error, MCD_CORRUPT, "a circle")
				 : mcd_mount_read(files, mount, &facts);
		if (!status)
			status = enter(files, &facts);
		if (!status && nr % 1024 == 1023)
			status = mcd_poll(world->target, "mounts read", nr, 0);
		if ((nr & (nr - 1)) == 0)
			checkpoint = mount;
		mount = facts.next;
	}
	if (!status || mcd_is_fatal(status))
		return status;
	return mcd_note_add(world, "super_block.s_mounts ends early: %s",
			    world->target->error.text);
}

/* Before, it is a list. */
static enum mcd_status enter_list(struct mcd_files *files, uint64_t head)
{
	struct mcd_world *world = files->audit->world;
	struct mcd_list list = { .nr = 0 };
	uint64_t instance = 0;
	enum mcd_status status = mcd_layout_value(world->target, M(mount, mnt_instance), &instance);

	if (!status)
		status = mcd_list_collect(world->target, world->arena, head, "super_block.s_mounts",
					  &list);
	if (!status && list.damage)
		status = mcd_note_list(world, "super_block.s_mounts", &list);
	for (size_t i = 0; !status && i < list.nr; i++) {
		struct mcd_mount facts;

		status = mcd_mount_read(files, list.nodes[i] - instance, &facts);
		if (!status)
			status = enter(files, &facts);
		else if (!mcd_is_fatal(status))
			status = MCD_OK;
		if (!status && i % 1024 == 1023)
			status = mcd_poll(world->target, "mounts read", i, list.nr);
	}
	return status;
}

enum mcd_status mcd_mounts_read(struct mcd_files *files, struct mcd_super *super)
{
	struct mcd_target *target = files->audit->world->target;
	uint64_t first = 0;
	enum mcd_status status = MCD_OK;

	if (super->has_mounts)
		return MCD_OK;
	super->has_mounts = true;
	if (!files->mount_form.has[MCD_MNT_NEXT]) {
		status = mcd_field_addr(target, super->addr, M(super_block, s_mounts), &first);
		if (!status)
			status = enter_list(files, first);
	} else {
		status = mcd_field(target, super->addr, M(super_block, s_mounts), &first);
		if (!status)
			status = enter_chain(files, first);
	}
	return mcd_is_fatal(status) ? status : MCD_OK;
}

bool mcd_mount_find(const struct mcd_files *files, uint64_t dentry, struct mcd_mount_root *ret)
{
	size_t position = 0;

	if (!mcd_addrmap_find(&files->by_root, dentry, &position))
		return false;
	*ret = files->roots[position];
	return true;
}
