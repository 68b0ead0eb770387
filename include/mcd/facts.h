/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a report is made of: plain facts about memory cgroups, without a trace of how they were
 * read. Decoders fill these, reports print them; neither includes the other.
 */
#ifndef MCD_FACTS_H
#define MCD_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The three kinds of "nothing" stay apart: n/a is not 0, and neither is unreadable. */
enum mcd_known {
	MCD_NA,		/* this kernel, configuration or group has no such thing */
	MCD_KNOWN,	/* the value is what the dump says */
	MCD_UNREADABLE, /* it exists, but the dump lacks it or contradicts itself */
};

struct mcd_figure {
	enum mcd_known known;
	uint64_t value; /* meaningful where known is MCD_KNOWN; a count below 2^63 */
};

struct mcd_text {
	enum mcd_known known;
	const char *text; /* raw bytes of the kernel, terminated; NULL unless MCD_KNOWN */
};

/* Bits: who has seen a memcg. */
enum mcd_source {
	MCD_SOURCE_LIST = 1, /* the facility's dangling_memcgs */
	MCD_SOURCE_TREE = 2, /* the css tree below root_mem_cgroup */
	MCD_SOURCE_IDS = 4,  /* the table of ids: css_idr, cgroup_idr, or that of css_id */
	MCD_SOURCE_ROOT = 8, /* root_mem_cgroup itself */
	MCD_SOURCE_END = 16, /* beyond the last one */
};

enum mcd_state {
	MCD_STATE_UNREADABLE, /* its flags cannot be read */
	MCD_STATE_ONLINE,
	MCD_STATE_DYING,    /* removal has begun, css_offline has not run yet */
	MCD_STATE_OFFLINE,  /* removed and still referenced: dangling */
	MCD_STATE_RELEASED, /* no reference is left, the kernel is freeing it */
};

/* Bits: what deserves a remark. mcd_flag_name() has their words. */
enum mcd_flag {
	/* Dead, and the facility's list lacks it. */
	MCD_FLAG_NOT_ON_LIST = 1,
	/* Another source has it, and the css tree lacks it. */
	MCD_FLAG_NOT_IN_TREE = 2,
	/* On the list of the dead, but online. */
	MCD_FLAG_ALIVE_ON_LIST = 4,
	/* The kernel's own file shows another swap figure, another socket count. */
	MCD_FLAG_SWAP_DIFFERS = 8,
	MCD_FLAG_SOCKETS_DIFFER = 16,
	/* Per-cpu parts of the socket count were lost. */
	MCD_FLAG_SOCKETS_APPROX = 32,
	/* Kernel memory moved to the parent: the figure is an upper bound. */
	MCD_FLAG_KMEM_REPARENTED = 64,
	/* memsw is overlaid by the work that frees the group. */
	MCD_FLAG_BEING_FREED = 128,
	/* The directory exists, only its controller was disabled. */
	MCD_FLAG_CGROUP_ONLINE = 256,
	/* The path begins with "?": an ancestor is unreadable. */
	MCD_FLAG_PATH_PARTIAL = 512,
	/* Another source has it, and the table of ids lacks it. */
	MCD_FLAG_NOT_IN_IDS = 1024,
	/* The group itself has no name left; this is what its slab caches are called after. */
	MCD_FLAG_NAME_FROM_CACHE = 2048,
	/* Its pages too moved to the parent: what is in memory is an upper bound. */
	MCD_FLAG_MEMORY_REPARENTED = 4096,
	MCD_NR_FLAGS = 13,
};

/* The two unions of the facility, and what they mean for this memcg. */
enum mcd_union_form {
	MCD_UNION_NONE, /* the kernel has no such member */
	MCD_UNION_LIVE, /* oom_notify: nr_listeners; move_charge_at_immigrate: flags */
	MCD_UNION_DEAD, /* dead: a link of the list; memcg_name: a pointer */
	MCD_UNION_OPEN, /* neither is certain: dead, but not on the list */
};

struct mcd_unions {
	enum mcd_union_form form;
	struct mcd_figure link_next, link_prev; /* oom_notify/dead as two raw words */
	struct mcd_figure nr_listeners;		/* MCD_UNION_LIVE: oom_notify's entries */
	struct mcd_figure move_charge;		/* move_charge_at_immigrate/memcg_name, raw */
	bool has_name;				/* the kernel has memcg_name at all */
	struct mcd_figure memsw_bytes; /* memsw (v1) or swap (v2), which share storage too */
};

