// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What files are called: through directories and mounts, in the forms that kernels have had, and with
 * every kind of damage. See src/ledger/files/paths.h.
 */
#include <stdio.h>
#include <string.h>

#include "../../src/ledger/accounts.h"
#include "../../src/ledger/record.h"
#include "unit.h"

/* As in 6.1; the offsets are those of no particular build. */
static const struct fake_row rows[] = {
	FAKE_MEMBER(address_space, host, 0, 8),
	FAKE_MEMBER(inode, i_sb, 40, 8),
	FAKE_MEMBER(inode, i_ino, 64, 8),
	FAKE_MEMBER(inode, i_nlink, 72, 4),
	FAKE_MEMBER(inode, i_rdev, 76, 4),
	FAKE_MEMBER(inode, i_dentry, 296, 8),
	FAKE_MEMBER(dentry, d_hash, 8, 16),
	FAKE_MEMBER(dentry, d_parent, 24, 8),
	FAKE_MEMBER(dentry, d_name, 32, 16),
	FAKE_MEMBER(dentry, d_u, 176, 16),
	FAKE_MEMBER(qstr, len, 4, 4),
	FAKE_MEMBER(qstr, name, 8, 8),
	FAKE_MEMBER(file, f_path, 16, 16),
	FAKE_MEMBER(path, mnt, 0, 8),
	FAKE_MEMBER(path, dentry, 8, 8),
	FAKE_MEMBER(super_block, s_list, 0, 16),
	FAKE_MEMBER(super_block, s_dev, 16, 4),
	FAKE_MEMBER(super_block, s_type, 40, 8),
	FAKE_MEMBER(super_block, s_flags, 80, 8),
	FAKE_MEMBER(super_block, s_root, 104, 8),
	FAKE_MEMBER(super_block, s_mounts, 232, 16),
	FAKE_MEMBER(super_block, s_bdev, 248, 8),
	FAKE_MEMBER(file_system_type, name, 0, 8),
	FAKE_MEMBER(vfsmount, mnt_root, 0, 8),
	FAKE_MEMBER(vfsmount, mnt_sb, 8, 8),
	FAKE_MEMBER(mount, mnt_parent, 16, 8),
	FAKE_MEMBER(mount, mnt_mountpoint, 24, 8),
	FAKE_MEMBER(mount, mnt, 32, 32),
	FAKE_MEMBER(mount, mnt_instance, 112, 16),
	FAKE_MEMBER(mount, mnt_ns, 224, 8),
	FAKE_MEMBER(mnt_namespace, ns, 0, 24),
	FAKE_MEMBER(ns_common, inum, 16, 4),
	FAKE_MEMBER(nsproxy, mnt_ns, 24, 8),
	FAKE_MEMBER(bdev_inode, vfs_inode, 256, 600),
	FAKE_MEMBER(block_device, bd_partno, 8, 1),
	FAKE_MEMBER(block_device, bd_disk, 16, 8),
	FAKE_MEMBER(gendisk, disk_name, 12, 32),
	FAKE_MEMBER(backing_dev_info, owner, 0, 8),
	FAKE_MEMBER(backing_dev_info, dev, 8, 8),
	FAKE_MEMBER(device, kobj, 0, 64),
	FAKE_MEMBER(kobject, name, 0, 8),
	FAKE_SYMBOL(super_blocks, 0xffffffff82000000),
	FAKE_SYMBOL(init_nsproxy, 0xffffffff82000100),
};

/* Up to v3.17, and again since v7.1. */
static const struct fake_row rows_d_alias[] = {
	FAKE_MEMBER(dentry, d_alias, 160, 16),
};

/* Since v6.19. */
static const struct fake_row rows_chain[] = {
	FAKE_MEMBER(mount, mnt_next_for_sb, 112, 8),
	FAKE_MEMBER(super_block, s_mounts, 232, 8),
};

/* Since v6.10. */
static const struct fake_row rows_bd_flags[] = {
	FAKE_MEMBER(block_device, __bd_flags, 8, 4),
};

/* Up to v4.14. */
static const struct fake_row rows_hd_struct[] = {
	FAKE_MEMBER(block_device, bd_part, 24, 8),
	FAKE_MEMBER(hd_struct, partno, 40, 4),
};

/* ---- the machine: each object has a slot, whose memory can be lost by itself ---- */

#define OBJECTS UINT64_C(0xffff888004000000)
#define SYMBOLS UINT64_C(0xffffffff82000000)
#define NAMES UINT64_C(0xffff888008000000)

enum {
	SLOT = 1024,
	NR_SLOTS = 8192,
	NAME_SLOT = 512,
	IN_PLACE = 56, /* dentry.d_iname … */
	IN_PLACE_MAX = 40,
	EVERYWHERE = 0, /* of a namespace: none at all */
};

struct machine {
	struct fake_target fake;
	struct mcd_arena arena;
	struct mcd_world world;
	struct mcd_audit audit;
	size_t nr_slots, nr_names;
	uint64_t initial_ns, other_ns;
};

static struct machine machine;
static struct fake_target *const fake = &machine.fake;

static uint64_t slot(void)
{
	assert_true(machine.nr_slots < NR_SLOTS);
	return OBJECTS + machine.nr_slots++ * SLOT;
}

static uint64_t text(const char *bytes)
{
	uint64_t addr = NAMES + machine.nr_names++ * NAME_SLOT;

	assert_true(strlen(bytes) < NAME_SLOT);
	fake_text(fake, addr, bytes);
	return addr;
}

static uint64_t namespace_of(uint32_t inum)
{
	uint64_t ns = slot();

	fake_put_in(fake, ns, M(mnt_namespace, ns), M(ns_common, inum), inum);
	return ns;
}

static void begin_audit(size_t arena_bytes)
{
	mcd_arena_deinit(&machine.arena);
	mcd_arena_init(&machine.arena, arena_bytes);
	mcd_world_init(&machine.world, &fake->target, &machine.arena);
	machine.audit = (struct mcd_audit){ .world = &machine.world };
}

