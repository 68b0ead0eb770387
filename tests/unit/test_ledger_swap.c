// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Swap slots by the id that they carry, in the three forms of the tables and in both of the references;
 * files of tmpfs in the three forms of their trees; and tables and trees that lie.
 */
#include <stdio.h>
#include <string.h>

#include "../../src/ledger/swap/swap.h"
#include "audit_unit.h"

enum {
	ID = 300, /* of mem_cgroup.id in struct mem_cgroup */
	IDS_PER_PAGE = FAKE_PAGE_BYTES / 2,
	CLUSTER = 512,
	FIRST_PFN = 5,
};

#define KERNEL UINT64_C(0xffffffff82000000)
#define CTRL (KERNEL)
#define INFOS (KERNEL + 0x400)
#define NR_FILES (KERNEL + 0x600)
#define SECTIONS (KERNEL + 0x700)
#define MAX_PFN (KERNEL + 0x708)
#define SWAPLIST (KERNEL + 0x800)
#define INFO(i) (KERNEL + 0x1000 + (i)*0x100)
#define SECTION_ROOT (KERNEL + 0x2000)
#define TABLES UINT64_C(0xffffc90000000000) /* what swap_cgroup_ctrl.map and cluster_info lead to */
#define VMEMMAP UINT64_C(0xffffea0000000000)
#define IDS_OF_PAGES (FAKE_DIRECT_MAP + FIRST_PFN * FAKE_PAGE_BYTES)

static const struct fake_row rows_common[] = {
	FAKE_MEMBER(swap_info_struct, max, 24, 4),
	FAKE_MEMBER(swap_info_struct, swap_file, 32, 8),
	FAKE_SYMBOL(swap_info, INFOS),
	FAKE_SYMBOL(nr_swapfiles, NR_FILES),
};
static const struct fake_row rows_id[] = {
	FAKE_MEMBER(mem_cgroup, id, ID, 8),
	FAKE_MEMBER(mem_cgroup_id, id, 0, 4),
	FAKE_MEMBER(mem_cgroup_id, ref, 4, 4),
};
static const struct fake_row rows_private_id[] = {
	FAKE_MEMBER(mem_cgroup, id, ID, 8),
	FAKE_MEMBER(mem_cgroup_private_id, id, 0, 4),
	FAKE_MEMBER(mem_cgroup_private_id, ref, 4, 4),
};
static const struct fake_row rows_pages[] = {
	FAKE_SYMBOL(swap_cgroup_ctrl, CTRL),
	FAKE_STRUCT(swap_cgroup_ctrl, 24),
	FAKE_MEMBER(swap_cgroup_ctrl, map, 0, 8),
	FAKE_MEMBER(swap_cgroup_ctrl, length, 8, 8),
	FAKE_STRUCT(page, 64),
	FAKE_STRUCT(mem_section, 16),
	FAKE_MEMBER(mem_section, section_mem_map, 0, 8),
	FAKE_SYMBOL(mem_section, SECTIONS),
	FAKE_SYMBOL(max_pfn, MAX_PFN),
};
static const struct fake_row rows_array[] = {
	FAKE_SYMBOL(swap_cgroup_ctrl, CTRL),
	FAKE_STRUCT(swap_cgroup_ctrl, 8),
	FAKE_MEMBER(swap_cgroup_ctrl, map, 0, 8),
	FAKE_MEMBER(swap_cgroup, ids, 0, 4),
};
static const struct fake_row rows_clusters[] = {
	FAKE_STRUCT(swap_cluster_info, 48),
	FAKE_MEMBER(swap_cluster_info, memcg_table, 24, 8),
	FAKE_MEMBER(swap_memcg_table, id, 0, 2 * CLUSTER),
	FAKE_MEMBER(swap_info_struct, cluster_info, 40, 8),
};

static struct audit_unit unit;

/* ---- the tables ---- */

struct form {
	struct fake_rows rows;
	void (*put_area)(size_t area, uint64_t nr_slots);
	void (*put_id)(size_t area, uint64_t slot, uint16_t id);
};

static uint64_t table_of(size_t area)
{
	return TABLES + area * 16 * FAKE_PAGE_BYTES;
}

static void put_info(size_t area, uint64_t nr_slots)
{
	fake_put(&unit.fake, INFO(area), M(swap_info_struct, max), nr_slots);
}

