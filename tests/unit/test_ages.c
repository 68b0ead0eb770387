// SPDX-License-Identifier: GPL-2.0-or-later
/* How old memcgs are at least: by every source, by those created later, and what damage makes of it. */
#include <string.h>

#include "kernel_61.h"
#include "mcd/world.h"
#include "unit.h"

enum {
	NR = 4,
	HZ = 250,
	NODES = 2,
	GENERATIONS = 4,
	UPTIME = 1000, /* seconds */
	PAGE = FAKE_PAGE_BYTES,
	PSI_BEHIND = 500000000, /* the system's group was renewed so long ago, in ns */
};

#define CLOCKS UINT64_C(0xffffffff82100000)
#define MEMCGS UINT64_C(0xffff888001000000)
#define NODE_AT(i, node) (MEMCGS + UINT64_C(0x100000) + ((i)*NODES + (node)) * PAGE)
#define CGROUP_AT(i) (MEMCGS + UINT64_C(0x200000) + (i)*PAGE)
#define GROUP_AT(i) (MEMCGS + UINT64_C(0x300000) + (i)*PAGE) /* psi_group, or dentry and inode */
#define FIRST_JIFFY ((uint64_t)(uint32_t)(-300 * HZ))
#define NOW (FIRST_JIFFY + UPTIME * HZ)
#define SCHED_NOW (UPTIME * UINT64_C(1000000000) + 17)
#define WALL_NOW INT64_C(1700000000)

static const struct fake_row rows_css[] = {
	FAKE_MEMBER(mem_cgroup, css, 0, 200),
	FAKE_MEMBER(cgroup_subsys_state, cgroup, 8, 8),
	FAKE_MEMBER(cgroup_subsys_state, serial_nr, 88, 8),
};
static const struct fake_row rows_jiffies[] = {
	FAKE_SYMBOL(jiffies_64, CLOCKS),
	FAKE_SYMBOL(tick_nsec, CLOCKS + 16),
};
static const struct fake_row rows_pressure[] = { FAKE_MEMBER(mem_cgroup, socket_pressure, 256, 8) };
static const struct fake_row rows_pressure_4[] = { FAKE_MEMBER(mem_cgroup, socket_pressure, 256,
							       4) };
static const struct fake_row rows_lru_gen[] = {
	FAKE_SYMBOL(nr_node_ids, CLOCKS + 24),
	FAKE_MEMBER(mem_cgroup, nodeinfo, 512, 0),
	FAKE_MEMBER(mem_cgroup_per_node, lruvec, 64, 512),
	FAKE_MEMBER(lruvec, lrugen, 128, 256),
	FAKE_MEMBER(lru_gen_struct, timestamps, 16, GENERATIONS * 8),
};
static const struct fake_row rows_lru_gen_folio[] = {
	FAKE_MEMBER(lru_gen_folio, timestamps, 16, GENERATIONS * 8),
};
static const struct fake_row rows_psi[] = {
	FAKE_SYMBOL(psi_system, CLOCKS + 64),
	FAKE_SYMBOL(__sched_clock_stable, CLOCKS + 32),
	FAKE_MEMBER(psi_group, avg_last_update, 40, 8),
	FAKE_MEMBER(cgroup, psi, 264, 8),
};
static const struct fake_row row_embedded[] = { FAKE_MEMBER(cgroup, psi, 264, 400) };
static const struct fake_row rows_inode[] = {
	FAKE_SYMBOL(timekeeper, CLOCKS + 512), FAKE_MEMBER(timekeeper, xtime_sec, 8, 8),
	FAKE_MEMBER(cgroup, dentry, 272, 8),   FAKE_MEMBER(dentry, d_inode, 48, 8),
	FAKE_MEMBER(inode, i_mtime, 104, 16),
};
static const struct fake_row rows_ntp[] = {
	FAKE_SYMBOL(tk_ntp_data, CLOCKS + 600),
	FAKE_MEMBER(ntp_data, tick_length, 16, 8),
};

static struct unit {
	struct fake_target fake;
	struct mcd_arena arena;
	struct mcd_world world;
	struct mcd_memcg memcgs[NR];
} unit;