static int begin(bool is_big_endian)
{
	memset(&machine, 0, sizeof(machine));
	fake_init_word(fake, 8, is_big_endian);
	fake_learn(fake, FAKE_ROWS(rows));
	fake_map(fake, OBJECTS, (size_t)NR_SLOTS * SLOT);
	fake_map(fake, SYMBOLS, FAKE_PAGE_BYTES);
	fake_map(fake, NAMES, (size_t)64 * NAME_SLOT);
	machine.initial_ns = namespace_of(4026531840);
	machine.other_ns = namespace_of(4026532200);
	fake_put(fake, fake_value(fake, SYM(init_nsproxy)), M(nsproxy, mnt_ns), machine.initial_ns);
	fake_list(fake, fake_value(fake, SYM(super_blocks)), NULL, 0);
	begin_audit(UNIT_ARENA_BYTES);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	return begin(false);
}

static int setup_big_endian(void **state)
{
	(void)state;
	return begin(true);
}

static int teardown(void **state)
{
	(void)state;
	mcd_arena_deinit(&machine.arena);
	fake_exit(fake);
	return 0;
}

static void put_name(uint64_t dentry, const char *name)
{
	size_t length = strlen(name);
	uint64_t at = dentry + IN_PLACE;

	if (length < IN_PLACE_MAX)
		fake_text(fake, at, name);
	else
		at = text(name);
	fake_put_in(fake, dentry, M(dentry, d_name), M(qstr, name), at);
	fake_put_in(fake, dentry, M(dentry, d_name), M(qstr, len), length);
}

static void hash(uint64_t dentry, bool is_hashed)
{
	fake_word(fake, fake_at(fake, dentry, M(dentry, d_hash)) + 8, is_hashed ? SYMBOLS : 0);
}

/* `parent` 0: a root, which is in no directory. */
static uint64_t dentry_in(uint64_t parent, const char *name)
{
	uint64_t dentry = slot();

	fake_put(fake, dentry, M(dentry, d_parent), parent ? parent : dentry);
	put_name(dentry, name);
	hash(dentry, parent != 0);
	return dentry;
}

static uint64_t super_of(const char *type, uint64_t dev)
{
	uint64_t super = slot(), file_system = slot();

	fake_put(fake, file_system, M(file_system_type, name), text(type));
	fake_put(fake, super, M(super_block, s_type), file_system);
	fake_put(fake, super, M(super_block, s_dev), dev);
	fake_put(fake, super, M(super_block, s_root), dentry_in(0, "/"));
	fake_list(fake, fake_at(fake, super, M(super_block, s_mounts)), NULL, 0);
	return super;
}

static uint64_t root_of(uint64_t super)
{
	uint64_t root = 0;

	assert_int_equal(mcd_field(&fake->target, super, M(super_block, s_root), &root), MCD_OK);
	return root;
}

/* `parent` 0: the root of a namespace. The mount is on no list yet. */
static uint64_t mount_of(uint64_t super, uint64_t root, uint64_t parent, uint64_t mountpoint,
			 uint64_t ns)
{
	uint64_t mount = slot();

	fake_put_in(fake, mount, M(mount, mnt), M(vfsmount, mnt_root), root);
	fake_put_in(fake, mount, M(mount, mnt), M(vfsmount, mnt_sb), super);
	fake_put(fake, mount, M(mount, mnt_parent), parent ? parent : mount);
	fake_put(fake, mount, M(mount, mnt_mountpoint), parent ? mountpoint : root);
	fake_put(fake, mount, M(mount, mnt_ns), ns);
	return mount;
}

/* The mounts of the file system, the oldest first. */
static void list_mounts(uint64_t super, const uint64_t *mounts, size_t nr)
{
	uint64_t nodes[8];

	assert_true(nr <= ARRAY_SIZE(nodes));
	for (size_t i = 0; i < nr; i++)
		nodes[i] = fake_at(fake, mounts[i], M(mount, mnt_instance));
	fake_list(fake, fake_at(fake, super, M(super_block, s_mounts)), nodes, nr);
}

/* An inode with its mapping behind it, which is what comes back. */
enum { MAPPING = 512 };

static uint64_t inode_at(uint64_t inode, uint64_t super, uint64_t ino, uint32_t nlink)
{
	fake_put(fake, inode + MAPPING, M(address_space, host), inode);
	fake_put(fake, inode, M(inode, i_sb), super);
	fake_put(fake, inode, M(inode, i_ino), ino);
	fake_put(fake, inode, M(inode, i_nlink), nlink);
	return inode + MAPPING;
}

static uint64_t alias_at(uint64_t dentry)
{
	return mcd_layout_has(&fake->target, M(dentry, d_alias))
		       ? fake_at(fake, dentry, M(dentry, d_alias))
		       : fake_at(fake, dentry, M(dentry, d_u));
}

/* Another name of the inode; the newest is the first. */
static void add_alias(uint64_t mapping, uint64_t dentry)
{
	uint64_t head = fake_at(fake, mapping - MAPPING, M(inode, i_dentry)), next = 0;

	assert_int_equal(mcd_read_word(&fake->target, head, "head", &next), MCD_OK);
	fake_word(fake, alias_at(dentry), next);
	fake_word(fake, head, alias_at(dentry));
}

static uint64_t file_in(uint64_t super, uint64_t directory, const char *name, uint32_t nlink)
{
	uint64_t mapping = inode_at(slot(), super, 4711, nlink);

	add_alias(mapping, dentry_in(directory, name));
	return mapping;
}

static const struct mcd_file *describe(uint64_t mapping)
{
	const struct mcd_file *file = NULL;

	assert_int_equal(mcd_file_describe(&machine.audit, mapping, &file), MCD_OK);
	assert_non_null(file);
	return file;
}

static void assert_text(struct mcd_text actual, const char *expected)
{
	assert_int_equal(actual.known, MCD_KNOWN);
	assert_string_equal(actual.text, expected);
}

#define assert_path(mapping, expected) assert_text(describe(mapping)->path, expected)

/* An ext4 at the root, with /var/log and /tmp in it, and the one mount of it. */
struct disk {
	uint64_t super, var, log, tmp, mount;
};

