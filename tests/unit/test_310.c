// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whole reports of a 3.10 kernel with the facility, of its relatives, and of damaged ones. Each
 * case is a table of groups, what was done to the dump, the command's words and the exact report.
 */
#include <string.h>

#include "kernel_310.h"
#include "unit.h"

struct report_case {
	const char *name;
	struct k310_config config;
	const struct k310_group *groups;
	size_t nr;
	void (*damage)(struct fake_target *fake);
	const char *words;
	enum mcd_outcome outcome;
	const char *report;
};

#define GROUPS(table) .groups = (table), .nr = ARRAY_SIZE(table)

/* ---- groups ---- */

static const struct k310_group names[] = {
	{ .name = "odd kmem (7:x) y", .refcnt = 1, .memsw = 1 },
	{ .name = "new\nline", .refcnt = 1, .memsw = 2 },
	{ .name = "tab\tand \"quotes' \\x2d", .refcnt = 1, .memsw = 3 },
	{ .name = "gr\xc3\xbc\xc3\x9f-\xe2\x82\xac", .refcnt = 1, .memsw = 4 },
	{ .name = "\xff\x1b[31m", .refcnt = 1, .memsw = 5 },
	{ .name = NULL, .refcnt = 1, .memsw = 6 },
};

#define NAME_51 "255-bytes-are-the-longest-name-that-a-directory-has"
#define NAME_255 NAME_51 NAME_51 NAME_51 NAME_51 NAME_51
static const struct k310_group longest_name[] = {
	{ .name = NAME_255, .memsw = 7, .refcnt = 1 },
};

/* User pages that were not moved to the parent yet, and kernel memory beyond memsw. */
static const struct k310_group wraps[] = {
	{ .name = "user",
	  .memsw = 3 << 20,
	  .kmem = 1 << 20,
	  .user = 1 << 20,
	  .refcnt = 2,
	  .has_slab_head = true },
	{ .name = "unaccounted", .memsw = 0, .kmem = 4096, .refcnt = 2, .has_slab_head = true },
};

static const struct k310_group destroyed_counters[] = {
	{ .name = "a", .refcnt = 2, .sockets = 0 },
	{ .name = "b", .refcnt = 2, .sockets = 128, .tcp = 4096 },
	{ .name = "c", .refcnt = 2, .sockets = -3 },
	{ .name = "d", .refcnt = 2, .sockets = -50 },
};

static const struct k310_group being_freed[] = {
	{ .name = "freed", .kmem = 0, .memsw = 8192, .refcnt = 0 },
	{ .name = "kept", .kmem = 0, .memsw = 8192, .refcnt = 1 },
};

static const struct k310_group kernel_stacks[] = {
	{ .name = "stacks",
	  .memsw = 16384,
	  .kmem = 16384,
	  .kmemcg_id = 3,
	  .refcnt = 2,
	  .has_slab_head = true },
};

static const struct k310_group odd_ids[] = {
	{ .name = "minus",
	  .memsw = 4096,
	  .kmem = 4096,
	  .kmemcg_id = -1,
	  .refcnt = 2,
	  .caches = { "dentry(1:minus)" } },
	{ .name = "largest",
	  .memsw = 4096,
	  .kmem = 4096,
	  .kmemcg_id = 65535,
	  .refcnt = 2,
	  .caches = { "dentry(65535:largest)" } },
	{ .name = "huge",
	  .memsw = 4096,
	  .kmem = 4096,
	  .kmemcg_id = 65536,
	  .refcnt = 2,
	  .caches = { "dentry(65536:huge)" } },
};

static const struct k310_group three_caches[] = {
	{ .name = "g",
	  .memsw = 4096,
	  .kmem = 4096,
	  .kmemcg_id = 2,
	  .refcnt = 4,
	  .caches = { "dentry(2:g)", "in ode(2:g)", "TCP(2:g\n)" } },
};

static const struct k310_group alive_on_list[] = {
	{ .name = "late", .memsw = 4096, .refcnt = 2, .is_online = true, .css_id = 4 },
	{ .name = "dead", .memsw = 8192, .refcnt = 2, .css_id = 3 },
};

/* The variant that copies whole paths, each into a page. */
static const struct k310_group paths[] = {
	{ .name = "/a/b", .memsw = 4096, .css_id = 7, .refcnt = 1 },
	{ .name = NULL, .memsw = 6, .refcnt = 1 },
	{ .name = "/bytes\n", .tcp = 4096, .refcnt = 1 },
	{ .name = "/sockets", .sockets = 3, .refcnt = 1 },
	{ .name = "/fewer", .sockets = -3, .refcnt = 1 },
};

/* ---- damage ---- */

static void lose_name_page(struct fake_target *fake)
{
	fake_hole_page(fake, k310_name(0));
}

static void lose_middle_group(struct fake_target *fake)
{
	fake_hole_page(fake, k310_memcg(1));
}

static void lose_first_group(struct fake_target *fake)
{
	fake_hole_page(fake, k310_memcg(0));
}

static void lose_list_head(struct fake_target *fake)
{
	fake_hole_page(fake, K310_LIST);
}

static void lose_root_pointer(struct fake_target *fake)
{
	fake_hole_page(fake, fake_value(fake, SYM(root_mem_cgroup)));
}

static void clear_root_pointer(struct fake_target *fake)
{
	fake_u64(fake, fake_value(fake, SYM(root_mem_cgroup)), 0);
}

static void lose_second_cache(struct fake_target *fake)
{
	fake_hole_page(fake, k310_cache(0, 1));
}

static void clear_second_cache(struct fake_target *fake)
{
	fake_u64(fake, k310_root_params(1) + 8 + 8 * 2, 0);
}

static void lose_second_params(struct fake_target *fake)
{
	fake_hole_page(fake, k310_params(0, 1));
}

static void lose_two_params(struct fake_target *fake)
{
	fake_hole_page(fake, k310_params(0, 1));
	fake_hole_page(fake, k310_params(0, 2));
}

/* The first and the last of four point to freed memory instead of to the two between them. */
static void cut_cache_list(struct fake_target *fake)
{
	uint64_t first = fake_at(fake, k310_params(0, 0), M(memcg_cache_params, list));
	uint64_t last = fake_at(fake, k310_params(0, 3), M(memcg_cache_params, list));

	fake_u64(fake, first, 0xdead000000000100);
	fake_u64(fake, last + 8, 0xdead000000000200);
}

/* A name that begins like a path, but not in a page of its own. */
static void move_names(struct fake_target *fake)
{
	for (size_t i = 0; i < 2; i++) {
		fake_text(fake, k310_name(i) + 8, "/odd");
		fake_put(fake, k310_memcg(i), M(mem_cgroup, memcg_name), k310_name(i) + 8);
	}
}

