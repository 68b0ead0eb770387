// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Paths through mounts: of what is mounted somewhere, and of open files, which know their mount. This is
 * prepend_path() in fs/d_path.c. See paths.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "paths.h"

/* A path that is written from its end. */
struct backwards {
	char bytes[MCD_PATH_BYTES_MAX];
	size_t first; /* of the bytes written */
	bool is_cut;  /* what stands before is lost */
};

/* False where there is no room for it. */
static bool prepend(struct backwards *path, const struct mcd_dentry *dentry)
{
	if (path->first < dentry->length + 1)
		return false;
	path->first -= dentry->length;
	memcpy(path->bytes + path->first, dentry->name, dentry->length);
	path->bytes[--path->first] = '/';
	return true;
}

/* From a dentry below a mount up to the root of all mounts; *mount is then the topmost one. */
static enum mcd_status climb(struct mcd_files *files, struct mcd_mount *mount, uint64_t dentry,
			     struct backwards *path)
{
	enum { STEPS_MAX = 2 * MCD_PATH_DEPTH_MAX };
	enum mcd_status status = MCD_OK;

	for (size_t step = 1; step <= STEPS_MAX && !status; step++) {
		struct mcd_dentry facts = { .addr = 0 };

		if (step % 256 == 0)
			status = mcd_poll(files->audit->world->target, "directories read", step, 0);
		if (!status && dentry == mount->root) {
			if (mount->parent == mount->addr)
				return MCD_OK;
			dentry = mount->mountpoint;
			status = mcd_mount_read(files, mount->parent, mount);
			continue;
		}
		if (!status)
			status = mcd_dentry_read(files, dentry, &facts);
		/* A root that is not the mount's: the file was moved out of what is mounted. */
		if (!status && (facts.parent == dentry || !prepend(path, &facts)))
			status = MCD_CORRUPT;
		dentry = facts.parent;
	}
	path->is_cut = true;
	return mcd_is_fatal(status) ? status : MCD_OK;
}

/* "mnt:[4026532200]", as in /proc/PID/ns; the number is 0 of a tree that was never attached to one. */
static void write_ns(struct mcd_files *files, uint64_t ns, char *ret, size_t size)
{
	struct mcd_target *target = files->audit->world->target;
	uint64_t common = 0, number = 0;
	enum mcd_status status = mcd_field_addr(target, ns, M(mnt_namespace, ns), &common);

	if (!status)
		status = mcd_field(target, common, M(ns_common, inum), &number);
	if (!status)
		snprintf(ret, size, "mnt:[%" PRIu64 "]", number);
	else
		snprintf(ret, size, "mnt:[?]");
}

/* Where the path begins; see paths.h. */
static enum mcd_status finish(struct mcd_files *files, const struct mcd_super *super, uint64_t ns,
			      const struct backwards *path, struct mcd_way *ret)
{
	enum mcd_rank rank = path->is_cut ? MCD_RANK_LOST : mcd_mount_rank(files, ns);
	size_t length = sizeof(path->bytes) - path->first, from_length = 0;
	char from[80] = "", *text = NULL;

	if (rank == MCD_RANK_UNMOUNTED && !super->status)
		snprintf(from, sizeof(from), "%s", super->top.text);
	else if (rank <= MCD_RANK_UNMOUNTED)
		snprintf(from, sizeof(from), "?");
	else if (rank == MCD_RANK_ELSEWHERE)
		write_ns(files, ns, from, sizeof(from));
	from_length = strlen(from);
	text = mcd_arena_alloc(files->audit->world->arena, from_length + length + 1);
	if (!text)
		return mcd_files_no_memory(files);
	memcpy(text, from, from_length);
	memcpy(text + from_length, path->bytes + path->first, length);
	*ret = (struct mcd_way){ rank, text, from_length + length };
	return MCD_OK;
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
	enum mcd_status status = mcd_mount_read(files, mount, &facts);

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
	return ret->text ? MCD_OK : mcd_files_no_memory(files);
}

static enum mcd_status path_of_file(struct mcd_files *files, uint64_t file, struct mcd_text *ret)
{
	struct mcd_target *target = files->audit->world->target;
	struct mcd_record record;
	struct mcd_mount mount = { .addr = 0 };
	struct mcd_dentry dentry = { .addr = 0 };
	struct mcd_way way = { .length = 0 };
	uint64_t mnt = 0;
	enum mcd_status status = mcd_record_read(target, &files->file_form, file, "file", &record);

	if (!status)
		status = mcd_layout_value(target, M(mount, mnt), &mnt);
	if (!status)
		status = mcd_mount_read(files, mcd_record_uint(&record, MCD_F_MNT) - mnt, &mount);
	if (!status)
		status = mcd_dentry_read(files, mcd_record_uint(&record, MCD_F_DENTRY), &dentry);
	if (!status && dentry.parent == dentry.addr && dentry.addr != mount.root)
		status = MCD_ABSENT; /* a pipe, a socket, … */
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
