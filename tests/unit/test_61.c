// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whole reports of a 6.1 kernel: the legacy hierarchy and the unified one, without the facility
 * and, for what the list and the tree say about each other, with it.
 */
#include <string.h>

#include "kernel_61.h"
#include "mcd/world.h"
#include "unit.h"

struct report_case {
	const char *name;
	struct k61_config config;
	const struct k61_group *groups;
	size_t nr;
	void (*damage)(struct fake_target *fake);
	const char *words;
	enum mcd_outcome outcome;
	const char *report;
};

#define GROUPS(table) .groups = (table), .nr = ARRAY_SIZE(table)

/* ---- groups ---- */

static const struct k61_group v1[] = {
	K61_ROOT_GROUP,
	{ .name = "system.slice",
	  .parent = 0,
	  .flags = K61_ONLINE,
	  .id = 2,
	  .serial = 10,
	  .memory = 100,
	  .memsw = 120,
	  .kmem = 10,
	  .tcpmem = 3,
	  .ref_mode = K61_REF_PERCPU,
	  .refs = 5,
	  .ref_parts = { -2, 4 } },
	{ .name = "cron.service",
	  .parent = 1,
	  .id = 5,
	  .serial = 20,
	  .memory = 10,
	  .memsw = 12,
	  .kmem = 2,
	  .tcpmem = 1,
	  .refs = 13 },
	{ .name = "a b\n", .parent = 0, .id = 6, .serial = 21, .memory = 5, .memsw = 5, .refs = 5 },
	{ .name = "cron.service",
	  .parent = 1,
	  .id = 65535,
	  .serial = 40,
	  .memory = 7,
	  .memsw = 7,
	  .ref_mode = K61_REF_SWITCHING,
	  .refs = 3,
	  .ref_parts = { 1, 2 } },
	{ .name = "dying",
	  .parent = 0,
	  .flags = K61_ONLINE | K61_DYING,
	  .id = 7,
	  .serial = 30,
	  .memory = 1,
	  .memsw = 1,
	  .ref_mode = K61_REF_ATOMIC,
	  .refs = 2 },
	{ .name = "released",
	  .parent = 1,
	  .flags = K61_RELEASED,
	  .id = 8,
	  .serial = 35,
	  .ref_mode = K61_REF_EXITED,
	  .refs = 0 },
};

/* memsw was never charged: swap accounting is switched off. */
static const struct k61_group no_swap_accounting[] = {
	K61_ROOT_GROUP,
	{ .name = "a", .parent = 0, .id = 2, .serial = 2, .memory = 3, .memsw = 0, .refs = 3 },
	{ .name = "b", .parent = 0, .id = 3, .serial = 3, .memory = 0, .memsw = 0, .refs = 3 },
};

/*
 * The counters kmem and tcpmem hold what must be ignored. b lost a child, whose residue is in its
 * total alone; c's unflushed part counts in b and a too.
 */
static const struct k61_group v2[] = {
	K61_ROOT_GROUP,
	{ .name = "a",
	  .parent = 0,
	  .flags = K61_ONLINE,
	  .id = 2,
	  .serial = 10,
	  .memory = 3000,
	  .memsw = 4,
	  .kmem = 999,
	  .tcpmem = 999,
	  .sock_stat = { .total = 2000, .pending = 1 },
	  .kmem_stat = { .total = 100, .pending = 1, .state = { 10, 20 }, .prev = { 5, 5 } },
	  .ref_mode = K61_REF_PERCPU,
	  .refs = 5,
	  .ref_parts = { -2, 4 } },
	{ .name = "b",
	  .parent = 1,
	  .id = 5,
	  .serial = 20,
	  .memory = 1955,
	  .memsw = 3,
	  .kmem = 999,
	  .tcpmem = 999,
	  .sock_stat = { .total = 1900, .pending = 40, .state = { 5, 3 }, .prev = { 1, 0 } },
	  .kmem_stat = { .total = 5 },
	  .refs = 8 },
	{ .name = "c",
	  .parent = 2,
	  .id = 6,
	  .serial = 21,
	  .memory = 10,
	  .kmem = 999,
	  .sock_stat = { .state = { 10, 0 } },
	  .refs = 2 },
	{ .name = "d",
	  .parent = 0,
	  .id = 7,
	  .serial = 22,
	  .memory = 7,
	  .has_freed_stats = true,
	  .sock_stat = { .total = 7, .pending = -2, .state = { 500, 500 } },
	  .refs = 1 },
};

/*
 * The smallest number has no counterpart above zero: subtracted from nothing it is itself, and from
 * itself nothing.
 */
static const struct k61_group smallest_stats[] = {
	K61_ROOT_GROUP,
	{ .name = "s",
	  .parent = 0,
	  .id = 2,
	  .serial = 2,
	  .sock_stat = { .total = 5, .state = { INT64_MIN, 0 }, .prev = { INT64_MIN, 0 } },
	  .kmem_stat = { .total = 5, .prev = { 0, INT64_MIN } },
	  .refs = 1 },
	{ .name = "t",
	  .parent = 0,
	  .id = 3,
	  .serial = 1,
	  .sock_stat = { .total = -1, .prev = { 0, INT64_MIN } },
	  .kmem_stat = { .prev = { INT64_MIN, INT64_MIN } },
	  .refs = 1 },
};

/* More pages than bytes can be counted, and the most that can. */
static const struct k61_group huge_stats[] = {
	K61_ROOT_GROUP,
	{ .name = "s",
	  .parent = 0,
	  .id = 2,
	  .serial = 2,
	  .sock_stat = { .total = INT64_C(1) << 51 },
	  .kmem_stat = { .total = (INT64_C(1) << 51) - 1 },
	  .refs = 1 },
	{ .name = "t",
	  .parent = 0,
	  .id = 3,
	  .serial = 1,
	  .sock_stat = { .total = (INT64_C(1) << 51) - 1, .pending = 1 },
	  .kmem_stat = { .total = (INT64_C(1) << 52) + 1 },
	  .refs = 1 },
};

/* Times 4096 these wrap to small figures. */
static const struct k61_group huge_counters[] = {
	K61_ROOT_GROUP,
	{ .name = "h",
	  .parent = 0,
	  .id = 2,
	  .serial = 2,
	  .memory = INT64_C(1) << 52,
	  .memsw = (INT64_C(1) << 52) + 3,
	  .kmem = (INT64_C(1) << 52) + 1,
	  .tcpmem = (INT64_C(1) << 53) + 1,
	  .is_listed = true,
	  .memcg_name = "h",
	  .refs = 1 },
};