static void forget_names(struct fake_target *fake)
{
	fake_forget(fake, M(mem_cgroup, memcg_name));
}

static void clear_slab_head(struct fake_target *fake)
{
	uint64_t head = fake_at(fake, k310_memcg(0), M(mem_cgroup, memcg_slab_caches));

	fake_u64(fake, head, 0);
	fake_u64(fake, head + 8, 0);
}

static void lose_slab_head(struct fake_target *fake)
{
	fake_hole(fake, fake_at(fake, k310_memcg(0), M(mem_cgroup, memcg_slab_caches)), 16);
}

static void lose_kmemcg_id(struct fake_target *fake)
{
	fake_hole(fake, fake_at(fake, k310_memcg(0), M(mem_cgroup, kmemcg_id)), 4);
}

static void lose_counters(struct fake_target *fake)
{
	fake_hole(fake, fake_at(fake, k310_memcg(0), M(mem_cgroup, memsw)), 8);
	fake_hole(fake, fake_at(fake, k310_memcg(0), M(mem_cgroup, tcp_mem)) + 56, 8);
	fake_hole(fake, fake_at(fake, k310_memcg(1), M(mem_cgroup, kmem)), 8);
	fake_hole(fake, fake_at(fake, k310_memcg(2), M(mem_cgroup, tcp_mem)) + 112, 40);
}

static void lose_cpu_mask(struct fake_target *fake)
{
	fake_hole(fake, fake_value(fake, SYM(cpu_online_mask)), 8);
}

static void lose_percpu_page(struct fake_target *fake)
{
	fake_hole_page(fake, fake->percpu_offsets[1]);
}

static void make_counters_negative(struct fake_target *fake)
{
	fake_put_in(fake, k310_memcg(0), M(mem_cgroup, kmem), M(res_counter, usage),
		    (uint64_t)-4096);
	fake_put_in(fake, k310_memcg(0), M(mem_cgroup, memsw), M(res_counter, usage), 4096);
}

static void lose_css(struct fake_target *fake)
{
	fake_hole(fake, k310_memcg(1), 64);
}

static void clear_css_id(struct fake_target *fake)
{
	fake_put(fake, k310_memcg(0), M(cgroup_subsys_state, id), 0);
}

static void lose_css_id(struct fake_target *fake)
{
	fake_put(fake, k310_memcg(0), M(cgroup_subsys_state, id), 0x10);
}

/* From 3.13 on tcp_mem is another struct. */
static void forget_tcp_memcontrol(struct fake_target *fake)
{
	fake_forget(fake, M(tcp_memcontrol, tcp_memory_allocated));
	fake_forget(fake, M(tcp_memcontrol, tcp_sockets_allocated));
}

/* Broken at both ends, and the head leads to where a group at address 0 would be linked. */
static void lead_to_address_0(struct fake_target *fake)
{
	fake_u64(fake, K310_LIST, fake_value(fake, M(mem_cgroup, dead)));
	fake_u64(fake, fake_at(fake, k310_memcg(1), M(mem_cgroup, dead)) + 8, 0x8);
}

/* The head points to the last entry, whose back pointer disagrees. */
static void break_list(struct fake_target *fake)
{
	fake_u64(fake, K310_LIST, fake_at(fake, k310_memcg(2), M(mem_cgroup, dead)));
}

/* ---- cases ---- */

#define ALL3_CACHES \
	" in caches radix_tree_node(7:all3) kmalloc-2048(7:all3) TCP(7:all3) dentry(7:all3)\n"
#define ALL3 "all3:\n\t5267456 swap bytes\n\t983040 tcp bytes, in 64 sockets\n\t1142784 kmem bytes"
#define OUTER "outer:\n\t4063232 swap bytes\n\t0 tcp bytes, in 0 sockets\n\t0 kmem bytes"
#define INNER "inner:\n\t4063232 swap bytes\n\t0 tcp bytes, in 0 sockets\n\t0 kmem bytes"

/* The three lines of a group that has nothing but some swap. */
#define SWAP_ONLY(bytes) ":\n\t" bytes " swap bytes\n\t0 tcp bytes, in 0 sockets\n\t0 kmem bytes"

/* The same where the facility has paths, which leaves out that there are no sockets. */
#define SILENT(swap) ":\n\t" swap " swap bytes\n\t0 tcp bytes\n\t0 kmem bytes"