/* A time so many milliseconds ago. */
static uint64_t jiffies_ago(uint64_t ms)
{
	return NOW - ms * HZ / 1000;
}

static void put_pressure(size_t i, uint64_t jiffies)
{
	fake_u64(&unit.fake, unit.memcgs[i].addr + 256, jiffies);
}

static void put_generation(size_t i, size_t node, size_t generation, uint64_t jiffies)
{
	fake_u64(&unit.fake, NODE_AT(i, node) + 64 + 128 + 16 + generation * 8, jiffies);
}

static void put_psi(size_t i, uint64_t ns)
{
	fake_u64(&unit.fake, GROUP_AT(i) + 40, ns);
}

/* In every source a time of `ms` ago. */
static void put_all(size_t i, uint64_t ms)
{
	put_pressure(i, jiffies_ago(ms));
	for (size_t node = 0; node < NODES; node++)
		for (size_t generation = 0; generation < GENERATIONS; generation++)
			put_generation(i, node, generation, jiffies_ago(ms));
	put_psi(i, SCHED_NOW - ms * 1000000);
}

/* A machine of two nodes on the legacy hierarchy; without rows, it has no times. */
static int start(void **state)
{
	(void)state;
	memset(&unit, 0, sizeof(unit));
	fake_init(&unit.fake);
	fake_learn(&unit.fake, FAKE_ROWS(rows_css));
	fake_map(&unit.fake, CLOCKS, PAGE);
	fake_map(&unit.fake, MEMCGS, NR * PAGE);
	fake_map(&unit.fake, NODE_AT(0, 0), NR * NODES * PAGE);
	fake_map(&unit.fake, CGROUP_AT(0), NR * PAGE);
	fake_map(&unit.fake, GROUP_AT(0), NR * PAGE);
	fake_u64(&unit.fake, CLOCKS, NOW);
	fake_u64(&unit.fake, CLOCKS + 16, 1000000000 / HZ);
	fake_u32(&unit.fake, CLOCKS + 24, NODES);
	fake_u32(&unit.fake, CLOCKS + 32, 1);
	fake_u64(&unit.fake, CLOCKS + 64 + 40, SCHED_NOW - PSI_BEHIND);
	fake_u64(&unit.fake, CLOCKS + 512 + 8, WALL_NOW);
	mcd_arena_init(&unit.arena, UNIT_ARENA_BYTES);
	mcd_world_init(&unit.world, &unit.fake.target, &unit.arena);
	unit.world.head.hierarchy = MCD_HIERARCHY_V1;
	unit.world.memcgs = unit.memcgs;
	unit.world.nr = NR;
	for (size_t i = 0; i < NR; i++) {
		uint64_t addr = MEMCGS + i * PAGE;

		unit.memcgs[i] = (struct mcd_memcg){
			.addr = addr,
			.state = MCD_STATE_OFFLINE,
			.serial = { MCD_KNOWN, 100 - i },
		};
		fake_u64(&unit.fake, addr + 8, CGROUP_AT(i));
		for (size_t node = 0; node < NODES; node++)
			fake_u64(&unit.fake, addr + 512 + node * 8, NODE_AT(i, node));
		fake_u64(&unit.fake, CGROUP_AT(i) + 264, GROUP_AT(i));
		fake_u64(&unit.fake, CGROUP_AT(i) + 272, GROUP_AT(i));
		fake_u64(&unit.fake, GROUP_AT(i) + 48, GROUP_AT(i) + 1024);
		fake_u64(&unit.fake, GROUP_AT(i) + 1024 + 104, (uint64_t)WALL_NOW);
		put_all(i, 0);
	}
	return 0;
}

static int stop(void **state)
{
	(void)state;
	mcd_arena_deinit(&unit.arena);
	fake_exit(&unit.fake);
	return 0;
}

static enum mcd_status ages(void)
{
	for (size_t i = 0; i < NR; i++)
		unit.memcgs[i].age = (struct mcd_age){ .at_least_ms = { .known = MCD_NA } };
	return mcd_world_ages(&unit.world);
}