/* Parts of a statistic that have not met yet may come out below zero: the kernel shows 0. */
static const struct k61_group negative_stats[] = {
	K61_ROOT_GROUP,
	{ .name = "n",
	  .parent = 0,
	  .id = 2,
	  .serial = 2,
	  .sock_stat = { .total = 3, .state = { -10, 2 } },
	  .kmem_stat = { .total = -1, .pending = 2 },
	  .refs = 1 },
};

/* With the facility: newest first on the list, as in the table. */
static const struct k61_group facility[] = {
	K61_ROOT_GROUP,
	{ .name = "live0",
	  .parent = 0,
	  .flags = K61_ONLINE,
	  .id = 2,
	  .serial = 2,
	  .ref_mode = K61_REF_PERCPU },
	{ .name = "live1",
	  .parent = 0,
	  .flags = K61_ONLINE,
	  .id = 3,
	  .serial = 3,
	  .ref_mode = K61_REF_PERCPU,
	  .nr_listeners = 1,
	  .move_charge = 1 },
	{ .name = "live2",
	  .parent = 0,
	  .flags = K61_ONLINE,
	  .id = 4,
	  .serial = 4,
	  .ref_mode = K61_REF_PERCPU,
	  .nr_listeners = 2,
	  .move_charge = 3 },
	{ .name = "listed",
	  .parent = 0,
	  .id = 5,
	  .serial = 8,
	  .is_listed = true,
	  .memcg_name = "listed" },
	{ .name = "unlisted", .parent = 0, .id = 6, .serial = 6, .move_charge = 2 },
	{ .name = "late",
	  .parent = 0,
	  .flags = K61_ONLINE,
	  .id = 7,
	  .serial = 7,
	  .is_listed = true,
	  .memcg_name = "late",
	  .ref_mode = K61_REF_PERCPU },
	{ .name = "killed",
	  .parent = 0,
	  .flags = K61_ONLINE | K61_DYING,
	  .id = 8,
	  .serial = 9,
	  .nr_listeners = 1,
	  .move_charge = 9 },
};

/* The directory exists, its memory controller was disabled; kernel memory was reparented. */
static const struct k61_group disabled[] = {
	K61_ROOT_GROUP,
	{ .name = "d",
	  .parent = 0,
	  .is_cgroup_online = true,
	  .id = 2,
	  .serial = 2,
	  .kmem = 3,
	  .memory = 3,
	  .memsw = 3,
	  .refs = 1 },
};

#define A_51 "255-bytes-are-the-longest-name-that-a-directory-has"
#define A_255 A_51 A_51 A_51 A_51 A_51
static const struct k61_group longest_names[] = {
	K61_ROOT_GROUP,
	{ .name = A_255, .parent = 0, .flags = K61_ONLINE, .id = 2, .ref_mode = K61_REF_PERCPU },
	{ .name = A_255, .parent = 1, .id = 3, .serial = 2 },
	{ .name = A_255 "x", .parent = 1, .id = 4, .serial = 1 },
};

/* ---- damage ---- */

static void lose_parent_node(struct fake_target *fake)
{
	fake_hole_page(fake, k61_node(1));
}

static void lose_parent_name(struct fake_target *fake)
{
	fake_hole_page(fake, k61_name(1));
}

static void lose_own_node(struct fake_target *fake)
{
	fake_hole_page(fake, k61_node(2));
}

static void lose_own_cgroup(struct fake_target *fake)
{
	fake_hole_page(fake, k61_cgroup(2));
}

static void clear_own_node(struct fake_target *fake)
{
	fake_put(fake, k61_cgroup(2), M(cgroup, kn), 0);
}

static void clear_own_name(struct fake_target *fake)
{
	fake_put(fake, k61_node(2), M(kernfs_node, name), 0);
}

static void loop_parents(struct fake_target *fake)
{
	fake_put(fake, k61_node(2), M(kernfs_node, parent), k61_node(2));
}

static void lose_stats_of_c(struct fake_target *fake)
{
	fake_hole_page(fake, k61_vmstats_percpu(3, 1));
}

static void lose_total_of_b(struct fake_target *fake)
{
	fake_hole(fake, k61_vmstats(2), 400);
}

static void lose_possible_mask(struct fake_target *fake)
{
	fake_hole(fake, fake_value(fake, SYM(__cpu_possible_mask)), 8);
}

static void lose_hierarchy(struct fake_target *fake)
{
	fake_hole_page(fake, k61_cgroup(0));
}

static void add_stats_index(struct fake_target *fake)
{
	static const struct fake_row rows[] = { FAKE_SYMBOL(mem_cgroup_stats_index, 0x1000) };

	fake_learn(fake, FAKE_ROWS(rows));
}

static void shorten_stats(struct fake_target *fake)
{
	static const struct fake_row rows[] = {
		FAKE_MEMBER(memcg_vmstats, state, 0, 45 * 8),
		FAKE_MEMBER(memcg_vmstats_percpu, state, 0, 45 * 8),
	};

	fake_learn(fake, FAKE_ROWS(rows));
}

static void forget_kmem_item(struct fake_target *fake)
{
	fake_forget(fake, ENUM(MEMCG_KMEM));
}

/* Before 6.1 the statistics are part of the memcg. */
static void embed_stats(struct fake_target *fake)
{
	static const struct fake_row rows[] = {
		FAKE_MEMBER(mem_cgroup, vmstats, 2048, 1424),
	};
	uint64_t stats = k61_memcg(4) + 2048;

	fake_learn(fake, FAKE_ROWS(rows));
	fake_u64(fake, stats + 44 * 8, 70);
	fake_u64(fake, stats + 1024 + 44 * 8, 3);
}

static void lose_listed_memcg(struct fake_target *fake)
{
	fake_hole_page(fake, k61_memcg(4));
}

static void forget_swap(struct fake_target *fake)
{
	fake_forget(fake, SYM(swap_cgroup_ctrl));
}

static void forget_legacy_counters(struct fake_target *fake)
{
	static const enum mcd_layout_id lost[] = {
		M(mem_cgroup, kmem),
		M(mem_cgroup, tcpmem),
		M(mem_cgroup, memsw),
		M(mem_cgroup, oom_notify),
		M(mem_cgroup, move_charge_at_immigrate),
	};

	for (size_t i = 0; i < ARRAY_SIZE(lost); i++)
		fake_forget(fake, lost[i]);
}

static void make_memory_negative(struct fake_target *fake)
{
	fake_put_in(fake, k61_memcg(2), M(mem_cgroup, memory), M(page_counter, usage), UINT64_MAX);
}

static void lose_dead_memcg(struct fake_target *fake)
{
	fake_hole_page(fake, k61_memcg(3));
}