static const struct report_case cases[] = {
	{ .name = "seen: kernel",
	  GROUPS(k310_seen),
	  .words = "-k",
	  .report = ALL3 ALL3_CACHES OUTER INNER },
	{ .name = "seen: default",
	  GROUPS(k310_seen),
	  .words = "",
	  .report = ALL3 ALL3_CACHES OUTER "\n" INNER "\n" },
	{ .name = "seen: list",
	  GROUPS(k310_seen),
	  .words = "-l",
	  .report = "MEM_CGROUP  ID  REFS   MEMORY     SWAP     KMEM     TCP  STATE    PATH\n"
		    "40101000    12  1354  1142784  5267456  1142784  983040  offline  all3\n"
		    "40102000    10   993        0  4063232        0       0  offline  outer\n"
		    "40103000    11   992        0  4063232        0       0  offline  inner\n" },
	{ .name = "seen: the root under -a",
	  GROUPS(k310_seen),
	  .words = "-l -a -n 4",
	  .report = "MEM_CGROUP  ID  REFS   MEMORY     SWAP     KMEM     TCP  STATE    PATH\n"
		    "40101000    12  1354  1142784  5267456  1142784  983040  offline  all3\n"
		    "40102000    10   993        0  4063232        0       0  offline  outer\n"
		    "40103000    11   992        0  4063232        0       0  offline  inner\n"
		    "40100000     1     1        0        0        0       0  online   /\n" },
	{ .name = "seen: limit",
	  GROUPS(k310_seen),
	  .words = "-n 1",
	  .report = ALL3 ALL3_CACHES "(1 of 3 shown)\n" },
	{ .name = "seen: limit of the kernel's file",
	  GROUPS(k310_seen),
	  .words = "-k -n 2",
	  .report = ALL3 ALL3_CACHES OUTER },
	{ .name = "seen: limit 0",
	  GROUPS(k310_seen),
	  .words = "-l -n 0",
	  .report = "(0 of 3 shown)\n" },
	{ .name = "seen: by name",
	  GROUPS(k310_seen),
	  .words = "/inner 40102000",
	  .report = OUTER "\n" INNER "\n" },
	{ .name = "seen: by id, kernel", GROUPS(k310_seen), .words = "-k -m 11", .report = INNER },
	{ .name = "seen: no match",
	  GROUPS(k310_seen),
	  .words = "/inne",
	  .outcome = MCD_OUTCOME_NO_MATCH,
	  .report = "" },
	{ .name = "seen: no match, list",
	  GROUPS(k310_seen),
	  .words = "-l 77",
	  .outcome = MCD_OUTCOME_NO_MATCH,
	  .report = "" },
	{ .name = "seen: what is not listed is no part of the kernel's file",
	  GROUPS(k310_seen),
	  .words = "-k / /inner",
	  .report = INNER },

	{ .name = "3.8: kernel",
	  .config = { .is_38 = true },
	  GROUPS(k310_seen),
	  .words = "-k",
	  .report = ALL3 ALL3_CACHES OUTER INNER },
	{ .name = "3.8: default",
	  .config = { .is_38 = true },
	  GROUPS(k310_seen),
	  .words = "",
	  .report = ALL3 ALL3_CACHES OUTER "\n" INNER "\n" },

	{ .name = "empty: kernel", .words = "-k", .report = "" },
	{ .name = "empty: default", .words = "", .report = "no dangling memory cgroups\n" },
	{ .name = "empty: list", .words = "-l", .report = "no dangling memory cgroups\n" },

	/* names */
	{ .name = "names: kernel writes them raw",
	  GROUPS(names),
	  .words = "-k",
	  .report = "odd kmem (7:x) y" SWAP_ONLY("1") "new\nline" SWAP_ONLY(
		  "2") "tab\tand \"quotes' "
		       "\\x2d" SWAP_ONLY("3") "gr\xc3\xbc\xc3\x9f-\xe2\x82\xac" SWAP_ONLY(
			       "4") "\xff"
				    "\x1b["
				    "31"
				    "m" SWAP_ONLY("5") "(null)" SWAP_ONLY("6") },
	{ .name = "names: default escapes them",
	  GROUPS(names),
	  .words = "",
	  .report = "odd kmem (7:x) y" SWAP_ONLY("1") "\nnew\\nline" SWAP_ONLY(
		  "2") "\ntab\\tand "
		       "\"quotes' "
		       "\\x2d" SWAP_ONLY("3") "\ngr\xc3\xbc\xc3\x9f-\xe2\x82\xac" SWAP_ONLY(
			       "4") "\n"
				    "\\x"
				    "ff"
				    "\\x"
				    "1b["
				    "31"
				    "m" SWAP_ONLY("5") "\n40106000 (name lost)" SWAP_ONLY(
					    "6") "\n" },
	{ .name = "names: escaped and raw ones select",
	  GROUPS(names),
	  .words = "/new\\nline /new\nline /tab\\tand",
	  .outcome = MCD_OUTCOME_NO_MATCH,
	  .report = "new\\nline" SWAP_ONLY("2") "\n" },
	{ .name = "names: 255 bytes, kernel",
	  GROUPS(longest_name),
	  .words = "-k",
	  .report = NAME_255 SWAP_ONLY("7") },
	{ .name = "names: 255 bytes, default",
	  GROUPS(longest_name),
	  .words = "",
	  .report = NAME_255 SWAP_ONLY("7") "\n" },
	{ .name = "names: unreadable, kernel",
	  GROUPS(longest_name),
	  .damage = lose_name_page,
	  .words = "-k",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "(unreadable)" SWAP_ONLY("7") },
	{ .name = "names: unreadable, default",
	  GROUPS(longest_name),
	  .damage = lose_name_page,
	  .words = "",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "40101000 (name unreadable)" SWAP_ONLY("7") "\n" },

	/* the facility with paths */
	{ .name = "paths: kernel",
	  GROUPS(paths),
	  .words = "-k",
	  .report = "/a/b" SILENT("4096") "0000000040102000 (name lost)" SILENT(
		  "6") "/bytes\n:\n\t0 swap bytes\n\t4096 tcp bytes, in 0 sockets\n\t0 kmem bytes"
		       "/sockets:\n\t0 swap bytes\n\t0 tcp bytes, in 3 sockets\n\t0 kmem bytes"
		       "/fewer" SILENT("0") },
	{ .name = "paths: default",
	  GROUPS(paths),
	  .words = "-n 4",
	  .report = "/a/b" SWAP_ONLY("4096") "\n40102000 (name lost)" SWAP_ONLY(
		  "6") "\n/bytes\\n:\n\t0 swap bytes\n\t4096 tcp bytes, in 0 sockets\n"
		       "\t0 kmem bytes\n/sockets:\n\t0 swap bytes\n"
		       "\t0 tcp bytes, in 3 sockets\n\t0 kmem bytes\n(4 of 5 shown)\n" },
	{ .name = "paths: list",
	  GROUPS(paths),
	  .words = "-l -n 2",
	  .report = "MEM_CGROUP  ID  REFS  MEMORY  SWAP  KMEM  TCP  STATE    PATH\n"
		    "40101000     7     1       0  4096     0    0  offline  /a/b\n"
		    "40102000     0     1       0     6     0    0  offline  40102000 (name lost)\n"
		    "(2 of 5 shown)\n" },
	{ .name = "paths: what a destroyed counter sums up to is not silent, kernel",
	  .config = { .garbage = { 20, -3, 1000 } },
	  GROUPS(paths),
	  .words = "-k -n 1",
	  .report = "/a/b:\n\t4096 swap bytes\n\t0 tcp bytes, in 17 sockets\n\t0 kmem bytes" },
	{ .name = "paths: sockets unreadable are not silent, kernel",
	  GROUPS(paths),
	  .damage = lose_cpu_mask,
	  .words = "-k -n 1",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "/a/b:\n\t4096 swap bytes\n\t0 tcp bytes, in unreadable sockets\n"
		    "\t0 kmem bytes" },
	{ .name = "paths: one unreadable, kernel",
	  GROUPS(paths),
	  .damage = lose_name_page,
	  .words = "-k -n 2",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "(unreadable)" SILENT("4096") "0000000040102000 (name lost)" SILENT("6") },
	{ .name = "paths: select",
	  GROUPS(paths),
	  .words = "/a/b /bytes\\n",
	  .report = "/a/b" SWAP_ONLY("4096") "\n/bytes\\n:\n\t0 swap bytes\n"
					     "\t4096 tcp bytes, in 0 sockets\n\t0 kmem bytes\n" },
	{ .name = "paths: select, kernel",
	  GROUPS(paths),
	  .words = "-k -m /a/b",
	  .report = "/a/b" SILENT("4096") },
	{ .name = "paths: the last component alone selects nothing",
	  GROUPS(paths),
	  .words = "/b /a",
	  .outcome = MCD_OUTCOME_NO_MATCH,
	  .report = "" },
	{ .name = "paths: not from a name outside of a page of its own",
	  .groups = paths,
	  .nr = 2,
	  .damage = move_names,
	  .words = "-k",
	  .report = "/odd" SWAP_ONLY("4096") "/odd" SWAP_ONLY("6") },

	/* swap */
	{ .name = "swap: memsw - kmem wraps, kernel",
	  GROUPS(wraps),
	  .words = "-k",
	  .report = "user:\n\t2097152 swap bytes\n\t0 tcp bytes, in 0 sockets\n"
		    "\t1048576 kmem bytes in caches\n"
		    "unaccounted:\n\t18446744073709547520 swap bytes\n"
		    "\t0 tcp bytes, in 0 sockets\n\t4096 kmem bytes in caches\n" },
	{ .name = "swap: what is true, default",
	  GROUPS(wraps),
	  .words = "",
	  .report = "user:\n\t1048576 swap bytes\n\t0 tcp bytes, in 0 sockets\n"
		    "\t1048576 kmem bytes\n"
		    "unaccounted:\n\tn/a swap bytes\n"
		    "\t0 tcp bytes, in 0 sockets\n\t4096 kmem bytes\n" },
	{ .name = "swap: being freed, kernel",
	  GROUPS(being_freed),
	  .words = "-k",
	  .report = "freed" SWAP_ONLY("64") "kept" SWAP_ONLY("8192") },
	{ .name = "swap: being freed, default",
	  GROUPS(being_freed),
	  .words = "",
	  .report = "freed" SWAP_ONLY("n/a") "\nkept" SWAP_ONLY("8192") "\n" },
	{ .name = "swap: being freed, list",
	  GROUPS(being_freed),
	  .words = "-l",
	  .report = "MEM_CGROUP  ID  REFS  MEMORY  SWAP  KMEM  TCP  STATE     PATH\n"
		    "40101000     0     0       0   n/a     0    0  released  freed\n"
		    "40102000     0     1       0  8192     0    0  offline   kept\n" },

	/* sockets */
	{ .name = "sockets: destroyed counters, kernel",
	  .config = { .garbage = { 23, -3, 1000 } },
	  GROUPS(destroyed_counters),
	  .words = "-k",
	  .report = "a:\n\t0 swap bytes\n\t0 tcp bytes, in 20 sockets\n\t0 kmem bytes"
		    "b:\n\t0 swap bytes\n\t4096 tcp bytes, in 148 sockets\n\t0 kmem bytes"
		    "c:\n\t0 swap bytes\n\t0 tcp bytes, in 17 sockets\n\t0 kmem bytes"
		    "d:\n\t0 swap bytes\n\t0 tcp bytes, in 0 sockets\n\t0 kmem bytes" },
	{ .name = "sockets: destroyed counters, default",
	  .config = { .garbage = { 23, -3, 1000 } },
	  GROUPS(destroyed_counters),
	  .words = "",
	  .report = "a:\n\t0 swap bytes\n\t0 tcp bytes, in 0 sockets\n\t0 kmem bytes\n"
		    "b:\n\t0 swap bytes\n\t4096 tcp bytes, in 128 sockets\n\t0 kmem bytes\n"
		    "c:\n\t0 swap bytes\n\t0 tcp bytes, in 0 sockets\n\t0 kmem bytes\n"
		    "d:\n\t0 swap bytes\n\t0 tcp bytes, in 0 sockets\n\t0 kmem bytes\n" },
	{ .name = "sockets: without SMP the count is exact, kernel",
	  .config = { .is_up = true, .garbage = { 23, -3, 1000 } },
	  GROUPS(destroyed_counters),
	  .words = "-k -n 2",
	  .report = "a:\n\t0 swap bytes\n\t0 tcp bytes, in 0 sockets\n\t0 kmem bytes"
		    "b:\n\t0 swap bytes\n\t4096 tcp bytes, in 128 sockets\n\t0 kmem bytes" },
	{ .name = "sockets: cpu mask unreadable, kernel",
	  GROUPS(k310_seen),
	  .damage = lose_cpu_mask,
	  .words = "-k -n 1",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "all3:\n\t5267456 swap bytes\n\t983040 tcp bytes, in unreadable sockets\n"
		    "\t1142784 kmem bytes" ALL3_CACHES },
	{ .name = "sockets: cpu mask unreadable, default",
	  GROUPS(k310_seen),
	  .damage = lose_cpu_mask,
	  .words = "-n 1",
	  .report = ALL3 ALL3_CACHES "(1 of 3 shown)\n" },
	{ .name = "sockets: per-cpu page missing, kernel",
	  GROUPS(destroyed_counters),
	  .damage = lose_percpu_page,
	  .words = "-k -n 1",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "a:\n\t0 swap bytes\n\t0 tcp bytes, in unreadable sockets\n\t0 kmem bytes" },

	/* configurations */
	{ .name = "no MEMCG_KMEM: kernel",
	  .config = { .lacks_kmem = true },
	  GROUPS(k310_seen),
	  .words = "-k",
	  .report = "all3:\n\t6410240 swap bytes\n"
		    "outer:\n\t4063232 swap bytes\n"
		    "inner:\n\t4063232 swap bytes\n" },
	{ .name = "no MEMCG_KMEM: default",
	  .config = { .lacks_kmem = true },
	  GROUPS(destroyed_counters),
	  .words = "-n 2",
	  .report = "a:\n\t0 swap bytes\nb:\n\t0 swap bytes\n(2 of 4 shown)\n" },
	{ .name = "no MEMCG_KMEM: list",
	  .config = { .lacks_kmem = true },
	  GROUPS(destroyed_counters),
	  .words = "-l -n 1",
	  .report = "MEM_CGROUP  ID  REFS  MEMORY  SWAP  KMEM  TCP  STATE    PATH\n"
		    "40101000     0     2       0     0   n/a  n/a  offline  a\n"
		    "(1 of 4 shown)\n" },
	{ .name = "no MEMCG_SWAP: kernel",
	  .config = { .lacks_swap = true },
	  GROUPS(k310_seen),
	  .words = "-k",
	  .report = "all3:\n\t983040 tcp bytes, in 64 sockets\n\t1142784 kmem bytes" ALL3_CACHES
		    "outer:\n\t0 tcp bytes, in 0 sockets\n\t0 kmem bytes"
		    "inner:\n\t0 tcp bytes, in 0 sockets\n\t0 kmem bytes" },
	{ .name = "no MEMCG_SWAP: default",
	  .config = { .lacks_swap = true },
	  GROUPS(k310_seen),
	  .words = "-n 1",
	  .report = "all3:\n\t983040 tcp bytes, in 64 sockets\n\t1142784 kmem bytes" ALL3_CACHES
		    "(1 of 3 shown)\n" },
	{ .name = "no INET: kernel",
	  .config = { .lacks_inet = true },
	  GROUPS(k310_seen),
	  .words = "-k",
	  .report = "all3:\n\t5267456 swap bytes\n\t1142784 kmem bytes" ALL3_CACHES
		    "outer:\n\t4063232 swap bytes\n\t0 kmem bytes"
		    "inner:\n\t4063232 swap bytes\n\t0 kmem bytes" },
	{ .name = "no INET: default",
	  .config = { .lacks_inet = true },
	  GROUPS(k310_seen),
	  .words = "-n 1",
	  .report = "all3:\n\t5267456 swap bytes\n\t1142784 kmem bytes" ALL3_CACHES
		    "(1 of 3 shown)\n" },

	{ .name = "tcp: a form that is not known",
	  GROUPS(k310_seen),
	  .damage = forget_tcp_memcontrol,
	  .words = "-n 1",
	  .report = "all3:\n\t5267456 swap bytes\n\tn/a tcp bytes\n\t1142784 kmem bytes" ALL3_CACHES
		    "(1 of 3 shown)\n" },

	/* slab caches */
	{ .name = "caches: none, kernel",
	  GROUPS(kernel_stacks),
	  .words = "-k",
	  .report = "stacks:\n\t0 swap bytes\n\t0 tcp bytes, in 0 sockets\n"
		    "\t16384 kmem bytes in caches\n" },
	{ .name = "caches: none, default",
	  GROUPS(kernel_stacks),
	  .words = "",
	  .report = "stacks:\n\t0 swap bytes\n\t0 tcp bytes, in 0 sockets\n\t16384 kmem bytes\n" },
	{ .name = "caches: index negative, largest, too large",
	  GROUPS(odd_ids),
	  .words = "",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "minus:\n\t0 swap bytes\n\t0 tcp bytes, in 0 sockets\n"
		    "\t4096 kmem bytes in caches unreadable\n"
		    "largest:\n\t0 swap bytes\n\t0 tcp bytes, in 0 sockets\n"
		    "\t4096 kmem bytes in caches dentry(65535:largest)\n"
		    "huge:\n\t0 swap bytes\n\t0 tcp bytes, in 0 sockets\n"
		    "\t4096 kmem bytes in caches unreadable\n" },
	{ .name = "caches: names raw, kernel",
	  GROUPS(three_caches),
	  .words = "-k",
	  .report = "g:\n\t0 swap bytes\n\t0 tcp bytes, in 0 sockets\n"
		    "\t4096 kmem bytes in caches dentry(2:g) in ode(2:g) TCP(2:g\n)\n" },
	{ .name = "caches: names escaped, default",
	  GROUPS(three_caches),
	  .words = "",
	  .report = "g:\n\t0 swap bytes\n\t0 tcp bytes, in 0 sockets\n"
		    "\t4096 kmem bytes in caches dentry(2:g) in ode(2:g) TCP(2:g\\n)\n" },
	{ .name = "caches: one unreadable, kernel",
	  GROUPS(three_caches),
	  .damage = lose_second_cache,
	  .words = "-k",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "g:\n\t0 swap bytes\n\t0 tcp bytes, in 0 sockets\n"
		    "\t4096 kmem bytes in caches dentry(2:g) (unreadable) TCP(2:g\n)\n" },
	{ .name = "caches: one gone from the root's array, default",
	  GROUPS(three_caches),
	  .damage = clear_second_cache,
	  .words = "",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "g:\n\t0 swap bytes\n\t0 tcp bytes, in 0 sockets\n"
		    "\t4096 kmem bytes in caches dentry(2:g) unreadable TCP(2:g\\n)\n" },
	{ .name = "caches: an entry of the list missing, default",
	  GROUPS(three_caches),
	  .damage = lose_second_params,
	  .words = "",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "g:\n\t0 swap bytes\n\t0 tcp bytes, in 0 sockets\n"
		    "\t4096 kmem bytes in caches dentry(2:g) unreadable TCP(2:g\\n)\n" },
	{ .name = "caches: head never initialised, default",
	  GROUPS(three_caches),
	  .damage = clear_slab_head,
	  .words = "",
	  .report = "g:\n\t0 swap bytes\n\t0 tcp bytes, in 0 sockets\n\t4096 kmem bytes\n" },
	{ .name = "caches: head unreadable, default",
	  GROUPS(three_caches),
	  .damage = lose_slab_head,
	  .words = "",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "g:\n\t0 swap bytes\n\t0 tcp bytes, in 0 sockets\n"
		    "\t4096 kmem bytes in caches (some unreadable)\n" },
	{ .name = "caches: head unreadable, kernel",
	  GROUPS(three_caches),
	  .damage = lose_slab_head,
	  .words = "-k",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "g:\n\t0 swap bytes\n\t0 tcp bytes, in 0 sockets\n"
		    "\t4096 kmem bytes in caches (some unreadable)\n" },
	{ .name = "caches: two neighbours missing, default",
	  GROUPS(k310_seen),
	  .damage = lose_two_params,
	  .words = "-n 1",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = ALL3 " in caches radix_tree_node(7:all3) unreadable unreadable dentry(7:all3) "
			 "(some unreadable)\n(1 of 3 shown)\n" },
	{ .name = "caches: two neighbours missing, kernel",
	  GROUPS(k310_seen),
	  .damage = lose_two_params,
	  .words = "-k -n 1",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = ALL3 " in caches radix_tree_node(7:all3) (unreadable) (unreadable) "
			 "dentry(7:all3) (some unreadable)\n" },
	{ .name = "caches: list cut at both ends, default",
	  GROUPS(k310_seen),
	  .damage = cut_cache_list,
	  .words = "-n 1",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = ALL3 " in caches radix_tree_node(7:all3) dentry(7:all3) (some unreadable)\n"
			 "(1 of 3 shown)\n" },
	{ .name = "caches: list cut at both ends, kernel",
	  GROUPS(k310_seen),
	  .damage = cut_cache_list,
	  .words = "-k -n 1",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = ALL3 " in caches radix_tree_node(7:all3) dentry(7:all3) "
			 "(some unreadable)\n" },
	{ .name = "caches: index unreadable, default",
	  GROUPS(three_caches),
	  .damage = lose_kmemcg_id,
	  .words = "",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "g:\n\t0 swap bytes\n\t0 tcp bytes, in 0 sockets\n"
		    "\t4096 kmem bytes in caches unreadable unreadable unreadable\n" },

	/* counters */
	{ .name = "counters: unreadable, default",
	  GROUPS(k310_seen),
	  .damage = lose_counters,
	  .words = "",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "all3:\n\tunreadable swap bytes\n\tunreadable tcp bytes, in 64 sockets\n"
		    "\t1142784 kmem bytes" ALL3_CACHES
		    "outer:\n\t4063232 swap bytes\n\t0 tcp bytes, in 0 sockets\n"
		    "\tunreadable kmem bytes\n"
		    "inner:\n\t4063232 swap bytes\n\t0 tcp bytes, in unreadable sockets\n"
		    "\t0 kmem bytes\n" },
	{ .name = "counters: unreadable, kernel",
	  GROUPS(k310_seen),
	  .damage = lose_counters,
	  .words = "-k",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "all3:\n\tunreadable swap bytes\n\tunreadable tcp bytes, in 64 sockets\n"
		    "\t1142784 kmem bytes" ALL3_CACHES
		    "outer:\n\tunreadable swap bytes\n\t0 tcp bytes, in 0 sockets\n"
		    "\tunreadable kmem bytes in caches\n"
		    "inner:\n\t4063232 swap bytes\n\t0 tcp bytes, in unreadable sockets\n"
		    "\t0 kmem bytes" },
	{ .name = "counters: below zero, default",
	  GROUPS(kernel_stacks),
	  .damage = make_counters_negative,
	  .words = "",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "stacks:\n\tn/a swap bytes\n\t0 tcp bytes, in 0 sockets\n"
		    "\tunreadable kmem bytes\n" },
	{ .name = "counters: below zero, kernel",
	  GROUPS(kernel_stacks),
	  .damage = make_counters_negative,
	  .words = "-k",
	  .report = "stacks:\n\t8192 swap bytes\n\t0 tcp bytes, in 0 sockets\n"
		    "\t18446744073709547520 kmem bytes in caches\n" },

	/* the list and the groups on it */
	{ .name = "list: middle group missing, default",
	  GROUPS(k310_seen),
	  .damage = lose_middle_group,
	  .words = "",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = ALL3 ALL3_CACHES
	  "40102000 (name unreadable):\n\tunreadable swap bytes\n\tunreadable tcp bytes, "
	  "in unreadable sockets\n\tunreadable kmem bytes in caches (some unreadable)\n" INNER
	  "\n" },
	{ .name = "list: middle group missing, list",
	  GROUPS(k310_seen),
	  .damage = lose_middle_group,
	  .words = "-l",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report =
		  "MEM_CGROUP          ID        REFS      MEMORY        SWAP        KMEM         "
		  "TCP  STATE       PATH\n"
		  "40101000            12        1354     1142784     5267456     1142784      "
		  "983040  offline     all3\n"
		  "40102000    unreadable  unreadable  unreadable  unreadable  unreadable  "
		  "unreadable  unreadable  40102000 (name unreadable)\n"
		  "40103000            11         992           0     4063232           0          "
		  " "
		  "0  offline     inner\n" },
	{ .name = "list: first group missing, kernel",
	  GROUPS(k310_seen),
	  .damage = lose_first_group,
	  .words = "-k",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "(unreadable):\n\tunreadable swap bytes\n\tunreadable tcp bytes, "
		    "in unreadable sockets\n"
		    "\tunreadable kmem bytes in caches (some unreadable)\n" OUTER INNER },
	{ .name = "list: head points to the last entry",
	  GROUPS(k310_seen),
	  .damage = break_list,
	  .words = "-k",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = ALL3 ALL3_CACHES OUTER INNER },
	{ .name = "list: head unreadable",
	  GROUPS(k310_seen),
	  .damage = lose_list_head,
	  .words = "",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report = "no dangling memory cgroups\n" },
	{ .name = "list: a group's css unreadable",
	  GROUPS(k310_seen),
	  .damage = lose_css,
	  .words = "-l 40102000",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report =
		  "MEM_CGROUP          ID  REFS  MEMORY     SWAP  KMEM  TCP  STATE       PATH\n"
		  "40102000    unreadable   993       0  4063232     0    0  unreadable  outer\n" },
	{ .name = "list: a group without a css id",
	  GROUPS(k310_seen),
	  .damage = clear_css_id,
	  .words = "-l -n 1",
	  .report = "MEM_CGROUP   ID  REFS   MEMORY     SWAP     KMEM     TCP  STATE    PATH\n"
		    "40101000    n/a  1354  1142784  5267456  1142784  983040  offline  all3\n"
		    "(1 of 3 shown)\n" },
	{ .name = "list: a group whose css id is missing",
	  GROUPS(k310_seen),
	  .damage = lose_css_id,
	  .words = "-l -n 1",
	  .outcome = MCD_OUTCOME_PARTIAL,
	  .report =
		  "MEM_CGROUP          ID  REFS   MEMORY     SWAP     KMEM     TCP  STATE    PATH\n"
		  "40101000    unreadable  1354  1142784  5267456  1142784  983040  offline  all3\n"
		  "(1 of 3 shown)\n" },
	{ .name = "list: a live group on it, default",
	  GROUPS(alive_on_list),
	  .words = "",
	  .report = "40101000 (name lost)" SWAP_ONLY("4096") "\ndead" SWAP_ONLY("8192") "\n" },
	{ .name = "list: a live group on it, kernel",
	  GROUPS(alive_on_list),
	  .words = "-k",
	  .report = "late" SWAP_ONLY("4096") "dead" SWAP_ONLY("8192") },

	/* dumps that cannot be decoded */
	{ .name = "root unreadable",
	  GROUPS(k310_seen),
	  .damage = lose_root_pointer,
	  .words = "",
	  .outcome = MCD_OUTCOME_DUMP,
	  .report = "" },
	{ .name = "root is NULL",
	  GROUPS(k310_seen),
	  .damage = clear_root_pointer,
	  .words = "",
	  .outcome = MCD_OUTCOME_DUMP,
	  .report = "" },
};

