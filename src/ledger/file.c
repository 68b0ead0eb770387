// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A file as everything but its pages, by the struct address_space that these belong to. See accounts.h
 * and paths.h.
 */
#include <string.h>

#include "paths.h"

/* In the order of the fields of inode_form. */
enum { I_SB, I_INO, I_NLINK, I_RDEV, I_DENTRY };

static const struct mcd_record_field inode_fields[] = {
	MCD_FIELD(inode, i_sb),	  MCD_FIELD(inode, i_ino),    MCD_FIELD(inode, i_nlink),
	MCD_FIELD(inode, i_rdev), MCD_FIELD(inode, i_dentry),
};
static const struct mcd_record_field dentry_fields[] = {
	MCD_FIELD(dentry, d_parent),
	MCD_FIELD(dentry, d_hash),
	MCD_FIELD_IN(M(dentry, d_name), M(qstr, name)),
	MCD_FIELD_IN(M(dentry, d_name), M(qstr, len)),
	MCD_FIELD_OPTIONAL(dentry, d_alias),
	MCD_FIELD_OPTIONAL(dentry, d_u),
};
static const struct mcd_record_field super_fields[] = {
	MCD_FIELD(super_block, s_type),
	MCD_FIELD(super_block, s_dev),
	MCD_FIELD(super_block, s_root),
	MCD_FIELD(super_block, s_flags),
};
static const struct mcd_record_field mount_fields[] = {
	MCD_FIELD(mount, mnt_parent),
	MCD_FIELD(mount, mnt_mountpoint),
	MCD_FIELD_IN(M(mount, mnt), M(vfsmount, mnt_root)),
	MCD_FIELD_IN(M(mount, mnt), M(vfsmount, mnt_sb)),
	MCD_FIELD(mount, mnt_ns),
	MCD_FIELD_OPTIONAL(mount, mnt_next_for_sb),
};
static const struct mcd_record_field file_fields[] = {
	MCD_FIELD_IN(M(file, f_path), M(path, mnt)),
	MCD_FIELD_IN(M(file, f_path), M(path, dentry)),
};

#define NR(fields) (sizeof(fields) / sizeof((fields)[0]))

static enum mcd_status compile(struct mcd_target *target, struct mcd_files *files)
{
	enum mcd_status status = mcd_record_compile(target, inode_fields, NR(inode_fields),
						    &files->inode_form);

	if (!status)
		status = mcd_record_compile(target, dentry_fields, NR(dentry_fields),
					    &files->dentry_form);
	if (!status)
		status = mcd_record_compile(target, super_fields, NR(super_fields),
					    &files->super_form);
	if (!status)
		status = mcd_record_compile(target, mount_fields, NR(mount_fields),
					    &files->mount_form);
	if (!status)
		status = mcd_record_compile(target, file_fields, NR(file_fields),
					    &files->file_form);
	return status;
}

/* The namespace that the first process began in; processes that stayed there see its paths. */
static uint64_t initial_ns(struct mcd_target *target)
{
	uint64_t nsproxy = 0, ns = 0;
	enum mcd_status status = mcd_layout_value(target, SYM(init_nsproxy), &nsproxy);

	if (!status)
		status = mcd_field(target, nsproxy, M(nsproxy, mnt_ns), &ns);
	return status ? 0 : ns;
}

enum mcd_status mcd_files_get(struct mcd_audit *audit, struct mcd_files **ret)
{
	struct mcd_target *target = audit->world->target;
	struct mcd_files *files = audit->files;
	enum mcd_status status = MCD_OK;

	*ret = files;
	if (files)
		return MCD_OK;
	*ret = files = mcd_arena_alloc(audit->world->arena, sizeof(*files));
	if (!files)
		return mcd_error_set(&target->error, MCD_NO_MEMORY, "files");
	files->audit = audit;
	mcd_addrmap_init(&files->by_mapping, audit->world->arena);
	mcd_addrmap_init(&files->by_super, audit->world->arena);
	mcd_addrmap_init(&files->by_directory, audit->world->arena);
	mcd_addrmap_init(&files->by_root, audit->world->arena);
	mcd_addrmap_init(&files->by_device, audit->world->arena);
	status = compile(target, files);
	if (status)
		return status;
	files->initial_ns = initial_ns(target);
	audit->files = files;
	return MCD_OK;
}

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
	enum mcd_status status = mcd_dentry_of_inode(
		files, mcd_record_pointer(inode, I_DENTRY, 0), &dentry);
	bool is_deleted = !mcd_record_uint(inode, I_NLINK);

	file->kind = kinds[super->class];
	if (!status) {
		is_deleted = is_deleted ||
			     (!dentry.is_hashed && dentry.parent != dentry.addr);
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

/* The disk's name, its own number, and the type of the file system whose metadata its pages are. */
static enum mcd_status name_block(struct mcd_files *files, const struct mcd_record *inode,
				  struct mcd_file *file)
{
	const struct mcd_super *mounted = NULL;
	uint64_t bdev = 0;
	enum mcd_status status = mcd_block_of_inode(files, inode->addr, &bdev);

	file->kind = MCD_FILE_BLOCK;
	file->path.known = mcd_figure_from(status, 0).known;
	if (!status)
		status = mcd_block_name(files->audit, bdev, &file->path);
	if (!status)
		status = mcd_block_super(files, bdev, &mounted);
	if (mounted)
		file->fs = mounted->type;
	if (!mcd_is_fatal(status))
		status = mcd_device_number(files, mcd_record_uint(inode, I_RDEV), &file->dev);
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
		status = mcd_super_get(files, mcd_record_uint(&inode, I_SB), &super);
	if (!status)
		status = super->status;
	if (status)
		return status;
	file->fs = super->type;
	file->dev = super->dev;
	file->ino = mcd_figure_known(mcd_record_uint(&inode, I_INO));
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
		return mcd_error_set(&world->target->error, MCD_NO_MEMORY, "files");
	files->files[files->nr_files++] = *ret;
	return files->nr_files % 256 ? MCD_OK
				     : mcd_poll(world->target, "files named", files->nr_files, 0);
}

/* Nothing is known of it, but why. */
static void give_up(struct mcd_file *file, enum mcd_known known)
{
	file->kind = MCD_FILE_UNKNOWN;
	file->path.known = file->fs.known = file->dev.known = known;
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
	status = add(files, mapping, &file);
	if (status)
		return status;
	*ret = file;
	status = describe(files, mapping, file);
	if (status && !mcd_is_fatal(status))
		give_up(file, mcd_figure_from(status, 0).known);
	return mcd_is_fatal(status) ? status : MCD_OK;
}
