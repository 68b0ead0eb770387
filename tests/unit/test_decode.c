// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Decoders one by one, where a whole report is too far away: figures, cpu masks, per-cpu counters,
 * references in every mode, usage counters of either word size.
 */
#include <string.h>

#include "../../src/decode/decode.h"
#include "mcd/world.h"
#include "unit.h"

enum { MEMCG = 0x10000, DATA = 0x20000, MASKS = 0x30000, CPU0 = 0x100000, CPU1 = 0x200000 };

static struct fake_target fake;
static struct mcd_arena arena;
static struct mcd_world world;

static void begin(unsigned int word_bytes, bool is_big_endian, struct fake_rows rows)
{
	static const uint64_t percpu_offsets[] = { CPU0, CPU1 };

	fake_init_word(&fake, word_bytes, is_big_endian);
	fake_learn(&fake, rows);
	fake_map(&fake, MEMCG, FAKE_PAGE_BYTES);
	fake_map(&fake, DATA, FAKE_PAGE_BYTES);
	fake_map(&fake, MASKS, 2 * FAKE_PAGE_BYTES);
	fake_map(&fake, CPU0, FAKE_PAGE_BYTES);
	fake_map(&fake, CPU1, FAKE_PAGE_BYTES);
	fake.percpu_offsets = percpu_offsets;
	fake.nr_cpus = ARRAY_SIZE(percpu_offsets);
	mcd_arena_init(&arena, UNIT_ARENA_BYTES);
	mcd_world_init(&world, &fake.target, &arena);
	world.online = (struct mcd_cpus){ .known = MCD_KNOWN, .offsets = percpu_offsets, .nr = 2 };
	world.possible = world.online;
}

static void end(void)
{
	fake_exit(&fake);
	mcd_arena_deinit(&arena);
}

/* ---- figures and words ---- */

static void figures_keep_the_nothings_apart(void **state)
{
	static const struct {
		struct mcd_figure a, b;
		enum mcd_known known;
		uint64_t value;
	} table[] = {
		{ { MCD_KNOWN, 7 }, { MCD_KNOWN, 3 }, MCD_KNOWN, 4 },
		{ { MCD_KNOWN, 3 }, { MCD_KNOWN, 7 }, MCD_KNOWN, (uint64_t)-4 },
		{ { MCD_NA, 0 }, { MCD_KNOWN, 7 }, MCD_NA, 0 },
		{ { MCD_KNOWN, 3 }, { MCD_NA, 0 }, MCD_NA, 0 },
		{ { MCD_UNREADABLE, 0 }, { MCD_KNOWN, 7 }, MCD_UNREADABLE, 0 },
		{ { MCD_NA, 0 }, { MCD_UNREADABLE, 0 }, MCD_UNREADABLE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct mcd_figure difference = mcd_figure_minus(table[i].a, table[i].b);

		assert_int_equal(difference.known, table[i].known);
		assert_true(difference.value == table[i].value);
	}
}

static void figures_follow_a_status(void **state)
{
	(void)state;
	assert_known(mcd_figure_from(MCD_OK, 5), 5);
	assert_na(mcd_figure_from(MCD_ABSENT, 5));
	assert_unreadable(mcd_figure_from(MCD_FAULT, 5));
	assert_unreadable(mcd_figure_from(MCD_CORRUPT, 5));
}

/* What is below zero, or more bytes than a signed number holds, is no count of anything. */
static void figures_scale_within_reason(void **state)
{
	(void)state;
	assert_known(mcd_figure_scale(mcd_figure_known(0), 4096), 0);
	assert_known(mcd_figure_scale(mcd_figure_known(3), 4096), 12288);
	assert_known(mcd_figure_scale(mcd_figure_known(INT64_MAX), 1), INT64_MAX);
	assert_unreadable(mcd_figure_scale(mcd_figure_known((uint64_t)INT64_MAX + 1), 1));
	assert_known(mcd_figure_scale(mcd_figure_known((UINT64_C(1) << 51) - 1), 4096),
		     INT64_MAX - 4095);
	assert_unreadable(mcd_figure_scale(mcd_figure_known(UINT64_C(1) << 51), 4096));
	assert_unreadable(mcd_figure_scale(mcd_figure_known(UINT64_C(1) << 52), 4096));
	assert_unreadable(mcd_figure_scale(mcd_figure_known(UINT64_MAX), 4096));
	assert_na(mcd_figure_scale(mcd_figure_none(MCD_NA), 4096));
	assert_unreadable(mcd_figure_scale(mcd_figure_none(MCD_UNREADABLE), 4096));
}

static void figures_compare(void **state)
{
	const struct mcd_figure na = { MCD_NA, 1 }, other_na = { MCD_NA, 2 };
	const struct mcd_figure lost = { MCD_UNREADABLE, 1 };

	(void)state;
	assert_true(mcd_figure_equal(mcd_figure_known(1), mcd_figure_known(1)));
	assert_false(mcd_figure_equal(mcd_figure_known(1), mcd_figure_known(2)));
	assert_true(mcd_figure_equal(na, other_na));
	assert_false(mcd_figure_equal(na, lost));
	assert_false(mcd_figure_equal(na, mcd_figure_known(1)));
}

static void every_flag_has_a_word_of_its_own(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < MCD_NR_FLAGS; i++) {
		assert_true(strlen(mcd_flag_name(1U << i)) > 0);
		for (unsigned int other = 0; other < i; other++)
			assert_string_not_equal(mcd_flag_name(1U << i), mcd_flag_name(1U << other));
	}
	assert_string_equal(mcd_flag_name(1U << MCD_NR_FLAGS), "");
}