static void reports(void **state)
{
	const struct report_case *this_case = *state;
	struct fake_target fake;

	k310_init(&fake, &this_case->config, this_case->groups, this_case->nr);
	if (this_case->damage)
		this_case->damage(&fake);
	assert_report(&fake, this_case->words, this_case->outcome, this_case->report);
	fake_exit(&fake);
}

/* ---- the unions, without the probes below them ---- */

struct unions_case {
	const char *name;
	struct k310_config config;
	const struct k310_group *groups;
	size_t nr;
	void (*damage)(struct fake_target *fake);
	const char *words;
	const char *rows;
};

static const struct unions_case unions_cases[] = {
	{ .name = "unions: dead and listed",
	  GROUPS(k310_seen),
	  .words = "-u -n 2",
	  .rows = "40101000 all3\n"
		  "  state: offline\n"
		  "  seen by: list\n"
		  "  flags: sockets-approximate\n"
		  "  dead: next 401021e8, prev 40001000\n"
		  "  memcg_name: 40300000 all3\n"
		  "  memsw: 6410240 bytes\n"
		  "40102000 outer\n"
		  "  state: offline\n"
		  "  seen by: list\n"
		  "  flags: sockets-approximate\n"
		  "  dead: next 401031e8, prev 401011e8\n"
		  "  memcg_name: 40301000 outer\n"
		  "  memsw: 4063232 bytes\n"
		  "(2 of 3 shown)\n" },
	{ .name = "unions: figures that differ",
	  .config = { .garbage = { 23, -3, 1000 } },
	  GROUPS(wraps),
	  .words = "-u",
	  .rows = "40101000 user\n"
		  "  state: offline\n"
		  "  seen by: list\n"
		  "  flags: swap-differs sockets-differ sockets-approximate\n"
		  "  dead: next 401021e8, prev 40001000\n"
		  "  memcg_name: 40300000 user\n"
		  "  memsw: 3145728 bytes\n"
		  "40102000 unaccounted\n"
		  "  state: offline\n"
		  "  seen by: list\n"
		  "  flags: swap-differs sockets-differ sockets-approximate\n"
		  "  dead: next 40001000, prev 401011e8\n"
		  "  memcg_name: 40301000 unaccounted\n"
		  "  memsw: 0 bytes\n" },
	{ .name = "unions: without MEMCG_SWAP no swap figure differs",
	  .config = { .lacks_swap = true, .is_up = true },
	  GROUPS(wraps),
	  .words = "-u -n 1",
	  .rows = "40101000 user\n"
		  "  state: offline\n"
		  "  seen by: list\n"
		  "  flags: none\n"
		  "  dead: next 401021e8, prev 40001000\n"
		  "  memcg_name: 40300000 user\n"
		  "  memsw: 3145728 bytes\n"
		  "(1 of 2 shown)\n" },
	{ .name = "unions: being freed",
	  .config = { .is_up = true },
	  GROUPS(being_freed),
	  .words = "-u -n 1",
	  .rows = "40101000 freed\n"
		  "  state: released\n"
		  "  seen by: list\n"
		  "  flags: swap-differs being-freed\n"
		  "  dead: next 401021e8, prev 40001000\n"
		  "  memcg_name: 40300000 freed\n"
		  "  memsw: 64 bytes\n"
		  "(1 of 2 shown)\n" },
	{ .name = "unions: NULL name",
	  .config = { .is_up = true },
	  .groups = &names[5],
	  .nr = 1,
	  .words = "-u",
	  .rows = "40101000 40101000 (name lost)\n"
		  "  state: offline\n"
		  "  seen by: list\n"
		  "  flags: none\n"
		  "  dead: next 40001000, prev 40001000\n"
		  "  memcg_name: 0 40101000 (name lost)\n"
		  "  memsw: 6 bytes\n" },
	{ .name = "unions: alive on the list, so neither half is certain",
	  .config = { .is_up = true },
	  GROUPS(alive_on_list),
	  .words = "-u -n 1",
	  .rows = "40101000 40101000 (name lost)\n"
		  "  state: online\n"
		  "  seen by: list\n"
		  "  flags: alive-on-list\n"
		  "  oom_notify or dead: next 401021e8, prev 40001000\n"
		  "  move_charge_at_immigrate or memcg_name: 40300000\n"
		  "  memsw: 4096 bytes\n"
		  "(1 of 2 shown)\n" },
};

