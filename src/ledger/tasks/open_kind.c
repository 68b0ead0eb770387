// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which kind an open file is of: its operations tell. Where a symbol is not known, as without
 * CONFIG_KALLSYMS_ALL, the file system and the name of the first file that has them do. See open_files.h.
 */
#include <string.h>

#include "open_files.h"

enum { NAME_BYTES_MAX = 64 /* longer than any that is looked for */ };

static const struct kind {
	enum mcd_layout_id operations;
	const char *fs, *name; /* NULL: any */
} table[] = {
	{ SYM(socket_file_ops), "sockfs", NULL },
	{ SYM(inotify_fops), "anon_inodefs", "inotify" },
	{ SYM(fanotify_fops), "anon_inodefs", "[fanotify]" },
};

enum { NR_KINDS = sizeof(table) / sizeof(table[0]) };

static bool is_text(struct mcd_world *world, uint64_t addr, const char *expected)
{
	const char *text = NULL;

	return !mcd_read_string(world->target, world->arena, addr, NAME_BYTES_MAX, "name", &text) &&
	       strcmp(text, expected) == 0;
}

/* The type of the file system that a dentry belongs to. */
static bool is_on(struct mcd_world *world, uint64_t dentry, const char *fs)
{
	struct mcd_target *target = world->target;
	uint64_t super = 0, type = 0, name = 0;

	return !mcd_field(target, dentry, M(dentry, d_sb), &super) &&
	       !mcd_field(target, super, M(super_block, s_type), &type) &&
	       !mcd_field(target, type, M(file_system_type, name), &name) &&
	       is_text(world, name, fs);
}

static bool is_called(struct mcd_world *world, uint64_t dentry, const char *expected)
{
	struct mcd_target *target = world->target;
	uint64_t qstr = 0, name = 0;

	return !mcd_field_addr(target, dentry, M(dentry, d_name), &qstr) &&
	       !mcd_field(target, qstr, M(qstr, name), &name) && is_text(world, name, expected);
}

static bool is_of(struct mcd_world *world, const struct kind *kind, const struct mcd_record *file)
{
	uint64_t dentry = mcd_record_uint(file, FILE_DENTRY), operations = 0;

	if (!mcd_layout_value(world->target, kind->operations, &operations))
		return mcd_record_uint(file, FILE_OPERATIONS) == operations;
	return is_on(world, dentry, kind->fs) &&
	       (!kind->name || is_called(world, dentry, kind->name));
}

enum mcd_status mcd_open_kinds_init(struct mcd_open_kinds *kinds, struct mcd_audit *audit)
{
	static const struct mcd_record_field fields[] = {
		[FILE_OPERATIONS] = MCD_FIELD(file, f_op),
		[FILE_PRIVATE] = MCD_FIELD(file, private_data),
		[FILE_DENTRY] = MCD_FIELD_IN(M(file, f_path), M(path, dentry)),
	};
	enum mcd_status status = mcd_record_compile(
		audit->world->target, fields, sizeof(fields) / sizeof(fields[0]), &kinds->form);

	kinds->audit = audit;
	mcd_addrmap_init(&kinds->by_operations, audit->world->arena);
	return status ? status : kinds->form.status;
}

enum mcd_status mcd_open_kind_of(struct mcd_open_kinds *kinds, const struct mcd_record *file,
				 enum mcd_layout_id *ret)
{
	struct mcd_world *world = kinds->audit->world;
	uint64_t operations = mcd_record_uint(file, FILE_OPERATIONS);
	size_t position = 0;
	bool is_new;

	if (!mcd_addrmap_find(&kinds->by_operations, operations, &position)) {
		while (position < NR_KINDS && !is_of(world, &table[position], file))
			position++;
		if (mcd_addrmap_insert(&kinds->by_operations, operations, position, &is_new))
			return mcd_error_set(&world->target->error, MCD_NO_MEMORY, "open files");
	}
	*ret = position < NR_KINDS ? table[position].operations : MCD_NR_LAYOUT;
	return MCD_OK;
}