#define assert_age(i, ms, source_)                                              \
	do {                                                                    \
		assert_known(unit.memcgs[i].age.at_least_ms, ms);               \
		assert_int_equal(unit.memcgs[i].age.source, MCD_AGE_##source_); \
	} while (0)
#define assert_no_age(i) assert_na(unit.memcgs[i].age.at_least_ms)
#define assert_lost_age(i) assert_unreadable(unit.memcgs[i].age.at_least_ms)

/* ---- one source ---- */

static void a_kernel_without_times(void **state)
{
	(void)state;
	assert_int_equal(ages(), MCD_OK);
	for (size_t i = 0; i < NR; i++)
		assert_no_age(i);
	/* Times without a clock are none. */
	fake_learn(&unit.fake, FAKE_ROWS(rows_pressure));
	put_all(0, 60000);
	assert_int_equal(ages(), MCD_OK);
	assert_no_age(0);
}

/* A jiffy less than the difference: both are rounded down. */
static void pressure_was_set_at_creation_or_later(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_jiffies));
	fake_learn(&unit.fake, FAKE_ROWS(rows_pressure));
	put_pressure(0, jiffies_ago(8));
	put_pressure(1, jiffies_ago(60000));
	put_pressure(2, FIRST_JIFFY);
	put_pressure(3, FIRST_JIFFY - 1);
	assert_int_equal(ages(), MCD_OK);
	assert_age(0, 4, SOCKET_PRESSURE);
	assert_age(1, 59996, SOCKET_PRESSURE);
	assert_age(2, UPTIME * 1000 - 4, SOCKET_PRESSURE);
	/* Before the kernel was started: damage, but one created later has an age. */
	assert_age(3, UPTIME * 1000 - 4, YOUNGER);
	unit.memcgs[3].serial.value = 1000;
	assert_int_equal(ages(), MCD_OK);
	assert_lost_age(3);
	assert_false(mcd_memcg_is_whole(&unit.memcgs[3]));
	assert_true(mcd_memcg_is_whole(&unit.memcgs[2]));
}

/* vmpressure() sets it a second ahead; beyond that it is from before the start, all bits round. */
static void pressure_may_be_ahead_by_a_second(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_jiffies));
	fake_learn(&unit.fake, FAKE_ROWS(rows_pressure));
	put_pressure(0, NOW + HZ);
	put_pressure(1, NOW + 1);
	put_pressure(2, NOW - 1);
	put_pressure(3, NOW + HZ + 1);
	assert_int_equal(ages(), MCD_OK);
	assert_no_age(0);
	assert_no_age(1);
	assert_no_age(2);
	assert_lost_age(3);
}

/* 32 bits of jiffies go round in 198 days at 250 Hz: a bound all the same. */
static void short_jiffies_go_round(void **state)
{
	const uint64_t now = FIRST_JIFFY + (UINT64_C(3) << 32) + 1000;

	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_jiffies));
	fake_learn(&unit.fake, FAKE_ROWS(rows_pressure_4));
	fake_u64(&unit.fake, CLOCKS, now);
	fake_u32(&unit.fake, unit.memcgs[0].addr + 256, (uint32_t)now - HZ);
	fake_u32(&unit.fake, unit.memcgs[1].addr + 256, (uint32_t)now + HZ + 1);
	fake_u32(&unit.fake, unit.memcgs[2].addr + 256, (uint32_t)now + HZ);
	fake_u32(&unit.fake, unit.memcgs[3].addr + 256, (uint32_t)now);
	unit.memcgs[1].serial.value = 1;
	assert_int_equal(ages(), MCD_OK);
	assert_age(0, 996, SOCKET_PRESSURE);
	assert_age(1, (UINT64_C(1) << 32) * 4 - 1000 - 8, SOCKET_PRESSURE);
	assert_age(2, 996, YOUNGER);
	assert_age(3, 996, YOUNGER);
}

static void the_oldest_generation_of_all_nodes(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_jiffies));
	fake_learn(&unit.fake, FAKE_ROWS(rows_lru_gen));
	put_generation(0, 0, 3, jiffies_ago(2000));
	put_generation(0, 1, 1, jiffies_ago(5000));
	put_generation(0, 1, 2, jiffies_ago(3000));
	fake_u64(&unit.fake, unit.memcgs[1].addr + 512, 0); /* a node that is not there */
	put_generation(1, 1, 0, jiffies_ago(7000));
	assert_int_equal(ages(), MCD_OK);
	assert_age(0, 4996, LRU_GEN);
	assert_age(1, 6996, LRU_GEN);
	/* Beyond the nodes there are. */
	fake_u32(&unit.fake, CLOCKS + 24, 1);
	assert_int_equal(ages(), MCD_OK);
	assert_age(0, 1996, LRU_GEN);
	assert_age(1, 1996, YOUNGER);
}