static struct disk disk_of_machine(void)
{
	struct disk disk = { .super = super_of("ext4", 8 << 20 | 2) };
	uint64_t root = root_of(disk.super);

	disk.var = dentry_in(root, "var");
	disk.log = dentry_in(disk.var, "log");
	disk.tmp = dentry_in(root, "tmp");
	disk.mount = mount_of(disk.super, root, 0, 0, machine.initial_ns);
	list_mounts(disk.super, &disk.mount, 1);
	return disk;
}

/* ---- paths ---- */

static void test_plain(void **state)
{
	struct disk disk = disk_of_machine();
	const struct mcd_file *file = describe(file_in(disk.super, disk.log, "job.log", 1));

	(void)state;
	assert_int_equal(file->kind, MCD_FILE_PLAIN);
	assert_text(file->path, "/var/log/job.log");
	assert_text(file->fs, "ext4");
	assert_text(file->dev, "8:2");
	assert_known(file->ino, 4711);
	assert_known(file->is_deleted, 0);
	assert_path(file_in(disk.super, root_of(disk.super), "vmlinuz", 1), "/vmlinuz");
}

/* A name is in the dentry itself, or elsewhere where it is long. */
static void test_names(void **state)
{
	struct disk disk = disk_of_machine();
	char name[256], path[300];

	(void)state;
	for (size_t length = 30; length < 50; length++) {
		memset(name, 'n', length);
		name[length] = '\0';
		snprintf(path, sizeof(path), "/tmp/%s", name);
		assert_path(file_in(disk.super, disk.tmp, name, 1), path);
	}
	assert_path(file_in(disk.super, disk.tmp, "a \n\\\xff b", 1), "/tmp/a \n\\\xff b");
	memset(name, 'n', 255);
	name[255] = '\0';
	snprintf(path, sizeof(path), "/tmp/%s", name);
	assert_path(file_in(disk.super, disk.tmp, name, 1), path);
}

static void test_deleted(void **state)
{
	struct disk disk = disk_of_machine();
	uint64_t deleted = file_in(disk.super, disk.tmp, "gone", 0);
	uint64_t dropped = slot(), mapping = inode_at(dropped, disk.super, 1, 1);
	uint64_t name = dentry_in(disk.tmp, "dropped");

	(void)state;
	assert_known(describe(deleted)->is_deleted, 1);
	assert_path(deleted, "/tmp/gone");
	/* As d_path() has it, whatever a server still counts. */
	hash(name, false);
	add_alias(mapping, name);
	assert_known(describe(mapping)->is_deleted, 1);
	assert_path(mapping, "/tmp/dropped");
}

/* Of several names one that still is in its directory. */
static void test_hard_links(void **state)
{
	struct disk disk = disk_of_machine();
	uint64_t mapping = file_in(disk.super, disk.log, "first", 1);
	uint64_t removed = dentry_in(disk.tmp, "removed"), root = dentry_in(0, "/");

	(void)state;
	hash(removed, false);
	add_alias(mapping, removed);
	add_alias(mapping, root);
	assert_path(mapping, "/var/log/first");
	assert_known(describe(mapping)->is_deleted, 0);
}

static void test_no_name(void **state)
{
	struct disk disk = disk_of_machine();
	const struct mcd_file *file = describe(inode_at(slot(), disk.super, 17, 1));
	uint64_t by_handle = inode_at(slot(), disk.super, 18, 1);

	(void)state;
	assert_na(file->path);
	assert_known(file->is_deleted, 0);
	assert_known(file->ino, 17);
	assert_text(file->dev, "8:2");
	/* What was opened by its handle has a dentry, but no place. */
	add_alias(by_handle, dentry_in(0, "/"));
	assert_na(describe(by_handle)->path);
	assert_known(describe(by_handle)->is_deleted, 0);
}

/* Directories that a file system keeps in pages are files too. */
static void test_directories(void **state)
{
	struct disk disk = disk_of_machine();
	uint64_t root = inode_at(slot(), disk.super, 2, 1),
		 var = inode_at(slot(), disk.super, 3, 1);
	uint64_t lonely = super_of("ext4", 1), nowhere = inode_at(slot(), lonely, 2, 1);

	(void)state;
	add_alias(root, root_of(disk.super));
	add_alias(var, disk.var);
	add_alias(nowhere, root_of(lonely));
	assert_path(root, "/");
	assert_path(var, "/var");
	assert_path(nowhere, "ext4:/");
}

/* ---- mounts ---- */

static void test_mounts(void **state)
{
	struct disk disk = disk_of_machine();
	uint64_t outer = super_of("tmpfs", 33), inner = super_of("tmpfs", 34);
	uint64_t at = dentry_in(root_of(outer), "in");
	uint64_t mounts[] = {
		mount_of(outer, root_of(outer), disk.mount, disk.tmp, machine.initial_ns),
		mount_of(inner, root_of(inner), 0, 0, machine.initial_ns),
	};

	(void)state;
	fake_put(fake, mounts[1], M(mount, mnt_parent), mounts[0]);
	fake_put(fake, mounts[1], M(mount, mnt_mountpoint), at);
	list_mounts(outer, &mounts[0], 1);
	list_mounts(inner, &mounts[1], 1);
	assert_path(file_in(outer, root_of(outer), "a", 1), "/tmp/a");
	assert_path(file_in(inner, root_of(inner), "b", 1), "/tmp/in/b");
	assert_int_equal(describe(file_in(inner, root_of(inner), "c", 1))->kind, MCD_FILE_TMPFS);
}