static void shows_unions(void **state)
{
	static struct run_result result;
	const struct unions_case *this_case = *state;
	struct fake_target fake;

	k310_init(&fake, &this_case->config, this_case->groups, this_case->nr);
	run_command(&fake, this_case->words, &result);
	assert_string_equal(unions_rows(result.out.text), this_case->rows);
	assert_int_equal(result.outcome, MCD_OUTCOME_COMPLETE);
	fake_exit(&fake);
}

static void unions_have_head_and_probes(void **state)
{
	static const char *const parts[] = {
		"types: DWARF of vm\\nlinux\nkernel: n/a n/a, build-id n/a\n"
		"hierarchy: v1\nfacility: yes, with names\nsources: list\n"
		"memory cgroups: 3 on the list, 3 dangling, 1 online, 0 dying, 0 "
		"unreadable\n"
		"the kernel counts: nr_dying_descendants n/a, nr_dying_subsys n/a\n"
		"can pin: slab-cache swap child base\n",
		"\nreads: ",
		"PROBE         ANSWER  SIZE  USED  NAME\n",
		"struct          1024     -   yes  mem_cgroup\n",
		"member           264    56   yes  mem_cgroup.memsw\n",
		"member             8     -   yes  memcg_cache_params.memcg_caches\n",
		"member           n/a     -     -  cgroup.kn\n",
		"enumerator         2     -   yes  CSS_ONLINE\n",
		"symbol      40001000     -   yes  dangling_memcgs\n",
		"symbol           n/a     -     -  cgrp_dfl_root\n",
	};
	static struct run_result result;
	const struct k310_config config = { .is_38 = false };
	struct fake_target fake;

	(void)state;
	k310_init(&fake, &config, k310_seen, 3);
	run_command(&fake, "-u", &result);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		assert_non_null(strstr(result.out.text, parts[i]));
	fake_exit(&fake);
}