/* What the facility's own code would have printed, wrapped subtractions included. */
struct mcd_kernel_view {
	struct mcd_text name; /* n/a: a NULL pointer, which it prints as (null) */
	struct mcd_figure swap_bytes, tcp_bytes, tcp_sockets, kmem_bytes;
};

/* What tells how old a memcg is at least. mcd_age_name() has their words. */
enum mcd_age_source {
	MCD_AGE_SOCKET_PRESSURE, /* mem_cgroup.socket_pressure */
	MCD_AGE_LRU_GEN,	 /* the oldest generation of its pages */
	MCD_AGE_PSI,		 /* psi_group.avg_last_update */
	MCD_AGE_INODE,		 /* inode.i_mtime of its directory */
	MCD_AGE_YOUNGER,	 /* one that was created later */
	MCD_NR_AGE_SOURCES,
};

/*
 * No kernel notes when a memcg is created; some keep a time that cannot be earlier. n/a: this one has none,
 * or one that tells nothing. Unreadable also where it is a time before the kernel was started.
 */
struct mcd_age {
	struct mcd_figure at_least_ms; /* between its creation and the dump; never 0 */
	enum mcd_age_source source;    /* meaningful where that is known */
};

struct mcd_ledger;

/* One memory cgroup. Everything it points to lives as long as the report's arena. */
struct mcd_memcg {
	uint64_t addr;	      /* of struct mem_cgroup */
	unsigned int sources; /* bits of enum mcd_source */
	unsigned int flags;   /* bits of enum mcd_flag */
	enum mcd_state state;
	size_t tree_first, tree_end; /* its subtree in pre-order; equal where not in the tree */
	bool is_decoded;	     /* false: only what is above, css_id, serial, path, name */
	bool is_memory_unlimited;
	struct mcd_figure css_id, serial;
	struct mcd_figure id; /* what swap entries carry; n/a: released */
	struct mcd_text path; /* from the root of the hierarchy; n/a where the cgroup is freed */
	struct mcd_text name; /* what the kernel's report calls it; n/a: the name is lost */
	struct mcd_figure refs;
	struct mcd_figure memory_bytes, swap_bytes, kmem_bytes, tcp_bytes;
	struct mcd_figure memory_limit_bytes; /* n/a also where is_memory_unlimited */
	struct mcd_figure tcp_sockets;	      /* n/a where the kernel keeps no count */
	enum mcd_known caches_known;	      /* MCD_KNOWN also where some names are unreadable */
	struct mcd_text *caches;	      /* names of the slab caches it owns */
	const uint64_t *cache_addrs;	      /* of their struct kmem_cache; 0: unreadable */
	size_t nr_caches;
	struct mcd_unions unions;
	struct mcd_kernel_view kernel;
	struct mcd_ledger *ledger; /* ledger.h; NULL where it was not asked for */
	/* Of space.h and mcd_world_ages(); n/a where it was not asked for, too. */
	struct mcd_figure cost_bytes;
	struct mcd_age age;
};

/* Where the memory controller sits; decides which counters mean something. */
enum mcd_hierarchy {
	MCD_HIERARCHY_UNREADABLE, /* the root's cgroup is not in the dump */
	MCD_HIERARCHY_V1, /* a legacy hierarchy of its own, and all there was before v3.15 */
	MCD_HIERARCHY_V2, /* the unified hierarchy */
};

/* The variants of the facility's report; out of tree, by Glauber Costa. */
enum mcd_facility {
	MCD_FACILITY_NONE,
	MCD_FACILITY_NAME, /* 22 November 2012: the last component of the path */
	MCD_FACILITY_PATH, /* 3 December 2012, as carried in -mm: the whole path */
};