/* Bind mounts do not hide where a file is, but tell where nothing else does. */
static void test_bind_mounts(void **state)
{
	struct disk disk = disk_of_machine();
	uint64_t whole[] = {
		mount_of(disk.super, disk.log, disk.mount, disk.tmp, machine.initial_ns),
		disk.mount,
	};
	uint64_t super = super_of("xfs", 8 << 20 | 3), sub = dentry_in(root_of(super), "sub");
	uint64_t deep = dentry_in(sub, "deep"), one = dentry_in(root_of(super), "one");
	uint64_t one_mapping = inode_at(slot(), super, 9, 1);
	uint64_t parts[] = {
		mount_of(super, sub, disk.mount, disk.tmp, machine.initial_ns),
		mount_of(super, one, disk.mount, disk.log, machine.initial_ns),
	};

	(void)state;
	add_alias(one_mapping, one);
	list_mounts(disk.super, whole, 2);
	list_mounts(super, parts, 2);
	assert_path(file_in(disk.super, disk.log, "job.log", 1), "/var/log/job.log");
	assert_path(file_in(super, deep, "f", 1), "/tmp/deep/f");
	assert_path(file_in(super, root_of(super), "hidden", 1), "xfs:/hidden");
	assert_path(one_mapping, "/var/log");
}

static void test_namespaces(void **state)
{
	struct disk disk = disk_of_machine();
	uint64_t super = super_of("tmpfs", 44), shm = dentry_in(root_of(super), "shm");
	uint64_t clone = mount_of(disk.super, root_of(disk.super), 0, 0, machine.other_ns);
	uint64_t mounts[] = {
		mount_of(super, root_of(super), clone, disk.tmp, machine.other_ns),
		mount_of(super, shm, disk.mount, disk.log, machine.initial_ns),
	};
	uint64_t both[] = { clone, disk.mount };

	(void)state;
	list_mounts(disk.super, both, 2);
	list_mounts(super, mounts, 2);
	assert_path(file_in(disk.super, disk.log, "job.log", 1), "/var/log/job.log");
	assert_path(file_in(super, root_of(super), "f", 1), "mnt:[4026532200]/tmp/f");
	/* A part of it can be reached from the initial one. */
	assert_path(file_in(super, shm, "f", 1), "/var/log/f");
}

/* Unmounted while in use, or mounted by the kernel for itself. */
static void test_not_mounted(void **state)
{
	struct disk disk = disk_of_machine();
	uint64_t super = super_of("tmpfs", 44);
	uint64_t mounts[] = {
		mount_of(super, root_of(super), 0, 0, 0),
		mount_of(super, root_of(super), disk.mount, disk.tmp, (uint64_t)-22),
	};
	uint64_t nfs = super_of("nfs", 50), export = dentry_in(0, "/");
	uint64_t mounted = mount_of(nfs, export, disk.mount, disk.log, machine.initial_ns);

	(void)state;
	list_mounts(super, mounts, 2);
	assert_path(file_in(super, dentry_in(root_of(super), "d"), "f", 1), "tmpfs:/d/f");
	/* A server's file systems are below roots of their own, which only their mounts know. */
	list_mounts(nfs, &mounted, 1);
	assert_path(file_in(nfs, export, "f", 1), "/var/log/f");
	fake_put(fake, mounted, M(mount, mnt_ns), 0);
	begin_audit(UNIT_ARENA_BYTES);
	assert_path(file_in(nfs, export, "f", 1), "?/f");
}

/* Of two mounts that are as good the oldest is shown, whatever the kernel's order is. */
static void test_oldest_mount(void **state)
{
	struct disk disk = disk_of_machine();
	uint64_t super = super_of("nfs", 50);
	uint64_t mounts[] = {
		mount_of(super, root_of(super), disk.mount, disk.tmp, machine.initial_ns),
		mount_of(super, root_of(super), disk.mount, disk.log, machine.initial_ns),
	};

	(void)state;
	list_mounts(super, mounts, 2);
	assert_path(file_in(super, root_of(super), "f", 1), "/tmp/f");

	fake_learn(fake, FAKE_ROWS(rows_chain));
	fake_put(fake, super, M(super_block, s_mounts), mounts[1]);
	fake_put(fake, mounts[1], M(mount, mnt_next_for_sb), mounts[0]);
	fake_put(fake, mounts[0], M(mount, mnt_next_for_sb), 0);
	fake_put(fake, disk.super, M(super_block, s_mounts), disk.mount);
	fake_put(fake, disk.mount, M(mount, mnt_next_for_sb), 0);
	memset(fake->target.answers, 0, sizeof(fake->target.answers));
	begin_audit(UNIT_ARENA_BYTES);
	assert_path(file_in(super, root_of(super), "f", 1), "/tmp/f");
	assert_path(file_in(disk.super, disk.log, "f", 1), "/var/log/f");
}

/* ---- what was never in a directory ---- */

static void assert_kind(uint64_t super, uint64_t parent, const char *name, enum mcd_file_kind kind)
{
	const struct mcd_file *file = describe(file_in(super, parent, name, 0));
	char path[256];

	snprintf(path, sizeof(path), "/%s", name);
	assert_int_equal(file->kind, kind);
	assert_text(file->path, path);
	assert_na(file->is_deleted);
}

static void test_kinds(void **state)
{
	uint64_t internal = super_of("tmpfs", 1), huge = super_of("hugetlbfs", 2);
	uint64_t device = super_of("devtmpfs", 3), old = super_of("tmpfs", 4);

	(void)state;
	fake_put(fake, internal, M(super_block, s_flags), 1 << 22);
	fake_put(fake, huge, M(super_block, s_flags), 1 << 22);
	fake_put(fake, device, M(super_block, s_flags), 1 << 22);
	fake_put(fake, old, M(super_block, s_flags), UINT64_C(0xffffffff80000000));
	assert_kind(internal, 0, "memfd:a name", MCD_FILE_MEMFD);
	assert_kind(internal, 0, "SYSV0000abcd", MCD_FILE_SYSV);
	assert_kind(internal, 0, "dev/zero", MCD_FILE_ANON_SHM);
	assert_kind(internal, 0, "i915", MCD_FILE_ANON_SHM);
	assert_kind(huge, 0, "anon_hugepage", MCD_FILE_ANON_SHM);
	assert_kind(huge, 0, "memfd:huge", MCD_FILE_MEMFD);
	/* Up to v3.9 these have a parent, and shm_mnt other flags. */
	assert_kind(old, root_of(old), "SYSV00000000", MCD_FILE_SYSV);
	assert_int_equal(describe(inode_at(slot(), internal, 5, 0))->kind, MCD_FILE_ANON_SHM);
	assert_int_equal(describe(file_in(device, root_of(device), "null", 1))->kind,
			 MCD_FILE_TMPFS);
}

