// SPDX-License-Identifier: GPL-2.0-or-later
/* Typed reads of a target, strings, members, and the cache of layout answers. */
#include <string.h>

#include "mcd/arena.h"
#include "mcd/layout.h"
#include "unit.h"

enum { BASE = 0x10000 };

static struct fake_target fake;
static struct mcd_arena arena;

static int start(void **state)
{
	(void)state;
	fake_init(&fake);
	fake_map(&fake, BASE, 2 * FAKE_PAGE_BYTES);
	mcd_arena_init(&arena, UNIT_ARENA_BYTES);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	fake_exit(&fake);
	mcd_arena_deinit(&arena);
	return 0;
}

/* ---- integers ---- */

static const unsigned char eight_bytes[] = { 0x81, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x88 };

static void check_integers(unsigned int word_bytes, bool is_big_endian, const uint64_t expected[4])
{
	static const size_t sizes[] = { 1, 2, 4, 8 };
	struct fake_target other;
	uint64_t value = 0;

	fake_init_word(&other, word_bytes, is_big_endian);
	fake_map(&other, BASE, sizeof(eight_bytes));
	fake_bytes(&other, BASE, eight_bytes, sizeof(eight_bytes));
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		assert_int_equal(mcd_read_uint(&other.target, BASE, sizes[i], "thing", &value),
				 MCD_OK);
		assert_int_equal(value, expected[i]);
	}
	fake_exit(&other);
}

static void reads_little_endian_integers(void **state)
{
	static const uint64_t expected[] = { 0x81, 0x0281, 0x04030281, 0x8807060504030281 };

	(void)state;
	check_integers(8, false, expected);
}

static void reads_big_endian_integers(void **state)
{
	static const uint64_t expected[] = { 0x81, 0x8102, 0x81020304, 0x8102030405060788 };

	(void)state;
	check_integers(8, true, expected);
}