static void states_and_sources_have_words(void **state)
{
	(void)state;
	assert_string_equal(mcd_state_name(MCD_STATE_UNREADABLE), "unreadable");
	assert_string_equal(mcd_state_name(MCD_STATE_ONLINE), "online");
	assert_string_equal(mcd_state_name(MCD_STATE_DYING), "dying");
	assert_string_equal(mcd_state_name(MCD_STATE_OFFLINE), "offline");
	assert_string_equal(mcd_state_name(MCD_STATE_RELEASED), "released");
	assert_string_equal(mcd_source_name(MCD_SOURCE_LIST), "list");
	assert_string_equal(mcd_source_name(MCD_SOURCE_TREE), "tree");
	assert_string_equal(mcd_source_name(MCD_SOURCE_ROOT), "root");
}

static void only_live_states_are_not_dangling(void **state)
{
	static const bool is_dangling[] = {
		[MCD_STATE_UNREADABLE] = true, [MCD_STATE_ONLINE] = false,
		[MCD_STATE_DYING] = false,     [MCD_STATE_OFFLINE] = true,
		[MCD_STATE_RELEASED] = true,
	};

	(void)state;
	for (int i = MCD_STATE_UNREADABLE; i <= MCD_STATE_RELEASED; i++) {
		const struct mcd_memcg memcg = { .state = i };

		assert_int_equal(mcd_is_dangling(&memcg), is_dangling[i]);
	}
}

/* ---- notes ---- */

static void damaged_lists_are_noted(void **state)
{
	static const struct fake_row rows[] = { FAKE_STRUCT(mem_cgroup, 1) };
	static const struct {
		struct mcd_list list;
		const char *text;
	} table[] = {
		{ { .damage = MCD_FAULT, .broken_at = 0x10, .broken_next = 0xabc, .nr_salvaged = 2 },
		  "things: damaged after 10: next abc cannot be read; 2 entries recovered from the "
		  "other end, some may be missing" },
		{ { .damage = MCD_CORRUPT, .broken_at = 0x10, .is_complete = true },
		  "things: damaged after 10: next 0 does not point back; 0 entries recovered from "
		  "the other end, nothing is missing" },
		{ { .damage = MCD_LIMIT, .broken_at = 0x10, .broken_next = 0x20 },
		  "things: damaged after 10: next 20 is one too many; 0 entries recovered from the "
		  "other end, some may be missing" },
	};

	(void)state;
	begin(8, false, FAKE_ROWS(rows));
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		assert_int_equal(mcd_note_list(&world, "things", &table[i].list), MCD_OK);
		assert_string_equal(world.last_note->text, table[i].text);
	}
	assert_string_equal(world.notes->text, table[0].text);
	assert_int_equal(mcd_note_list(&world, "things", &(struct mcd_list){ .nr = 5 }), MCD_OK);
	assert_string_equal(world.last_note->text, table[2].text);
	end();
}

/* Ten of a kind are kept, whatever they say; a kind of its own is not crowded out by another. */
static void notes_of_a_kind_are_limited(void **state)
{
	static const struct fake_row rows[] = { FAKE_STRUCT(mem_cgroup, 1) };
	int nr = 0;

	(void)state;
	begin(8, false, FAKE_ROWS(rows));
	for (int i = 0; i < 30; i++)
		assert_int_equal(mcd_note_add(&world, "one of %d", i), MCD_OK);
	assert_string_equal(world.last_note->text, "one of 9");
	assert_int_equal(world.head.nr_notes_left_out, 20);
	for (int i = 0; i < 12; i++)
		assert_int_equal(mcd_note_add(&world, "another of %d", i), MCD_OK);
	assert_string_equal(world.last_note->text, "another of 9");
	assert_int_equal(world.head.nr_notes_left_out, 22);
	for (const struct mcd_note *note = world.notes; note; note = note->next)
		nr++;
	assert_int_equal(nr, 20);
	end();
}