/* ---- block devices ---- */

static uint64_t block_inode(uint64_t super, const char *disk_name, uint64_t partition)
{
	uint64_t bdev = slot(), disk = slot();
	uint64_t mapping = inode_at(bdev + 256, super, 0, 1);

	if (disk_name) {
		fake_text(fake, fake_at(fake, disk, M(gendisk, disk_name)), disk_name);
		fake_put(fake, bdev, M(block_device, bd_disk), disk);
	}
	fake_put(fake, bdev, M(block_device, bd_partno), partition);
	fake_put(fake, bdev + 256, M(inode, i_rdev), 259 << 20 | 1003);
	return mapping;
}

static void test_block_devices(void **state)
{
	struct disk disk = disk_of_machine();
	uint64_t super = super_of("bdev", 7), mapping = block_inode(super, "sda", 2);
	uint64_t supers[] = { super, disk.super };
	const struct mcd_file *file = NULL;

	(void)state;
	fake_put(fake, disk.super, M(super_block, s_bdev), mapping - MAPPING - 256);
	fake_list(fake, fake_value(fake, SYM(super_blocks)), supers, 2);
	file = describe(mapping);
	assert_int_equal(file->kind, MCD_FILE_BLOCK);
	assert_text(file->path, "sda2");
	assert_text(file->dev, "259:1003");
	assert_text(file->fs, "ext4");
	assert_na(file->is_deleted);
	assert_na(file->ino);
	assert_path(block_inode(super, "sda", 0), "sda");
	assert_path(block_inode(super, "nvme0n1", 12), "nvme0n1p12");
	assert_text(describe(block_inode(super, "ram1", 0))->fs, "bdev");
	/* Nobody has it open: up to v5.10 its disk is not known. */
	assert_path(block_inode(super, NULL, 1), "259:1003");
	assert_unreadable(describe(block_inode(super, "", 0))->path);
}

static void test_partition_forms(void **state)
{
	uint64_t super = super_of("bdev", 7), mapping = block_inode(super, "sda", 0);
	uint64_t bdev = mapping - MAPPING - 256, part = slot();

	(void)state;
	fake_learn(fake, FAKE_ROWS(rows_hd_struct));
	fake_put(fake, bdev, M(block_device, bd_part), part);
	fake_put(fake, part, M(hd_struct, partno), 3);
	fake_forget(fake, M(block_device, bd_partno));
	assert_path(mapping, "sda3");

	fake_learn(fake, FAKE_ROWS(rows_bd_flags));
	fake_put(fake, bdev, M(block_device, __bd_flags), 5 | 1 << 9);
	memset(fake->target.answers, 0, sizeof(fake->target.answers));
	begin_audit(UNIT_ARENA_BYTES);
	assert_path(mapping, "sda5");
}

static uint64_t device_of(const char *name)
{
	uint64_t device = slot();

	fake_put_in(fake, device, M(device, kobj), M(kobject, name), text(name));
	return device;
}

static void assert_bdi(uint64_t bdi, const char *expected)
{
	struct mcd_text name;

	assert_int_equal(mcd_bdi_name(&machine.audit, bdi, &name), MCD_OK);
	if (expected)
		assert_text(name, expected);
	else
		assert_na(name);
}

static void test_bdi(void **state)
{
	uint64_t disk = slot(), anonymous = slot();

	(void)state;
	fake_put(fake, disk, M(backing_dev_info, owner), device_of("sda"));
	fake_put(fake, disk, M(backing_dev_info, dev), device_of("8:0"));
	fake_put(fake, anonymous, M(backing_dev_info, dev), device_of("btrfs-1"));
	assert_bdi(disk, "sda");
	assert_bdi(anonymous, "btrfs-1");
	assert_bdi(slot(), NULL);
	/* Before v4.7. */
	fake_forget(fake, M(backing_dev_info, owner));
	memset(fake->target.answers, 0, sizeof(fake->target.answers));
	assert_bdi(disk, "8:0");
}

/* ---- open files ---- */

static void assert_open(uint64_t mount, uint64_t dentry, const char *expected)
{
	uint64_t file = slot();
	struct mcd_text path;

	fake_put_in(fake, file, M(file, f_path), M(path, mnt), fake_at(fake, mount, M(mount, mnt)));
	fake_put_in(fake, file, M(file, f_path), M(path, dentry), dentry);
	assert_int_equal(mcd_path_of_file(&machine.audit, file, &path), MCD_OK);
	if (expected)
		assert_text(path, expected);
	else
		assert_unreadable(path);
}

static void test_open_files(void **state)
{
	struct disk disk = disk_of_machine();
	uint64_t bind = mount_of(disk.super, disk.log, disk.mount, disk.tmp, machine.initial_ns);
	uint64_t other = mount_of(disk.super, root_of(disk.super), 0, 0, machine.other_ns);
	uint64_t detached = mount_of(disk.super, root_of(disk.super), 0, 0, 0);
	uint64_t swap = dentry_in(disk.log, "swap"), gone = dentry_in(disk.log, "gone");

	(void)state;
	hash(gone, false);
	assert_open(disk.mount, swap, "/var/log/swap");
	assert_open(disk.mount, gone, "/var/log/gone (deleted)");
	assert_open(disk.mount, root_of(disk.super), "/");
	/* The way that it was opened. */
	assert_open(bind, swap, "/tmp/swap");
	assert_open(other, swap, "mnt:[4026532200]/var/log/swap");
	assert_open(detached, swap, "ext4:/var/log/swap");
	/* Moved out of what is mounted. */
	assert_open(bind, dentry_in(disk.tmp, "escaped"), "?/tmp/escaped");
	assert_open(0xdead0000, swap, NULL);
	fake_put(fake, other, M(mount, mnt_ns), 0xdead0000);
	assert_open(other, swap, "mnt:[?]/var/log/swap");
}

/* ---- forms of kernels ---- */

