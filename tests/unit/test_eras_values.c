// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * References, counters, TCP memory and statistics in the layouts of every era, each decoder by itself.
 * Offsets are made up; what is where and what it means is each era's.
 */
#include "../../src/decode/decode.h"
#include "mcd/world.h"
#include "unit.h"

enum {
	MEMCG = 0x10000,
	CHILD = 0x11000,
	DATA = 0x20000,
	TABLE = 0x30000,
	CPU0 = 0x100000,
	CPU1 = 0x200000,
	PERCPU = 0x40,
	CHILD_PERCPU = 0x440,
};

static struct fake_target fake;
static struct mcd_arena arena;
static struct mcd_world world;
static struct mcd_memcg memcgs[2];
static size_t tree[2];

/* A parent and its child, two cpus. */
static void begin_word(unsigned int word_bytes, bool is_big_endian, struct fake_rows rows)
{
	static const uint64_t percpu_offsets[] = { CPU0, CPU1 };
	static const uint64_t pages[] = { MEMCG, CHILD, DATA, TABLE, CPU0, CPU1 };

	fake_init_word(&fake, word_bytes, is_big_endian);
	fake_learn(&fake, rows);
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++)
		fake_map(&fake, pages[i], FAKE_PAGE_BYTES);
	fake.percpu_offsets = percpu_offsets;
	fake.nr_cpus = ARRAY_SIZE(percpu_offsets);
	mcd_arena_init(&arena, UNIT_ARENA_BYTES);
	mcd_world_init(&world, &fake.target, &arena);
	world.online = (struct mcd_cpus){ .known = MCD_KNOWN, .offsets = percpu_offsets, .nr = 2 };
	world.possible = world.online;
	world.head.hierarchy = MCD_HIERARCHY_V2;
	world.head.has_tcp = world.head.has_kmem = world.head.has_swap = true;
	world.is_swap_counted = true;
	memcgs[0] = (struct mcd_memcg){ .addr = MEMCG, .tree_first = 0, .tree_end = 2 };
	memcgs[1] = (struct mcd_memcg){ .addr = CHILD, .tree_first = 1, .tree_end = 2 };
	tree[0] = 0;
	tree[1] = 1;
	world.memcgs = memcgs;
	world.tree = tree;
	world.nr = world.nr_tree = 2;
}

static void begin(struct fake_rows rows)
{
	begin_word(8, false, rows);
}

static void end(void)
{
	fake_exit(&fake);
	mcd_arena_deinit(&arena);
}

/* ---- references ---- */

#define REF_ROWS                                                                               \
	FAKE_MEMBER(mem_cgroup, css, 0, 64), FAKE_MEMBER(cgroup_subsys_state, refcnt, 16, 48), \
		FAKE_MEMBER(cgroup_subsys_state, flags, 8, 4)

/* v3.11 to v3.16: an atomic_t, and unsigned per cpu that are freed when the ref is killed */
static const struct fake_row refs_311[] = {
	REF_ROWS,
	FAKE_MEMBER(percpu_ref, count, 0, 4),
	FAKE_MEMBER(percpu_ref, pcpu_count, 8, 8),
	FAKE_ENUMERATOR(CSS_ROOT, 1),
};

/* v3.17: not freed */
static const struct fake_row refs_317[] = {
	REF_ROWS,
	FAKE_MEMBER(percpu_ref, count, 0, 4),
	FAKE_MEMBER(percpu_ref, pcpu_count_ptr, 8, 8),
	FAKE_ENUMERATOR(CSS_NO_REF, 1),
};

/* v3.18 to v5.9: an atomic_long_t */
static const struct fake_row refs_318[] = {
	REF_ROWS,
	FAKE_MEMBER(percpu_ref, count, 0, 8),
	FAKE_MEMBER(percpu_ref, percpu_count_ptr, 8, 8),
	FAKE_ENUMERATOR(CSS_NO_REF, 1),
};

/* the last on 32 bits */
static const struct fake_row refs_318_32[] = {
	REF_ROWS,
	FAKE_MEMBER(percpu_ref, count, 0, 4),
	FAKE_MEMBER(percpu_ref, percpu_count_ptr, 4, 4),
	FAKE_ENUMERATOR(CSS_NO_REF, 1),
};

struct ref_case {
	uint64_t flags;
	uint64_t bias, count;
	int64_t parts[2];
	bool are_parts_freed;
	uint32_t css_flags;
	enum mcd_known known;
	uint64_t refs;
};