/* ---- which half of a union is meant ---- */

static void union_forms_follow_life(void **state)
{
	static const struct fake_row rows[] = { FAKE_MEMBER(mem_cgroup, oom_notify, 0, 16) };
	static const struct {
		enum mcd_facility facility;
		unsigned int sources;
		enum mcd_state state;
		enum mcd_union_form form;
	} table[] = {
		{ MCD_FACILITY_NAME, MCD_SOURCE_LIST, MCD_STATE_OFFLINE, MCD_UNION_DEAD },
		{ MCD_FACILITY_NAME, MCD_SOURCE_LIST | MCD_SOURCE_TREE, MCD_STATE_RELEASED,
		  MCD_UNION_DEAD },
		{ MCD_FACILITY_NAME, MCD_SOURCE_LIST, MCD_STATE_UNREADABLE, MCD_UNION_DEAD },
		{ MCD_FACILITY_NAME, MCD_SOURCE_LIST, MCD_STATE_ONLINE, MCD_UNION_OPEN },
		{ MCD_FACILITY_NAME, MCD_SOURCE_LIST, MCD_STATE_DYING, MCD_UNION_OPEN },
		{ MCD_FACILITY_NAME, MCD_SOURCE_TREE, MCD_STATE_OFFLINE, MCD_UNION_OPEN },
		{ MCD_FACILITY_NAME, MCD_SOURCE_TREE, MCD_STATE_UNREADABLE, MCD_UNION_OPEN },
		{ MCD_FACILITY_NAME, MCD_SOURCE_TREE, MCD_STATE_ONLINE, MCD_UNION_LIVE },
		{ MCD_FACILITY_NAME, MCD_SOURCE_TREE, MCD_STATE_DYING, MCD_UNION_LIVE },
		{ MCD_FACILITY_NONE, MCD_SOURCE_TREE, MCD_STATE_OFFLINE, MCD_UNION_LIVE },
		{ MCD_FACILITY_NONE, MCD_SOURCE_TREE, MCD_STATE_ONLINE, MCD_UNION_LIVE },
		{ MCD_FACILITY_NONE, MCD_SOURCE_TREE, MCD_STATE_UNREADABLE, MCD_UNION_LIVE },
	};

	(void)state;
	begin(8, false, FAKE_ROWS(rows));
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const struct mcd_memcg memcg = { .sources = table[i].sources,
						 .state = table[i].state };

		world.head.facility = table[i].facility;
		assert_int_equal(mcd_union_form(&world, &memcg), table[i].form);
	}
	end();
}

static void without_the_member_there_is_no_union(void **state)
{
	static const struct fake_row rows[] = { FAKE_STRUCT(mem_cgroup, 1) };
	const struct mcd_memcg memcg = { .sources = MCD_SOURCE_TREE, .state = MCD_STATE_ONLINE };

	(void)state;
	begin(8, false, FAKE_ROWS(rows));
	assert_int_equal(mcd_union_form(&world, &memcg), MCD_UNION_NONE);
	end();
}

/* ---- life states ---- */

static const struct fake_row css_rows[] = {
	FAKE_MEMBER(mem_cgroup, css, 16, 64), FAKE_MEMBER(cgroup_subsys_state, flags, 8, 4),
	FAKE_ENUMERATOR(CSS_ONLINE, 2),	      FAKE_ENUMERATOR(CSS_RELEASED, 4),
	FAKE_ENUMERATOR(CSS_DYING, 16),
};
static const struct fake_row refcnt_rows[] = { FAKE_MEMBER(mem_cgroup, refcnt, 128, 4) };

static void states_follow_the_flags(void **state)
{
	static const struct {
		uint32_t flags;
		enum mcd_state state;
	} table[] = {
		{ 0, MCD_STATE_OFFLINE },   { 2, MCD_STATE_ONLINE },   { 3, MCD_STATE_ONLINE },
		{ 18, MCD_STATE_DYING },    { 16, MCD_STATE_OFFLINE }, { 4, MCD_STATE_RELEASED },
		{ 20, MCD_STATE_RELEASED }, { 6, MCD_STATE_RELEASED }, { 8, MCD_STATE_OFFLINE },
	};

	(void)state;
	begin(8, false, FAKE_ROWS(css_rows));
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		fake_u32(&fake, MEMCG + 16 + 8, table[i].flags);
		assert_int_equal(mcd_css_state(&world, MEMCG), table[i].state);
	}
	fake_hole(&fake, MEMCG + 16 + 8, 1);
	assert_int_equal(mcd_css_state(&world, MEMCG), MCD_STATE_UNREADABLE);
	end();
}