static void reads_words_and_longs(void **state)
{
	static const struct {
		unsigned int word_bytes;
		bool is_big_endian;
		uint64_t word;
		int64_t as_long;
	} table[] = {
		{ 8, false, 0x8807060504030281, (int64_t)0x8807060504030281 },
		{ 8, true, 0x8102030405060788, (int64_t)0x8102030405060788 },
		{ 4, false, 0x04030281, 0x04030281 },
		{ 4, true, 0x81020304, (int64_t)0xffffffff81020304 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct fake_target other;
		uint64_t word = 0;
		int64_t as_long = 0;

		fake_init_word(&other, table[i].word_bytes, table[i].is_big_endian);
		fake_map(&other, BASE, sizeof(eight_bytes));
		fake_bytes(&other, BASE, eight_bytes, sizeof(eight_bytes));
		assert_int_equal(mcd_read_word(&other.target, BASE, "thing", &word), MCD_OK);
		assert_int_equal(mcd_read_long(&other.target, BASE, "thing", &as_long), MCD_OK);
		assert_true(word == table[i].word);
		assert_true(as_long == table[i].as_long);
		fake_exit(&other);
	}
}

static void refuses_odd_sizes(void **state)
{
	static const size_t sizes[] = { 0, 3, 5, 6, 7, 9, 16 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		uint64_t value = 77;

		assert_int_equal(mcd_read_uint(&fake.target, BASE, sizes[i], "thing", &value),
				 MCD_CORRUPT);
		assert_int_equal(value, 77);
	}
	assert_string_equal(fake.target.error.text, "thing: 16 bytes are no integer");
	assert_int_equal(fake.nr_reads, 0);
}

static void a_hole_is_a_fault(void **state)
{
	uint64_t value = 77;
	int64_t as_long = 77;

	(void)state;
	fake_hole(&fake, BASE + 0x107, 1);
	assert_int_equal(mcd_read_uint(&fake.target, BASE + 0x100, 8, "thing", &value), MCD_FAULT);
	assert_string_equal(fake.target.error.text, "thing: no 8 bytes at 10100");
	assert_int_equal(mcd_read_long(&fake.target, BASE + 0x100, "thing", &as_long), MCD_FAULT);
	assert_int_equal(value, 77);
	assert_int_equal(as_long, 77);
	assert_int_equal(mcd_read_uint(&fake.target, BASE + 0x100, 4, "thing", &value), MCD_OK);
	assert_int_equal(mcd_read_uint(&fake.target, 0, 8, "thing", &value), MCD_FAULT);
	assert_int_equal(mcd_read_uint(&fake.target, UINT64_MAX - 3, 8, "thing", &value),
			 MCD_FAULT);
}

static void counts_what_was_read(void **state)
{
	uint64_t value = 0;

	(void)state;
	assert_int_equal(mcd_read_uint(&fake.target, BASE, 4, "thing", &value), MCD_OK);
	assert_int_equal(mcd_read_uint(&fake.target, BASE, 8, "thing", &value), MCD_OK);
	assert_int_equal(mcd_read_uint(&fake.target, 0, 8, "thing", &value), MCD_FAULT);
	assert_int_equal(fake.target.stats.nr_reads, 3);
	assert_int_equal(fake.target.stats.read_bytes, 12);
}

static void a_poll_asks_the_front_end(void **state)
{
	(void)state;
	fake.interrupt_at = 2;
	assert_int_equal(mcd_poll(&fake.target, "things", 1, 2), MCD_OK);
	assert_int_equal(mcd_poll(&fake.target, "things", 2, 2), MCD_INTERRUPTED);
	assert_int_equal(fake.nr_polls, 2);
}

/* ---- strings ---- */

enum { PAGE_END = BASE + FAKE_PAGE_BYTES, LAST = BASE + 2 * FAKE_PAGE_BYTES };

static void check_string(uint64_t addr, const char *text)
{
	const char *read = NULL;

	fake_text(&fake, addr, text);
	assert_int_equal(mcd_read_string(&fake.target, &arena, addr, 1000, "name", &read), MCD_OK);
	assert_string_equal(read, text);
}

static void reads_strings(void **state)
{
	char text[801];

	(void)state;
	memset(text, 's', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	check_string(BASE, "");
	check_string(BASE + 3, "short");
	check_string(BASE + 64, text);
	check_string(PAGE_END - 3, "crosses the end of a page");
	check_string(PAGE_END - 300, text);
	check_string(PAGE_END - 1, "x");
	check_string(PAGE_END - 1, "");
}

/* The terminator is the last byte that the dump has. */
static void reads_strings_up_to_the_end_of_memory(void **state)
{
	char text[257];

	(void)state;
	memset(text, 't', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	check_string(LAST - 1, "");
	check_string(LAST - 8, "sevenxx");
	check_string(LAST - 257, text);
	check_string(LAST - 256, text + 1);
	check_string(LAST - 255, text + 2);
}

static void a_string_into_a_missing_page_is_a_fault(void **state)
{
	const char *read = NULL;

	(void)state;
	fake_bytes(&fake, LAST - 4, "tail", 4);
	assert_int_equal(mcd_read_string(&fake.target, &arena, LAST - 4, 100, "name", &read),
			 MCD_FAULT);
	assert_string_equal(fake.target.error.text, "name: no 96 bytes at 12000");
	assert_int_equal(mcd_read_string(&fake.target, &arena, 0, 100, "name", &read), MCD_FAULT);
	assert_null(read);
}

/* `max` counts the terminator: a string may have at most max − 1 characters. */
static void a_string_without_end_is_corrupt(void **state)
{
	static const struct {
		size_t length, max;
		enum mcd_status status;
	} table[] = {
		{ 9, 10, MCD_OK },	   { 10, 10, MCD_CORRUPT },    { 255, 256, MCD_OK },
		{ 256, 256, MCD_CORRUPT }, { 256, 257, MCD_OK },       { 511, 512, MCD_OK },
		{ 512, 512, MCD_CORRUPT }, { 1000, 600, MCD_CORRUPT }, { 0, 1, MCD_OK },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		char text[1001];
		const char *read = NULL;

		memset(text, 'm', sizeof(text));
		text[table[i].length] = '\0';
		fake_text(&fake, BASE + 17, text);
		assert_int_equal(mcd_read_string(&fake.target, &arena, BASE + 17, table[i].max,
						 "name", &read),
				 table[i].status);
		if (!table[i].status)
			assert_string_equal(read, text);
	}
	assert_string_equal(fake.target.error.text, "name: no end within 600 bytes at 10011");
}

static void a_string_needs_room_in_the_arena(void **state)
{
	const char *read = NULL;

	(void)state;
	arena.limit_bytes = 20;
	fake_text(&fake, BASE, "a name of some twenty bytes");
	assert_int_equal(mcd_read_string(&fake.target, &arena, BASE, 100, "name", &read),
			 MCD_NO_MEMORY);
	assert_null(read);
}

/* ---- members ---- */

static const struct fake_row member_rows[] = {
	FAKE_STRUCT(mem_cgroup, 200),
	FAKE_MEMBER(mem_cgroup, css, 0, 100),
	FAKE_MEMBER(mem_cgroup, kmemcg_id, 104, 4),
	FAKE_MEMBER(mem_cgroup, refcnt, 110, 2),
	FAKE_MEMBER(mem_cgroup, memcg_slab_caches, 120, 16),
	FAKE_MEMBER(memcg_cache_params, memcg_caches, 8, 0),
	FAKE_ENUMERATOR(CSS_ONLINE, 2),
	FAKE_SYMBOL(root_mem_cgroup, 0xffffffff81234567),
	{ MCD_KIND_MEMBER, "page_counter", "usage", 0, 8, MCD_FAULT },
};

static void reads_members(void **state)
{
	uint64_t value = 0;
	int64_t number = 0;

	(void)state;
	fake_learn(&fake, FAKE_ROWS(member_rows));
	fake_put(&fake, BASE, M(mem_cgroup, kmemcg_id), UINT32_MAX);
	fake_put(&fake, BASE, M(mem_cgroup, refcnt), 0x8001);
	assert_int_equal(mcd_field(&fake.target, BASE, M(mem_cgroup, kmemcg_id), &value), MCD_OK);
	assert_int_equal(value, UINT32_MAX);
	assert_int_equal(mcd_field_signed(&fake.target, BASE, M(mem_cgroup, kmemcg_id), &number),
			 MCD_OK);
	assert_int_equal(number, -1);
	assert_int_equal(mcd_field(&fake.target, BASE, M(mem_cgroup, refcnt), &value), MCD_OK);
	assert_int_equal(value, 0x8001);
	assert_int_equal(mcd_field_signed(&fake.target, BASE, M(mem_cgroup, refcnt), &number),
			 MCD_OK);
	assert_int_equal(number, -32767);
	assert_int_equal(mcd_field_addr(&fake.target, BASE, M(memcg_cache_params, memcg_caches),
					&value),
			 MCD_OK);
	assert_int_equal(value, BASE + 8);
}

static void members_that_are_no_integers_are_corrupt(void **state)
{
	uint64_t value = 0;

	(void)state;
	fake_learn(&fake, FAKE_ROWS(member_rows));
	assert_int_equal(mcd_field(&fake.target, BASE, M(mem_cgroup, memcg_slab_caches), &value),
			 MCD_CORRUPT);
	assert_int_equal(mcd_field(&fake.target, BASE, M(memcg_cache_params, memcg_caches), &value),
			 MCD_CORRUPT);
	assert_string_equal(fake.target.error.text,
			    "memcg_cache_params.memcg_caches: 0 bytes are no integer");
}

static void absent_members_are_not_read(void **state)
{
	uint64_t value = 77;
	int64_t number = 77;

	(void)state;
	fake_learn(&fake, FAKE_ROWS(member_rows));
	assert_int_equal(mcd_field(&fake.target, BASE, M(mem_cgroup, dead), &value), MCD_ABSENT);
	assert_string_equal(fake.target.error.text, "mem_cgroup.dead: not in this kernel");
	assert_int_equal(mcd_field_signed(&fake.target, BASE, M(mem_cgroup, dead), &number),
			 MCD_ABSENT);
	assert_int_equal(mcd_field_addr(&fake.target, BASE, M(mem_cgroup, dead), &value),
			 MCD_ABSENT);
	assert_int_equal(value, 77);
	assert_int_equal(number, 77);
	assert_int_equal(fake.nr_reads, 0);
	assert_int_equal(mcd_field(&fake.target, BASE, M(page_counter, usage), &value), MCD_FAULT);
	assert_string_equal(fake.target.error.text, "page_counter.usage: no type information");
}

/* ---- the cache ---- */

static void every_answer_is_asked_for_once(void **state)
{
	(void)state;
	fake_learn(&fake, FAKE_ROWS(member_rows));
	for (int round = 0; round < 3; round++) {
		assert_true(mcd_layout_has(&fake.target, M(mem_cgroup, css)));
		assert_false(mcd_layout_has(&fake.target, M(mem_cgroup, dead)));
		assert_true(mcd_layout_has(&fake.target, S(mem_cgroup)));
		assert_false(mcd_layout_has(&fake.target, S(css_id)));
		assert_true(mcd_layout_has(&fake.target, ENUM(CSS_ONLINE)));
		assert_false(mcd_layout_has(&fake.target, ENUM(CSS_DYING)));
		assert_true(mcd_layout_has(&fake.target, SYM(root_mem_cgroup)));
		assert_false(mcd_layout_has(&fake.target, SYM(dangling_memcgs)));
		assert_false(mcd_layout_has(&fake.target, M(page_counter, usage)));
	}
	/* of the member that is not there also whether its struct is */
	assert_int_equal(fake.nr_questions, 9 + 1);
}

/* What was interrupted is no answer: it is asked for again. */
static void an_interrupted_answer_is_not_kept(void **state)
{
	static const struct fake_row interrupted[] = {
		{ MCD_KIND_STRUCT, "mem_cgroup", NULL, 200, 0, MCD_INTERRUPTED },
	};
	static const struct fake_row whole[] = { FAKE_STRUCT(mem_cgroup, 200) };

	(void)state;
	fake_learn(&fake, FAKE_ROWS(interrupted));
	assert_int_equal(mcd_layout_ask(&fake.target, S(mem_cgroup))->status, MCD_INTERRUPTED);
	fake_learn(&fake, FAKE_ROWS(whole));
	assert_int_equal(mcd_layout_ask(&fake.target, S(mem_cgroup))->status, MCD_OK);
}

/* Addresses of a 32-bit kernel wrap, as when a per-cpu offset is added to a pointer. */
static void addresses_of_32_bits_wrap(void **state)
{
	uint64_t value = 0;

	(void)state;
	mcd_target_init(&fake.target, fake.target.ops, 4, false, 4096);
	fake_map(&fake, 0xc0001000, 4096);
	fake_u32(&fake, 0xc0001010, 0x1234);
	assert_int_equal(mcd_read_word(&fake.target, 0xe0000000 + 0xe0001010ULL, "word", &value),
			 MCD_OK);
	assert_int_equal(value, 0x1234);
}

static void answers_have_their_values(void **state)
{
	static const struct {
		enum mcd_layout_id id;
		const char *name;
		enum mcd_status status;
		uint64_t value, size_bytes;
	} table[] = {
		{ S(mem_cgroup), "mem_cgroup", MCD_OK, 200, 0 },
		{ M(mem_cgroup, kmemcg_id), "mem_cgroup.kmemcg_id", MCD_OK, 104, 4 },
		{ M(mem_cgroup, dead), "mem_cgroup.dead", MCD_ABSENT, 0, 0 },
		{ ENUM(CSS_ONLINE), "CSS_ONLINE", MCD_OK, 2, 0 },
		{ SYM(root_mem_cgroup), "root_mem_cgroup", MCD_OK, 0xffffffff81234567, 0 },
		{ M(page_counter, usage), "page_counter.usage", MCD_FAULT, 0, 0 },
	};

	(void)state;
	fake_learn(&fake, FAKE_ROWS(member_rows));
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const struct mcd_layout_answer *answer = mcd_layout_ask(&fake.target, table[i].id);
		char name[96];

		assert_string_equal(mcd_layout_name(table[i].id, name, sizeof(name)),
				    table[i].name);
		assert_int_equal(answer->status, table[i].status);
		if (answer->status)
			continue;
		assert_true(answer->value == table[i].value);
		assert_int_equal(answer->size_bytes, table[i].size_bytes);
	}
}

static void long_row_names_are_cut(void **state)
{
	char name[8];

	(void)state;
	assert_string_equal(mcd_layout_name(M(mem_cgroup, css), name, sizeof(name)), "mem_cgr");
}

/* Rows without a type are symbols or enumerators, and a struct's name is its type. */
static void rows_are_complete(void **state)
{
	(void)state;
	for (int id = 0; id < MCD_NR_LAYOUT; id++) {
		const struct mcd_layout_row *row = mcd_layout_row(id);
		bool has_type = row->kind == MCD_KIND_STRUCT || row->kind == MCD_KIND_MEMBER;

		assert_int_equal(row->type != NULL, has_type);
		assert_int_equal(row->name != NULL, row->kind != MCD_KIND_STRUCT);
	}
}

static bool has_home(const char *name)
{
	size_t nr = 0;
	const struct mcd_home *homes = mcd_layout_homes(&nr);

	for (size_t i = 0; i < nr; i++)
		if (strcmp(homes[i].name, name) == 0)
			return homes[i].functions[0];
	return false;
}

/* Debuginfo finds a struct or enumerator through the functions that the table names for it. */
static void whatever_has_a_description_has_a_home(void **state)
{
	(void)state;
	for (int id = 0; id < MCD_NR_LAYOUT; id++) {
		const struct mcd_layout_row *row = mcd_layout_row(id);

		if (row->kind != MCD_KIND_SYMBOL)
			assert_true(has_home(row->type ? row->type : row->name));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_little_endian_integers, start, stop),
		cmocka_unit_test_setup_teardown(reads_big_endian_integers, start, stop),
		cmocka_unit_test_setup_teardown(reads_words_and_longs, start, stop),
		cmocka_unit_test_setup_teardown(refuses_odd_sizes, start, stop),
		cmocka_unit_test_setup_teardown(a_hole_is_a_fault, start, stop),
		cmocka_unit_test_setup_teardown(counts_what_was_read, start, stop),
		cmocka_unit_test_setup_teardown(a_poll_asks_the_front_end, start, stop),
		cmocka_unit_test_setup_teardown(reads_strings, start, stop),
		cmocka_unit_test_setup_teardown(reads_strings_up_to_the_end_of_memory, start, stop),
		cmocka_unit_test_setup_teardown(a_string_into_a_missing_page_is_a_fault, start,
						stop),
		cmocka_unit_test_setup_teardown(a_string_without_end_is_corrupt, start, stop),
		cmocka_unit_test_setup_teardown(a_string_needs_room_in_the_arena, start, stop),
		cmocka_unit_test_setup_teardown(reads_members, start, stop),
		cmocka_unit_test_setup_teardown(members_that_are_no_integers_are_corrupt, start,
						stop),
		cmocka_unit_test_setup_teardown(absent_members_are_not_read, start, stop),
		cmocka_unit_test_setup_teardown(every_answer_is_asked_for_once, start, stop),
		cmocka_unit_test_setup_teardown(an_interrupted_answer_is_not_kept, start, stop),
		cmocka_unit_test_setup_teardown(addresses_of_32_bits_wrap, start, stop),
		cmocka_unit_test_setup_teardown(answers_have_their_values, start, stop),
		cmocka_unit_test_setup_teardown(long_row_names_are_cut, start, stop),
		cmocka_unit_test_setup_teardown(rows_are_complete, start, stop),
		cmocka_unit_test(whatever_has_a_description_has_a_home),
	};

	return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