static void check_ref_in(unsigned int word_bytes, bool is_big_endian, struct fake_rows rows,
			 size_t part_bytes, const struct ref_case *this_case)
{
	uint64_t ref = MEMCG + 16;
	struct mcd_memcg memcg = { .addr = MEMCG };
	bool is_long = part_bytes == 8;

	begin_word(word_bytes, is_big_endian, rows);
	fake_uint(&fake, ref, part_bytes,
		  this_case->count + (this_case->bias ? UINT64_C(1) << (is_long ? 63 : 31) : 0));
	fake_word(&fake, ref + word_bytes, this_case->flags | PERCPU);
	fake_u32(&fake, MEMCG + 8, this_case->css_flags);
	fake_uint(&fake, CPU0 + PERCPU, part_bytes, (uint64_t)this_case->parts[0]);
	fake_uint(&fake, CPU1 + PERCPU, part_bytes, (uint64_t)this_case->parts[1]);
	if (this_case->are_parts_freed)
		fake_hole_page(&fake, CPU1);
	assert_int_equal(mcd_decode_refs(&world, &memcg), MCD_OK);
	assert_int_equal(memcg.refs.known, this_case->known);
	if (this_case->known == MCD_KNOWN)
		assert_int_equal(memcg.refs.value, this_case->refs);
	end();
}

static void check_ref(unsigned int word_bytes, struct fake_rows rows, size_t part_bytes,
		      const struct ref_case *this_case)
{
	check_ref_in(word_bytes, false, rows, part_bytes, this_case);
	check_ref_in(word_bytes, true, rows, part_bytes, this_case);
}

static const struct ref_case ref_cases[] = {
	/* per-cpu: parts may be negative one by one */
	{ 0, 1, 1, { 5, -2 }, false, 2, MCD_KNOWN, 4 },
	{ 0, 1, 0, { -3, 10 }, false, 2, MCD_KNOWN, 7 },
	{ 0, 1, (uint64_t)-5, { 9, -2 }, false, 2, MCD_KNOWN, 2 },
	/* killed, the grace period still running */
	{ 1, 1, 1, { 5, -2 }, false, 0, MCD_KNOWN, 4 },
	{ 1, 1, 1, { 5, -2 }, true, 0, MCD_UNREADABLE, 0 },
	{ 1, 1, (uint64_t)-2, { 5, 0 }, false, 0, MCD_KNOWN, 3 },
	/* killed: the parts are no longer looked at */
	{ 1, 0, 41, { 5, -2 }, true, 0, MCD_KNOWN, 41 },
	{ 1, 0, 0, { 5, -2 }, true, 0, MCD_KNOWN, 0 },
	/* more puts than gets */
	{ 0, 1, 1, { -5, 2 }, false, 2, MCD_UNREADABLE, 0 },
	{ 1, 0, (uint64_t)-1, { 0, 0 }, false, 0, MCD_UNREADABLE, 0 },
	/* the root is not counted */
	{ 0, 1, 1, { 5, -2 }, false, 3, MCD_NA, 0 },
};

static void counts_references_of_every_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ref_cases); i++) {
		check_ref(8, FAKE_ROWS(refs_311), 4, &ref_cases[i]);
		check_ref(8, FAKE_ROWS(refs_317), 4, &ref_cases[i]);
		check_ref(8, FAKE_ROWS(refs_318), 8, &ref_cases[i]);
		check_ref(4, FAKE_ROWS(refs_318_32), 4, &ref_cases[i]);
	}
}

/* Since v3.18 dead is a second bit, beside atomic; percpu_ref_exit() leaves both and no pointer. */
static void counts_references_of_exited_refs(void **state)
{
	static const struct ref_case dead = { 3, 0, 41, { 5, -2 }, true, 0, MCD_KNOWN, 41 };
	struct mcd_memcg memcg = { .addr = MEMCG };

	(void)state;
	check_ref(8, FAKE_ROWS(refs_318), 8, &dead);
	begin(FAKE_ROWS(refs_318));
	fake_u64(&fake, MEMCG + 16, 7);
	fake_u64(&fake, MEMCG + 24, 3);
	assert_int_equal(mcd_decode_refs(&world, &memcg), MCD_OK);
	assert_known(memcg.refs, 7);
	/* no parts, but a bias that says there are some */
	fake_u64(&fake, MEMCG + 16, 7 | UINT64_C(1) << 63);
	assert_int_equal(mcd_decode_refs(&world, &memcg), MCD_OK);
	assert_unreadable(memcg.refs);
	end();
}