/* Area n has its pages from page FIRST_PFN + 4 n on. */
static void put_pages(size_t area, uint64_t nr_slots)
{
	uint64_t nr = (nr_slots + IDS_PER_PAGE - 1) / IDS_PER_PAGE;

	put_info(area, nr_slots);
	fake_u64(&unit.fake, CTRL + area * 24, table_of(area));
	fake_u64(&unit.fake, CTRL + area * 24 + 8, nr);
	for (uint64_t i = 0; i < nr; i++)
		fake_u64(&unit.fake, table_of(area) + i * 8,
			 VMEMMAP + (FIRST_PFN + 4 * area + i) * 64);
}

static void put_id_in_page(size_t area, uint64_t slot, uint16_t id)
{
	fake_u16(&unit.fake, IDS_OF_PAGES + 4 * area * FAKE_PAGE_BYTES + slot * 2, id);
}

static void put_array(size_t area, uint64_t nr_slots)
{
	put_info(area, nr_slots);
	fake_word(&unit.fake, CTRL + area * unit.fake.target.word_bytes, table_of(area));
}

static void put_id_in_array(size_t area, uint64_t slot, uint16_t id)
{
	uint64_t flip = unit.fake.target.is_big_endian;

	fake_u16(&unit.fake, table_of(area) + (slot ^ flip) * 2, id);
}

/* Tables of ids are behind the clusters, and only of those that have some. */
static void put_clusters(size_t area, uint64_t nr_slots)
{
	put_info(area, nr_slots);
	fake_put(&unit.fake, INFO(area), M(swap_info_struct, cluster_info), table_of(area));
}

static void put_id_in_cluster(size_t area, uint64_t slot, uint16_t id)
{
	uint64_t table = table_of(area) + FAKE_PAGE_BYTES + slot / CLUSTER * 2 * CLUSTER;

	fake_u64(&unit.fake, table_of(area) + slot / CLUSTER * 48 + 24, table);
	fake_u16(&unit.fake, table + slot % CLUSTER * 2, id);
}

static const struct form pages = { { rows_pages, ARRAY_SIZE(rows_pages) },
				   put_pages,
				   put_id_in_page };
static const struct form array = { { rows_array, ARRAY_SIZE(rows_array) },
				   put_array,
				   put_id_in_array };
static const struct form clusters = { { rows_clusters, ARRAY_SIZE(rows_clusters) },
				      put_clusters,
				      put_id_in_cluster };

/* ---- the world: two areas, and one that is gone ---- */

static void put_ids(size_t memcg, uint16_t id, uint32_t ref)
{
	unit.memcgs[memcg].id = mcd_figure_known(id);
	fake_u32(&unit.fake, AUDIT_MEMCG(memcg) + ID, id);
	fake_u32(&unit.fake, AUDIT_MEMCG(memcg) + ID + 4, ref);
}

static void put_memory(void)
{
	fake_map(&unit.fake, KERNEL, 3 * FAKE_PAGE_BYTES);
	fake_map(&unit.fake, TABLES, 48 * FAKE_PAGE_BYTES);
	fake_map(&unit.fake, FAKE_DIRECT_MAP, 32 * FAKE_PAGE_BYTES);
	fake_u64(&unit.fake, SECTIONS, SECTION_ROOT);
	fake_u64(&unit.fake, MAX_PFN, 32768);
	fake_u64(&unit.fake, SECTION_ROOT, VMEMMAP + 3);
}

static void start_world(const struct form *form)
{
	put_memory();
	fake_learn(&unit.fake, FAKE_ROWS(rows_common));
	fake_learn(&unit.fake, form->rows);
	fake_u32(&unit.fake, NR_FILES, 3);
	for (size_t i = 0; i < 3; i++)
		fake_word(&unit.fake, INFOS + i * unit.fake.target.word_bytes, INFO(i));
	form->put_area(0, 3001);
	form->put_area(1, 2000);
	put_ids(1, 17, 4);
	put_ids(2, 65535, 1);
	put_ids(3, 9, 2); /* online, so that one is the base */
	unit.memcgs[3].state = MCD_STATE_ONLINE;
	form->put_id(0, 1, 17);
	form->put_id(0, 3000, 17);
	form->put_id(1, 7, 17);
	form->put_id(1, 8, 17);
	form->put_id(0, 1023, 65535);
	form->put_id(0, 1024, 9);
	form->put_id(0, 1025, 1); /* of nobody who is audited */
	form->put_id(0, 1026, 5);
	unit.memcgs[0].id = (struct mcd_figure){ MCD_UNREADABLE, 5 };
	unit.memcgs[4].id = mcd_figure_known(0);
	unit.memcgs[5].id = mcd_figure_known(65536);
}