static void generations_under_another_name(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_jiffies));
	fake_learn(&unit.fake, FAKE_ROWS(rows_lru_gen));
	fake_learn(&unit.fake, FAKE_ROWS(rows_lru_gen_folio));
	fake_forget(&unit.fake, M(lru_gen_struct, timestamps));
	put_generation(0, 0, 3, jiffies_ago(2000));
	assert_int_equal(ages(), MCD_OK);
	assert_age(0, 1996, LRU_GEN);
}

/* Less a thousandth, since clocks differ, and less what the system's group is behind. */
static void pressure_stalls_of_a_legacy_directory(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_jiffies));
	fake_learn(&unit.fake, FAKE_ROWS(rows_psi));
	put_psi(0, SCHED_NOW - UINT64_C(100000000000)); /* 100 s */
	put_psi(1, 0);
	fake_u64(&unit.fake, CGROUP_AT(2) + 264, 0); /* of psi=0 */
	put_psi(3, SCHED_NOW - PSI_BEHIND);
	for (size_t i = 1; i < NR; i++)
		unit.memcgs[i].serial.value = 1000;
	assert_int_equal(ages(), MCD_OK);
	assert_age(0, 99500 - 99 - 1, PSI);
	assert_no_age(1);
	assert_no_age(2);
	assert_no_age(3);
}

static void pressure_stalls_of_no_use(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_jiffies));
	fake_learn(&unit.fake, FAKE_ROWS(rows_psi));
	put_psi(0, SCHED_NOW - UINT64_C(100000000000));
	/* A directory of the unified hierarchy may be older than its memcg. */
	unit.world.head.hierarchy = MCD_HIERARCHY_V2;
	assert_int_equal(ages(), MCD_OK);
	assert_no_age(0);
	/* Clocks of cpus that differ. */
	unit.world.head.hierarchy = MCD_HIERARCHY_V1;
	fake_u32(&unit.fake, CLOCKS + 32, 0);
	assert_int_equal(ages(), MCD_OK);
	assert_no_age(0);
	/* Longer ago than the start. */
	fake_u32(&unit.fake, CLOCKS + 32, 1);
	fake_u64(&unit.fake, CLOCKS + 64 + 40, 2 * SCHED_NOW);
	put_psi(0, 1);
	assert_int_equal(ages(), MCD_OK);
	assert_lost_age(0);
}

static void pressure_stalls_inside_of_the_directory(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_jiffies));
	fake_learn(&unit.fake, FAKE_ROWS(rows_psi));
	fake_learn(&unit.fake, FAKE_ROWS(row_embedded));
	fake_forget(&unit.fake, SYM(__sched_clock_stable)); /* of those that are stable by design */
	fake_u64(&unit.fake, CGROUP_AT(0) + 264 + 40, SCHED_NOW - UINT64_C(100000000000));
	assert_int_equal(ages(), MCD_OK);
	assert_age(0, 99500 - 99 - 1, PSI);
}

/* A second less: it may have been at the end of that second. */
static void inode_of_the_directory(void **state)
{
	const uint64_t mtime = 1024 + 104;

	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_jiffies));
	fake_learn(&unit.fake, FAKE_ROWS(rows_inode));
	fake_u64(&unit.fake, GROUP_AT(0) + mtime, (uint64_t)WALL_NOW - 60);
	fake_u64(&unit.fake, GROUP_AT(1) + mtime, (uint64_t)WALL_NOW - UPTIME - 2);
	fake_u64(&unit.fake, GROUP_AT(2) + 48, 0);
	fake_u64(&unit.fake, GROUP_AT(3) + mtime, (uint64_t)WALL_NOW + 60);
	for (size_t i = 1; i < NR; i++)
		unit.memcgs[i].serial.value = 1000;
	assert_int_equal(ages(), MCD_OK);
	assert_age(0, 59000, INODE);
	assert_lost_age(1); /* before the start: someone set the clock, or that time */
	assert_no_age(2);
	assert_no_age(3);
	fake_u64(&unit.fake, GROUP_AT(1) + mtime, (uint64_t)-5);
	assert_int_equal(ages(), MCD_OK);
	assert_lost_age(1);
}

