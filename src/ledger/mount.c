// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Mounts: where a file system is mounted, and the paths of open files, which know their mount:
 * prepend_path() in fs/d_path.c. See paths.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "paths.h"

/* In the order of the fields of mount_form and of file_form. */
enum { MNT_PARENT, MNT_MOUNTPOINT, MNT_ROOT, MNT_SB, MNT_NS, MNT_NEXT };
enum { F_MNT, F_DENTRY };

static enum mcd_status no_memory(struct mcd_files *files)
{
	return mcd_error_set(&files->audit->world->target->error, MCD_NO_MEMORY, "files");
}

static enum mcd_status read_mount(struct mcd_files *files, uint64_t addr, struct mcd_mount *ret)
{
	struct mcd_record record;
	enum mcd_status status = mcd_record_read(files->audit->world->target, &files->mount_form,
						 addr, "mount", &record);

	if (!status)
		*ret = (struct mcd_mount){
			.addr = addr,
			.parent = mcd_record_uint(&record, MNT_PARENT),
			.mountpoint = mcd_record_uint(&record, MNT_MOUNTPOINT),
			.root = mcd_record_uint(&record, MNT_ROOT),
			.super = mcd_record_uint(&record, MNT_SB),
			.ns = mcd_record_uint(&record, MNT_NS),
			.next = mcd_record_uint(&record, MNT_NEXT),
		};
	return status;
}

/* The kernel's own mounts have an error for a namespace, MNT_NS_INTERNAL, and unmounted ones none. */
static enum mcd_rank rank_of(const struct mcd_files *files, uint64_t ns)
{
	enum { ERRORS_MAX = 4095 }; /* include/linux/err.h */
	unsigned int word_bits = 8 * files->audit->world->target->word_bytes;

	if (!ns || ns >= (UINT64_MAX >> (64 - word_bits)) - ERRORS_MAX)
		return MCD_RANK_UNMOUNTED;
	return ns == files->initial_ns ? MCD_RANK_INITIAL : MCD_RANK_ELSEWHERE;
}

/* Of several with the same root, the oldest in the best namespace; s_mounts of v6.18 has them newest first. */
static enum mcd_status enter(struct mcd_files *files, const struct mcd_mount *mount)
{
	const struct mcd_mount_root root = { mount->addr, rank_of(files, mount->ns) };
	bool is_newest_first = files->mount_form.has[MNT_NEXT], is_new;
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
		return no_memory(files);
	files->roots[files->nr_roots++] = root;
	return MCD_OK;
}

/* Since v6.18 super_block.s_mounts is the first struct mount itself. */
static enum mcd_status enter_chain(struct mcd_files *files, uint64_t mount)
{
	struct mcd_world *world = files->audit->world;
	uint64_t checkpoint = 0; /* met again where it goes round in a circle */
	enum mcd_status status = MCD_OK;

	for (size_t nr = 0; mount && !status; nr++) {
		struct mcd_mount facts;

		status = mount == checkpoint ? mcd_error_set(&world->target->error, MCD_CORRUPT, "a circle")
					     : read_mount(files, mount, &facts);
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
	return mcd_note_add(world, "super_block.s_mounts ends early: %s", world->target->error.text);
}

/* Before, it is a list. */
static enum mcd_status enter_list(struct mcd_files *files, uint64_t head)
{
	struct mcd_world *world = files->audit->world;
	struct mcd_list list;
	uint64_t instance = 0;
	enum mcd_status status = mcd_layout_value(world->target, M(mount, mnt_instance), &instance);