/* The listed group is on no list of children any more. */
static void unlink_listed(struct fake_target *fake)
{
	fake_u64(fake, k61_sibling(3), k61_sibling(5));
	fake_u64(fake, k61_sibling(5) + 8, k61_sibling(3));
}

static void lose_listeners(struct fake_target *fake)
{
	fake_u64(fake, fake_at(fake, k61_memcg(3), M(mem_cgroup, oom_notify)), 0xdead000000000003);
}

/* ---- cases ---- */

#define LINES(swap, tcp, kmem) \
	":\n\t" swap " swap bytes\n\t" tcp " tcp bytes\n\t" kmem " kmem bytes\n"

static const struct report_case cases[] = {
	{ .name = "v1: default",
	  GROUPS(v1),
	  .words = "",
	  .report =
		  "/system.slice/cron.service" LINES("0", "0", "0") "/system.slice/released" LINES(
			  "0", "0",
			  "0") "/a b\\n" LINES("0", "0",
					       "0") "/system.slice/cron.service" LINES("8192",
										       "4096",
										       "8192") },
	{ .name = "v1: the kernel's form",
	  GROUPS(v1),
	  .words = "-k",
	  .report = "/system.slice/cron.service:\n\t0 swap bytes\n\t0 tcp bytes\n\t0 kmem bytes"
		    "/system.slice/released:\n\t0 swap bytes\n\t0 tcp bytes\n\t0 kmem bytes"
		    "/a b\n:\n\t0 swap bytes\n\t0 tcp bytes\n\t0 kmem bytes"
		    "/system.slice/cron.service" LINES("8192", "4096", "8192") },
	{ .name = "v1: list",
	  GROUPS(v1),
	  .words = "-l",
	  .report = "MEM_CGROUP           ID  REFS  MEMORY  SWAP  KMEM   TCP  STATE     PATH\n"
		    "ffff888004104000  65535     6   28672     0     0     0  offline   "
		    "/system.slice/cron.service\n"
		    "ffff888004106000      8     0       0     0     0     0  released  "
		    "/system.slice/released\n"
		    "ffff888004103000      6     5   20480     0     0     0  offline   /a b\\n\n"
		    "ffff888004102000      5    13   40960  8192  8192  4096  offline   "
		    "/system.slice/cron.service\n" },
	{ .name = "v1: everything",
	  GROUPS(v1),
	  .words = "--list --all",
	  .report = "MEM_CGROUP           ID  REFS    MEMORY   SWAP   KMEM    TCP  STATE     PATH\n"
		    "ffff888004104000  65535     6     28672      0      0      0  offline   "
		    "/system.slice/cron.service\n"
		    "ffff888004106000      8     0         0      0      0      0  released  "
		    "/system.slice/released\n"
		    "ffff888004103000      6     5     20480      0      0      0  offline   /a "
		    "b\\n\n"
		    "ffff888004102000      5    13     40960   8192   8192   4096  offline   "
		    "/system.slice/cron.service\n"
		    "ffff888004100000      1   n/a  20480000      0      0      0  online    /\n"
		    "ffff888004101000      2     7    409600  81920  40960  12288  online    "
		    "/system.slice\n"
		    "ffff888004105000      7     2      4096      0      0      0  dying     "
		    "/dying\n" },
	{ .name = "v1: corpses share a path",
	  GROUPS(v1),
	  .words = "/system.slice/cron.service",
	  .report = "/system.slice/cron.service" LINES(
		  "0", "0", "0") "/system.slice/cron.service" LINES("8192", "4096", "8192") },
	{ .name = "v1: a live group is shown when asked for",
	  GROUPS(v1),
	  .words = "-m 2 0xffff888004105000 /",
	  .report = "/" LINES("0", "0", "0") "/system.slice" LINES(
		  "81920", "12288", "40960") "/dying" LINES("0", "0", "0") },
	{ .name = "v1: views in a row",
	  GROUPS(no_swap_accounting),
	  .words = "-l -n 1",
	  .report = "MEM_CGROUP        ID  REFS  MEMORY  SWAP  KMEM  TCP  STATE    PATH\n"
		    "ffff888004102000   3     3       0     0     0    0  offline  /b\n"
		    "(1 of 2 shown)\n" },
	{ .name = "v1: swap accounting off",
	  GROUPS(no_swap_accounting),
	  .words = "",
	  .report = "/b" LINES("0", "0", "0") "/a" LINES("n/a", "0", "0") },
	{ .name = "v1: without MEMCG_SWAP",
	  GROUPS(v1),
	  .damage = forget_swap,
	  .words = "5",
	  .report = "/system.slice/cron.service:\n\t4096 tcp bytes\n\t8192 kmem bytes\n" },
	{ .name = "v1: a counter below zero",
	  GROUPS(v1),
	  .damage = make_memory_negative,
	  .words = "-l 5",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report =
		  "MEM_CGROUP        ID  REFS      MEMORY        SWAP  KMEM   TCP  STATE    PATH\n"
		  "ffff888004102000   5    13  unreadable  unreadable  8192  4096  offline  "
		  "/system.slice/cron.service\n" },
	{ .name = "v1: counters too large, default",
	  GROUPS(huge_counters),
	  .words = "",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "/h" LINES("unreadable", "unreadable", "unreadable") },
	{ .name = "v1: counters too large, list",
	  GROUPS(huge_counters),
	  .words = "-l",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "MEM_CGROUP        ID  REFS      MEMORY        SWAP        KMEM         TCP  "
		    "STATE    PATH\n"
		    "ffff888004101000   2     1  unreadable  unreadable  unreadable  unreadable  "
		    "offline  /h\n" },
	{ .name = "v1: counters too large, the kernel's form without its arithmetic",
	  GROUPS(huge_counters),
	  .words = "-k",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "/h" LINES("unreadable", "unreadable", "unreadable") },

	/* configurations */
	{ .name = "no MEMCG_KMEM: default",
	  .config = { .lacks_kmem = true },
	  GROUPS(v1),
	  .words = "5",
	  .report = "/system.slice/cron.service:\n\t8192 swap bytes\n\t4096 tcp bytes\n" },
	{ .name = "no MEMCG_KMEM: the kernel's form",
	  .config = { .lacks_kmem = true },
	  GROUPS(v1),
	  .words = "-k 5",
	  .report = "/system.slice/cron.service:\n\t8192 swap bytes\n\t4096 tcp bytes\n" },
	{ .name = "no MEMCG_KMEM: list",
	  .config = { .lacks_kmem = true },
	  GROUPS(v1),
	  .words = "-l 5",
	  .report = "MEM_CGROUP        ID  REFS  MEMORY  SWAP  KMEM   TCP  STATE    PATH\n"
		    "ffff888004102000   5    13   40960  8192   n/a  4096  offline  "
		    "/system.slice/cron.service\n" },
	{ .name = "no MEMCG_KMEM: unified hierarchy",
	  .config = { .is_v2 = true, .lacks_kmem = true },
	  GROUPS(v2),
	  .words = "5",
	  .report = "/a/b:\n\t12288 swap bytes\n\t8015872 tcp bytes\n" },
	{ .name = "no INET: default",
	  .config = { .lacks_inet = true },
	  GROUPS(v1),
	  .words = "5",
	  .report = "/system.slice/cron.service:\n\t8192 swap bytes\n\t8192 kmem bytes\n" },
	{ .name = "no INET: the kernel's form",
	  .config = { .lacks_inet = true },
	  GROUPS(v1),
	  .words = "-k 5",
	  .report = "/system.slice/cron.service:\n\t8192 swap bytes\n\t8192 kmem bytes\n" },
	{ .name = "no INET: list",
	  .config = { .lacks_inet = true },
	  GROUPS(v1),
	  .words = "-l 5",
	  .report = "MEM_CGROUP        ID  REFS  MEMORY  SWAP  KMEM  TCP  STATE    PATH\n"
		    "ffff888004102000   5    13   40960  8192  8192  n/a  offline  "
		    "/system.slice/cron.service\n" },
	{ .name = "no INET: unified hierarchy",
	  .config = { .is_v2 = true, .lacks_inet = true },
	  GROUPS(v2),
	  .words = "5",
	  .report = "/a/b:\n\t12288 swap bytes\n\t20480 kmem bytes\n" },
	{ .name = "no INET, no MEMCG_KMEM: the kernel's form",
	  .config = { .lacks_kmem = true, .lacks_inet = true },
	  GROUPS(v1),
	  .words = "-k 5",
	  .report = "/system.slice/cron.service:\n\t8192 swap bytes\n" },

	/* names */
	{ .name = "names: __parent",
	  .config = { .has_new_parent = true },
	  GROUPS(v1),
	  .words = "5",
	  .report = "/system.slice/cron.service" LINES("8192", "4096", "8192") },
	{ .name = "names: an ancestor's node missing",
	  GROUPS(v1),
	  .damage = lose_parent_node,
	  .words = "5",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "?/cron.service" LINES("8192", "4096", "8192") },
	{ .name = "names: an ancestor's name missing",
	  GROUPS(v1),
	  .damage = lose_parent_name,
	  .words = "5",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "?/cron.service" LINES("8192", "4096", "8192") },
	{ .name = "names: own node missing",
	  GROUPS(v1),
	  .damage = lose_own_node,
	  .words = "5",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "ffff888004102000 (name unreadable)" LINES("8192", "4096", "8192") },
	{ .name = "names: own node missing, the kernel's form",
	  GROUPS(v1),
	  .damage = lose_own_node,
	  .words = "-k 5",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "(unreadable)" LINES("8192", "4096", "8192") },
	{ .name = "names: own cgroup missing",
	  GROUPS(v1),
	  .damage = lose_own_cgroup,
	  .words = "5",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "ffff888004102000 (name unreadable)" LINES("8192", "4096", "8192") },
	{ .name = "names: node NULL",
	  GROUPS(v1),
	  .damage = clear_own_node,
	  .words = "5",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "ffff888004102000 (name unreadable)" LINES("8192", "4096", "8192") },
	{ .name = "names: name NULL",
	  GROUPS(v1),
	  .damage = clear_own_name,
	  .words = "5",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "ffff888004102000 (name unreadable)" LINES("8192", "4096", "8192") },
	{ .name = "names: 255 bytes, and one more",
	  GROUPS(longest_names),
	  .words = "",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "/" A_255 "/" A_255 LINES(
		  "0", "0", "0") "ffff888004103000 (name unreadable)" LINES("0", "0", "0") },

	/* the unified hierarchy */
	{ .name = "v2: default",
	  .config = { .is_v2 = true },
	  GROUPS(v2),
	  .words = "",
	  .report = "/d" LINES("0", "20480", "0") "/a/b/c" LINES("0", "40960", "0") "/a/b" LINES(
		  "12288", "8015872", "20480") },
	{ .name = "v2: the kernel's form",
	  .config = { .is_v2 = true },
	  GROUPS(v2),
	  .words = "-k",
	  .report = "/d:\n\t0 swap bytes\n\t20480 tcp bytes\n\t0 kmem bytes"
		    "/a/b/c:\n\t0 swap bytes\n\t40960 tcp bytes\n\t0 kmem bytes"
		    "/a/b" LINES("12288", "8015872", "20480") },
	{ .name = "v2: hierarchical statistics of a live group",
	  .config = { .is_v2 = true },
	  GROUPS(v2),
	  .words = "/a",
	  .report = "/a" LINES("16384", "8429568", "495616") },
	{ .name = "v2: a descendant's per-cpu page missing",
	  .config = { .is_v2 = true },
	  GROUPS(v2),
	  .damage = lose_stats_of_c,
	  .words = "",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "/d" LINES("0", "20480", "0") "/a/b/c" LINES(
		  "0", "unreadable", "unreadable") "/a/b" LINES("12288", "unreadable",
								"unreadable") },
	{ .name = "v2: a total missing",
	  .config = { .is_v2 = true },
	  GROUPS(v2),
	  .damage = lose_total_of_b,
	  .words = "",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "/d" LINES("0", "20480", "0") "/a/b/c" LINES("0", "40960", "0") "/a/b" LINES(
		  "12288", "unreadable", "unreadable") },
	{ .name = "v2: the mask of possible cpus missing",
	  .config = { .is_v2 = true },
	  GROUPS(v2),
	  .damage = lose_possible_mask,
	  .words = "",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "/d" LINES("0", "20480", "0") "/a/b/c" LINES(
		  "0", "unreadable", "unreadable") "/a/b" LINES("12288", "unreadable",
								"unreadable") },
	{ .name = "v2: statistics below zero",
	  .config = { .is_v2 = true },
	  GROUPS(negative_stats),
	  .words = "",
	  .report = "/n" LINES("0", "0", "4096") },
	{ .name = "v2: statistics of the smallest number",
	  .config = { .is_v2 = true },
	  GROUPS(smallest_stats),
	  .words = "",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "/s" LINES("0", "20480", "0") "/t" LINES("0", "unreadable", "0") },
	{ .name = "v2: statistics too large",
	  .config = { .is_v2 = true },
	  GROUPS(huge_stats),
	  .words = "",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "/s" LINES("0", "unreadable",
			       "9223372036854771712") "/t" LINES("0", "unreadable", "unreadable") },
	{ .name = "v2: statistics too large, the kernel's form",
	  .config = { .is_v2 = true },
	  GROUPS(huge_stats),
	  .words = "-k 3",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "/t" LINES("0", "unreadable", "unreadable") },
	{ .name = "v2: counters too large",
	  .config = { .is_v2 = true },
	  GROUPS(huge_counters),
	  .words = "-l",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report =
		  "MEM_CGROUP        ID  REFS      MEMORY        SWAP  KMEM  TCP  STATE    PATH\n"
		  "ffff888004101000   2     1  unreadable  unreadable     0    0  offline  /h\n" },
	{ .name = "v2: statistics behind an index table",
	  .config = { .is_v2 = true },
	  GROUPS(v2),
	  .damage = add_stats_index,
	  .words = "5",
	  .report = "/a/b" LINES("12288", "n/a", "n/a") },
	{ .name = "v2: an item beyond the array",
	  .config = { .is_v2 = true },
	  GROUPS(v2),
	  .damage = shorten_stats,
	  .words = "5",
	  .report = "/a/b" LINES("12288", "8015872", "n/a") },
	{ .name = "v2: no item for kernel memory",
	  .config = { .is_v2 = true },
	  GROUPS(v2),
	  .damage = forget_kmem_item,
	  .words = "5",
	  .report = "/a/b" LINES("12288", "8015872", "n/a") },
	{ .name = "v2: statistics embedded in the memcg",
	  .config = { .is_v2 = true },
	  GROUPS(v2),
	  .damage = embed_stats,
	  .words = "7",
	  .report = "/d" LINES("0", "299008", "0") },
	{ .name = "v2: without the legacy hierarchy's counters",
	  .config = { .is_v2 = true },
	  GROUPS(v2),
	  .damage = forget_legacy_counters,
	  .words = "5",
	  .report = "/a/b" LINES("12288", "8015872", "20480") },
	{ .name = "v2: a group's page missing",
	  .config = { .is_v2 = true },
	  GROUPS(v2),
	  .damage = lose_dead_memcg,
	  .words = "-l",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "MEM_CGROUP                ID        REFS      MEMORY        SWAP        KMEM"
		    "         TCP  STATE       PATH\n"
		    "ffff888004104000           7           1       28672           0           0"
		    "       20480  offline     /d\n"
		    "ffff888004102000           5           8     8007680       12288  unreadable"
		    "  unreadable  offline     /a/b\n"
		    "ffff888004103000  unreadable  unreadable  unreadable  unreadable  unreadable"
		    "  unreadable  unreadable  ffff888004103000 (name unreadable)\n" },

	/* with the facility */
	{ .name = "facility: the list first, then the tree",
	  .config = { .has_facility = true },
	  GROUPS(facility),
	  .words = "-l -a",
	  .report = "MEM_CGROUP        ID  REFS    MEMORY  SWAP  KMEM  TCP  STATE    PATH\n"
		    "ffff888004104000   5     0         0     0     0    0  offline  /listed\n"
		    "ffff888004106000   7     0         0     0     0    0  online   /late\n"
		    "ffff888004105000   6     0         0     0     0    0  offline  /unlisted\n"
		    "ffff888004100000   1   n/a  20480000     0     0    0  online   /\n"
		    "ffff888004101000   2     0         0     0     0    0  online   /live0\n"
		    "ffff888004102000   3     0         0     0     0    0  online   /live1\n"
		    "ffff888004103000   4     0         0     0     0    0  online   /live2\n"
		    "ffff888004107000   8     0         0     0     0    0  dying    /killed\n" },
	{ .name = "facility: what exists but is not listed is no part of the kernel's file",
	  .config = { .has_facility = true },
	  GROUPS(facility),
	  .words = "-k /unlisted /live0",
	  .report = "" },
	{ .name = "facility: counters too large, default",
	  .config = { .has_facility = true, .lacks_inet = true },
	  GROUPS(huge_counters),
	  .words = "",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "h:\n\tunreadable swap bytes\n\tunreadable kmem bytes\n" },
	{ .name = "facility: counters too large wrap in the kernel's file",
	  .config = { .has_facility = true, .lacks_inet = true },
	  GROUPS(huge_counters),
	  .words = "-k",
	  .report = "h:\n\t8192 swap bytes\n\t4096 kmem bytes\n" },
};