static void unions_tell_the_facilitys_variant(void **state)
{
	static const struct {
		const struct k310_group *groups;
		size_t nr;
		void (*damage)(struct fake_target *fake);
		const char *text;
	} table[] = {
		{ k310_seen, 3, NULL, "facility: yes, with names\n" },
		{ NULL, 0, NULL, "facility: yes, with names\n" },
		{ paths, 5, NULL, "facility: yes, with paths\n" },
		{ paths, 2, NULL, "  memcg_name: 40300000 /a/b\n" },
		{ paths, 2, move_names, "facility: yes, with names\n" },
		{ k310_seen, 3, forget_names, "facility: yes, with paths\n" },
	};
	static struct run_result result;
	const struct k310_config config = { .is_38 = false };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct fake_target fake;

		k310_init(&fake, &config, table[i].groups, table[i].nr);
		if (table[i].damage)
			table[i].damage(&fake);
		run_command(&fake, "-u", &result);
		assert_non_null(strstr(result.out.text, table[i].text));
		fake_exit(&fake);
	}
}

/* The longest path that a page holds. */
static void a_path_as_long_as_its_page(void **state)
{
	static char path[FAKE_PAGE_BYTES] = "/";
	static struct run_result result;
	const struct k310_group group = { .name = path, .refcnt = 1 };
	const struct k310_config config = { .is_38 = false };
	struct fake_target fake;

	(void)state;
	memset(path + 1, 'p', sizeof(path) - 2);
	k310_init(&fake, &config, &group, 1);
	run_command(&fake, "-k", &result);
	assert_memory_equal(result.out.text, path, sizeof(path) - 1);
	assert_string_equal(result.out.text + sizeof(path) - 1, SILENT("0"));
	fake_exit(&fake);
}