/* What may hold a reference to a removed memcg. mcd_pin_name() has their words. */
enum mcd_pin {
	MCD_PIN_PAGE_CACHE,
	MCD_PIN_SHMEM,
	MCD_PIN_ANON,
	MCD_PIN_HUGETLB,
	MCD_PIN_DEVICE,	    /* pages in memory of a device */
	MCD_PIN_KMEM_PAGE,  /* kernel memory outside of slabs */
	MCD_PIN_SLAB_CACHE, /* a slab cache of the memcg's own, or its pages */
	MCD_PIN_SWAP,
	MCD_PIN_SOCKET,
	MCD_PIN_CHILD,
	MCD_PIN_WRITEBACK, /* struct bdi_writeback of the memcg */
	MCD_PIN_FSNOTIFY,
	MCD_PIN_STOCK, /* charges that a cpu keeps in advance */
	MCD_PIN_BPF_MAP,
	MCD_PIN_TASK, /* the css_set of tasks that are still in it, such as zombies */
	MCD_PIN_BASE, /* of the memcg itself, and of its kernel memory as a whole */
	MCD_NR_PINS,
};

enum { MCD_NR_MISSING = 16 }; /* more than there are facts */

/* A fact that is n/a although the kernel may have it: its types lack what is probed for. */
struct mcd_missing {
	const char *fact;  /* the member of the JSON record; static */
	const char *probe; /* the row of layout.def, "percpu_ref.data" */
};

/* What is true of the whole dump. */
struct mcd_head {
	enum mcd_facility facility; /* what it says of a NULL name and of no sockets differs */
	enum mcd_hierarchy hierarchy;
	enum mcd_hierarchy charges; /* whose counters it uses: up to v4.4 always those of v1 */
	bool has_swap, has_tcp, has_kmem; /* what the configuration accounts */
	unsigned int
		sources; /* bits of enum mcd_source: list, tree and ids, where the kernel has them */
	size_t nr_listed, nr_in_tree, nr_in_ids;
	size_t nr_dangling, nr_online, nr_dying, nr_unreadable;
	/* The kernel's own counts below the root: removed cgroups of all controllers; memcgs offline. */
	struct mcd_figure nr_dying_descendants, nr_dying_subsys;
	struct mcd_missing missing[MCD_NR_MISSING]; /* of the memcgs decoded so far */
	size_t nr_missing;
	bool can_pin[MCD_NR_PINS]; /* whether such a thing holds references on this kernel at all */
	size_t nr_notes_left_out;  /* beyond what is kept of each kind */
};

/* Which kernel it is, in the dump's own words. Everything lives as long as the report's arena. */
struct mcd_identity {
	struct mcd_text release;  /* uname -r */
	struct mcd_text arch;	  /* uname -m */
	struct mcd_text build_id; /* lower-case hex; n/a: none is kept in memory */
};

/* One row of layout.def and this kernel's answer. */
struct mcd_probe {
	const char *name;     /* "mem_cgroup.css" */
	const char *kind;     /* "member", "struct", "symbol", "enumerator" */
	enum mcd_known known; /* n/a: the kernel lacks it */
	bool is_address;      /* of a symbol; else an offset, a size or an enumerator */
	bool is_used;	      /* this run rests on it */
	uint64_t value, size_bytes;
};

/* A remark about the dump itself, e.g. where a list is broken. */
struct mcd_note {
	const char *text;
	const char *format; /* tells its kind */
	struct mcd_note *next;
};

/* "v1", "v2" or "unreadable"; static. */
const char *mcd_hierarchy_name(enum mcd_hierarchy hierarchy);

/* The words of a state, of one flag bit, of the sources' bits taken singly; all static. */
const char *mcd_state_name(enum mcd_state state);
const char *mcd_flag_name(enum mcd_flag flag);
const char *mcd_source_name(enum mcd_source source);
const char *mcd_pin_name(enum mcd_pin pin);
const char *mcd_age_name(enum mcd_age_source source);

/*
 * False where something of a decoded memcg is unreadable, be it shown or not; the second one asks about
 * the figures of the kernel's own file.
 */
bool mcd_memcg_is_whole(const struct mcd_memcg *memcg);
bool mcd_kernel_view_is_whole(const struct mcd_memcg *memcg);

/* Removed and still there: everything that is neither online nor on its way out. */
static inline bool mcd_is_dangling(const struct mcd_memcg *memcg)
{
	return memcg->state != MCD_STATE_ONLINE && memcg->state != MCD_STATE_DYING;
}

#endif
