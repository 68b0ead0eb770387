// SPDX-License-Identifier: GPL-2.0-or-later
/* What is read of files, and where what was read is kept. See paths.h. */
#include "paths.h"

#define IN(type, member, inner_type, inner) MCD_FIELD_IN(M(type, member), M(inner_type, inner))

static const struct mcd_record_field inode_fields[] = {
	[MCD_I_SB] = MCD_FIELD(inode, i_sb),	     [MCD_I_INO] = MCD_FIELD(inode, i_ino),
	[MCD_I_NLINK] = MCD_FIELD(inode, i_nlink),   [MCD_I_RDEV] = MCD_FIELD(inode, i_rdev),
	[MCD_I_DENTRY] = MCD_FIELD(inode, i_dentry),
};
static const struct mcd_record_field dentry_fields[] = {
	[MCD_D_PARENT] = MCD_FIELD(dentry, d_parent),
	[MCD_D_HASH] = MCD_FIELD(dentry, d_hash),
	[MCD_D_NAME] = IN(dentry, d_name, qstr, name),
	[MCD_D_NAME_LEN] = IN(dentry, d_name, qstr, len),
	[MCD_D_ALIAS] = MCD_FIELD_OPTIONAL(dentry, d_alias),
	[MCD_D_U] = MCD_FIELD_OPTIONAL(dentry, d_u),
};
static const struct mcd_record_field super_fields[] = {
	[MCD_S_TYPE] = MCD_FIELD(super_block, s_type),
	[MCD_S_DEV] = MCD_FIELD(super_block, s_dev),
	[MCD_S_ROOT] = MCD_FIELD(super_block, s_root),
	[MCD_S_FLAGS] = MCD_FIELD(super_block, s_flags),
};
static const struct mcd_record_field mount_fields[] = {
	[MCD_MNT_PARENT] = MCD_FIELD(mount, mnt_parent),
	[MCD_MNT_MOUNTPOINT] = MCD_FIELD(mount, mnt_mountpoint),
	[MCD_MNT_ROOT] = IN(mount, mnt, vfsmount, mnt_root),
	[MCD_MNT_SB] = IN(mount, mnt, vfsmount, mnt_sb),
	[MCD_MNT_NS] = MCD_FIELD(mount, mnt_ns),
	[MCD_MNT_NEXT] = MCD_FIELD_OPTIONAL(mount, mnt_next_for_sb),
};
static const struct mcd_record_field file_fields[] = {
	[MCD_F_MNT] = IN(file, f_path, path, mnt),
	[MCD_F_DENTRY] = IN(file, f_path, path, dentry),
};

static enum mcd_status compile(struct mcd_files *files)
{
#define FORM(of)                                                                             \
	{                                                                                    \
		of##_fields, sizeof(of##_fields) / sizeof(of##_fields[0]), &files->of##_form \
	}
	const struct {
		const struct mcd_record_field *fields;
		size_t nr;
		struct mcd_record_form *form;
	} forms[] = { FORM(inode), FORM(dentry), FORM(super), FORM(mount), FORM(file) };
	enum mcd_status status = MCD_OK;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]) && !status; i++)
		status = mcd_record_compile(files->audit->world->target, forms[i].fields,
					    forms[i].nr, forms[i].form);
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

enum mcd_status mcd_files_no_memory(struct mcd_files *files)
{
	return mcd_error_set(&files->audit->world->target->error, MCD_NO_MEMORY, "files");
}

enum mcd_status mcd_files_get(struct mcd_audit *audit, struct mcd_files **ret)
{
	struct mcd_arena *arena = audit->world->arena;
	struct mcd_files *files = audit->files;
	enum mcd_status status = MCD_OK;

	*ret = files;
	if (files)
		return MCD_OK;
	*ret = files = mcd_arena_alloc(arena, sizeof(*files));
	if (!files)
		return mcd_error_set(&audit->world->target->error, MCD_NO_MEMORY, "files");
	files->audit = audit;
	mcd_addrmap_init(&files->by_mapping, arena);
	mcd_addrmap_init(&files->by_super, arena);
	mcd_addrmap_init(&files->by_directory, arena);
	mcd_addrmap_init(&files->by_root, arena);
	mcd_addrmap_init(&files->by_device, arena);
	status = compile(files);
	if (status)
		return status;
	files->initial_ns = initial_ns(audit->world->target);
	audit->files = files;
	return MCD_OK;
}