static void reports(void **state)
{
	const struct report_case *this_case = *state;
	struct fake_target fake;

	k61_init(&fake, &this_case->config, this_case->groups, this_case->nr);
	if (this_case->damage)
		this_case->damage(&fake);
	assert_report(&fake, this_case->words, this_case->outcome, this_case->report);
	fake_exit(&fake);
}

/* ---- unions ---- */

static const struct report_case unions_cases[] = {
	{ .name = "unions: live, no listener",
	  .config = { .has_facility = true },
	  GROUPS(facility),
	  .words = "-u /live0",
	  .report = "ffff888004101000 /live0\n"
		    "  state: online\n"
		    "  seen by: tree\n"
		    "  flags: none\n"
		    "  oom_notify: next ffff8880041014e0, prev ffff8880041014e0, listeners 0\n"
		    "  move_charge_at_immigrate: 0 (none)\n"
		    "  memsw: 0 bytes\n" },
	{ .name = "unions: live, one listener",
	  .config = { .has_facility = true },
	  GROUPS(facility),
	  .words = "-u /live1",
	  .report = "ffff888004102000 /live1\n"
		    "  state: online\n"
		    "  seen by: tree\n"
		    "  flags: none\n"
		    "  oom_notify: next ffff888004802000, prev ffff888004802000, listeners 1\n"
		    "  move_charge_at_immigrate: 1 (anon)\n"
		    "  memsw: 0 bytes\n" },
	{ .name = "unions: live, two listeners",
	  .config = { .has_facility = true },
	  GROUPS(facility),
	  .words = "-u /live2",
	  .report = "ffff888004103000 /live2\n"
		    "  state: online\n"
		    "  seen by: tree\n"
		    "  flags: none\n"
		    "  oom_notify: next ffff888004803000, prev ffff888004803040, listeners 2\n"
		    "  move_charge_at_immigrate: 3 (anon file)\n"
		    "  memsw: 0 bytes\n" },
	{ .name = "unions: dying is live",
	  .config = { .has_facility = true },
	  GROUPS(facility),
	  .words = "-u /killed",
	  .report = "ffff888004107000 /killed\n"
		    "  state: dying\n"
		    "  seen by: tree\n"
		    "  flags: none\n"
		    "  oom_notify: next ffff888004807000, prev ffff888004807000, listeners 1\n"
		    "  move_charge_at_immigrate: 9\n"
		    "  memsw: 0 bytes\n" },
	{ .name = "unions: dead and listed",
	  .config = { .has_facility = true },
	  GROUPS(facility),
	  .words = "-u /listed",
	  .report = "ffff888004104000 /listed\n"
		    "  state: offline\n"
		    "  seen by: list tree\n"
		    "  flags: none\n"
		    "  dead: next ffff8880041064e0, prev ffffffff82a00000\n"
		    "  memcg_name: ffff888004504000 listed\n"
		    "  memsw: 0 bytes\n" },
	{ .name = "unions: dead, not listed",
	  .config = { .has_facility = true },
	  GROUPS(facility),
	  .words = "-u /unlisted",
	  .report = "ffff888004105000 /unlisted\n"
		    "  state: offline\n"
		    "  seen by: tree\n"
		    "  flags: not-on-list\n"
		    "  oom_notify or dead: next ffff8880041054e0, prev ffff8880041054e0\n"
		    "  move_charge_at_immigrate or memcg_name: 2\n"
		    "  memsw: 0 bytes\n" },
	{ .name = "unions: alive and listed",
	  .config = { .has_facility = true },
	  GROUPS(facility),
	  .words = "-u /late",
	  .report = "ffff888004106000 /late\n"
		    "  state: online\n"
		    "  seen by: list tree\n"
		    "  flags: alive-on-list\n"
		    "  oom_notify or dead: next ffffffff82a00000, prev ffff8880041044e0\n"
		    "  move_charge_at_immigrate or memcg_name: ffff888004506000\n"
		    "  memsw: 0 bytes\n" },
	{ .name = "unions: listed, not in the tree",
	  .config = { .has_facility = true },
	  GROUPS(facility),
	  .damage = unlink_listed,
	  .words = "-u 5",
	  .report = "ffff888004104000 /listed\n"
		    "  state: offline\n"
		    "  seen by: list\n"
		    "  flags: not-in-tree\n"
		    "  dead: next ffff8880041064e0, prev ffffffff82a00000\n"
		    "  memcg_name: ffff888004504000 listed\n"
		    "  memsw: 0 bytes\n" },
	{ .name = "unions: damaged list of listeners",
	  .config = { .has_facility = true },
	  GROUPS(facility),
	  .damage = lose_listeners,
	  .words = "-u /live2",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "ffff888004103000 /live2\n"
		    "  state: online\n"
		    "  seen by: tree\n"
		    "  flags: none\n"
		    "  oom_notify: next dead000000000003, prev ffff888004803040, listeners 2\n"
		    "  move_charge_at_immigrate: 3 (anon file)\n"
		    "  memsw: 0 bytes\n" },
	{ .name = "unions: without the facility the bytes keep their meaning",
	  GROUPS(facility),
	  .words = "-u /unlisted",
	  .report = "ffff888004105000 /unlisted\n"
		    "  state: offline\n"
		    "  seen by: tree\n"
		    "  flags: none\n"
		    "  oom_notify: next ffff8880041054e0, prev ffff8880041054e0, listeners 0\n"
		    "  move_charge_at_immigrate: 2 (file)\n"
		    "  memsw: 0 bytes\n" },
	{ .name = "unions: without the facility the bytes keep their meaning, even unread",
	  GROUPS(facility),
	  .damage = lose_listed_memcg,
	  .words = "-u ffff888004104000",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "ffff888004104000 ffff888004104000 (name unreadable)\n"
		    "  state: unreadable\n"
		    "  seen by: tree\n"
		    "  flags: none\n"
		    "  oom_notify: next unreadable, prev unreadable, listeners unreadable\n"
		    "  move_charge_at_immigrate: unreadable\n"
		    "  memsw: unreadable bytes\n" },
	{ .name = "unions: counters too large",
	  GROUPS(huge_counters),
	  .words = "-u",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "ffff888004101000 /h\n"
		    "  state: offline\n"
		    "  seen by: tree\n"
		    "  flags: none\n"
		    "  oom_notify: next ffff8880041014e0, prev ffff8880041014e0, listeners 0\n"
		    "  move_charge_at_immigrate: 0 (none)\n"
		    "  memsw: unreadable bytes\n" },
	{ .name = "unions: directory there, kernel memory reparented",
	  GROUPS(disabled),
	  .words = "-u",
	  .report = "ffff888004101000 /d\n"
		    "  state: offline\n"
		    "  seen by: tree\n"
		    "  flags: kmem-reparented cgroup-online\n"
		    "  oom_notify: next ffff8880041014e0, prev ffff8880041014e0, listeners 0\n"
		    "  move_charge_at_immigrate: 0 (none)\n"
		    "  memsw: 12288 bytes\n" },
	{ .name = "unions: partial path, swap of the unified hierarchy",
	  .config = { .is_v2 = true },
	  GROUPS(v2),
	  .damage = lose_parent_name,
	  .words = "-u 5",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "ffff888004102000 ?/b\n"
		    "  state: offline\n"
		    "  seen by: tree\n"
		    "  flags: kmem-reparented path-partial\n"
		    "  oom_notify: next ffff8880041024e0, prev ffff8880041024e0, listeners 0\n"
		    "  move_charge_at_immigrate: 0 (none)\n"
		    "  swap: 12288 bytes\n" },
	{ .name = "unions: a kernel without them",
	  .config = { .is_v2 = true },
	  GROUPS(v2),
	  .damage = forget_legacy_counters,
	  .words = "-u 6",
	  .report = "ffff888004103000 /a/b/c\n"
		    "  state: offline\n"
		    "  seen by: tree\n"
		    "  flags: none\n"
		    "  swap: 0 bytes\n" },
	{ .name = "unions: kernel memory of a live group is its own",
	  GROUPS(v1),
	  .words = "-u 2",
	  .report = "ffff888004101000 /system.slice\n"
		    "  state: online\n"
		    "  seen by: tree\n"
		    "  flags: none\n"
		    "  oom_notify: next ffff8880041014e0, prev ffff8880041014e0, listeners 0\n"
		    "  move_charge_at_immigrate: 0 (none)\n"
		    "  memsw: 491520 bytes\n" },
	{ .name = "unions: the root",
	  .config = { .has_facility = true },
	  GROUPS(facility),
	  .words = "-u /",
	  .report = "ffff888004100000 /\n"
		    "  state: online\n"
		    "  seen by: tree root\n"
		    "  flags: none\n"
		    "  oom_notify: next ffff8880041004e0, prev ffff8880041004e0, listeners 0\n"
		    "  move_charge_at_immigrate: 0 (none)\n"
		    "  memsw: 20480000 bytes\n" },
};