static void test_own_alias(void **state)
{
	struct disk disk;

	(void)state;
	fake_learn(fake, FAKE_ROWS(rows_d_alias));
	disk = disk_of_machine();
	assert_path(file_in(disk.super, disk.log, "job.log", 1), "/var/log/job.log");
}

/* A row that the kernel lacks costs no more than what it is for. */
static void test_missing_rows(void **state)
{
	static const enum mcd_layout_id needed[] = {
		M(address_space, host),	   M(inode, i_sb),
		M(inode, i_ino),	   M(inode, i_nlink),
		M(inode, i_rdev),	   M(inode, i_dentry),
		M(super_block, s_dev),	   M(super_block, s_root),
		M(super_block, s_flags),   M(super_block, s_type),
		M(file_system_type, name),
	};
	struct disk disk = disk_of_machine();
	uint64_t mapping = file_in(disk.super, disk.log, "job.log", 1);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		fake->nr_forgotten = 0;
		fake_forget(fake, needed[i]);
		memset(fake->target.answers, 0, sizeof(fake->target.answers));
		begin_audit(UNIT_ARENA_BYTES);
		assert_int_equal(describe(mapping)->kind, MCD_FILE_UNKNOWN);
		assert_na(describe(mapping)->path);
		assert_na(describe(mapping)->fs);
	}
	fake->nr_forgotten = 0;
	fake_forget(fake, M(dentry, d_u));
	memset(fake->target.answers, 0, sizeof(fake->target.answers));
	begin_audit(UNIT_ARENA_BYTES);
	assert_na(describe(mapping)->path);
	assert_text(describe(mapping)->fs, "ext4");
	fake->nr_forgotten = 0;
	fake_forget(fake, M(mount, mnt_instance));
	memset(fake->target.answers, 0, sizeof(fake->target.answers));
	begin_audit(UNIT_ARENA_BYTES);
	assert_path(mapping, "ext4:/var/log/job.log");
	/* Then every mount is another one's. */
	fake->nr_forgotten = 0;
	fake_forget(fake, SYM(init_nsproxy));
	memset(fake->target.answers, 0, sizeof(fake->target.answers));
	begin_audit(UNIT_ARENA_BYTES);
	assert_path(mapping, "mnt:[4026531840]/var/log/job.log");
}

/* ---- damage ---- */

static void test_lost_memory(void **state)
{
	struct disk disk = disk_of_machine();
	uint64_t mapping = file_in(disk.super, disk.log, "job.log", 1);
	uint64_t no_inode = file_in(disk.super, disk.log, "x", 1), wild = slot();
	uint64_t no_super = file_in(0xdead0000, disk.log, "x", 1);
	uint64_t no_name = inode_at(slot(), disk.super, 3, 0);

	(void)state;
	fake_hole(fake, no_inode - MAPPING, MAPPING);
	assert_int_equal(describe(no_inode)->kind, MCD_FILE_UNKNOWN);
	assert_int_equal(describe(no_inode)->inode_addr, no_inode - MAPPING);
	assert_unreadable(describe(no_inode)->path);
	assert_unreadable(describe(no_inode)->ino);
	assert_int_equal(describe(0xdead0000)->kind, MCD_FILE_UNKNOWN);
	assert_int_equal(describe(wild)->kind, MCD_FILE_UNKNOWN);
	assert_int_equal(describe(no_super)->kind, MCD_FILE_UNKNOWN);
	add_alias(no_name, dentry_in(disk.log, "lost"));
	fake_word(fake, fake_at(fake, no_name - MAPPING, M(inode, i_dentry)), 0xdead0000);
	assert_unreadable(describe(no_name)->path);
	assert_known(describe(no_name)->is_deleted, 1);
	assert_known(describe(no_name)->ino, 3);
	/* A directory is lost: what is below it keeps its names. */
	fake_hole(fake, disk.var, SLOT);
	assert_path(mapping, "?/log/job.log");
}

/* What is lost of mounts is told by where the path begins. */
static void test_lost_mounts(void **state)
{
	struct disk disk = disk_of_machine();
	uint64_t super = super_of("tmpfs", 33);
	uint64_t mount = mount_of(super, root_of(super), disk.mount, disk.tmp, machine.initial_ns);

	(void)state;
	list_mounts(super, &mount, 1);
	fake_hole(fake, disk.tmp, SLOT);
	assert_path(file_in(super, root_of(super), "f", 1), "tmpfs:/f");
	fake_hole(fake, disk.mount, SLOT);
	assert_path(file_in(disk.super, disk.log, "f", 1), "ext4:/var/log/f");
}

static void test_bad_names(void **state)
{
	static const uint64_t lengths[] = { 0, 256, 0x7fffffff, 0xffffffff };
	struct disk disk = disk_of_machine();
	uint64_t name = dentry_in(disk.log, "ok"), mapping = inode_at(slot(), disk.super, 3, 1);

	(void)state;
	add_alias(mapping, name);
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		fake_put_in(fake, name, M(dentry, d_name), M(qstr, len), lengths[i]);
		begin_audit(UNIT_ARENA_BYTES);
		assert_unreadable(describe(mapping)->path);
	}
	fake_put_in(fake, name, M(dentry, d_name), M(qstr, len), 10);
	fake_put_in(fake, name, M(dentry, d_name), M(qstr, name), 0xdead0000);
	begin_audit(UNIT_ARENA_BYTES);
	assert_unreadable(describe(mapping)->path);
	/* Shorter than it says. */
	put_name(name, "ok");
	fake_put_in(fake, name, M(dentry, d_name), M(qstr, len), 10);
	begin_audit(UNIT_ARENA_BYTES);
	assert_path(mapping, "/var/log/ok");
}