/* ---- together ---- */

static void the_longest_counts_and_the_first_of_equals(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_jiffies));
	fake_learn(&unit.fake, FAKE_ROWS(rows_pressure));
	fake_learn(&unit.fake, FAKE_ROWS(rows_lru_gen));
	fake_learn(&unit.fake, FAKE_ROWS(rows_psi));
	for (size_t i = 0; i < NR; i++) {
		put_all(i, 10000);
		unit.memcgs[i].serial.known = MCD_UNREADABLE;
	}
	put_generation(1, 1, 2, jiffies_ago(20000));
	put_psi(2, SCHED_NOW - UINT64_C(50000000000));
	put_pressure(3, 0);
	assert_int_equal(ages(), MCD_OK);
	assert_age(0, 9996, SOCKET_PRESSURE);
	assert_age(1, 19996, LRU_GEN);
	assert_age(2, 49500 - 49 - 1, PSI);
	/* One that makes no sense does not spoil the others. */
	assert_age(3, 9996, LRU_GEN);
}

/* Serial numbers grow with time: 0 is the youngest here. */
static void older_ones_are_as_old_as_younger_ones(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_jiffies));
	fake_learn(&unit.fake, FAKE_ROWS(rows_pressure));
	put_pressure(0, NOW + 1);
	put_pressure(1, jiffies_ago(20000));
	put_pressure(2, jiffies_ago(8000));
	put_pressure(3, jiffies_ago(30000));
	assert_int_equal(ages(), MCD_OK);
	assert_no_age(0);
	assert_age(1, 19996, SOCKET_PRESSURE);
	assert_age(2, 19996, YOUNGER);
	assert_age(3, 29996, SOCKET_PRESSURE);
	/* Whose number is not known has its own alone, and so have all where there are only ids. */
	unit.memcgs[2].serial.known = MCD_UNREADABLE;
	assert_int_equal(ages(), MCD_OK);
	assert_age(2, 7996, SOCKET_PRESSURE);
	unit.memcgs[2].serial.known = MCD_KNOWN;
	fake_forget(&unit.fake, M(cgroup_subsys_state, serial_nr));
	mcd_target_init(&unit.fake.target, unit.fake.target.ops, 8, false, PAGE);
	assert_int_equal(ages(), MCD_OK);
	assert_age(2, 7996, SOCKET_PRESSURE);
}

/* ---- clocks ---- */

static void every_rate_that_kernels_have(void **state)
{
	static const uint64_t rates[] = { 24,  32,  48,	 64,  100, 128,	 200,  250,
					  256, 300, 500, 512, 600, 1000, 1024, 1200 };

	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_jiffies));
	fake_learn(&unit.fake, FAKE_ROWS(rows_pressure));
	for (size_t i = 0; i < ARRAY_SIZE(rates); i++) {
		uint64_t hz = rates[i], now = (uint32_t)(-300 * hz) + 100 * hz;

		for (int ppm = -500; ppm <= 500; ppm += 500) {
			uint64_t ns = 1000000000 / hz;

			fake_u64(&unit.fake, CLOCKS, now);
			fake_u64(&unit.fake, CLOCKS + 16,
				 ns + (uint64_t)((int64_t)ns * ppm / 1000000));
			put_pressure(0, now - 1 - 10 * hz);
			assert_int_equal(ages(), MCD_OK);
			assert_age(0, 10000, SOCKET_PRESSURE);
		}
	}
}