static void shows_unions(void **state)
{
	static struct run_result result;
	const struct report_case *this_case = *state;
	struct fake_target fake;

	k61_init(&fake, &this_case->config, this_case->groups, this_case->nr);
	if (this_case->damage)
		this_case->damage(&fake);
	run_command(&fake, this_case->words, &result);
	assert_string_equal(unions_rows(result.out.text), this_case->report);
	assert_int_equal(result.outcome, this_case->outcome);
	fake_exit(&fake);
}

/* ---- what does not fit a table ---- */

/* A node that is its own parent: it is told once, and that there is no more. */
static void a_loop_of_parents_ends(void **state)
{
	static struct run_result result;
	const struct k61_config config = { .is_v2 = false };
	struct fake_target fake;
	size_t nr = 0;

	(void)state;
	k61_init(&fake, &config, v1, ARRAY_SIZE(v1));
	loop_parents(&fake);
	run_command(&fake, "-u 5", &result);
	for (const char *at = result.out.text; (at = strstr(at, "/cron.service")); at++)
		nr++;
	assert_int_equal(nr, 1);
	assert_non_null(strstr(result.out.text, "ffff888004102000 ?/cron.service\n"));
	assert_non_null(strstr(result.out.text, " path-partial\n"));
	fake_exit(&fake);
}