/* Up to 3.10 nothing but the count tells that a group is being freed. */
static void a_count_of_zero_is_released(void **state)
{
	(void)state;
	begin(8, false, FAKE_ROWS(css_rows));
	fake_learn(&fake, FAKE_ROWS(refcnt_rows));
	assert_int_equal(mcd_css_state(&world, MEMCG), MCD_STATE_RELEASED);
	fake_u32(&fake, MEMCG + 128, 1);
	assert_int_equal(mcd_css_state(&world, MEMCG), MCD_STATE_OFFLINE);
	fake_hole(&fake, MEMCG + 128, 4);
	assert_int_equal(mcd_css_state(&world, MEMCG), MCD_STATE_OFFLINE);
	end();
}

static void without_the_enumerator_no_state_is_known(void **state)
{
	(void)state;
	begin(8, false, FAKE_ROWS(css_rows));
	fake_forget(&fake, ENUM(CSS_ONLINE));
	assert_int_equal(mcd_css_state(&world, MEMCG), MCD_STATE_UNREADABLE);
	end();
}

/* ---- the directory ---- */

/* Up to 3.10, which has mem_cgroup.refcnt, the cgroup of a dead group is freed memory. */
static void a_freed_directory_is_not_looked_at(void **state)
{
	static const struct fake_row rows[] = { FAKE_MEMBER(cgroup_subsys_state, cgroup, 24, 8) };
	const struct mcd_memcg dead = { .addr = MEMCG, .state = MCD_STATE_OFFLINE };
	const struct mcd_memcg live = { .addr = MEMCG, .state = MCD_STATE_ONLINE };

	(void)state;
	begin(8, false, FAKE_ROWS(css_rows));
	fake_learn(&fake, FAKE_ROWS(rows));
	fake_u64(&fake, MEMCG + 16 + 24, 0x1234);
	assert_known(mcd_css_cgroup(&world, &dead), 0x1234);
	end();
	begin(8, false, FAKE_ROWS(css_rows));
	fake_learn(&fake, FAKE_ROWS(rows));
	fake_learn(&fake, FAKE_ROWS(refcnt_rows));
	fake_u64(&fake, MEMCG + 16 + 24, 0x1234);
	assert_na(mcd_css_cgroup(&world, &dead));
	assert_known(mcd_css_cgroup(&world, &live), 0x1234);
	end();
}

/* ---- cpu masks ---- */

static const struct fake_row mask_rows[] = {
	FAKE_STRUCT(cpumask, 16),
	FAKE_SYMBOL(__cpu_online_mask, MASKS),
	FAKE_SYMBOL(__cpu_possible_mask, MASKS + 1024),
};
static const struct fake_row pointer_rows[] = {
	FAKE_STRUCT(cpumask, 16),
	FAKE_SYMBOL(cpu_online_mask, DATA),
	FAKE_SYMBOL(cpu_possible_mask, DATA + 8),
};

/* A world that has not read its masks yet. */
static void begin_without_cpus(unsigned int word_bytes, bool is_big_endian, struct fake_rows rows)
{
	begin(word_bytes, is_big_endian, rows);
	world.online = world.possible = (struct mcd_cpus){ .nr = 0 };
}

static void reads_masks(void **state)
{
	(void)state;
	begin_without_cpus(8, false, FAKE_ROWS(mask_rows));
	fake_u64(&fake, MASKS, 0x2);
	fake_u64(&fake, MASKS + 1024, 0x3);
	assert_int_equal(mcd_cpus_read(&world), MCD_OK);
	assert_int_equal(world.online.known, MCD_KNOWN);
	assert_int_equal(world.online.nr, 1);
	assert_int_equal(world.online.offsets[0], CPU1);
	assert_int_equal(world.possible.nr, 2);
	assert_int_equal(world.possible.offsets[0], CPU0);
	assert_int_equal(world.possible.offsets[1], CPU1);
	end();
}

static void reads_masks_behind_pointers(void **state)
{
	(void)state;
	begin_without_cpus(4, true, FAKE_ROWS(pointer_rows));
	fake_word(&fake, DATA, MASKS);
	fake_word(&fake, DATA + 8, MASKS + 1024);
	fake_word(&fake, MASKS, 0x1);
	fake_word(&fake, MASKS + 1024, 0x2);
	assert_int_equal(mcd_cpus_read(&world), MCD_OK);
	assert_int_equal(world.online.nr, 1);
	assert_int_equal(world.online.offsets[0], CPU0);
	assert_int_equal(world.possible.nr, 1);
	assert_int_equal(world.possible.offsets[0], CPU1);
	end();
}

