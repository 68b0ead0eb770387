// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A file as everything but its pages, by the struct address_space that these belong to. See accounts.h
 * and paths.h.
 */
#include <string.h>

#include "paths.h"

enum { POLL_EVERY = 256 };

static enum mcd_file_kind kind_of_name(const char *name)
{
	if (strncmp(name, "memfd:", strlen("memfd:")) == 0)
		return MCD_FILE_MEMFD;
	if (strncmp(name, "SYSV", strlen("SYSV")) == 0)
		return MCD_FILE_SYSV;
	return MCD_FILE_ANON_SHM;
}

/* Of a file that is, or was, in a directory, or that the kernel gave a name. */
static enum mcd_status name_file(struct mcd_files *files, struct mcd_super *super,
				 const struct mcd_record *inode, struct mcd_file *file)
{
	static const enum mcd_file_kind kinds[] = {
		[MCD_SUPER_PLAIN] = MCD_FILE_PLAIN,
		[MCD_SUPER_MEMORY] = MCD_FILE_TMPFS,
		[MCD_SUPER_INTERNAL] = MCD_FILE_ANON_SHM,
	};
	struct mcd_dentry dentry;
	struct mcd_way way;
	enum mcd_status status =
		mcd_dentry_of_inode(files, mcd_record_pointer(inode, MCD_I_DENTRY, 0), &dentry);
	bool is_deleted = !mcd_record_uint(inode, MCD_I_NLINK);

	file->kind = kinds[super->class];
	if (!status) {
		is_deleted = is_deleted || (!dentry.is_hashed && dentry.parent != dentry.addr);
		if (super->class == MCD_SUPER_INTERNAL)
			file->kind = kind_of_name(dentry.name);
		status = mcd_dentry_way(files, super, &dentry, &way);
	}
	/* What was never in a directory cannot be deleted from it. */
	if (super->class != MCD_SUPER_INTERNAL)
		file->is_deleted = mcd_figure_known(is_deleted);
	file->path.known = mcd_figure_from(status, 0).known;
	file->path.text = status ? NULL : way.text;
	return mcd_is_fatal(status) ? status : MCD_OK;
}

/*
 * The device's name and number, and the type of the file system whose metadata its pages are. Its inode is
 * none of that file system's.
 */
static enum mcd_status name_block(struct mcd_files *files, const struct mcd_record *inode,
				  struct mcd_file *file)
{
	const struct mcd_super *mounted = NULL;
	uint64_t bdev = 0;
	enum mcd_status status = mcd_block_of_inode(files, inode->addr, &bdev);

	file->kind = MCD_FILE_BLOCK;
	file->ino = mcd_figure_none(MCD_NA);
	if (!status)
		status = mcd_block_name(files->audit, bdev, &file->path);
	if (!status)
		status = mcd_block_super(files, bdev, &mounted);
	if (mounted)
		file->fs = mounted->type;
	if (!mcd_is_fatal(status))
		status = mcd_device_number(files, mcd_record_uint(inode, MCD_I_RDEV), &file->dev);
	if (!status && file->path.known == MCD_NA)
		file->path = file->dev;
	return status;
}

static enum mcd_status describe(struct mcd_files *files, uint64_t mapping, struct mcd_file *file)
{
	struct mcd_target *target = files->audit->world->target;
	struct mcd_super *super = NULL;
	struct mcd_record inode;
	enum mcd_status status = mcd_field(target, mapping, M(address_space, host),
					   &file->inode_addr);

	if (!status)
		status = mcd_record_read(target, &files->inode_form, file->inode_addr, "inode",
					 &inode);
	if (!status)
		status = mcd_super_get(files, mcd_record_uint(&inode, MCD_I_SB), &super);
	if (!status)
		status = super->status;
	if (status)
		return status;
	file->fs = super->type;
	file->dev = super->dev;
	file->ino = mcd_figure_known(mcd_record_uint(&inode, MCD_I_INO));
	return super->class == MCD_SUPER_BLOCK ? name_block(files, &inode, file)
					       : name_file(files, super, &inode, file);
}

static enum mcd_status add(struct mcd_files *files, uint64_t mapping, struct mcd_file **ret)
{
	struct mcd_world *world = files->audit->world;
	bool is_new;

	files->files = mcd_arena_grow(world->arena, files->files, files->nr_files,
				      &files->files_capacity, sizeof(struct mcd_file *));
	*ret = mcd_arena_alloc(world->arena, sizeof(**ret));
	if (!files->files || !*ret ||
	    mcd_addrmap_insert(&files->by_mapping, mapping, files->nr_files, &is_new))
		return mcd_files_no_memory(files);
	files->files[files->nr_files++] = *ret;
	return MCD_OK;
}

/* Nothing is known of it, but why. */
static void give_up(struct mcd_file *file, enum mcd_known known)
{
	file->kind = MCD_FILE_UNKNOWN;
	file->path = file->fs = file->dev = (struct mcd_text){ .known = known };
	file->is_deleted.known = known;
	if (file->ino.known != MCD_KNOWN)
		file->ino.known = known;
}

enum mcd_status mcd_file_describe(struct mcd_audit *audit, uint64_t mapping,
				  const struct mcd_file **ret)
{
	struct mcd_files *files = NULL;
	struct mcd_file *file = NULL;
	size_t position = 0;
	enum mcd_status status = mcd_files_get(audit, &files);

	if (status)
		return status;
	if (mcd_addrmap_find(&files->by_mapping, mapping, &position)) {
		*ret = files->files[position];
		return MCD_OK;
	}
	*ret = NULL;
	if (audit->is_partial)
		return MCD_OK;
	status = add(files, mapping, &file);
	if (status)
		return status;
	*ret = file;
	status = describe(files, mapping, file);
	if (status)
		give_up(file, mcd_figure_from(status, 0).known);
	if (!mcd_is_fatal(status))
		status = files->nr_files % POLL_EVERY ? MCD_OK
						      : mcd_poll(audit->world->target,
								 "files named", files->nr_files, 0);
	return mcd_audit_cut_short(audit, status);
}