/* Which hierarchy it is decides every figure: where that cannot be read, the user is told. */
static void an_unreadable_hierarchy_is_said(void **state)
{
	static struct run_result result;
	const struct k61_config config = { .is_v2 = true };
	struct fake_target fake;

	(void)state;
	k61_init(&fake, &config, v2, ARRAY_SIZE(v2));
	lose_hierarchy(&fake);
	run_command(&fake, "", &result);
	assert_int_equal(result.outcome, MCD_OUTCOME_PARTIAL);
	assert_true(result.said.used > 0);
	assert_non_null(
		strstr(result.out.text, "/c" LINES("unreadable", "unreadable", "unreadable")));
	fake_exit(&fake);
}

/* One variant of the facility keeps no copy of the name and prints the path. */
static void a_facility_without_names_prints_paths(void **state)
{
	static struct run_result result;
	const struct k61_config config = { .has_facility = true };
	struct fake_target fake;

	(void)state;
	k61_init(&fake, &config, facility, ARRAY_SIZE(facility));
	fake_forget(&fake, M(mem_cgroup, memcg_name));
	run_command(&fake, "-k 5", &result);
	assert_memory_equal(result.out.text, "/listed:\n", 9);
	assert_int_equal(result.outcome, MCD_OUTCOME_COMPLETE);
	fake_exit(&fake);
}