/* Many cpus: the bit's number is the cpu's, across words. */
static void cpus_beyond_the_first_word(void **state)
{
	static uint64_t offsets[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++)
		offsets[i] = 1000 + i;
	begin_without_cpus(8, false, FAKE_ROWS(mask_rows));
	fake.percpu_offsets = offsets;
	fake.nr_cpus = ARRAY_SIZE(offsets);
	fake_u64(&fake, MASKS, UINT64_C(1) << 63);
	fake_u64(&fake, MASKS + 8, UINT64_C(1) << 63 | 1);
	fake_u64(&fake, MASKS + 1024, UINT64_MAX);
	fake_u64(&fake, MASKS + 1032, UINT64_MAX);
	assert_int_equal(mcd_cpus_read(&world), MCD_OK);
	assert_int_equal(world.online.nr, 3);
	assert_int_equal(world.online.offsets[0], 1063);
	assert_int_equal(world.online.offsets[1], 1064);
	assert_int_equal(world.online.offsets[2], 1127);
	assert_int_equal(world.possible.nr, 128);
	end();
}

static void check_bad_masks(struct fake_rows rows)
{
	begin_without_cpus(8, false, FAKE_ROWS(mask_rows));
	fake_learn(&fake, rows);
	fake_u64(&fake, MASKS, UINT64_MAX);
	fake_u64(&fake, MASKS + 1024, 0x7);
	assert_int_equal(mcd_cpus_read(&world), MCD_OK);
	assert_int_equal(world.online.known, MCD_UNREADABLE);
	assert_int_equal(world.possible.known, MCD_UNREADABLE);
	end();
}

static void bad_masks_are_unreadable(void **state)
{
	/* a cpu that the kernel does not have; a mask larger than any; pages that are missing */
	static const struct fake_row same[] = { FAKE_STRUCT(mem_cgroup, 1) };
	static const struct fake_row huge[] = { FAKE_STRUCT(cpumask, 1032) };
	static const struct fake_row nowhere[] = { FAKE_SYMBOL(__cpu_online_mask, 0x10),
						   FAKE_SYMBOL(__cpu_possible_mask, 0x20) };

	(void)state;
	check_bad_masks(FAKE_ROWS(same));
	check_bad_masks(FAKE_ROWS(huge));
	check_bad_masks(FAKE_ROWS(nowhere));
}

/* A mask of half a word must not fill the array of another half. */
static void a_mask_smaller_than_a_word_stays_in_bounds(void **state)
{
	static const struct fake_row small[] = { FAKE_STRUCT(cpumask, 4) };
	static uint64_t offsets[64];

	(void)state;
	begin_without_cpus(8, false, FAKE_ROWS(mask_rows));
	fake_learn(&fake, FAKE_ROWS(small));
	fake.percpu_offsets = offsets;
	fake.nr_cpus = ARRAY_SIZE(offsets);
	fake_u64(&fake, MASKS, UINT64_MAX);
	assert_int_equal(mcd_cpus_read(&world), MCD_OK);
	assert_in_range(world.online.nr, 0, 32);
	end();
}

static void masks_need_memory(void **state)
{
	(void)state;
	begin_without_cpus(8, false, FAKE_ROWS(mask_rows));
	arena.limit_bytes = 1000;
	assert_int_equal(mcd_cpus_read(&world), MCD_NO_MEMORY);
	arena.limit_bytes = 2000;
	assert_int_equal(mcd_cpus_read(&world), MCD_NO_MEMORY);
	end();
}

/* ---- percpu_counter ---- */

static const struct fake_row counter_rows[] = {
	FAKE_MEMBER(percpu_counter, count, 8, 8),
	FAKE_MEMBER(percpu_counter, counters, 32, 8),
};

struct counter_case {
	bool is_up;
	int64_t count;
	uint64_t counters;
	int32_t parts[2];
	void (*damage)(void);
	enum mcd_known known;
	int64_t sum;
};

static void lose_count(void)
{
	fake_hole(&fake, MEMCG + 8, 8);
}

static void lose_counters(void)
{
	fake_hole(&fake, MEMCG + 32, 8);
}

static void lose_part(void)
{
	fake_hole_page(&fake, CPU1);
}

static void lose_masks(void)
{
	world.online.known = MCD_UNREADABLE;
}

static const struct counter_case counter_cases[] = {
	{ false, 100, 0x40, { 7, -3 }, NULL, MCD_KNOWN, 104 },
	{ false, 0, 0x40, { INT32_MIN, INT32_MAX }, NULL, MCD_KNOWN, -1 },
	{ false, -5, 0x40, { 2, 2 }, NULL, MCD_KNOWN, -1 },
	{ false, 100, 0, { 20, 3 }, NULL, MCD_KNOWN, 123 },
	{ true, 100, 0x40, { 7, -3 }, NULL, MCD_KNOWN, 100 },
	{ true, -100, 0, { 7, -3 }, lose_part, MCD_KNOWN, -100 },
	{ false, 100, 0x40, { 7, -3 }, lose_count, MCD_UNREADABLE, 0 },
	{ false, 100, 0x40, { 7, -3 }, lose_counters, MCD_UNREADABLE, 0 },
	{ false, 100, 0x40, { 7, -3 }, lose_part, MCD_UNREADABLE, 0 },
	{ false, 100, 0x40, { 7, -3 }, lose_masks, MCD_UNREADABLE, 0 },
};

