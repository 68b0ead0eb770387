// SPDX-License-Identifier: GPL-2.0-or-later
/* File systems: their type, their device, and what their files are to us. See paths.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "paths.h"

enum { TYPE_BYTES_MAX = 64 }; /* of a name in /proc/filesystems */

/*
 * s_flags of what only the kernel has mounted, for itself: SB_KERNMOUNT and SB_NOUSER of
 * include/linux/fs.h, MS_ before v4.15. shm_mnt has the second one alone in v3.8.
 */
enum { SB_KERNMOUNT = 1 << 22 };
#define SB_NOUSER (UINT64_C(1) << 31)

static const struct {
	const char *type;
	enum mcd_super_class of_users, of_kernel;
} classes[] = {
	{ "tmpfs", MCD_SUPER_MEMORY, MCD_SUPER_INTERNAL },
	{ "hugetlbfs", MCD_SUPER_MEMORY, MCD_SUPER_INTERNAL },
	{ "devtmpfs", MCD_SUPER_MEMORY, MCD_SUPER_MEMORY },
	{ "ramfs", MCD_SUPER_MEMORY, MCD_SUPER_MEMORY },
	{ "rootfs", MCD_SUPER_MEMORY, MCD_SUPER_MEMORY },
	{ "bdev", MCD_SUPER_BLOCK, MCD_SUPER_BLOCK },
};

static enum mcd_super_class class_of(const char *type, uint64_t flags)
{
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (strcmp(classes[i].type, type) == 0)
			return flags & (SB_KERNMOUNT | SB_NOUSER) ? classes[i].of_kernel
								  : classes[i].of_users;
	return MCD_SUPER_PLAIN;
}

enum mcd_status mcd_device_number(struct mcd_files *files, uint64_t dev, struct mcd_text *ret)
{
	enum { MINOR_BITS = 20 }; /* include/linux/kdev_t.h */
	struct mcd_world *world = files->audit->world;
	char text[32];
	int length = snprintf(text, sizeof(text), "%" PRIu64 ":%" PRIu64, dev >> MINOR_BITS,
			      dev & ((1 << MINOR_BITS) - 1));

	ret->text = mcd_arena_strndup(world->arena, text, (size_t)length);
	ret->known = MCD_KNOWN;
	return ret->text ? MCD_OK : mcd_files_no_memory(files);
}

/* "ext4:", before paths from the root of what is mounted nowhere. */
static enum mcd_status name_top(struct mcd_files *files, struct mcd_super *super)
{
	struct mcd_world *world = files->audit->world;
	size_t length = strlen(super->type.text);
	char *text = mcd_arena_alloc(world->arena, length + 2);

	if (!text)
		return mcd_files_no_memory(files);
	memcpy(text, super->type.text, length);
	text[length] = ':';
	super->top = (struct mcd_way){ MCD_RANK_UNMOUNTED, text, length + 1 };
	return MCD_OK;
}

static enum mcd_status read_type(struct mcd_files *files, uint64_t type, struct mcd_super *super)
{
	struct mcd_world *world = files->audit->world;
	uint64_t name = 0;
	enum mcd_status status = mcd_field(world->target, type, M(file_system_type, name), &name);

	if (!status)
		status = mcd_read_string(world->target, world->arena, name, TYPE_BYTES_MAX,
					 "file_system_type.name", &super->type.text);
	super->type.known = mcd_figure_from(status, 0).known;
	return status ? status : name_top(files, super);
}

static enum mcd_status read_super(struct mcd_files *files, struct mcd_super *super)
{
	struct mcd_record record;
	enum mcd_status status = mcd_record_read(files->audit->world->target, &files->super_form,
						 super->addr, "super_block", &record);

	if (!status)
		status = mcd_device_number(files, mcd_record_uint(&record, MCD_S_DEV), &super->dev);
	if (!status)
		status = read_type(files, mcd_record_uint(&record, MCD_S_TYPE), super);
	if (status)
		return status;
	super->root = mcd_record_uint(&record, MCD_S_ROOT);
	super->class = class_of(super->type.text, mcd_record_uint(&record, MCD_S_FLAGS));
	return MCD_OK;
}

enum mcd_status mcd_super_get(struct mcd_files *files, uint64_t addr, struct mcd_super **ret)
{
	struct mcd_arena *arena = files->audit->world->arena;
	struct mcd_super *super = NULL;
	size_t position = 0;
	bool is_new;

	if (mcd_addrmap_find(&files->by_super, addr, &position)) {
		*ret = files->supers[position];
		return MCD_OK;
	}
	super = mcd_arena_alloc(arena, sizeof(*super));
	files->supers = mcd_arena_grow(arena, files->supers, files->nr_supers,
				       &files->supers_capacity, sizeof(struct mcd_super *));
	if (!super || !files->supers ||
	    mcd_addrmap_insert(&files->by_super, addr, files->nr_supers, &is_new))
		return mcd_files_no_memory(files);
	files->supers[files->nr_supers++] = *ret = super;
	super->addr = addr;
	super->status = read_super(files, super);
	return mcd_is_fatal(super->status) ? super->status : MCD_OK;
}