static void a_group_at_address_0_costs_no_more_than_itself(void **state)
{
	static struct run_result result;
	const struct k310_config config = { .is_38 = false };
	struct fake_target fake;

	(void)state;
	k310_init(&fake, &config, k310_seen, 3);
	lead_to_address_0(&fake);
	run_command(&fake, "", &result);
	assert_non_null(strstr(result.out.text, OUTER "\n" INNER "\n"));
	assert_int_equal(result.outcome, MCD_OUTCOME_PARTIAL);
	fake_exit(&fake);
}

/* ---- what the user is told ---- */

struct said_case {
	const char *name;
	void (*damage)(struct fake_target *fake);
	const char *words;
	enum mcd_outcome outcome;
	const char *said;
};

static void forget_root_symbol(struct fake_target *fake)
{
	fake_forget(fake, SYM(root_mem_cgroup));
}

static void forget_css(struct fake_target *fake)
{
	fake_forget(fake, M(mem_cgroup, css));
}

static const struct said_case said_cases[] = {
	{ "said: nothing", NULL, "", MCD_OUTCOME_COMPLETE, "" },
	{ "said: nothing under -k", NULL, "-k", MCD_OUTCOME_COMPLETE, "" },
	{ "said: a group is missing", lose_middle_group, "-k", MCD_OUTCOME_PARTIAL,
	  "dangling_memcgs: damaged after 401011e8: next 401021e8 cannot be read; 1 entries "
	  "recovered from the other end, nothing is missing\n"
	  "memory cgroups whose state cannot be read, reported as dangling: 1\n" },
	{ "said: the list is broken", break_list, "", MCD_OUTCOME_PARTIAL,
	  "dangling_memcgs: damaged after 40001000: next 401031e8 does not point back; 3 entries "
	  "recovered from the other end, nothing is missing\n" },
	{ "said: the head is missing", lose_list_head, "", MCD_OUTCOME_PARTIAL,
	  "dangling_memcgs: no 8 bytes at 40001000\n" },
	{ "said: no match", NULL, "/a 77 0xffffffff81000000", MCD_OUTCOME_NO_MATCH,
	  "/a: no such memory cgroup\n77: no such memory cgroup\n"
	  "0xffffffff81000000: no such memory cgroup\n" },
	{ "said: no match, and not on the list", NULL, "-k / /inner /none 77", MCD_OUTCOME_NO_MATCH,
	  "/: not on the kernel's list, so that -k does not show it\n"
	  "/none: no such memory cgroup\n77: no such memory cgroup\n" },
	{ "said: not on the list, by id", NULL, "-k 1", MCD_OUTCOME_COMPLETE,
	  "1: not on the kernel's list, so that -k does not show it\n" },
	{ "said: nothing of the list without -k", NULL, "1", MCD_OUTCOME_COMPLETE, "" },
	{ "said: a counter is missing", lose_counters, "", MCD_OUTCOME_PARTIAL,
	  "memory cgroups shown with something unreadable: 3\n" },
	{ "said: a slab cache is missing", lose_second_params, "", MCD_OUTCOME_PARTIAL,
	  "slab caches of memcg 40101000: damaged after 40400010: next 40401010 cannot be read; "
	  "2 entries recovered from the other end, nothing is missing\n" },
	{ "said: two slab caches are missing", lose_two_params, "", MCD_OUTCOME_PARTIAL,
	  "slab caches of memcg 40101000: damaged after 40400010: next 40401010 cannot be read; "
	  "1 entries recovered from the other end, some may be missing\n" },
	{ "said: the slab caches are cut", cut_cache_list, "-k", MCD_OUTCOME_PARTIAL,
	  "slab caches of memcg 40101000: damaged after 40400010: next dead000000000100 cannot be "
	  "read; 1 entries recovered from the other end, some may be missing\n" },
	{ "said: root unreadable", lose_root_pointer, "", MCD_OUTCOME_DUMP,
	  "root_mem_cgroup: no 8 bytes at 40000000\n" },
	{ "said: root is NULL", clear_root_pointer, "", MCD_OUTCOME_DUMP,
	  "root_mem_cgroup is NULL: the memory controller was not set up yet\n" },
	{ "said: no memory controller", forget_root_symbol, "", MCD_OUTCOME_NO_MEMCG,
	  "this kernel has no memory controller: there is no symbol root_mem_cgroup\n" },
	{ "said: no types", forget_css, "", MCD_OUTCOME_NO_TYPES,
	  "no type information (mem_cgroup.css: not in this kernel): open the dump with the "
	  "vmlinux "
	  "that has this very kernel's debuginfo\n" },
};