static void sums_percpu_counters(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(counter_cases); i++) {
		const struct counter_case *this_case = &counter_cases[i];
		struct mcd_percpu_counter counter;
		struct mcd_figure sum;

		begin(8, false, FAKE_ROWS(counter_rows));
		if (this_case->is_up)
			fake_forget(&fake, M(percpu_counter, counters));
		fake_u64(&fake, MEMCG + 8, (uint64_t)this_case->count);
		fake_u64(&fake, MEMCG + 32, this_case->counters);
		fake_u32(&fake, CPU0 + this_case->counters, (uint32_t)this_case->parts[0]);
		fake_u32(&fake, CPU1 + this_case->counters, (uint32_t)this_case->parts[1]);
		if (this_case->damage)
			this_case->damage();
		counter = mcd_percpu_counter_read(&world, MEMCG);
		assert_int_equal(counter.has_counters, !this_case->is_up);
		sum = mcd_percpu_counter_sum(&world, &counter);
		assert_int_equal(sum.known, this_case->known);
		if (sum.known == MCD_KNOWN)
			assert_true((int64_t)sum.value == this_case->sum);
		end();
	}
}

/* ---- references ---- */

static const struct fake_row ref_rows_64[] = {
	FAKE_MEMBER(mem_cgroup, css, 16, 64),
	FAKE_MEMBER(cgroup_subsys_state, refcnt, 16, 16),
	FAKE_MEMBER(cgroup_subsys_state, flags, 8, 4),
	FAKE_MEMBER(percpu_ref, percpu_count_ptr, 0, 8),
	FAKE_MEMBER(percpu_ref, data, 8, 8),
	FAKE_MEMBER(percpu_ref_data, count, 8, 8),
	FAKE_ENUMERATOR(CSS_NO_REF, 1),
};
static const struct fake_row ref_rows_32[] = {
	FAKE_MEMBER(mem_cgroup, css, 16, 64),
	FAKE_MEMBER(cgroup_subsys_state, refcnt, 16, 8),
	FAKE_MEMBER(cgroup_subsys_state, flags, 8, 4),
	FAKE_MEMBER(percpu_ref, percpu_count_ptr, 0, 4),
	FAKE_MEMBER(percpu_ref, data, 4, 4),
	FAKE_MEMBER(percpu_ref_data, count, 8, 4),
	FAKE_ENUMERATOR(CSS_NO_REF, 1),
};

#define BIAS_64 (UINT64_C(1) << 63)
#define BIAS_32 (UINT64_C(1) << 31)
enum { REF = MEMCG + 16 + 16, PERCPU = 0x40 };

struct ref_case {
	unsigned int word_bytes;
	uint64_t pointer, data, count;
	int64_t parts[2];
	uint32_t css_flags;
	enum mcd_known known;
	uint64_t refs;
};

static const struct ref_case ref_cases[] = {
	/* per-cpu: the count carries the bias, the parts may be negative one by one */
	{ 8, PERCPU, DATA, BIAS_64 + 1, { 5, -2 }, 2, MCD_KNOWN, 4 },
	{ 8, PERCPU, DATA, BIAS_64, { -3, 10 }, 0, MCD_KNOWN, 7 },
	{ 4, PERCPU, DATA, BIAS_32 + 1, { 5, -2 }, 2, MCD_KNOWN, 4 },
	/* atomic */
	{ 8, PERCPU | 1, DATA, 12, { 5, -2 }, 2, MCD_KNOWN, 12 },
	{ 4, PERCPU | 1, DATA, 12, { 5, -2 }, 2, MCD_KNOWN, 12 },
	{ 8, PERCPU | 1, DATA, 0, { 5, -2 }, 0, MCD_KNOWN, 0 },
	/* atomic, the bias still in: the parts are not added up yet */
	{ 8, PERCPU | 1, DATA, BIAS_64 + 1, { 5, -2 }, 2, MCD_KNOWN, 4 },
	{ 4, PERCPU | 3, DATA, BIAS_32 + 1, { 5, -2 }, 0, MCD_KNOWN, 4 },
	/* killed */
	{ 8, PERCPU | 3, DATA, 1354, { 5, -2 }, 0, MCD_KNOWN, 1354 },
	{ 8, PERCPU | 3, DATA, BIAS_64 + 1, { 0, 0 }, 0, MCD_KNOWN, 1 },
	/* percpu_ref_exit() keeps the count above the flags and frees the rest */
	{ 8, 17 << 2 | 3, 0, 0, { 0, 0 }, 0, MCD_KNOWN, 17 },
	{ 4, 17 << 2 | 3, 0, 0, { 0, 0 }, 0, MCD_KNOWN, 17 },
	/* not counted at all */
	{ 8, PERCPU, DATA, BIAS_64 + 1, { 5, -2 }, 3, MCD_NA, 0 },
	/* what cannot be read */
	{ 8, PERCPU, 0x50, BIAS_64 + 1, { 5, -2 }, 2, MCD_UNREADABLE, 0 },
	{ 8, 0x7000, DATA, BIAS_64 + 1, { 5, -2 }, 2, MCD_UNREADABLE, 0 },
};