static void test_loops(void **state)
{
	struct disk disk = disk_of_machine();
	uint64_t mapping = file_in(disk.super, disk.log, "f", 1);
	uint64_t super = super_of("tmpfs", 33), alias = dentry_in(disk.log, "alias");
	uint64_t mounts[] = {
		mount_of(super, root_of(super), disk.mount, disk.tmp, machine.initial_ns),
		mount_of(super, root_of(super), disk.mount, disk.tmp, machine.initial_ns),
	};
	uint64_t many = inode_at(slot(), disk.super, 3, 1);

	(void)state;
	/* Directories in each other. */
	fake_put(fake, disk.var, M(dentry, d_parent), disk.log);
	assert_int_equal(describe(mapping)->path.known, MCD_KNOWN);
	assert_memory_equal(describe(mapping)->path.text, "?/", 2);
	assert_true(fake->nr_reads < 40);
	/* Mounts on each other. */
	fake_put(fake, mounts[0], M(mount, mnt_parent), mounts[1]);
	fake_put(fake, mounts[0], M(mount, mnt_mountpoint), root_of(super));
	fake_put(fake, mounts[1], M(mount, mnt_parent), mounts[0]);
	fake_put(fake, mounts[1], M(mount, mnt_mountpoint), root_of(super));
	list_mounts(super, mounts, 2);
	assert_path(file_in(super, root_of(super), "f", 1), "tmpfs:/f");
	/* Names of an inode. */
	hash(alias, false);
	add_alias(many, alias);
	fake_word(fake, alias_at(alias), alias_at(alias));
	assert_int_equal(describe(many)->path.known, MCD_KNOWN);
}

/* A chain of mounts that ends in nothing, or never. */
static void test_broken_chain(void **state)
{
	static const struct {
		uint64_t next;
		const char *note;
	} cases[] = {
		{ 0xdead0000,
		  "super_block.s_mounts ends early: mount: no 216 bytes at dead0010\n" },
		{ 0, "super_block.s_mounts ends early: a circle\n" },
	};

	(void)state;
	fake_learn(fake, FAKE_ROWS(rows_chain));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t super = super_of("tmpfs", 33);
		uint64_t mount = mount_of(super, root_of(super), 0, 0, machine.initial_ns);

		fake_put(fake, super, M(super_block, s_mounts), mount);
		fake_put(fake, mount, M(mount, mnt_next_for_sb),
			 cases[i].next ? cases[i].next : mount);
		begin_audit(UNIT_ARENA_BYTES);
		assert_path(file_in(super, root_of(super), "f", 1), "/f");
		assert_notes(&machine.world, cases[i].note);
	}
}

/* Deeper, and longer, than any path that can be used. */
static void test_too_deep(void **state)
{
	struct disk disk = disk_of_machine();
	uint64_t directory = disk.tmp;
	const struct mcd_file *file = NULL;
	char name[256];

	(void)state;
	for (int i = 0; i < 3000; i++)
		directory = dentry_in(directory, "d");
	file = describe(file_in(disk.super, directory, "f", 1));
	assert_int_equal(file->path.known, MCD_KNOWN);
	assert_memory_equal(file->path.text, "?/", 2);
	assert_true(strlen(file->path.text) <= 4096);
	memset(name, 'n', 200);
	name[200] = '\0';
	directory = disk.tmp;
	for (int i = 0; i < 21; i++)
		directory = dentry_in(directory, name);
	file = describe(file_in(disk.super, directory, "f", 1));
	assert_memory_equal(file->path.text, "?/nnn", 5);
	assert_string_equal(file->path.text + strlen(file->path.text) - 2, "/f");
}

/* ---- failure at every point ---- */

static struct {
	uint64_t mappings[6], bdi, file;
	struct disk disk;
} everything;