static int start(void **state)
{
	(void)state;
	audit_unit_init(&unit);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	audit_unit_exit(&unit);
	return 0;
}

/* ---- pins ---- */

#define SLOTS_17 "4 slots of id 17: 2 in area 1, 2 in area 0\n"

static void assert_held_by_ids(void)
{
	assert_int_equal(mcd_pins_swap(&unit.audit), MCD_OK);
	assert_pins(&unit, 0, "");
	assert_pins(&unit, 1, "swap 1 16384 " SLOTS_17);
	assert_pins(&unit, 2, "swap 1 4096 1 slot of id 65535 in area 0\n");
	assert_pins(&unit, 3, "swap 1 4096 1 slot of id 9 in area 0\n");
	assert_pins(&unit, 4, "");
	assert_pins(&unit, 5, "");
	assert_notes(&unit.world, "");
}

static void ids_in_pages(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_id));
	start_world(&pages);
	assert_held_by_ids();
	audit_unit_torture(&unit, mcd_pins_swap);
}

static void ids_in_an_array(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_private_id));
	start_world(&array);
	assert_held_by_ids();
	audit_unit_torture(&unit, mcd_pins_swap);
}

static void ids_in_an_array_of_another_machine(void **state)
{
	audit_unit_exit(&unit);
	audit_unit_init_word(&unit, 8, true);
	ids_in_an_array(state);
}

static void ids_in_clusters(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_private_id));
	start_world(&clusters);
	assert_held_by_ids();
	audit_unit_torture(&unit, mcd_pins_swap);
}

/* Before memcgs had an id of their own: swap entries carry that of the css. */
static void each_slot_holds_one(void **state)
{
	(void)state;
	start_world(&pages);
	assert_int_equal(mcd_pins_swap(&unit.audit), MCD_OK);
	assert_pins(&unit, 1, "swap 4 16384 " SLOTS_17);
	assert_pins(&unit, 2, "swap 1 4096 1 slot of id 65535 in area 0\n");
	assert_pins(&unit, 3, "swap 1 4096 1 slot of id 9 in area 0\n");
	audit_unit_torture(&unit, mcd_pins_swap);
}

static void nobody_has_an_id(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_id));
	start_world(&pages);
	for (size_t i = 0; i < AUDIT_MEMCGS; i++)
		unit.memcgs[i].id = mcd_figure_none(MCD_NA);
	assert_int_equal(mcd_pins_swap(&unit.audit), MCD_OK);
	assert_int_equal(unit.fake.nr_reads, 0);
	assert_pins(&unit, 1, "");
}

/* ---- damage ---- */

/* What an id counts is true, wherever its slots are. */
static void tables_that_are_missing(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_id));
	start_world(&pages);
	fake_hole_page(&unit.fake, IDS_OF_PAGES);
	fake_u64(&unit.fake, table_of(1), 0xffffea0012345678);
	assert_int_equal(mcd_pins_swap(&unit.audit), MCD_OK);
	assert_pins(&unit, 1, "swap 1 16384 4 slots of id 17 in area 0\n");
	assert_pins(&unit, 2, "swap 1 4096 1 slot of id 65535\n");
	assert_notes(
		&unit.world,
		"swap area 0, slots from 0 on: ids of swap slots: no 4096 bytes at physical 5000\n"
		"swap area 1, slots from 0 on: no page is described at ffffea0012345678\n");
}