static void check_ref(const struct ref_case *this_case, bool is_big_endian)
{
	unsigned int word_bytes = this_case->word_bytes;
	struct mcd_memcg memcg = { .addr = MEMCG };

	begin(word_bytes, is_big_endian,
	      word_bytes == 8 ? FAKE_ROWS(ref_rows_64) : FAKE_ROWS(ref_rows_32));
	fake_word(&fake, REF, this_case->pointer);
	fake_word(&fake, REF + word_bytes, this_case->data);
	fake_word(&fake, DATA + 8, this_case->count);
	fake_u32(&fake, MEMCG + 16 + 8, this_case->css_flags);
	fake_word(&fake, CPU0 + PERCPU, (uint64_t)this_case->parts[0]);
	fake_word(&fake, CPU1 + PERCPU, (uint64_t)this_case->parts[1]);
	assert_int_equal(mcd_decode_refs(&world, &memcg), MCD_OK);
	assert_int_equal(memcg.refs.known, this_case->known);
	if (this_case->known == MCD_KNOWN)
		assert_int_equal(memcg.refs.value, this_case->refs);
	end();
}

static void counts_references(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ref_cases); i++) {
		check_ref(&ref_cases[i], false);
		check_ref(&ref_cases[i], true);
	}
}

/* Neither data nor a count of its own: not decoded, and said so. */
static void references_without_a_count_are_not_available(void **state)
{
	struct mcd_memcg memcg = { .addr = MEMCG };

	(void)state;
	begin(8, false, FAKE_ROWS(ref_rows_64));
	fake_forget(&fake, M(percpu_ref, data));
	assert_int_equal(mcd_decode_refs(&world, &memcg), MCD_OK);
	assert_na(memcg.refs);
	end();
}

static void references_need_the_possible_cpus(void **state)
{
	struct mcd_memcg memcg = { .addr = MEMCG };

	(void)state;
	begin(8, false, FAKE_ROWS(ref_rows_64));
	world.possible.known = MCD_UNREADABLE;
	fake_word(&fake, REF, PERCPU);
	fake_word(&fake, REF + 8, DATA);
	assert_int_equal(mcd_decode_refs(&world, &memcg), MCD_OK);
	assert_unreadable(memcg.refs);
	fake_word(&fake, REF, PERCPU | 3);
	assert_int_equal(mcd_decode_refs(&world, &memcg), MCD_OK);
	assert_known(memcg.refs, 0);
	end();
}

/* ---- usage counters ---- */

static const struct fake_row res_rows[] = {
	FAKE_MEMBER(mem_cgroup, res, 8, 56),
	FAKE_MEMBER(mem_cgroup, memsw, 64, 56),
	FAKE_MEMBER(res_counter, usage, 0, 8),
};
static const struct fake_row page_rows[] = {
	FAKE_MEMBER(mem_cgroup, memory, 8, 56),
	FAKE_MEMBER(mem_cgroup, memsw, 64, 56),
	FAKE_MEMBER(page_counter, usage, 8, 8),
};
static const struct fake_row page_rows_32[] = {
	FAKE_MEMBER(mem_cgroup, memory, 8, 56),
	FAKE_MEMBER(mem_cgroup, memsw, 64, 56),
	FAKE_MEMBER(page_counter, usage, 8, 4),
};