static void no_rate_no_age(void **state)
{
	static const struct {
		uint64_t tick_ns;
		enum mcd_known known;
	} table[] = { { 0, MCD_UNREADABLE },  { 1000000001, MCD_UNREADABLE },
		      { 3600000, MCD_NA },    { 4400000, MCD_NA },
		      { 990000, MCD_NA },     { UINT64_MAX, MCD_UNREADABLE },
		      { 1000000000, MCD_NA }, { 3995000, MCD_NA } };

	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_jiffies));
	fake_learn(&unit.fake, FAKE_ROWS(rows_pressure));
	put_pressure(0, jiffies_ago(5000));
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		fake_u64(&unit.fake, CLOCKS + 16, table[i].tick_ns);
		assert_int_equal(ages(), MCD_OK);
		assert_int_equal(unit.memcgs[0].age.at_least_ms.known, table[i].known);
	}
	/* A clock that stands before its start. */
	fake_u64(&unit.fake, CLOCKS + 16, 1000000000 / HZ);
	fake_u64(&unit.fake, CLOCKS, FIRST_JIFFY - 1);
	put_pressure(0, FIRST_JIFFY - 1000);
	assert_int_equal(ages(), MCD_OK);
	assert_lost_age(0);
}

static void a_tick_with_a_fraction(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_jiffies));
	fake_learn(&unit.fake, FAKE_ROWS(rows_pressure));
	fake_learn(&unit.fake, FAKE_ROWS(rows_ntp));
	fake_forget(&unit.fake, SYM(tick_nsec));
	fake_u64(&unit.fake, CLOCKS + 600 + 16, (UINT64_C(4000000) << 32) + 12345);
	put_pressure(0, jiffies_ago(5000));
	assert_int_equal(ages(), MCD_OK);
	assert_age(0, 4996, SOCKET_PRESSURE);
}

/* ---- damage ---- */

static void learn_everything(void)
{
	fake_learn(&unit.fake, FAKE_ROWS(rows_jiffies));
	fake_learn(&unit.fake, FAKE_ROWS(rows_pressure));
	fake_learn(&unit.fake, FAKE_ROWS(rows_lru_gen));
	fake_learn(&unit.fake, FAKE_ROWS(rows_psi));
	fake_learn(&unit.fake, FAKE_ROWS(rows_inode));
	for (size_t i = 0; i < NR; i++) {
		put_all(i, 10000 * (i + 1));
		fake_u64(&unit.fake, GROUP_AT(i) + 1024 + 104, (uint64_t)WALL_NOW - 10 * (i + 1));
	}
}

/* Whatever cannot be read makes a bound shorter, or none, never longer. */
static void every_read_may_be_in_vain(void **state)
{
	uint64_t whole[NR], nr_reads = 0;

	(void)state;
	learn_everything();
	assert_int_equal(ages(), MCD_OK);
	for (size_t i = 0; i < NR; i++)
		whole[i] = unit.memcgs[i].age.at_least_ms.value;
	nr_reads = unit.fake.nr_reads;
	assert_true(nr_reads > 40);
	for (uint64_t at = 1; at <= nr_reads; at++) {
		unit.fake.nr_reads = 0;
		unit.fake.fail_read_at = at;
		assert_int_equal(ages(), MCD_OK);
		for (size_t i = 0; i < NR; i++) {
			const struct mcd_figure *age = &unit.memcgs[i].age.at_least_ms;

			assert_true(age->known != MCD_KNOWN || age->value <= whole[i]);
		}
	}
	unit.fake.fail_read_at = 0;
	fake_hole_page(&unit.fake, CLOCKS);
	assert_int_equal(ages(), MCD_OK);
	assert_lost_age(0);
}

static void what_is_missing_is_unreadable(void **state)
{
	(void)state;
	learn_everything();
	fake_hole(&unit.fake, unit.memcgs[0].addr, PAGE);
	fake_hole(&unit.fake, unit.memcgs[1].addr + 256, 8);
	assert_int_equal(ages(), MCD_OK);
	assert_lost_age(0);
	assert_age(1, 19996, LRU_GEN);
}

static void ends_at_once_where_it_must(void **state)
{
	(void)state;
	learn_everything();
	unit.fake.interrupt_at = 1;
	assert_int_equal(ages(), MCD_INTERRUPTED);
	unit.fake.interrupt_at = 0;
	unit.arena.limit_bytes = 8;
	assert_int_equal(ages(), MCD_NO_MEMORY);
}

/* ---- what is shown ---- */