/* With neither mem_cgroup.refcnt nor a percpu_ref: biased by INT_MIN once removed. */
static void counts_references_that_are_one_atomic(void **state)
{
	static const struct fake_row rows[] = {
		FAKE_MEMBER(mem_cgroup, css, 0, 64),
		FAKE_MEMBER(cgroup_subsys_state, refcnt, 16, 4),
		FAKE_MEMBER(cgroup_subsys_state, flags, 8, 8),
		FAKE_ENUMERATOR(CSS_ROOT, 1),
	};
	struct mcd_memcg memcg = { .addr = MEMCG };

	(void)state;
	begin(FAKE_ROWS(rows));
	fake_u32(&fake, MEMCG + 16, 42);
	assert_int_equal(mcd_decode_refs(&world, &memcg), MCD_OK);
	assert_known(memcg.refs, 42);
	fake_u32(&fake, MEMCG + 16, (uint32_t)INT32_MIN + 7);
	assert_int_equal(mcd_decode_refs(&world, &memcg), MCD_OK);
	assert_known(memcg.refs, 7);
	fake_u64(&fake, MEMCG + 8, 3);
	assert_int_equal(mcd_decode_refs(&world, &memcg), MCD_OK);
	assert_na(memcg.refs);
	end();
}

/* ---- counters and limits ---- */

static const struct fake_row counters_310[] = {
	FAKE_MEMBER(mem_cgroup, res, 64, 80),
	FAKE_MEMBER(res_counter, usage, 0, 8),
	FAKE_MEMBER(res_counter, limit, 16, 8),
};
static const struct fake_row counters_44[] = {
	FAKE_MEMBER(mem_cgroup, memory, 64, 80),
	FAKE_MEMBER(page_counter, count, 0, 8),
	FAKE_MEMBER(page_counter, limit, 16, 8),
};
static const struct fake_row counters_510[] = {
	FAKE_MEMBER(mem_cgroup, memory, 64, 80),
	FAKE_MEMBER(page_counter, usage, 0, 8),
	FAKE_MEMBER(page_counter, max, 16, 8),
};
static const struct fake_row counters_44_32[] = {
	FAKE_MEMBER(mem_cgroup, memory, 64, 80),
	FAKE_MEMBER(page_counter, count, 0, 4),
	FAKE_MEMBER(page_counter, limit, 16, 4),
};

#define UNLIMITED_PAGES (INT64_MAX / FAKE_PAGE_BYTES)

static const struct counter_case {
	struct fake_rows rows;
	unsigned int word_bytes, counter_bytes;
	uint64_t usage, limit;
	uint64_t memory_bytes, limit_bytes;
	enum mcd_known known;
	bool is_unlimited;
} counter_cases[] = {
	{ FAKE_ROWS(counters_310), 8, 8, 8192, 1 << 20, 8192, 1 << 20, MCD_KNOWN, false },
	{ FAKE_ROWS(counters_310), 8, 8, 8192, 0, 8192, 0, MCD_KNOWN, false },
	{ FAKE_ROWS(counters_310), 8, 8, 8192, INT64_MAX, 8192, 0, MCD_NA, true },
	{ FAKE_ROWS(counters_310), 8, 8, 8192, UINT64_C(1) << 63, 8192, 0, MCD_NA, true },
	{ FAKE_ROWS(counters_310), 4, 8, 8192, UINT64_MAX, 8192, 0, MCD_NA, true },
	{ FAKE_ROWS(counters_310), 8, 8, 8192, INT64_MAX - 1, 8192, INT64_MAX - 1, MCD_KNOWN,
	  false },
	{ FAKE_ROWS(counters_44), 8, 8, 3, 256, 12288, 1 << 20, MCD_KNOWN, false },
	{ FAKE_ROWS(counters_44), 8, 8, 3, UNLIMITED_PAGES, 12288, 0, MCD_NA, true },
	{ FAKE_ROWS(counters_510), 8, 8, 3, 256, 12288, 1 << 20, MCD_KNOWN, false },
	{ FAKE_ROWS(counters_510), 8, 8, 3, UNLIMITED_PAGES, 12288, 0, MCD_NA, true },
	{ FAKE_ROWS(counters_510), 8, 8, 3, UNLIMITED_PAGES + 1, 12288, 0, MCD_UNREADABLE, false },
	{ FAKE_ROWS(counters_44_32), 4, 4, 3, 0x100000, 12288, UINT64_C(1) << 32, MCD_KNOWN,
	  false },
	{ FAKE_ROWS(counters_44_32), 4, 4, 3, INT32_MAX, 12288, 0, MCD_NA, true },
	{ FAKE_ROWS(counters_44_32), 4, 4, 3, UINT32_MAX, 12288, 0, MCD_UNREADABLE, false },
};

static void reads_usage_and_limit_of_every_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(counter_cases); i++) {
		const struct counter_case *this_case = &counter_cases[i];
		struct mcd_memcg *memcg = &memcgs[0];

		begin_word(this_case->word_bytes, false, this_case->rows);
		fake_uint(&fake, MEMCG + 64, this_case->counter_bytes, this_case->usage);
		fake_uint(&fake, MEMCG + 64 + 16, this_case->counter_bytes, this_case->limit);
		assert_known(mcd_counter_memory(&world, MEMCG), this_case->memory_bytes);
		assert_int_equal(mcd_decode_limit(&world, memcg), MCD_OK);
		assert_int_equal(memcg->memory_limit_bytes.known, this_case->known);
		if (this_case->known == MCD_KNOWN)
			assert_true(memcg->memory_limit_bytes.value == this_case->limit_bytes);
		assert_int_equal(memcg->is_memory_unlimited, this_case->is_unlimited);
		end();
	}
}