static void kernels_without_tables(void **state)
{
	static const struct {
		enum mcd_layout_id lost;
		const char *note;
	} table[] = {
		{ SYM(nr_swapfiles),
		  "where swap slots are is not known: nr_swapfiles: not in this kernel\n" },
		{ M(swap_cgroup, ids),
		  "where swap slots are is not known: swap_cgroup_ctrl.map is of no known form\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (i) {
			stop(state);
			start(state);
		}
		fake_learn(&unit.fake, FAKE_ROWS(rows_id));
		start_world(&array);
		fake_forget(&unit.fake, table[i].lost);
		assert_int_equal(mcd_pins_swap(&unit.audit), MCD_OK);
		assert_pins(&unit, 1, "swap 1 16384 4 slots of id 17\n");
		assert_notes(&unit.world, table[i].note);
	}
	stop(state);
	start(state);
	fake_learn(&unit.fake, FAKE_ROWS(rows_id));
	start_world(&clusters);
	fake_forget(&unit.fake, M(swap_memcg_table, id));
	assert_int_equal(mcd_pins_swap(&unit.audit), MCD_OK);
	assert_notes(&unit.world,
		     "where swap slots are is not known: tables of ids of swap slots have "
		     "0 bytes\n");
	/* Where references are counted in the tables, nothing else has them. */
	fake_forget(&unit.fake, M(mem_cgroup, id));
	mcd_target_init(&unit.fake.target, unit.fake.target.ops, 8, false, FAKE_PAGE_BYTES);
	audit_unit_again(&unit, UNIT_ARENA_BYTES / 2);
	assert_int_equal(mcd_pins_swap(&unit.audit), MCD_ABSENT);
	assert_pins(&unit, 1, "");
}

static void counts_that_differ(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_id));
	start_world(&pages);
	put_ids(1, 17, 5);
	put_ids(2, 65535, 0);
	assert_int_equal(mcd_pins_swap(&unit.audit), MCD_OK);
	assert_pins(&unit, 1, "swap 1 20480 5 slots of id 17: 2 in area 1, 2 in area 0\n");
	assert_pins(&unit, 2, "");
	assert_notes(&unit.world,
		     "memcg ffff888001001000: swap slots hold its id 5 times, and 4 of "
		     "them carry it\n"
		     "memcg ffff888001002000: swap slots hold its id 0 times, and 1 of "
		     "them carry it\n");
}

static void numbers_that_make_no_sense(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_id));
	start_world(&pages);
	fake_u64(&unit.fake, CTRL + 8, UINT64_MAX); /* pages of area 0: the walk gives up */
	assert_int_equal(mcd_pins_swap(&unit.audit), MCD_OK);
	assert_pins(&unit, 1, "swap 1 16384 " SLOTS_17);
	assert_int_equal(unit.world.head.nr_notes_left_out, 1024 - 10);

	fake_u32(&unit.fake, NR_FILES, 33);
	audit_unit_again(&unit, UNIT_ARENA_BYTES / 2);
	assert_int_equal(mcd_pins_swap(&unit.audit), MCD_OK);
	assert_notes(&unit.world, "where swap slots are is not known: there are 33 swap areas\n");
}

/* ---- files ---- */

#define FILES UINT64_C(0xffff888003000000)
#define NODES UINT64_C(0xffff888004000000)
#define INFO_OF(i) (FILES + (i)*0x1000) /* struct shmem_inode_info */
#define NODE(i) (NODES + (i)*0x1000)
enum { SWAPLIST_LINK = 56, VFS_INODE = 144, I_MAPPING = 48, MAPPING = 0x800, SLOTS = 40 };

static const struct fake_row rows_shmem[] = {
	FAKE_MEMBER(shmem_inode_info, swapped, 24, 8),
	FAKE_MEMBER(shmem_inode_info, swaplist, SWAPLIST_LINK, 16),
	FAKE_MEMBER(shmem_inode_info, vfs_inode, VFS_INODE, 632),
	FAKE_MEMBER(inode, i_mapping, I_MAPPING, 8),
	FAKE_SYMBOL(shmem_swaplist, SWAPLIST),
};
static const struct fake_row rows_xarray[] = {
	FAKE_MEMBER(address_space, i_pages, 8, 16),
	FAKE_MEMBER(xarray, xa_head, 8, 8),
	FAKE_MEMBER(xa_node, shift, 0, 1),
	FAKE_MEMBER(xa_node, slots, SLOTS, 512),
};
static const struct fake_row rows_radix[] = {
	FAKE_MEMBER(address_space, i_pages, 8, 16),
	FAKE_MEMBER(radix_tree_root, rnode, 8, 8),
	FAKE_MEMBER(radix_tree_node, shift, 0, 1),
	FAKE_MEMBER(radix_tree_node, slots, SLOTS, 512),
};
static const struct fake_row rows_high_radix[] = {
	FAKE_MEMBER(address_space, page_tree, 8, 16),
	FAKE_MEMBER(radix_tree_root, height, 0, 4),
	FAKE_MEMBER(radix_tree_root, rnode, 8, 8),
	FAKE_MEMBER(radix_tree_node, slots, SLOTS, 512),
};