static void damaged_listeners_are_noted_with_their_group(void **state)
{
	static struct run_result result;
	const struct k61_config config = { .has_facility = true };
	struct fake_target fake;

	(void)state;
	k61_init(&fake, &config, facility, ARRAY_SIZE(facility));
	lose_listeners(&fake);
	run_command(&fake, "-u /live2", &result);
	assert_string_equal(result.said.text,
			    "oom_notify of memcg ffff888004103000: damaged after ffff8880041034e0: "
			    "next dead000000000003 cannot be read; 2 entries recovered from the "
			    "other end, nothing is missing\n");
	assert_int_equal(result.outcome, MCD_OUTCOME_PARTIAL);
	fake_exit(&fake);
}

#define UNLISTED(memcg) memcg ": not on the kernel's list, so that -k does not show it\n"

/* The kernel's file holds no more than the list, and a search that asks for more is told. */
static void what_is_not_listed_is_said(void **state)
{
	static const struct {
		const char *words, *said;
	} table[] = {
		{ "-k", "" },
		{ "-k /listed", "" },
		{ "-k /unlisted", UNLISTED("/unlisted") },
		{ "-k /unlisted /listed 2 3", UNLISTED("/unlisted") UNLISTED("2") UNLISTED("3") },
		{ "/unlisted /live0", "" },
	};
	static struct run_result result;
	const struct k61_config config = { .has_facility = true };
	struct fake_target fake;

	(void)state;
	k61_init(&fake, &config, facility, ARRAY_SIZE(facility));
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		run_command(&fake, table[i].words, &result);
		assert_string_equal(result.said.text, table[i].said);
		assert_int_equal(result.outcome, MCD_OUTCOME_COMPLETE);
	}
	fake_exit(&fake);
}

static size_t nr_of(const char *text, const char *part)
{
	size_t nr = 0;

	for (const char *at = text; (at = strstr(at, part)); at++)
		nr++;
	return nr;
}

/* 30 groups, each with a hole where its children are listed: ten of the remarks tell enough. */
static void many_holes_say_little(void **state)
{
	enum { NR = 31 };
	static struct k61_group groups[NR];
	static struct run_result result;
	const struct k61_config config = { .is_v2 = false };
	struct fake_target fake;

	(void)state;
	groups[0] = (struct k61_group)K61_ROOT_GROUP;
	for (size_t i = 1; i < NR; i++)
		groups[i] = (struct k61_group){ .name = "g", .id = (int32_t)i, .serial = i };
	k61_init(&fake, &config, groups, NR);
	for (size_t i = 1; i < NR; i++)
		fake_hole(&fake, k61_children(i), 16);
	run_command(&fake, "-u", &result);
	assert_int_equal(result.outcome, MCD_OUTCOME_PARTIAL);
	assert_int_equal(nr_of(result.said.text, "children of css "), 10);
	assert_non_null(strstr(result.said.text,
			       "children of css ffff88800410a000: no 8 bytes at "
			       "ffff88800410a030\n20 more remarks of the same kinds\n"));
	assert_int_equal(nr_of(result.out.text, "note: children of css "), 10);
	assert_non_null(strstr(result.out.text, "\nnote: 20 more of the same kinds\n\n"));
	assert_int_equal(nr_of(result.out.text, "  state: offline\n"), NR - 1);
	fake_exit(&fake);
}

/* ---- a chain of dead groups, each below the one before ---- */

enum { CHAIN_MAX = 2000, CHAIN_BYTES = 2048 };
#define CHAIN UINT64_C(0xffff888020000000)

static uint64_t chain_memcg(size_t i)
{
	return CHAIN + i * CHAIN_BYTES;
}