	if (!status)
		status = mcd_list_collect(world->target, world->arena, head, "super_block.s_mounts",
					  &list);
	if (!status && list.damage)
		status = mcd_note_list(world, "super_block.s_mounts", &list);
	for (size_t i = 0; !status && i < list.nr; i++) {
		struct mcd_mount facts;

		status = read_mount(files, list.nodes[i] - instance, &facts);
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
	if (!files->mount_form.has[MNT_NEXT]) {
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

/* A path that is written from its end. */
struct backwards {
	char bytes[MCD_PATH_BYTES_MAX];
	size_t first; /* of the bytes written */
	bool is_cut;  /* there was no room for more */
};

static void prepend(struct backwards *path, const struct mcd_dentry *dentry)
{
	if (path->is_cut || path->first < dentry->length + 1) {
		path->is_cut = true;
		return;
	}
	path->first -= dentry->length;
	memcpy(path->bytes + path->first, dentry->name, dentry->length);
	path->bytes[--path->first] = '/';
}

/* "mnt:[4026532200]", as in /proc/PID/ns; the number is 0 of a tree that was never attached to one. */
static int write_ns(struct mcd_files *files, uint64_t ns, char *ret, size_t size)
{
	struct mcd_target *target = files->audit->world->target;
	uint64_t common = 0, number = 0;
	enum mcd_status status = mcd_field_addr(target, ns, M(mnt_namespace, ns), &common);

	if (!status)
		status = mcd_field(target, common, M(ns_common, inum), &number);
	return status ? snprintf(ret, size, "mnt:[?]") : snprintf(ret, size, "mnt:[%" PRIu64 "]", number);
}

static enum mcd_status finish(struct mcd_files *files, const struct mcd_super *super, uint64_t ns,
			      const struct backwards *path, struct mcd_way *ret)
{
	enum mcd_rank rank = path->is_cut ? MCD_RANK_LOST : rank_of(files, ns);
	size_t length = sizeof(path->bytes) - path->first, from_length = 0;
	char from[80] = "", *text = NULL;

	if (rank == MCD_RANK_LOST)
		from_length = (size_t)snprintf(from, sizeof(from), "?");
	else if (rank == MCD_RANK_UNMOUNTED)
		from_length = (size_t)snprintf(from, sizeof(from), "%s", super->status ? "?" : super->top.text);
	else if (rank == MCD_RANK_ELSEWHERE)
		from_length = (size_t)write_ns(files, ns, from, sizeof(from));
	text = mcd_arena_alloc(files->audit->world->arena, from_length + length + 1);
	if (!text)
		return no_memory(files);
	memcpy(text, from, from_length);
	memcpy(text + from_length, path->bytes + path->first, length);
	*ret = (struct mcd_way){ rank, text, from_length + length };
	return MCD_OK;
}

/* From a dentry below a mount up to the root of all mounts; *mount is then the topmost one. */
static enum mcd_status climb(struct mcd_files *files, struct mcd_mount *mount, uint64_t dentry,
			     struct backwards *path)
{
	enum { STEPS_MAX = 2 * MCD_PATH_DEPTH_MAX };
	struct mcd_target *target = files->audit->world->target;
	enum mcd_status status = MCD_OK;

	for (size_t step = 1; !status && !path->is_cut; step++) {
		struct mcd_dentry facts;

		if (dentry == mount->root && mount->parent == mount->addr)
			return MCD_OK;
		if (dentry == mount->root) {
			dentry = mount->mountpoint;
			status = read_mount(files, mount->parent, mount);
		} else {
			status = mcd_dentry_read(files, dentry, &facts);
			/* Moved out of what is mounted. */
			path->is_cut = path->is_cut || status || facts.parent == dentry;
			if (!path->is_cut)
				prepend(path, &facts);
			dentry = facts.parent;
		}
		path->is_cut = path->is_cut || status || step == STEPS_MAX;
		if (!mcd_is_fatal(status))
			status = step % 256 ? MCD_OK : mcd_poll(target, "directories read", step, 0);
	}
	return status;
}

static enum mcd_status way_below(struct mcd_files *files, const struct mcd_mount *mount,
				 uint64_t dentry, struct mcd_way *ret)
{
	struct backwards path;
	struct mcd_mount top = *mount;
	struct mcd_super *super = NULL;
	enum mcd_status status = mcd_super_get(files, mount->super, &super);

	path.first = sizeof(path.bytes);
	path.is_cut = false;
	if (!status)
		status = climb(files, &top, dentry, &path);
	return status ? status : finish(files, super, top.ns, &path, ret);
}

enum mcd_status mcd_mount_way(struct mcd_files *files, uint64_t mount, struct mcd_way *ret)
{
	struct mcd_mount facts;
	enum mcd_status status = read_mount(files, mount, &facts);

	return status ? status : way_below(files, &facts, facts.root, ret);
}

/* " (deleted)" behind it where it is, and "/" where nothing is before that: d_path(). */
static enum mcd_status close_path(struct mcd_files *files, const struct mcd_dentry *dentry,
				  const struct mcd_way *way, struct mcd_text *ret)
{
	bool is_deleted = !dentry->is_hashed && dentry->parent != dentry->addr;
	char text[MCD_PATH_BYTES_MAX + 128];
	int length = snprintf(text, sizeof(text), "%s%s", way->length ? way->text : "/",
			      is_deleted ? " (deleted)" : "");

	ret->text = mcd_arena_strndup(files->audit->world->arena, text, (size_t)length);
	ret->known = MCD_KNOWN;
	return ret->text ? MCD_OK : no_memory(files);
}

static enum mcd_status path_of_file(struct mcd_files *files, uint64_t file, struct mcd_text *ret)
{
	struct mcd_target *target = files->audit->world->target;
	struct mcd_record record;
	struct mcd_mount mount;
	struct mcd_dentry dentry;
	struct mcd_way way;
	uint64_t mnt = 0;
	enum mcd_status status = mcd_record_read(target, &files->file_form, file, "file", &record);

	if (!status)
		status = mcd_layout_value(target, M(mount, mnt), &mnt);
	if (!status)
		status = read_mount(files, mcd_record_uint(&record, F_MNT) - mnt, &mount);
	if (!status)
		status = mcd_dentry_read(files, mcd_record_uint(&record, F_DENTRY), &dentry);
	if (!status)
		status = way_below(files, &mount, dentry.addr, &way);
	return status ? status : close_path(files, &dentry, &way, ret);
}

enum mcd_status mcd_path_of_file(struct mcd_audit *audit, uint64_t file, struct mcd_text *ret)
{
	struct mcd_files *files = NULL;
	enum mcd_status status = mcd_files_get(audit, &files);

	if (status)
		return status;
	status = path_of_file(files, file, ret);
	if (status)
		*ret = (struct mcd_text){ .known = mcd_figure_from(status, 0).known };
	return mcd_is_fatal(status) ? status : MCD_OK;
}
