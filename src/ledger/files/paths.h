/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How files get their names: an inode's dentry, the directories above it, and the mounts above those.
 * What one file needed is kept for the next: file systems, directories, the roots of mounts.
 *
 * A path is what a user of the machine would type. Where it leads
 *   from the root of the initial mount namespace:     /srv/data
 *   from that of another one, as `lsns` numbers it:   mnt:[4026532200]/dev/shm/data
 *   from the root of a file system mounted nowhere:   ext4:/data
 *   from what cannot be read, or is above no root:    ?/data
 * Files that never were in a directory are written as in /proc/PID/maps: /memfd:data, /SYSV00000000.
 */
#ifndef MCD_PATHS_H
#define MCD_PATHS_H

#include "../accounts.h"
#include "../record.h"

enum {
	MCD_NAME_BYTES_MAX = 255,  /* NAME_MAX of include/uapi/linux/limits.h */
	MCD_PATH_BYTES_MAX = 4096, /* PATH_MAX of the same; of longer ones the end is kept */
	MCD_PATH_DEPTH_MAX = MCD_PATH_BYTES_MAX / 2,
};

/* The fields of the records that are read; their tables are in paths.c. */
enum { MCD_I_SB, MCD_I_INO, MCD_I_NLINK, MCD_I_RDEV, MCD_I_DENTRY };
enum { MCD_D_PARENT, MCD_D_HASH, MCD_D_NAME, MCD_D_NAME_LEN, MCD_D_ALIAS, MCD_D_U };
enum { MCD_S_TYPE, MCD_S_DEV, MCD_S_ROOT, MCD_S_FLAGS };
enum { MCD_MNT_PARENT, MCD_MNT_MOUNTPOINT, MCD_MNT_ROOT, MCD_MNT_SB, MCD_MNT_NS, MCD_MNT_NEXT };
enum { MCD_F_MNT, MCD_F_DENTRY };

/* How good a path is, the best last. */
enum mcd_rank {
	MCD_RANK_LOST, /* begins with "?" */
	MCD_RANK_UNMOUNTED,
	MCD_RANK_ELSEWHERE, /* in another mount namespace */
	MCD_RANK_INITIAL,
};

/* How a dentry is reached. */
struct mcd_way {
	enum mcd_rank rank;
	const char *text; /* "" for the root of the initial namespace */
	size_t length;
};

struct mcd_dentry {
	uint64_t addr, parent; /* the same where it is a root */
	bool is_hashed;	       /* false: unlinked, or in no directory */
	uint64_t next_alias;   /* dentry.d_alias of the inode's next name; 0: none */
	size_t length;
	char name[MCD_NAME_BYTES_MAX + 1];
};

/* What the files of a file system are to us. */
enum mcd_super_class {
	MCD_SUPER_PLAIN,
	MCD_SUPER_MEMORY,   /* in memory, and mounted by a user */
	MCD_SUPER_INTERNAL, /* in memory, and the kernel's own: of memfd_create(), shmget(), … */
	MCD_SUPER_BLOCK,    /* of the block devices */
};

struct mcd_super {
	uint64_t addr, root;	/* root: of struct dentry */
	enum mcd_status status; /* why nothing below is known */
	struct mcd_text type;	/* file_system_type.name */
	struct mcd_text dev;	/* "253:1" */
	struct mcd_way top;	/* "ext4:" */
	enum mcd_super_class class;
	bool has_mounts; /* they are among mcd_files.roots */
};

/* The root of a mount. */
struct mcd_mount_root {
	uint64_t mount;
	enum mcd_rank rank;
};

struct mcd_mount {
	uint64_t addr, parent; /* the same at the root of a namespace */
	uint64_t mountpoint, root, super, ns;
	uint64_t next; /* of the same file system; 0 also where they are on a list_head */
};

/* A directory on the way up. */
struct mcd_step {
	uint64_t dentry;
	const char *name;
	size_t length;
};

struct mcd_files {
	struct mcd_audit *audit;
	struct mcd_record_form inode_form, dentry_form, super_form, mount_form, file_form;
	struct mcd_addrmap by_mapping; /* -> files */
	struct mcd_file **files;
	size_t nr_files, files_capacity;
	struct mcd_addrmap by_super; /* -> supers */
	struct mcd_super **supers;
	size_t nr_supers, supers_capacity;
	struct mcd_addrmap by_directory; /* -> ways */
	struct mcd_way *ways;
	size_t nr_ways, ways_capacity;
	struct mcd_addrmap by_root; /* dentry -> roots */
	struct mcd_mount_root *roots;
	size_t nr_roots, roots_capacity;
	uint64_t initial_ns;			   /* of struct mnt_namespace; 0: not known */
	bool has_devices;			   /* they are in by_device */
	struct mcd_addrmap by_device;		   /* block_device -> supers mounted on it */
	struct mcd_step steps[MCD_PATH_DEPTH_MAX]; /* scratch */
};

/* paths.c: made at the first call; fails only with a fatal status. */
MCD_MUST_CHECK enum mcd_status mcd_files_get(struct mcd_audit *audit, struct mcd_files **ret);
MCD_MUST_CHECK enum mcd_status mcd_files_no_memory(struct mcd_files *files); /* is that status */

/* super.c: the file system at this address, whose `status` says whether it can be read. */
MCD_MUST_CHECK enum mcd_status mcd_super_get(struct mcd_files *files, uint64_t addr,
					     struct mcd_super **ret);
/* "253:1" of a dev_t. */
MCD_MUST_CHECK enum mcd_status mcd_device_number(struct mcd_files *files, uint64_t dev,
						 struct mcd_text *ret);

/* dentry.c: fails also where it cannot be read, or makes no sense. */
MCD_MUST_CHECK enum mcd_status mcd_dentry_read(struct mcd_files *files, uint64_t addr,
					       struct mcd_dentry *ret);
/* The name that an inode has: of several one that is not unlinked. MCD_ABSENT: none is in memory. */
MCD_MUST_CHECK enum mcd_status mcd_dentry_of_inode(struct mcd_files *files, uint64_t first_alias,
						   struct mcd_dentry *ret);
/* Its path. MCD_ABSENT: it has no place; else it fails only with a fatal status. */
MCD_MUST_CHECK enum mcd_status mcd_dentry_way(struct mcd_files *files, struct mcd_super *super,
					      const struct mcd_dentry *dentry, struct mcd_way *ret);

/* mount.c: one of them; fails also where it cannot be read. How good paths in this namespace are. */
MCD_MUST_CHECK enum mcd_status mcd_mount_read(struct mcd_files *files, uint64_t addr,
					      struct mcd_mount *ret);
enum mcd_rank mcd_mount_rank(const struct mcd_files *files, uint64_t ns);
/* Enters those of a file system, once; and whether one of them has its root there. */
MCD_MUST_CHECK enum mcd_status mcd_mounts_read(struct mcd_files *files, struct mcd_super *super);
bool mcd_mount_find(const struct mcd_files *files, uint64_t dentry, struct mcd_mount_root *ret);
/* mount_way.c: where it is mounted. */
MCD_MUST_CHECK enum mcd_status mcd_mount_way(struct mcd_files *files, uint64_t mount,
					     struct mcd_way *ret);

/* block.c: the block device whose inode this is, and what is mounted on it; NULL: nothing is. */
MCD_MUST_CHECK enum mcd_status mcd_block_of_inode(struct mcd_files *files, uint64_t inode,
						  uint64_t *ret);
MCD_MUST_CHECK enum mcd_status mcd_block_super(struct mcd_files *files, uint64_t bdev,
					       const struct mcd_super **ret);

#endif