/* What describing a file takes, of which there is nothing: it stays unknown. */
static const struct fake_row rows_unknown[] = {
	FAKE_MEMBER(address_space, host, 0, 8),
	FAKE_MEMBER(inode, i_sb, 8, 8),
	FAKE_MEMBER(inode, i_ino, 56, 8),
	FAKE_MEMBER(inode, i_nlink, 64, 4),
	FAKE_MEMBER(inode, i_rdev, 68, 4),
	FAKE_MEMBER(inode, i_dentry, 72, 8),
	FAKE_MEMBER(dentry, d_parent, 0, 8),
	FAKE_MEMBER(dentry, d_hash, 8, 16),
	FAKE_MEMBER(dentry, d_name, 24, 16),
	FAKE_MEMBER(dentry, d_alias, 40, 16),
	FAKE_MEMBER(qstr, len, 0, 4),
	FAKE_MEMBER(qstr, name, 8, 8),
	FAKE_MEMBER(super_block, s_type, 0, 8),
	FAKE_MEMBER(super_block, s_dev, 8, 4),
	FAKE_MEMBER(super_block, s_root, 16, 8),
	FAKE_MEMBER(super_block, s_flags, 24, 8),
	FAKE_MEMBER(mount, mnt_parent, 0, 8),
	FAKE_MEMBER(mount, mnt_mountpoint, 8, 8),
	FAKE_MEMBER(mount, mnt, 16, 32),
	FAKE_MEMBER(mount, mnt_ns, 48, 8),
	FAKE_MEMBER(vfsmount, mnt_root, 0, 8),
	FAKE_MEMBER(vfsmount, mnt_sb, 8, 8),
	FAKE_MEMBER(file, f_path, 0, 16),
	FAKE_MEMBER(path, mnt, 0, 8),
	FAKE_MEMBER(path, dentry, 8, 8),
};

struct tree_form {
	struct fake_rows rows;
	unsigned int mark_bits; /* below a value; what they are is `mark` */
	uint64_t mark, node_tag, root_tag;
	bool has_shift; /* in nodes, else the root has the height */
};

static const struct tree_form xarray = {
	{ rows_xarray, ARRAY_SIZE(rows_xarray) }, 1, 1, 2, 2, true
};
static const struct tree_form radix = { { rows_radix, ARRAY_SIZE(rows_radix) }, 2, 2, 1, 1, true };
static const struct tree_form high_radix = {
	{ rows_high_radix, ARRAY_SIZE(rows_high_radix) }, 2, 2, 0, 1, false
};

static uint64_t value(const struct tree_form *form, uint64_t type, uint64_t slot)
{
	return type << 59 | slot << form->mark_bits | form->mark;
}

static void put_slot(size_t node, size_t slot, uint64_t entry)
{
	fake_u64(&unit.fake, NODE(node) + SLOTS + slot * 8, entry);
}

static void put_root(size_t file, uint32_t height, uint64_t entry)
{
	fake_u32(&unit.fake, INFO_OF(file) + MAPPING + 8, height);
	fake_u64(&unit.fake, INFO_OF(file) + MAPPING + 16, entry);
}

/*
 * File 0 has two nodes below one: of memcg 1 the slots 0.1, 0.3000 and 1.7, of 2 the slot 0.1023, and pages
 * in memory. File 1 has a single entry, of memcg 1; file 2 nothing that is swapped, file 3 a single page.
 */