/* Group `i` has one page of sockets that no flush has added up yet, and shares what else it can. */
static void put_chain_group(struct fake_target *fake, size_t i, size_t depth, uint64_t serial)
{
	uint64_t memcg = chain_memcg(i),
		 ref = memcg + fake_value(fake, M(cgroup_subsys_state, refcnt));
	const uint64_t child[] = { chain_memcg(i + 1) +
				   fake_value(fake, M(cgroup_subsys_state, sibling)) };

	fake_put(fake, memcg, M(cgroup_subsys_state, cgroup), k61_cgroup(0));
	fake_put(fake, memcg, M(cgroup_subsys_state, serial_nr), serial);
	fake_put(fake, ref, M(percpu_ref, percpu_count_ptr), 3);
	fake_put(fake, ref, M(percpu_ref, data), k61_ref_data(0));
	fake_put(fake, memcg, M(mem_cgroup, vmstats), k61_vmstats(1));
	fake_list(fake, fake_at(fake, memcg, M(mem_cgroup, oom_notify)), NULL, 0);
	fake_list(fake, fake_at(fake, memcg, M(cgroup_subsys_state, children)), child,
		  i + 1 < depth);
}

static void put_chain(struct fake_target *fake, size_t depth, bool is_innermost_first)
{
	const struct k61_config config = { .is_v2 = true };
	const struct k61_group root[] = { K61_ROOT_GROUP };
	const uint64_t first[] = { chain_memcg(0) + 32 };
	uint64_t pending = 8 * UINT64_C(44);

	k61_init(fake, &config, root, 1);
	fake_map(fake, CHAIN, (size_t)CHAIN_MAX * CHAIN_BYTES);
	for (size_t i = 0; i < depth; i++)
		put_chain_group(fake, i, depth, is_innermost_first ? i + 2 : depth - i + 1);
	fake_list(fake, k61_children(0), first, 1);
	pending += fake_at(fake, k61_vmstats(1), M(memcg_vmstats, state_pending));
	fake_u64(fake, pending, 1);
}

/* Reads of a run over the whole chain, each of whose figures must be that of its subtree. */
static uint64_t reads_of_chain(size_t depth, bool is_innermost_first)
{
	struct fake_target fake;
	struct mcd_arena arena;
	struct mcd_world world;
	struct mcd_memcg **order = NULL;
	uint64_t nr_reads = 0;
	size_t nr = 0;

	put_chain(&fake, depth, is_innermost_first);
	mcd_arena_init(&arena, UNIT_ARENA_BYTES);
	mcd_world_init(&world, &fake.target, &arena);
	assert_int_equal(mcd_world_discover(&world), MCD_OK);
	assert_int_equal(mcd_world_order(&world, false, &order, &nr), MCD_OK);
	assert_int_equal(nr, depth);
	for (size_t i = 0; i < nr; i++) {
		size_t below = is_innermost_first ? i + 1 : nr - i;

		assert_int_equal(mcd_world_decode(&world, order[i]), MCD_OK);
		assert_known(order[i]->tcp_bytes, below * FAKE_PAGE_BYTES);
		assert_known(order[i]->kmem_bytes, 0);
	}
	nr_reads = fake.nr_reads;
	mcd_arena_deinit(&arena);
	fake_exit(&fake);
	return nr_reads;
}

/* Twice as many groups cost twice as many reads, whichever end of the chain is asked for first. */
static void nested_statistics_are_linear(void **state)
{
	(void)state;
	for (int is_innermost_first = 0; is_innermost_first < 2; is_innermost_first++) {
		uint64_t half = reads_of_chain(CHAIN_MAX / 2, is_innermost_first);
		uint64_t whole = reads_of_chain(CHAIN_MAX, is_innermost_first);

		assert_in_range(whole, half, half * 22 / 10 - 1);
	}
}

static void views_are_printed_in_a_fixed_order(void **state)
{
	static struct run_result result;
	const struct k61_config config = { .is_v2 = false };
	const char *list = "MEM_CGROUP        ID  REFS  MEMORY  SWAP  KMEM  TCP  STATE    PATH\n"
			   "ffff888004101000   2     3   12288   n/a     0    0  offline  /a\n"
			   "\n"
			   "types: DWARF of vm\\nlinux\n"
			   "kernel: 6.1.0-unit x86_64, build-id "
			   "000102030405060708090a0b0c0d0e0f10111213\n"
			   "hierarchy: v1\nfacility: no\nsources: tree\n"
			   "memory cgroups: 3 in the tree, 2 dangling, 1 online, "
			   "0 dying, 0 unreadable\n"
			   "the kernel counts: nr_dying_descendants n/a, nr_dying_subsys n/a\n"
			   "can pin: swap child\n";
	struct fake_target fake;

	(void)state;
	k61_init(&fake, &config, no_swap_accounting, ARRAY_SIZE(no_swap_accounting));
	run_command(&fake, "-u -l /a", &result);
	assert_memory_equal(result.out.text, list, strlen(list));
	fake_exit(&fake);
}

/* The answers about types outlive a run; nothing is asked twice. */
static void a_second_run_asks_nothing_new(void **state)
{
	static struct run_result first, second;
	const struct k61_config config = { .is_v2 = true };
	struct fake_target fake;
	uint64_t nr_questions = 0;

	(void)state;
	k61_init(&fake, &config, v2, ARRAY_SIZE(v2));
	run_command(&fake, "-l -u -a", &first);
	nr_questions = fake.nr_questions;
	/* of a member that is not there also whether its struct is */
	assert_in_range(nr_questions, MCD_NR_LAYOUT / 2, 2 * MCD_NR_LAYOUT);
	run_command(&fake, "-l -u -a", &second);
	assert_int_equal(fake.nr_questions, nr_questions);
	assert_string_equal(first.out.text, second.out.text);
	fake_exit(&fake);
}

int main(void)
{
	enum { NR = ARRAY_SIZE(cases), NR_UNIONS = ARRAY_SIZE(unions_cases), NR_OTHERS = 9 };
	struct CMUnitTest tests[NR + NR_UNIONS + NR_OTHERS] = {
		cmocka_unit_test(a_loop_of_parents_ends),
		cmocka_unit_test(an_unreadable_hierarchy_is_said),
		cmocka_unit_test(a_facility_without_names_prints_paths),
		cmocka_unit_test(damaged_listeners_are_noted_with_their_group),
		cmocka_unit_test(what_is_not_listed_is_said),
		cmocka_unit_test(many_holes_say_little),
		cmocka_unit_test(nested_statistics_are_linear),
		cmocka_unit_test(views_are_printed_in_a_fixed_order),
		cmocka_unit_test(a_second_run_asks_nothing_new),
	};
	struct CMUnitTest *test = &tests[NR_OTHERS];

	for (size_t i = 0; i < NR; i++)
		*test++ = (struct CMUnitTest){ cases[i].name, reports, NULL, NULL,
					       (void *)&cases[i] };
	for (size_t i = 0; i < NR_UNIONS; i++)
		*test++ = (struct CMUnitTest){ unions_cases[i].name, shows_unions, NULL, NULL,
					       (void *)&unions_cases[i] };
	return cmocka_run_group_tests_name("6.1", tests, NULL, NULL);
}