static void build_everything(void)
{
	struct disk disk = disk_of_machine();
	uint64_t shm = super_of("tmpfs", 44), blocks = super_of("bdev", 7);
	uint64_t internal = super_of("tmpfs", 1);
	uint64_t clone = mount_of(disk.super, root_of(disk.super), 0, 0, machine.other_ns);
	uint64_t mount = mount_of(shm, root_of(shm), clone, disk.tmp, machine.other_ns);
	uint64_t both[] = { disk.mount, clone }, supers[] = { blocks, disk.super, shm };
	char name[100];

	memset(name, 'l', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	list_mounts(disk.super, both, 2);
	list_mounts(shm, &mount, 1);
	fake_put(fake, internal, M(super_block, s_flags), 1 << 22);
	everything.disk = disk;
	everything.mappings[0] = file_in(disk.super, disk.log, "a", 1);
	everything.mappings[1] = file_in(disk.super, disk.log, name, 1);
	everything.mappings[2] = file_in(shm, root_of(shm), "c", 1);
	everything.mappings[3] = file_in(internal, 0, "memfd:d", 0);
	everything.mappings[4] = block_inode(blocks, "sda", 1);
	everything.mappings[5] = file_in(disk.super, disk.tmp, "f", 0);
	fake_put(fake, disk.super, M(super_block, s_bdev), everything.mappings[4] - MAPPING - 256);
	fake_list(fake, fake_value(fake, SYM(super_blocks)), supers, 3);
	everything.bdi = slot();
	fake_put(fake, everything.bdi, M(backing_dev_info, owner), device_of("sda"));
	everything.file = slot();
	fake_put_in(fake, everything.file, M(file, f_path), M(path, mnt),
		    fake_at(fake, mount, M(mount, mnt)));
	fake_put_in(fake, everything.file, M(file, f_path), M(path, dentry), root_of(shm));
}

/* Everything is asked for; the first fatal status, and how much was known. */
static enum mcd_status ask_everything(size_t *ret_known)
{
	struct mcd_text name = { .known = MCD_NA };
	enum mcd_status status = MCD_OK;

	*ret_known = 0;
	for (size_t i = 0; i < ARRAY_SIZE(everything.mappings) && !status; i++) {
		const struct mcd_file *file = NULL;

		status = mcd_file_describe(&machine.audit, everything.mappings[i], &file);
		*ret_known += !status && file->path.known == MCD_KNOWN && file->path.text[0] != '?';
		if (!status && file->path.known != MCD_KNOWN)
			assert_null(file->path.text);
	}
	if (!status)
		status = mcd_bdi_name(&machine.audit, everything.bdi, &name);
	*ret_known += !status && name.known == MCD_KNOWN;
	if (!status)
		status = mcd_path_of_file(&machine.audit, everything.file, &name);
	*ret_known += !status && name.known == MCD_KNOWN;
	return status;
}

static void test_every_read(void **state)
{
	size_t known = 0, worst = 8;
	uint64_t nr_reads = 0;

	(void)state;
	build_everything();
	assert_int_equal(ask_everything(&known), MCD_OK);
	assert_int_equal(known, 8);
	nr_reads = fake->nr_reads;
	assert_true(nr_reads > 30);
	for (uint64_t at = 1; at <= nr_reads; at++) {
		begin_audit(UNIT_ARENA_BYTES);
		fake->nr_reads = 0;
		fake->fail_read_at = at;
		assert_int_equal(ask_everything(&known), MCD_OK);
		worst = known < worst ? known : worst;
	}
	/* At worst a file system that three files are of. */
	assert_true(worst >= 5);
}

static void test_no_memory(void **state)
{
	size_t known = 0, bytes = 0, needed = 0;

	(void)state;
	build_everything();
	assert_int_equal(ask_everything(&known), MCD_OK);
	needed = machine.arena.used_bytes;
	/* The last piece may be rounded up to where it ends. */
	for (bytes = 0; bytes + 32 < needed; bytes += bytes + 8192 < needed ? 509 : 32) {
		begin_audit(bytes);
		assert_int_equal(ask_everything(&known), MCD_NO_MEMORY);
	}
	begin_audit(needed);
	assert_int_equal(ask_everything(&known), MCD_OK);
}

/* Long walks ask whether to go on. */
static void test_interrupted(void **state)
{
	struct disk disk = disk_of_machine();
	const struct mcd_file *file = NULL;
	uint64_t mapping = 0;
	int nr = 0;

	(void)state;
	fake->interrupt_at = 1;
	for (; nr < 1000 && !machine.audit.is_partial; nr++) {
		mapping = inode_at(slot(), disk.super, 1, 1);
		assert_int_equal(mcd_file_describe(&machine.audit, mapping, &file), MCD_OK);
		assert_non_null(file);
	}
	assert_int_equal(nr, 256);
	/* What was described is known, and nothing more is looked for. */
	assert_int_equal(mcd_file_describe(&machine.audit, mapping, &file), MCD_OK);
	assert_non_null(file);
	mapping = inode_at(slot(), disk.super, 1, 1);
	assert_int_equal(mcd_file_describe(&machine.audit, mapping, &file), MCD_OK);
	assert_null(file);
}

/* Another file of a known directory costs its mapping, its inode and its name. */
static void test_cost(void **state)
{
	struct disk disk = disk_of_machine();
	uint64_t mapping = file_in(disk.super, disk.log, "first", 1);
	uint64_t second = file_in(disk.super, disk.log, "second", 1);
	const struct mcd_file *file = describe(mapping);
	uint64_t nr_reads = fake->nr_reads;

	(void)state;
	assert_ptr_equal(describe(mapping), file);
	assert_int_equal(fake->nr_reads, nr_reads);
	assert_path(second, "/var/log/second");
	assert_int_equal(fake->nr_reads, nr_reads + 3);
}

/* ---- records ---- */

static void test_records(void **state)
{
	static const struct fake_row odd[] = {
		FAKE_MEMBER(super_block, s_dev, 5000, 4),
		FAKE_MEMBER(inode, i_rdev, 76, 3),
		FAKE_MEMBER(inode, i_nlink, 72, 16),
	};
	static const struct mcd_record_field far[] = { MCD_FIELD(super_block, s_type),
						       MCD_FIELD(super_block, s_dev) };
	static const struct mcd_record_field numbers[] = { MCD_FIELD(inode, i_nlink),
							   MCD_FIELD(inode, i_ino),
							   MCD_FIELD_OPTIONAL(dentry, d_alias) };
	struct mcd_record_form form;
	struct mcd_record record;
	uint64_t inode = slot();

	(void)state;
	fake_learn(fake, FAKE_ROWS(odd));
	/* A struct that is too large to be one. */
	assert_int_equal(mcd_record_compile(&fake->target, far, 2, &form), MCD_OK);
	assert_int_equal(form.status, MCD_CORRUPT);
	assert_int_equal(mcd_record_read(&fake->target, &form, inode, "it", &record), MCD_CORRUPT);
	/* A field that is no integer is 0, as one that is not there. */
	assert_int_equal(mcd_record_compile(&fake->target, numbers, 3, &form), MCD_OK);
	assert_int_equal(form.status, MCD_OK);
	fake_u64(fake, inode + 64, 0x1122334455667788);
	fake_u64(fake, inode + 72, 5);
	fake_u64(fake, inode + 80, 6);
	assert_int_equal(mcd_record_read(&fake->target, &form, inode, "it", &record), MCD_OK);
	assert_int_equal(mcd_record_uint(&record, 0), 0);
	assert_int_equal(mcd_record_uint(&record, 1), 0x1122334455667788);
	assert_int_equal(mcd_record_uint(&record, 2), 0);
	assert_int_equal(mcd_record_pointer(&record, 0, 0), 5);
	assert_int_equal(mcd_record_pointer(&record, 0, 1), 6);
	assert_int_equal(mcd_record_pointer(&record, 0, 2), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
		TEST(plain),
		TEST(names),
		TEST(deleted),
		TEST(hard_links),
		TEST(no_name),
		TEST(directories),
		TEST(mounts),
		TEST(bind_mounts),
		TEST(namespaces),
		TEST(not_mounted),
		TEST(oldest_mount),
		TEST(kinds),
		TEST(block_devices),
		TEST(partition_forms),
		TEST(bdi),
		TEST(open_files),
		TEST(own_alias),
		TEST(missing_rows),
		TEST(lost_memory),
		TEST(lost_mounts),
		TEST(bad_names),
		TEST(loops),
		TEST(broken_chain),
		TEST(too_deep),
		cmocka_unit_test_setup_teardown(test_plain, setup_big_endian, teardown),
		cmocka_unit_test_setup_teardown(test_mounts, setup_big_endian, teardown),
		TEST(every_read),
		TEST(no_memory),
		TEST(interrupted),
		TEST(cost),
		TEST(records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
