// SPDX-License-Identifier: GPL-2.0-or-later
/* The words that reports use for states, flags, sources, pins and ages. See facts.h. */
#include "mcd/facts.h"

const char *mcd_state_name(enum mcd_state state)
{
	static const char *const names[] = {
		[MCD_STATE_UNREADABLE] = "unreadable", [MCD_STATE_ONLINE] = "online",
		[MCD_STATE_DYING] = "dying",	       [MCD_STATE_OFFLINE] = "offline",
		[MCD_STATE_RELEASED] = "released",
	};

	return names[state];
}

const char *mcd_hierarchy_name(enum mcd_hierarchy hierarchy)
{
	static const char *const names[] = {
		[MCD_HIERARCHY_UNREADABLE] = "unreadable",
		[MCD_HIERARCHY_V1] = "v1",
		[MCD_HIERARCHY_V2] = "v2",
	};

	return names[hierarchy];
}

const char *mcd_flag_name(enum mcd_flag flag)
{
	static const struct {
		enum mcd_flag flag;
		const char *name;
	} names[MCD_NR_FLAGS] = {
		{ MCD_FLAG_NOT_ON_LIST, "not-on-list" },
		{ MCD_FLAG_NOT_IN_TREE, "not-in-tree" },
		{ MCD_FLAG_ALIVE_ON_LIST, "alive-on-list" },
		{ MCD_FLAG_SWAP_DIFFERS, "swap-differs" },
		{ MCD_FLAG_SOCKETS_DIFFER, "sockets-differ" },
		{ MCD_FLAG_SOCKETS_APPROX, "sockets-approximate" },
		{ MCD_FLAG_KMEM_REPARENTED, "kmem-reparented" },
		{ MCD_FLAG_BEING_FREED, "being-freed" },
		{ MCD_FLAG_CGROUP_ONLINE, "cgroup-online" },
		{ MCD_FLAG_PATH_PARTIAL, "path-partial" },
		{ MCD_FLAG_NOT_IN_IDS, "not-in-ids" },
		{ MCD_FLAG_NAME_FROM_CACHE, "name-from-cache" },
		{ MCD_FLAG_MEMORY_REPARENTED, "memory-reparented" },
	};

	for (unsigned int i = 0; i < MCD_NR_FLAGS; i++)
		if (names[i].flag == flag)
			return names[i].name;
	return "";
}

const char *mcd_source_name(enum mcd_source source)
{
	switch (source) {
	case MCD_SOURCE_LIST:
		return "list";
	case MCD_SOURCE_TREE:
		return "tree";
	case MCD_SOURCE_IDS:
		return "ids";
	case MCD_SOURCE_ROOT:
	case MCD_SOURCE_END:
		break;
	}
	return "root";
}

const char *mcd_pin_name(enum mcd_pin pin)
{
	static const char *const names[MCD_NR_PINS] = {
		[MCD_PIN_PAGE_CACHE] = "page-cache",
		[MCD_PIN_SHMEM] = "shmem",
		[MCD_PIN_ANON] = "anon",
		[MCD_PIN_HUGETLB] = "hugetlb",
		[MCD_PIN_DEVICE] = "device",
		[MCD_PIN_KMEM_PAGE] = "kmem-page",
		[MCD_PIN_SLAB_CACHE] = "slab-cache",
		[MCD_PIN_SWAP] = "swap",
		[MCD_PIN_SOCKET] = "socket",
		[MCD_PIN_CHILD] = "child",
		[MCD_PIN_WRITEBACK] = "writeback",
		[MCD_PIN_FSNOTIFY] = "fsnotify",
		[MCD_PIN_STOCK] = "stock",
		[MCD_PIN_BPF_MAP] = "bpf-map",
		[MCD_PIN_TASK] = "task",
		[MCD_PIN_BASE] = "base",
	};

	return names[pin];
}

const char *mcd_age_name(enum mcd_age_source source)
{
	static const char *const names[MCD_NR_AGE_SOURCES] = {
		[MCD_AGE_SOCKET_PRESSURE] = "socket_pressure",
		[MCD_AGE_LRU_GEN] = "lru_gen",
		[MCD_AGE_PSI] = "psi",
		[MCD_AGE_INODE] = "inode",
		[MCD_AGE_YOUNGER] = "younger",
	};

	return names[source];
}