static void says(void **state)
{
	static struct run_result result;
	const struct said_case *this_case = *state;
	const struct k310_config config = { .is_38 = false };
	struct fake_target fake;

	k310_init(&fake, &config, k310_seen, 3);
	if (this_case->damage)
		this_case->damage(&fake);
	run_command(&fake, this_case->words, &result);
	assert_string_equal(result.said.text, this_case->said);
	assert_int_equal(result.outcome, this_case->outcome);
	fake_exit(&fake);
}

int main(void)
{
	enum { NR = ARRAY_SIZE(cases), NR_UNIONS = ARRAY_SIZE(unions_cases), NR_OTHERS = 4 };
	struct CMUnitTest tests[NR + NR_UNIONS + ARRAY_SIZE(said_cases) + NR_OTHERS] = {
		cmocka_unit_test(unions_have_head_and_probes),
		cmocka_unit_test(unions_tell_the_facilitys_variant),
		cmocka_unit_test(a_path_as_long_as_its_page),
		cmocka_unit_test(a_group_at_address_0_costs_no_more_than_itself),
	};
	struct CMUnitTest *test = &tests[NR_OTHERS];

	for (size_t i = 0; i < NR; i++)
		*test++ = (struct CMUnitTest){ cases[i].name, reports, NULL, NULL,
					       (void *)&cases[i] };
	for (size_t i = 0; i < NR_UNIONS; i++)
		*test++ = (struct CMUnitTest){ unions_cases[i].name, shows_unions, NULL, NULL,
					       (void *)&unions_cases[i] };
	for (size_t i = 0; i < ARRAY_SIZE(said_cases); i++)
		*test++ = (struct CMUnitTest){ said_cases[i].name, says, NULL, NULL,
					       (void *)&said_cases[i] };
	return cmocka_run_group_tests_name("3.10", tests, NULL, NULL);
}
