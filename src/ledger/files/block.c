// SPDX-License-Identifier: GPL-2.0-or-later
/* Block devices: what they are called, and which file system is on them. See paths.h. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "paths.h"

enum { DISK_NAME_BYTES_MAX = 32 }; /* DISK_NAME_LEN of include/linux/genhd.h */

enum mcd_status mcd_block_of_inode(struct mcd_files *files, uint64_t inode, uint64_t *ret)
{
	uint64_t offset = 0;
	enum mcd_status status = mcd_layout_value(files->audit->world->target,
						  M(bdev_inode, vfs_inode), &offset);

	/* The block_device comes first: fs/block_dev.c, later block/bdev.c. */
	if (!status)
		*ret = inode - offset;
	return status;
}

/* Which partition of its disk; 0: the whole disk. */
static enum mcd_status partition_of(struct mcd_target *target, uint64_t bdev, uint64_t *ret)
{
	enum { BD_PARTNO = 255 }; /* of __bd_flags: include/linux/blk_types.h */
	uint64_t part = 0;
	enum mcd_status status = MCD_OK;

	if (mcd_layout_has(target, M(block_device, __bd_flags))) {
		status = mcd_field(target, bdev, M(block_device, __bd_flags), ret);
		*ret &= BD_PARTNO;
		return status;
	}
	if (mcd_layout_has(target, M(block_device, bd_partno)))
		return mcd_field(target, bdev, M(block_device, bd_partno), ret);
	status = mcd_field(target, bdev, M(block_device, bd_part), &part);
	return status ? status : mcd_field(target, part, M(hd_struct, partno), ret);
}

static enum mcd_status disk_of(struct mcd_world *world, uint64_t bdev, const char **ret)
{
	struct mcd_target *target = world->target;
	uint64_t disk = 0, name = 0;
	enum mcd_status status = mcd_field(target, bdev, M(block_device, bd_disk), &disk);

	/* Up to v5.10 a device that nobody has open does not know its disk. */
	if (!status && !disk)
		status = MCD_ABSENT;
	if (!status)
		status = mcd_field_addr(target, disk, M(gendisk, disk_name), &name);
	if (!status)
		status = mcd_read_string(target, world->arena, name, DISK_NAME_BYTES_MAX,
					 "gendisk.disk_name", ret);
	if (!status && !**ret)
		status = mcd_error_set(&target->error, MCD_CORRUPT, "gendisk.disk_name: empty");
	return status;
}

/* disk_name() in block/genhd.c, later add_partition() in block/partitions/core.c. */
static enum mcd_status name_of(struct mcd_world *world, uint64_t bdev, const char **ret)
{
	const char *disk = NULL;
	uint64_t partition = 0;
	char text[DISK_NAME_BYTES_MAX + 24];
	int length;
	enum mcd_status status = disk_of(world, bdev, &disk);

	if (!status)
		status = partition_of(world->target, bdev, &partition);
	*ret = disk;
	if (status || !partition)
		return status;
	length = snprintf(text, sizeof(text), "%s%s%" PRIu64, disk,
			  isdigit((unsigned char)disk[strlen(disk) - 1]) ? "p" : "", partition);
	*ret = mcd_arena_strndup(world->arena, text, (size_t)length);
	return *ret ? MCD_OK : mcd_error_set(&world->target->error, MCD_NO_MEMORY, "files");
}

static enum mcd_status as_text(enum mcd_status status, const char *text, struct mcd_text *ret)
{
	ret->known = mcd_figure_from(status, 0).known;
	ret->text = status ? NULL : text;
	return mcd_is_fatal(status) ? status : MCD_OK;
}

enum mcd_status mcd_block_name(struct mcd_audit *audit, uint64_t bdev, struct mcd_text *ret)
{
	const char *text = NULL;
	enum mcd_status status = name_of(audit->world, bdev, &text);

	return as_text(status, text, ret);
}

/* The name of a struct device, which is that of its kobject since it was registered. */
static enum mcd_status device_name(struct mcd_world *world, uint64_t device, const char **ret)
{
	struct mcd_target *target = world->target;
	uint64_t kobject = 0, name = 0;
	enum mcd_status status = mcd_field_addr(target, device, M(device, kobj), &kobject);

	if (!status)
		status = mcd_field(target, kobject, M(kobject, name), &name);
	return status ? status
		      : mcd_read_string(target, world->arena, name, MCD_NAME_BYTES_MAX,
					"kobject.name", ret);
}

/* The disk owns its bdi since v4.8; others have a device of the bdi's own: "btrfs-1", before "8:0". */
enum mcd_status mcd_bdi_name(struct mcd_audit *audit, uint64_t bdi, struct mcd_text *ret)
{
	struct mcd_target *target = audit->world->target;
	const char *text = NULL;
	uint64_t device = 0;
	enum mcd_status status = MCD_OK;

	if (mcd_layout_has(target, M(backing_dev_info, owner)))
		status = mcd_field(target, bdi, M(backing_dev_info, owner), &device);
	if (!status && !device)
		status = mcd_field(target, bdi, M(backing_dev_info, dev), &device);
	if (!status)
		status = device ? device_name(audit->world, device, &text) : MCD_ABSENT;
	return as_text(status, text, ret);
}

/* Enters the device of one file system. */
static enum mcd_status enter(struct mcd_files *files, uint64_t super)
{
	struct mcd_target *target = files->audit->world->target;
	struct mcd_super *facts = NULL;
	uint64_t bdev = 0;
	size_t position = 0;
	bool is_new;
	enum mcd_status status = mcd_field(target, super, M(super_block, s_bdev), &bdev);

	if (status || !bdev)
		return mcd_is_fatal(status) ? status : MCD_OK;
	status = mcd_super_get(files, super, &facts);
	if (status || facts->status)
		return status;
	mcd_addrmap_find(&files->by_super, super, &position);
	if (mcd_addrmap_insert(&files->by_device, bdev, position, &is_new))
		return mcd_files_no_memory(files);
	return MCD_OK;
}

/* All file systems of the machine: fs/super.c. */
static enum mcd_status enter_all(struct mcd_files *files)
{
	struct mcd_world *world = files->audit->world;
	struct mcd_list list = { .nr = 0 };
	uint64_t head = 0, link = 0;
	enum mcd_status status = mcd_layout_value(world->target, SYM(super_blocks), &head);

	if (!status)
		status = mcd_layout_value(world->target, M(super_block, s_list), &link);
	if (!status)
		status = mcd_list_collect(world->target, world->arena, head, "super_blocks", &list);
	if (!status && list.damage)
		status = mcd_note_list(world, "super_blocks", &list);
	for (size_t i = 0; !status && i < list.nr; i++) {
		status = enter(files, list.nodes[i] - link);
		if (!status && i % 1024 == 1023)
			status = mcd_poll(world->target, "file systems read", i, list.nr);
	}
	return mcd_is_fatal(status) ? status : MCD_OK;
}

enum mcd_status mcd_block_super(struct mcd_files *files, uint64_t bdev,
				const struct mcd_super **ret)
{
	size_t position = 0;
	enum mcd_status status = files->has_devices ? MCD_OK : enter_all(files);

	files->has_devices = !status;
	*ret = mcd_addrmap_find(&files->by_device, bdev, &position) ? files->supers[position]
								    : NULL;
	return status;
}