static void res_counters_are_bytes(void **state)
{
	(void)state;
	begin(8, false, FAKE_ROWS(res_rows));
	fake_put_in(&fake, MEMCG, M(mem_cgroup, res), M(res_counter, usage), 4097);
	fake_put_in(&fake, MEMCG, M(mem_cgroup, memsw), M(res_counter, usage), (uint64_t)-1);
	assert_known(mcd_counter_memory(&world, MEMCG), 4097);
	assert_unreadable(mcd_counter_bytes(&world, MEMCG, M(mem_cgroup, memsw)));
	assert_known(mcd_counter_kernel_bytes(&world, MEMCG, M(mem_cgroup, memsw)), UINT64_MAX);
	assert_na(mcd_counter_kernel_bytes(&world, MEMCG, M(mem_cgroup, kmem)));
	assert_na(mcd_counter_bytes(&world, MEMCG, M(mem_cgroup, kmem)));
	fake_hole(&fake, MEMCG + 8, 8);
	assert_unreadable(mcd_counter_memory(&world, MEMCG));
	end();
}

static void page_counters_are_pages(void **state)
{
	(void)state;
	begin(8, false, FAKE_ROWS(page_rows));
	fake_put_in(&fake, MEMCG, M(mem_cgroup, memory), M(page_counter, usage), 3);
	fake_put_in(&fake, MEMCG, M(mem_cgroup, memsw), M(page_counter, usage), (uint64_t)-1);
	assert_known(mcd_counter_memory(&world, MEMCG), 12288);
	assert_unreadable(mcd_counter_bytes(&world, MEMCG, M(mem_cgroup, memsw)));
	assert_known(mcd_counter_kernel_bytes(&world, MEMCG, M(mem_cgroup, memsw)),
		     (uint64_t)-4096);
	end();
}

/* So many pages are more bytes than 64 bits hold: the product must not pass for a small figure. */
static void huge_page_counters_are_unreadable(void **state)
{
	static const uint64_t pages[] = { UINT64_C(1) << 51, UINT64_C(1) << 52,
					  (UINT64_C(1) << 52) + 1, INT64_MAX };

	(void)state;
	begin(8, false, FAKE_ROWS(page_rows));
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		fake_put_in(&fake, MEMCG, M(mem_cgroup, memory), M(page_counter, usage), pages[i]);
		assert_unreadable(mcd_counter_memory(&world, MEMCG));
		assert_known(mcd_counter_kernel_bytes(&world, MEMCG, M(mem_cgroup, memory)),
			     pages[i] * 4096);
	}
	end();
}

/* A counter below zero must not pass for 16 terabytes. */
static void page_counters_of_32_bits_are_signed(void **state)
{
	(void)state;
	begin(4, true, FAKE_ROWS(page_rows_32));
	fake_put_in(&fake, MEMCG, M(mem_cgroup, memory), M(page_counter, usage), 0x7fffffff);
	fake_put_in(&fake, MEMCG, M(mem_cgroup, memsw), M(page_counter, usage), UINT32_MAX);
	assert_known(mcd_counter_memory(&world, MEMCG), UINT64_C(0x7fffffff) * 4096);
	assert_unreadable(mcd_counter_bytes(&world, MEMCG, M(mem_cgroup, memsw)));
	assert_known(mcd_counter_kernel_bytes(&world, MEMCG, M(mem_cgroup, memsw)),
		     (uint64_t)-4096);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(figures_keep_the_nothings_apart),
		cmocka_unit_test(figures_follow_a_status),
		cmocka_unit_test(figures_scale_within_reason),
		cmocka_unit_test(figures_compare),
		cmocka_unit_test(every_flag_has_a_word_of_its_own),
		cmocka_unit_test(states_and_sources_have_words),
		cmocka_unit_test(only_live_states_are_not_dangling),
		cmocka_unit_test(damaged_lists_are_noted),
		cmocka_unit_test(notes_of_a_kind_are_limited),
		cmocka_unit_test(union_forms_follow_life),
		cmocka_unit_test(without_the_member_there_is_no_union),
		cmocka_unit_test(states_follow_the_flags),
		cmocka_unit_test(a_count_of_zero_is_released),
		cmocka_unit_test(without_the_enumerator_no_state_is_known),
		cmocka_unit_test(a_freed_directory_is_not_looked_at),
		cmocka_unit_test(reads_masks),
		cmocka_unit_test(reads_masks_behind_pointers),
		cmocka_unit_test(cpus_beyond_the_first_word),
		cmocka_unit_test(bad_masks_are_unreadable),
		cmocka_unit_test(a_mask_smaller_than_a_word_stays_in_bounds),
		cmocka_unit_test(masks_need_memory),
		cmocka_unit_test(sums_percpu_counters),
		cmocka_unit_test(counts_references),
		cmocka_unit_test(references_without_a_count_are_not_available),
		cmocka_unit_test(references_need_the_possible_cpus),
		cmocka_unit_test(res_counters_are_bytes),
		cmocka_unit_test(page_counters_are_pages),
		cmocka_unit_test(huge_page_counters_are_unreadable),
		cmocka_unit_test(page_counters_of_32_bits_are_signed),
	};

	return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