static void put_files(const struct tree_form *form)
{
	uint64_t links[4];

	fake_learn(&unit.fake, FAKE_ROWS(rows_shmem));
	fake_learn(&unit.fake, FAKE_ROWS(rows_unknown));
	fake_learn(&unit.fake, form->rows);
	fake_map(&unit.fake, FILES, 4 * FAKE_PAGE_BYTES);
	fake_map(&unit.fake, NODES, 4 * FAKE_PAGE_BYTES);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		links[i] = INFO_OF(i) + SWAPLIST_LINK;
		fake_u64(&unit.fake, INFO_OF(i) + 24, i != 2);
		fake_u64(&unit.fake, INFO_OF(i) + VFS_INODE + I_MAPPING, INFO_OF(i) + MAPPING);
		fake_u64(&unit.fake, INFO_OF(i) + MAPPING, INFO_OF(i) + VFS_INODE);
	}
	fake_list(&unit.fake, SWAPLIST, links, ARRAY_SIZE(links));
	put_root(0, 2, NODE(0) + form->root_tag);
	put_root(1, 0, value(form, 1, 8));
	put_root(2, 0, value(form, 0, 1));
	put_root(3, 0, VMEMMAP);
	if (form->has_shift)
		fake_u8(&unit.fake, NODE(0), 6);
	put_slot(0, 0, NODE(1) + form->node_tag);
	put_slot(0, 63, NODE(2) + form->node_tag);
	put_slot(1, 0, value(form, 0, 1));
	put_slot(1, 1, VMEMMAP + 64);
	put_slot(1, 62, value(form, 0, 3000));
	put_slot(1, 63, value(form, 0, 1023));
	put_slot(2, 5, value(form, 1, 7));
}

static struct capture seen;

static void say_file(const struct mcd_file *file, size_t memcg, uint64_t nr)
{
	char line[80];
	int length = snprintf(line, sizeof(line), "file %d memcg %zu slots %llu\n",
			      (int)((file->inode_addr - INFO_OF(0)) / FAKE_PAGE_BYTES), memcg,
			      (unsigned long long)nr);

	assert_int_equal(capture_write(&seen, line, (size_t)length), MCD_OK);
}

static enum mcd_status see(void *context, struct mcd_account *account, const struct mcd_file *file,
			   uint64_t nr_slots)
{
	assert_ptr_equal(context, &seen);
	say_file(file, (size_t)(account - unit.accounts), nr_slots);
	return MCD_OK;
}

static enum mcd_status find_files(struct mcd_audit *audit)
{
	enum mcd_status status = mcd_pins_swap(audit);

	seen.used = 0;
	seen.text[0] = '\0';
	return status ? status : mcd_swap_files(audit, see, &seen);
}

static void start_files(const struct tree_form *form)
{
	fake_learn(&unit.fake, FAKE_ROWS(rows_id));
	start_world(&pages);
	put_files(form);
}

#define FOUND                      \
	"file 0 memcg 1 slots 3\n" \
	"file 0 memcg 2 slots 1\n" \
	"file 1 memcg 1 slots 1\n"

static void assert_files(const char *expected)
{
	assert_int_equal(find_files(&unit.audit), MCD_OK);
	assert_string_equal(seen.text, expected);
}

static void files_in_xarrays(void **state)
{
	(void)state;
	start_files(&xarray);
	assert_files(FOUND);
	audit_unit_torture(&unit, find_files);
}

static void files_in_radix_trees(void **state)
{
	(void)state;
	start_files(&radix);
	assert_files(FOUND);
	audit_unit_torture(&unit, find_files);
}

static void files_in_trees_with_a_height(void **state)
{
	(void)state;
	start_files(&high_radix);
	assert_files(FOUND);
	audit_unit_torture(&unit, find_files);
}

/* Two ids in a word are in the order of the machine. */
static void files_of_another_machine(void **state)
{
	(void)state;
	audit_unit_exit(&unit);
	audit_unit_init_word(&unit, 8, true);
	fake_learn(&unit.fake, FAKE_ROWS(rows_private_id));
	start_world(&array);
	put_files(&xarray);
	assert_files(FOUND);
}

/* Since large folios are swapped as a whole: by siblings, and in a node further up. */
static void entries_of_many_slots(void **state)
{
	(void)state;
	start_files(&xarray);
	for (uint64_t i = 64; i < 64 + 4 + 64; i++)
		put_id_in_page(0, i, 17);
	put_slot(1, 8, value(&xarray, 0, 64));
	for (uint64_t i = 9; i < 12; i++)
		put_slot(1, i, 8 << 2 | 2);
	put_slot(0, 1, value(&xarray, 0, 68));
	put_slot(2, 60, value(&xarray, 0, 132));
	for (uint64_t i = 0; i < 4; i++)
		put_id_in_page(0, 132 + i, 65535);
	for (uint64_t i = 61; i < 64; i++)
		put_slot(2, i, 60 << 2 | 2);
	assert_files("file 0 memcg 1 slots 71\n"
		     "file 0 memcg 2 slots 5\n"
		     "file 1 memcg 1 slots 1\n");
}