static const struct k61_group groups[] = {
	K61_ROOT_GROUP,
	{ .name = "old", .id = 2, .serial = 2, .refs = 1 },
	{ .name = "young", .id = 3, .serial = 3, .refs = 1 },
};

static void shown_with_the_pins(void **state)
{
	static const struct fake_row row[] = { FAKE_MEMBER(mem_cgroup, socket_pressure, 3000, 8) };
	static const struct {
		uint64_t ms;
		const char *line;
	} table[] = {
		{ 8, "\tage: at least 4 ms (socket_pressure)\n" },
		{ 2000, "\tage: at least 1996 ms (socket_pressure)\n" },
		{ 2004, "\tage: at least 2 s (socket_pressure)\n" },
		{ 119996, "\tage: at least 119 s (socket_pressure)\n" },
		{ 120004, "\tage: at least 2 min (socket_pressure)\n" },
		{ 7200004, "\tage: at least 2 h (socket_pressure)\n" },
		{ 172800004, "\tage: at least 2 d (socket_pressure)\n" },
	};
	const uint64_t now = FIRST_JIFFY + 10 * 86400 * HZ;
	const struct k61_config config = { .is_v2 = true };
	static struct run_result result;
	struct fake_target fake;

	(void)state;
	k61_init(&fake, &config, groups, ARRAY_SIZE(groups));
	fake_learn(&fake, FAKE_ROWS(row));
	fake_learn(&fake, FAKE_ROWS(rows_jiffies));
	fake_map(&fake, CLOCKS, PAGE);
	fake_u64(&fake, CLOCKS, now);
	fake_u64(&fake, CLOCKS + 16, 1000000000 / HZ);
	fake_u64(&fake, K61_MEMCGS + 3000, FIRST_JIFFY);
	fake_u64(&fake, K61_MEMCGS + 0x1000 + 3000, now);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		fake_u64(&fake, K61_MEMCGS + 0x2000 + 3000, now - table[i].ms * HZ / 1000);
		run_command(&fake, "-p", &result);
		assert_non_null(strstr(result.out.text, table[i].line));
	}
	assert_non_null(strstr(result.out.text, "/old:\n\t1 reference, 1 unexplained\n"
						"\tage: at least 2 d (younger)\n"));
	run_command(&fake, "-j -p", &result);
	assert_non_null(strstr(result.out.text, "\"age\":{\"at_least_ms\":172800000,"
						"\"source\":\"younger\"}}\n"));
	run_command(&fake, "-j -f", &result);
	assert_null(strstr(result.out.text, "\"age\""));
	fake_u64(&fake, K61_MEMCGS + 0x2000 + 3000, 0);
	run_command(&fake, "-p", &result);
	assert_non_null(strstr(result.out.text, "\tage: unreadable\n"));
	assert_null(strstr(result.out.text, "age: at least"));
	assert_int_equal(result.outcome, MCD_OUTCOME_PARTIAL);
	run_command(&fake, "-j -p", &result);
	assert_non_null(strstr(result.out.text, "\"age\":\"unreadable\""));
	assert_non_null(strstr(result.out.text, "\"age\":null"));
	fake_exit(&fake);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_kernel_without_times),
		TEST(pressure_was_set_at_creation_or_later),
		TEST(pressure_may_be_ahead_by_a_second),
		TEST(short_jiffies_go_round),
		TEST(the_oldest_generation_of_all_nodes),
		TEST(generations_under_another_name),
		TEST(pressure_stalls_of_a_legacy_directory),
		TEST(pressure_stalls_of_no_use),
		TEST(pressure_stalls_inside_of_the_directory),
		TEST(inode_of_the_directory),
		TEST(the_longest_counts_and_the_first_of_equals),
		TEST(older_ones_are_as_old_as_younger_ones),
		TEST(every_rate_that_kernels_have),
		TEST(no_rate_no_age),
		TEST(a_tick_with_a_fraction),
		TEST(every_read_may_be_in_vain),
		TEST(what_is_missing_is_unreadable),
		TEST(ends_at_once_where_it_must),
		cmocka_unit_test(shown_with_the_pins),
	};

	return cmocka_run_group_tests_name("ages", tests, NULL, NULL);
}