/* ---- swap accounting switched off, pages handed to the parent ---- */

static void swap_that_is_not_counted_is_not_available(void **state)
{
	static const struct fake_row int_switch[] = { FAKE_SYMBOL(do_swap_account, DATA) };
	static const struct fake_row swap[] = { FAKE_MEMBER(mem_cgroup, swap, 160, 80) };
	static const struct fake_row bool_switch[] = { FAKE_SYMBOL(cgroup_memory_noswap, DATA) };
	static const struct {
		struct fake_rows rows;
		uint32_t value;
		bool is_counted;
	} table[] = {
		{ FAKE_ROWS(int_switch), 1, true },
		{ FAKE_ROWS(int_switch), 0, false },
		/* the next bytes belong to something else */
		{ FAKE_ROWS(bool_switch), 0xffffff00, true },
		{ FAKE_ROWS(bool_switch), 0xffffff01, false },
		{ FAKE_ROWS(swap), 0, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		begin(FAKE_ROWS(counters_510));
		fake_learn(&fake, FAKE_ROWS(swap));
		fake_learn(&fake, table[i].rows);
		fake_u64(&fake, MEMCG + 160, 5);
		fake_u32(&fake, DATA, table[i].value);
		world.is_swap_counted = mcd_swap_is_counted(&world);
		assert_int_equal(world.is_swap_counted, table[i].is_counted);
		assert_int_equal(mcd_decode_swap(&world, &memcgs[0]), MCD_OK);
		assert_int_equal(memcgs[0].swap_bytes.known,
				 table[i].is_counted ? MCD_KNOWN : MCD_NA);
		end();
	}
	begin(FAKE_ROWS(int_switch));
	fake_hole_page(&fake, DATA);
	assert_true(mcd_swap_is_counted(&world));
	end();
}

static void what_moves_to_the_parent_is_flagged(void **state)
{
	static const struct fake_row kmem[] = { FAKE_MEMBER(mem_cgroup, kmem, 256, 80) };
	static const struct fake_row caches[] = { FAKE_MEMBER(memcg_cache_params, refcnt, 0, 8) };
	static const struct fake_row objcg[] = { FAKE_MEMBER(mem_cgroup, objcg, 512, 8) };
	static const struct fake_row per_node[] = { FAKE_MEMBER(mem_cgroup_per_node, objcg, 0, 8) };
	static const struct {
		struct fake_rows rows;
		unsigned int flags;
	} table[] = {
		{ FAKE_ROWS(kmem), 0 },
		{ FAKE_ROWS(caches), MCD_FLAG_KMEM_REPARENTED },
		{ FAKE_ROWS(objcg), MCD_FLAG_KMEM_REPARENTED },
		{ FAKE_ROWS(per_node), MCD_FLAG_KMEM_REPARENTED | MCD_FLAG_MEMORY_REPARENTED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		begin(FAKE_ROWS(counters_510));
		fake_learn(&fake, FAKE_ROWS(kmem));
		fake_learn(&fake, table[i].rows);
		world.head.hierarchy = MCD_HIERARCHY_V1;
		fake_u64(&fake, MEMCG + 64, 3);
		fake_u64(&fake, MEMCG + 256, 2);
		fake_u64(&fake, CHILD + 64, 3);
		fake_u64(&fake, CHILD + 256, 2);
		memcgs[0].state = MCD_STATE_OFFLINE;
		memcgs[1].state = MCD_STATE_ONLINE;
		for (size_t m = 0; m < 2; m++) {
			assert_int_equal(mcd_decode_swap(&world, &memcgs[m]), MCD_OK);
			assert_int_equal(mcd_decode_kmem(&world, &memcgs[m]), MCD_OK);
		}
		assert_int_equal(memcgs[0].flags, table[i].flags);
		assert_int_equal(memcgs[1].flags, 0);
		end();
	}
}

/* Up to v4.4 the unified hierarchy has no counters and statistics of its own. */
static void the_first_unified_hierarchy_charges_like_the_legacy_one(void **state)
{
	static const struct fake_row legacy[] = { FAKE_MEMBER(mem_cgroup, memsw, 160, 80),
						  FAKE_MEMBER(mem_cgroup, kmem, 256, 80) };

	(void)state;
	begin(FAKE_ROWS(counters_44));
	fake_learn(&fake, FAKE_ROWS(legacy));
	fake_u64(&fake, MEMCG + 64, 3);
	fake_u64(&fake, MEMCG + 160, 7);
	fake_u64(&fake, MEMCG + 256, 2);
	assert_int_equal(mcd_decode_swap(&world, &memcgs[0]), MCD_OK);
	assert_int_equal(mcd_decode_kmem(&world, &memcgs[0]), MCD_OK);
	assert_known(memcgs[0].swap_bytes, 4 * FAKE_PAGE_BYTES);
	assert_known(memcgs[0].kmem_bytes, 2 * FAKE_PAGE_BYTES);
	end();
}

/* ---- TCP ---- */

enum { TCP_MEM = 512, ALLOCATED = 0, SOCKETS = 128, COUNT = 8, COUNTERS = 32 };

/* v3.13 to v4.4, on top of the counters of the era */
static const struct fake_row tcp_313[] = {
	FAKE_MEMBER(mem_cgroup, tcp_mem, TCP_MEM, 256),
	FAKE_MEMBER(cg_proto, memory_allocated, ALLOCATED, 80),
	FAKE_MEMBER(cg_proto, sockets_allocated, SOCKETS, 40),
	FAKE_MEMBER(percpu_counter, count, COUNT, 8),
	FAKE_MEMBER(percpu_counter, counters, COUNTERS, 8),
};

/* Before, struct cg_proto has pointers of the same names. */
static const struct fake_row tcp_33[] = {
	FAKE_MEMBER(cg_proto, memory_allocated, 200, 8),
	FAKE_MEMBER(cg_proto, sockets_allocated, 208, 8),
	FAKE_MEMBER(tcp_memcontrol, tcp_memory_allocated, ALLOCATED, 80),
	FAKE_MEMBER(tcp_memcontrol, tcp_sockets_allocated, SOCKETS, 40),
	FAKE_MEMBER(res_counter, usage, 0, 8),
};

static void begin_tcp(struct fake_rows counters, uint64_t allocated, bool has_parts)
{
	begin(counters);
	fake_learn(&fake, FAKE_ROWS(tcp_313));
	fake_u64(&fake, MEMCG + TCP_MEM + ALLOCATED, allocated);
	fake_u64(&fake, MEMCG + TCP_MEM + SOCKETS + COUNT, 64);
	fake_u64(&fake, MEMCG + TCP_MEM + SOCKETS + COUNTERS, has_parts ? PERCPU : 0);
	fake_u32(&fake, CPU0 + PERCPU, 5);
	fake_u32(&fake, CPU1 + PERCPU, (uint32_t)-2);
	fake_u32(&fake, CPU0, 1000); /* where a destroyed counter points to */
}

static void reads_tcp_of_every_form(void **state)
{
	static const struct {
		struct fake_rows counters;
		uint64_t allocated;
		bool is_tcp_memcontrol;
	} table[] = {
		{ FAKE_ROWS(counters_310), 983040, true },
		{ FAKE_ROWS(counters_44), 983040, true }, /* as a port to a later kernel has it */
		{ FAKE_ROWS(counters_310), 983040, false },
		{ FAKE_ROWS(counters_44), 240, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		begin_tcp(table[i].counters, table[i].allocated, true);
		if (table[i].is_tcp_memcontrol)
			fake_learn(&fake, FAKE_ROWS(tcp_33));
		assert_int_equal(mcd_decode_tcp(&world, &memcgs[0]), MCD_OK);
		assert_known(memcgs[0].tcp_bytes, 983040);
		assert_known(memcgs[0].tcp_sockets, 67);
		assert_int_equal(memcgs[0].flags, 0);
		end();
	}
}

static void sockets_of_a_destroyed_counter_are_approximate(void **state)
{
	(void)state;
	begin_tcp(FAKE_ROWS(counters_44), 240, false);
	assert_int_equal(mcd_decode_tcp(&world, &memcgs[0]), MCD_OK);
	assert_known(memcgs[0].tcp_sockets, 64);
	assert_int_equal(memcgs[0].flags, MCD_FLAG_SOCKETS_APPROX);
	end();
	/* without CONFIG_SMP there are no per-cpu parts to lose */
	begin_tcp(FAKE_ROWS(counters_44), 240, false);
	fake_forget(&fake, M(percpu_counter, counters));
	assert_int_equal(mcd_decode_tcp(&world, &memcgs[0]), MCD_OK);
	assert_known(memcgs[0].tcp_sockets, 64);
	assert_int_equal(memcgs[0].flags, 0);
	end();
}

static void tcp_without_its_parts_is_not_available(void **state)
{
	(void)state;
	begin_tcp(FAKE_ROWS(counters_44), 240, true);
	fake_forget(&fake, M(cg_proto, memory_allocated));
	fake_forget(&fake, M(cg_proto, sockets_allocated));
	assert_int_equal(mcd_decode_tcp(&world, &memcgs[0]), MCD_OK);
	assert_na(memcgs[0].tcp_bytes);
	assert_na(memcgs[0].tcp_sockets);
	end();
}

/* ---- statistics ---- */

enum {
	NR_ITEMS = 10,
	ARRAY_BYTES = NR_ITEMS * 8,
	FEWER_BYTES = 5 * 8,
	SOCK = 4,
	KMEM = 6,
	STAT_PERCPU = 1024, /* pointer to the per-cpu part */
	TOTALS = 2048,	    /* array, or struct of arrays */
	PENDING = 256,
	STRUCT_BYTES = 3 * PENDING,
	HANDED = 256,
	KMEM_STAT = 3072,
};

#define STAT_ROWS                                                                  \
	FAKE_MEMBER(mem_cgroup, swap, 160, 80), FAKE_ENUMERATOR(MEMCG_SOCK, SOCK), \
		FAKE_ENUMERATOR(MEMCG_KMEM, KMEM), FAKE_ENUMERATOR(MEMCG_NR_STAT, NR_ITEMS)

static const struct fake_row stats_45[] = {
	STAT_ROWS,
	FAKE_MEMBER(mem_cgroup, stat, STAT_PERCPU, 8),
	FAKE_MEMBER(mem_cgroup_stat_cpu, count, 0, ARRAY_BYTES),
};
static const struct fake_row stats_415[] = {
	STAT_ROWS,
	FAKE_MEMBER(mem_cgroup, stat_cpu, STAT_PERCPU, 8),
	FAKE_MEMBER(mem_cgroup, stat, TOTALS, ARRAY_BYTES),
	FAKE_MEMBER(mem_cgroup_stat_cpu, count, 0, ARRAY_BYTES),
};
static const struct fake_row stats_52[] = {
	STAT_ROWS,
	FAKE_MEMBER(mem_cgroup, vmstats_percpu, STAT_PERCPU, 8),
	FAKE_MEMBER(mem_cgroup, vmstats, TOTALS, ARRAY_BYTES),
	FAKE_MEMBER(memcg_vmstats_percpu, stat, 0, ARRAY_BYTES),
};
static const struct fake_row stats_513[] = {
	STAT_ROWS,
	FAKE_MEMBER(mem_cgroup, vmstats_percpu, STAT_PERCPU, 8),
	FAKE_MEMBER(mem_cgroup, vmstats, TOTALS, STRUCT_BYTES),
	FAKE_MEMBER(memcg_vmstats, state, 0, ARRAY_BYTES),
	FAKE_MEMBER(memcg_vmstats, state_pending, PENDING, ARRAY_BYTES),
	FAKE_MEMBER(memcg_vmstats_percpu, state, 0, ARRAY_BYTES),
	FAKE_MEMBER(memcg_vmstats_percpu, state_prev, HANDED, ARRAY_BYTES),
};
/* v6.10: fewer elements than items, and a table says which */
static const struct fake_row stats_610[] = {
	FAKE_SYMBOL(mem_cgroup_stats_index, TABLE),
	FAKE_MEMBER(memcg_vmstats, state, 0, FEWER_BYTES),
	FAKE_MEMBER(memcg_vmstats, state_pending, PENDING, FEWER_BYTES),
	FAKE_MEMBER(memcg_vmstats_percpu, state, 0, FEWER_BYTES),
	FAKE_MEMBER(memcg_vmstats_percpu, state_prev, HANDED, FEWER_BYTES),
};

static void put_percpu(uint64_t at, size_t index, int64_t on_cpu0, int64_t on_cpu1)
{
	fake_u64(&fake, CPU0 + at + 8 * index, (uint64_t)on_cpu0);
	fake_u64(&fake, CPU1 + at + 8 * index, (uint64_t)on_cpu1);
}

/* Per-cpu parts of 10 − 3 in the parent and 1 + 4 in the child, in the element `index`. */
static void begin_stats(struct fake_rows rows, size_t index)
{
	begin(rows);
	fake_u64(&fake, MEMCG + STAT_PERCPU, PERCPU);
	fake_u64(&fake, CHILD + STAT_PERCPU, CHILD_PERCPU);
	put_percpu(PERCPU, index, 10, -3);
	put_percpu(CHILD_PERCPU, index, 1, 4);
}

static void put_totals(size_t index, int64_t parent, int64_t child)
{
	fake_u64(&fake, MEMCG + TOTALS + 8 * index, (uint64_t)parent);
	fake_u64(&fake, CHILD + TOTALS + 8 * index, (uint64_t)child);
}

static struct mcd_figure stat_of(size_t i, enum mcd_stat stat)
{
	struct mcd_figure pages;

	assert_int_equal(mcd_stat_pages(&world, &memcgs[i], stat, &pages), MCD_OK);
	return pages;
}

static void sums_statistics_that_every_group_keeps_for_itself(void **state)
{
	(void)state;
	begin_stats(FAKE_ROWS(stats_45), SOCK);
	assert_known(stat_of(0, MCD_STAT_SOCK), 12);
	assert_known(stat_of(1, MCD_STAT_SOCK), 5);
	assert_known(stat_of(0, MCD_STAT_KMEM), 0);
	end();
	begin_stats(FAKE_ROWS(stats_415), SOCK);
	put_totals(SOCK, 64, 32);
	assert_known(stat_of(1, MCD_STAT_SOCK), 37);
	assert_known(stat_of(0, MCD_STAT_SOCK), 108);
	end();
}

static void sums_statistics_that_ancestors_have_a_share_of(void **state)
{
	(void)state;
	begin_stats(FAKE_ROWS(stats_52), SOCK);
	put_totals(SOCK, 96, 32);
	assert_known(stat_of(0, MCD_STAT_SOCK), 108);
	assert_known(stat_of(1, MCD_STAT_SOCK), 37);
	end();
	/* since v5.13 part of the per-cpu values are in the totals already */
	begin_stats(FAKE_ROWS(stats_513), SOCK);
	put_totals(SOCK, 96, 32);
	put_percpu(PERCPU + HANDED, SOCK, 8, -4);
	put_percpu(CHILD_PERCPU + HANDED, SOCK, 1, 0);
	fake_u64(&fake, MEMCG + TOTALS + PENDING + 8 * SOCK, 7);
	assert_known(stat_of(0, MCD_STAT_SOCK), 96 + 7 + 3 + 4);
	assert_known(stat_of(1, MCD_STAT_SOCK), 32 + 4);
	end();
}

static void a_group_that_is_not_in_the_tree_has_its_own(void **state)
{
	(void)state;
	begin_stats(FAKE_ROWS(stats_45), SOCK);
	memcgs[0].tree_first = memcgs[0].tree_end = 0;
	assert_known(stat_of(0, MCD_STAT_SOCK), 7);
	end();
}

/* Charges from NMIs belong to kernel memory alone. */
static void kernel_memory_has_a_part_from_nmis(void **state)
{
	static const struct fake_row nmi[] = { FAKE_MEMBER(mem_cgroup, kmem_stat, KMEM_STAT, 4) };

	(void)state;
	begin_stats(FAKE_ROWS(stats_513), KMEM);
	fake_learn(&fake, FAKE_ROWS(nmi));
	fake_u32(&fake, MEMCG + KMEM_STAT, 9);
	fake_u32(&fake, CHILD + KMEM_STAT, (uint32_t)-1);
	assert_known(stat_of(0, MCD_STAT_KMEM), 7 + 5 + 9 - 1);
	assert_known(stat_of(1, MCD_STAT_KMEM), 5 - 1);
	assert_known(stat_of(0, MCD_STAT_SOCK), 0);
	end();
}

/* Items 0, 4, 6, 8 and 9 have a place, in this order. */
static void finds_items_through_a_table(void **state)
{
	static const uint8_t from_1[NR_ITEMS] = { 1, 0, 0, 0, 2, 0, 3, 0, 4, 5 };
	static const uint8_t from_0[NR_ITEMS] = { 0, 255, 255, 255, 1, 255, 2, 255, 3, 4 };
	static const uint8_t other[NR_ITEMS] = { 0, 255, 255, 255, 255, 255, 200, 255, 255, 255 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		begin_stats(FAKE_ROWS(stats_513), 1);
		fake_learn(&fake, FAKE_ROWS(stats_610));
		fake_bytes(&fake, TABLE, i ? from_0 : from_1, NR_ITEMS);
		put_totals(1, 96, 32);
		put_totals(2, 55, 44);
		assert_known(stat_of(0, MCD_STAT_SOCK), 108);
		assert_known(stat_of(1, MCD_STAT_KMEM), 44);
		end();
	}
	/* no place at all; a place that there is not; a table that nobody has filled in */
	begin_stats(FAKE_ROWS(stats_513), 1);
	fake_learn(&fake, FAKE_ROWS(stats_610));
	fake_bytes(&fake, TABLE, other, NR_ITEMS);
	assert_na(stat_of(0, MCD_STAT_SOCK));
	assert_unreadable(stat_of(0, MCD_STAT_KMEM));
	end();
	begin_stats(FAKE_ROWS(stats_513), 1);
	fake_learn(&fake, FAKE_ROWS(stats_610));
	assert_na(stat_of(0, MCD_STAT_SOCK));
	end();
}

static void a_table_that_cannot_be_read_is_no_guess(void **state)
{
	static const struct fake_row huge[] = { FAKE_ENUMERATOR(MEMCG_NR_STAT, 256) };
	static const struct fake_row small[] = { FAKE_ENUMERATOR(MEMCG_NR_STAT, 3) };

	(void)state;
	for (int i = 0; i < 5; i++) {
		begin_stats(FAKE_ROWS(stats_513), 1);
		fake_learn(&fake, FAKE_ROWS(stats_610));
		if (i == 0) /* kallsyms without data */
			fake_forget(&fake, SYM(mem_cgroup_stats_index));
		if (i == 1)
			fake_forget(&fake, ENUM(MEMCG_NR_STAT));
		if (i == 2)
			fake_hole_page(&fake, TABLE);
		if (i > 2)
			fake_learn(&fake, i == 3 ? FAKE_ROWS(huge) : FAKE_ROWS(small));
		assert_int_equal(stat_of(0, MCD_STAT_SOCK).known, i < 2 ? MCD_NA : MCD_UNREADABLE);
		end();
	}
}

/* The unified hierarchy has no counter of kernel memory, and before v5.18 no such item. */
static void without_an_item_there_is_no_figure(void **state)
{
	(void)state;
	begin_stats(FAKE_ROWS(stats_52), SOCK);
	fake_forget(&fake, ENUM(MEMCG_KMEM));
	assert_na(stat_of(0, MCD_STAT_KMEM));
	assert_int_equal(mcd_decode_kmem(&world, &memcgs[0]), MCD_OK);
	assert_na(memcgs[0].kmem_bytes);
	end();
	begin_stats(FAKE_ROWS(stats_52), SOCK);
	fake_forget(&fake, M(memcg_vmstats_percpu, stat));
	assert_na(stat_of(0, MCD_STAT_SOCK));
	end();
}

static void statistics_without_their_memory_are_unreadable(void **state)
{
	static const struct fake_rows eras[] = { FAKE_ROWS(stats_45), FAKE_ROWS(stats_415),
						 FAKE_ROWS(stats_52), FAKE_ROWS(stats_513) };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(eras); i++) {
		begin_stats(eras[i], SOCK);
		fake_hole(&fake, CHILD + STAT_PERCPU, 8);
		assert_unreadable(stat_of(0, MCD_STAT_SOCK));
		end();
		begin_stats(eras[i], SOCK);
		fake_hole_page(&fake, CPU1);
		assert_unreadable(stat_of(1, MCD_STAT_SOCK));
		end();
		begin_stats(eras[i], SOCK);
		world.possible.known = MCD_UNREADABLE;
		assert_unreadable(stat_of(1, MCD_STAT_SOCK));
		end();
	}
}

/* v6.12 and later without CONFIG_MEMCG_V1 have no tcpmem, and charge TCP all the same. */
static void tcp_needs_no_counter_on_the_unified_hierarchy(void **state)
{
	(void)state;
	begin_stats(FAKE_ROWS(stats_513), SOCK);
	assert_int_equal(mcd_decode_tcp(&world, &memcgs[0]), MCD_OK);
	assert_known(memcgs[0].tcp_bytes, 12 * FAKE_PAGE_BYTES);
	world.head.hierarchy = MCD_HIERARCHY_V1;
	assert_int_equal(mcd_decode_tcp(&world, &memcgs[1]), MCD_OK);
	assert_na(memcgs[1].tcp_bytes);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_references_of_every_form),
		cmocka_unit_test(counts_references_of_exited_refs),
		cmocka_unit_test(counts_references_that_are_one_atomic),
		cmocka_unit_test(reads_usage_and_limit_of_every_form),
		cmocka_unit_test(swap_that_is_not_counted_is_not_available),
		cmocka_unit_test(what_moves_to_the_parent_is_flagged),
		cmocka_unit_test(the_first_unified_hierarchy_charges_like_the_legacy_one),
		cmocka_unit_test(reads_tcp_of_every_form),
		cmocka_unit_test(sockets_of_a_destroyed_counter_are_approximate),
		cmocka_unit_test(tcp_without_its_parts_is_not_available),
		cmocka_unit_test(sums_statistics_that_every_group_keeps_for_itself),
		cmocka_unit_test(sums_statistics_that_ancestors_have_a_share_of),
		cmocka_unit_test(a_group_that_is_not_in_the_tree_has_its_own),
		cmocka_unit_test(kernel_memory_has_a_part_from_nmis),
		cmocka_unit_test(finds_items_through_a_table),
		cmocka_unit_test(a_table_that_cannot_be_read_is_no_guess),
		cmocka_unit_test(without_an_item_there_is_no_figure),
		cmocka_unit_test(statistics_without_their_memory_are_unreadable),
		cmocka_unit_test(tcp_needs_no_counter_on_the_unified_hierarchy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