static void trees_that_lie(void **state)
{
	static const struct {
		uint64_t entry; /* of slot 1 of the first node */
		uint64_t shift; /* of node 3 */
		const char *note;
	} table[] = {
		/* a node that is its own child, one of another level, one that is nowhere */
		{ NODE(0) + 2, 0, "the node at ffff888004000000 makes no sense" },
		{ NODE(3) + 2, 6, "the node at ffff888004003000 makes no sense" },
		{ NODE(9) + 2, 0, "xa_node.shift: no 1 bytes at ffff888004009000" },
		/* slots that no area has, or that would be more than there are */
		{ UINT64_C(31) << 59 | 1, 0, NULL },
		{ UINT64_C(3) << 59 | 1, 0, NULL },
		{ UINT64_C(2) << 59 | 1, 0, NULL },
		{ UINT64_C(1) << 40 | 1, 0, NULL },
		/* marks, and a large page in memory */
		{ 257 << 2 | 2, 0, NULL },
		{ VMEMMAP, 0, NULL },
	};
	char notes[200];

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (i) {
			stop(state);
			start(state);
		}
		start_files(&xarray);
		put_slot(0, 1, table[i].entry);
		fake_u8(&unit.fake, NODE(3), (uint8_t)table[i].shift);
		assert_files(FOUND);
		snprintf(notes, sizeof(notes), "swapped pages of a file are missing: %s\n",
			 table[i].note ? table[i].note : "");
		assert_notes(&unit.world, table[i].note ? notes : "");
	}
}

static void roots_that_lie(void **state)
{
	(void)state;
	start_files(&high_radix);
	put_root(0, 13, NODE(0) + 1);
	put_root(1, 0, NODE(0) + 1);
	assert_files("");
	assert_notes(&unit.world,
		     "swapped pages of a file are missing: the tree at ffff888003000808 is of no "
		     "possible height\n"
		     "swapped pages of a file are missing: the tree at ffff888003001808 is of no "
		     "possible height\n");
}

/* A huge page that is none: of so many slots is nothing. */
static void an_entry_of_too_many_slots(void **state)
{
	(void)state;
	start_files(&xarray);
	fake_u8(&unit.fake, NODE(0), 18);
	put_slot(0, 0, value(&xarray, 0, 1));
	put_slot(0, 63, 0);
	assert_files("file 1 memcg 1 slots 1\n");
	assert_notes(&unit.world,
		     "swapped pages of a file are missing: one has 262144 swap slots\n");
}

static void kernels_without_files(void **state)
{
	static const enum mcd_layout_id lost[] = {
		SYM(shmem_swaplist),
		M(xa_node, slots),
		M(shmem_inode_info, swapped),
	};

	for (size_t i = 0; i < ARRAY_SIZE(lost); i++) {
		if (i) {
			stop(state);
			start(state);
		}
		start_files(&xarray);
		fake_forget(&unit.fake, lost[i]);
		assert_int_equal(find_files(&unit.audit), MCD_ABSENT);
		assert_string_equal(seen.text, "");
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ids_in_pages),
		TEST(ids_in_an_array),
		TEST(ids_in_an_array_of_another_machine),
		TEST(ids_in_clusters),
		TEST(each_slot_holds_one),
		TEST(nobody_has_an_id),
		TEST(tables_that_are_missing),
		TEST(kernels_without_tables),
		TEST(counts_that_differ),
		TEST(numbers_that_make_no_sense),
		TEST(files_in_xarrays),
		TEST(files_in_radix_trees),
		TEST(files_in_trees_with_a_height),
		TEST(files_of_another_machine),
		TEST(entries_of_many_slots),
		TEST(trees_that_lie),
		TEST(roots_that_lie),
		TEST(an_entry_of_too_many_slots),
		TEST(kernels_without_files),
	};

	return cmocka_run_group_tests_name("swap slots", tests, NULL, NULL);
}
