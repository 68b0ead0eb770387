// SPDX-License-Identifier: GPL-2.0-or-later
/* The base layer: error texts, the arena, the address map. */
#include <string.h>

#include "mcd/addrmap.h"
#include "mcd/arena.h"
#include "unit.h"

/* ---- status ---- */

static void status_sets_its_text(void **state)
{
	struct mcd_error error = { "old" };

	(void)state;
	assert_int_equal(mcd_error_set(&error, MCD_FAULT, "no %d bytes", 8), MCD_FAULT);
	assert_string_equal(error.text, "no 8 bytes");
}

static void status_keeps_long_texts_terminated(void **state)
{
	struct mcd_error error = { "" };
	char word[sizeof(error.text) + 100];

	(void)state;
	memset(word, 'w', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	mcd_error_set(&error, MCD_FAULT, "%s", word);
	assert_int_equal(strlen(error.text), sizeof(error.text) - 1);
	assert_memory_equal(error.text, "www", 3);
}

static void status_tells_what_is_fatal(void **state)
{
	static const struct {
		enum mcd_status status;
		bool is_fatal;
	} table[] = {
		{ MCD_OK, false },	   { MCD_FAULT, false }, { MCD_ABSENT, false },
		{ MCD_CORRUPT, false },	   { MCD_LIMIT, false }, { MCD_NO_MEMORY, true },
		{ MCD_INTERRUPTED, true }, { MCD_USAGE, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_int_equal(mcd_is_fatal(table[i].status), table[i].is_fatal);
}

/* ---- arena ---- */

static bool is_zero(const unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i])
			return false;
	return true;
}

static void arena_gives_zeroed_aligned_pieces(void **state)
{
	static const size_t sizes[] = { 1, 7, 16, 1, 4096, 70000, 3, 65536, 65537, 8 };
	struct mcd_arena arena;

	(void)state;
	mcd_arena_init(&arena, 1 << 20);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		unsigned char *piece = mcd_arena_alloc(&arena, sizes[i]);

		assert_non_null(piece);
		assert_int_equal((uintptr_t)piece % _Alignof(max_align_t), 0);
		assert_true(is_zero(piece, sizes[i]));
		memset(piece, 0xff, sizes[i]);
	}
	mcd_arena_deinit(&arena);
}

static void arena_keeps_its_limit(void **state)
{
	struct mcd_arena arena;

	(void)state;
	mcd_arena_init(&arena, 100);
	assert_null(mcd_arena_alloc(&arena, 101));
	assert_non_null(mcd_arena_alloc(&arena, 64));
	assert_int_equal(arena.used_bytes, 64);
	assert_null(mcd_arena_alloc(&arena, 37));
	assert_non_null(mcd_arena_alloc(&arena, 36));
	assert_int_equal(arena.used_bytes, 100);
	assert_null(mcd_arena_alloc(&arena, 1));
	mcd_arena_deinit(&arena);
}

static void arena_can_be_used_again(void **state)
{
	struct mcd_arena arena;

	(void)state;
	mcd_arena_init(&arena, 64);
	assert_non_null(mcd_arena_alloc(&arena, 64));
	assert_null(mcd_arena_alloc(&arena, 1));
	mcd_arena_deinit(&arena);
	assert_int_equal(arena.used_bytes, 0);
	assert_non_null(mcd_arena_alloc(&arena, 64));
	mcd_arena_deinit(&arena);
}

static void arena_refuses_sizes_that_overflow(void **state)
{
	static const struct {
		size_t nr, size;
	} arrays[] = {
		{ SIZE_MAX, 2 }, { SIZE_MAX / 8, 16 }, { (size_t)1 << 63, 2 },
		{ SIZE_MAX, 1 }, { 1, SIZE_MAX },
	};
	struct mcd_arena arena;

	(void)state;
	mcd_arena_init(&arena, SIZE_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(arrays); i++)
		assert_null(mcd_arena_array(&arena, arrays[i].nr, arrays[i].size));
	assert_null(mcd_arena_alloc(&arena, SIZE_MAX));
	assert_null(mcd_arena_alloc(&arena, SIZE_MAX - 14));
	mcd_arena_deinit(&arena);
}

static void arena_copies_texts(void **state)
{
	struct mcd_arena arena;

	(void)state;
	mcd_arena_init(&arena, 64);
	assert_string_equal(mcd_arena_strndup(&arena, "abcdef", 3), "abc");
	assert_string_equal(mcd_arena_strndup(&arena, "", 0), "");
	assert_null(mcd_arena_strndup(&arena, "0123456789abcdef0123456789abcdef0123", 36));
	mcd_arena_deinit(&arena);
}

static void arena_grows_an_array(void **state)
{
	struct mcd_arena arena;
	uint32_t *numbers = NULL;
	size_t nr = 0, capacity = 0;

	(void)state;
	mcd_arena_init(&arena, 1 << 20);
	for (; nr < 1000; nr++) {
		numbers = mcd_arena_grow(&arena, numbers, nr, &capacity, sizeof(*numbers));
		assert_non_null(numbers);
		assert_true(capacity > nr);
		numbers[nr] = (uint32_t)nr * 3;
	}
	for (size_t i = 0; i < nr; i++)
		assert_int_equal(numbers[i], i * 3);
	mcd_arena_deinit(&arena);
}

static void arena_growth_stops_at_the_limit(void **state)
{
	struct mcd_arena arena;
	uint64_t *numbers = NULL, *wider = NULL;
	size_t capacity = 0;

	(void)state;
	mcd_arena_init(&arena, 200);
	numbers = mcd_arena_grow(&arena, NULL, 0, &capacity, sizeof(*numbers));
	assert_non_null(numbers);
	assert_int_equal(capacity, 16);
	for (uint64_t i = 0; i < capacity; i++)
		numbers[i] = i;
	wider = mcd_arena_grow(&arena, numbers, capacity, &capacity, sizeof(*numbers));
	assert_null(wider);
	assert_int_equal(capacity, 16);
	assert_int_equal(numbers[15], 15);
	mcd_arena_deinit(&arena);
}

/* ---- addrmap ---- */

enum { NR_ADDRESSES = 5000 };

/* Addresses as slabs hand them out: equally spaced, equal in their low bits. */
static uint64_t address(size_t i)
{
	return UINT64_C(0xffff888000000000) + i * 4096;
}

static void addrmap_finds_what_was_put_in(void **state)
{
	struct mcd_arena arena;
	struct mcd_addrmap map;
	size_t value = 0;
	bool is_new = false;

	(void)state;
	mcd_arena_init(&arena, UNIT_ARENA_BYTES);
	mcd_addrmap_init(&map, &arena);
	for (size_t i = 0; i < NR_ADDRESSES; i++) {
		assert_int_equal(mcd_addrmap_insert(&map, address(i), i, &is_new), MCD_OK);
		assert_true(is_new);
	}
	assert_int_equal(map.nr, NR_ADDRESSES);
	for (size_t i = 0; i < NR_ADDRESSES; i++) {
		assert_true(mcd_addrmap_find(&map, address(i), &value));
		assert_int_equal(value, i);
	}
	assert_false(mcd_addrmap_find(&map, address(NR_ADDRESSES), &value));
	assert_false(mcd_addrmap_find(&map, address(7) + 8, NULL));
	mcd_arena_deinit(&arena);
}

static void addrmap_keeps_the_first_value(void **state)
{
	struct mcd_arena arena;
	struct mcd_addrmap map;
	size_t value = 0;
	bool is_new = false;

	(void)state;
	mcd_arena_init(&arena, UNIT_ARENA_BYTES);
	mcd_addrmap_init(&map, &arena);
	assert_false(mcd_addrmap_find(&map, 0x1000, &value));
	assert_int_equal(mcd_addrmap_insert(&map, 0x1000, 1, &is_new), MCD_OK);
	assert_true(is_new);
	assert_int_equal(mcd_addrmap_insert(&map, 0x1000, 2, &is_new), MCD_OK);
	assert_false(is_new);
	assert_true(mcd_addrmap_find(&map, 0x1000, &value));
	assert_int_equal(value, 1);
	assert_int_equal(map.nr, 1);
	mcd_arena_deinit(&arena);
}

static void addrmap_never_stores_address_0(void **state)
{
	struct mcd_arena arena;
	struct mcd_addrmap map;
	bool is_new = true;

	(void)state;
	mcd_arena_init(&arena, UNIT_ARENA_BYTES);
	mcd_addrmap_init(&map, &arena);
	assert_int_equal(mcd_addrmap_insert(&map, 0, 1, &is_new), MCD_OK);
	assert_false(is_new);
	assert_false(mcd_addrmap_find(&map, 0, NULL));
	mcd_arena_deinit(&arena);
}

static void addrmap_survives_an_arena_without_room(void **state)
{
	struct mcd_arena arena;
	struct mcd_addrmap map;
	bool is_new = false;
	size_t nr = 0;

	(void)state;
	mcd_arena_init(&arena, 64 * sizeof(struct mcd_addrmap_slot));
	mcd_addrmap_init(&map, &arena);
	while (mcd_addrmap_insert(&map, address(nr), nr, &is_new) == MCD_OK)
		nr++;
	assert_int_equal(nr, 32);
	assert_false(is_new);
	for (size_t i = 0; i < nr; i++)
		assert_true(mcd_addrmap_find(&map, address(i), NULL));
	assert_false(mcd_addrmap_find(&map, address(nr), NULL));
	mcd_arena_deinit(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_sets_its_text),
		cmocka_unit_test(status_keeps_long_texts_terminated),
		cmocka_unit_test(status_tells_what_is_fatal),
		cmocka_unit_test(arena_gives_zeroed_aligned_pieces),
		cmocka_unit_test(arena_keeps_its_limit),
		cmocka_unit_test(arena_can_be_used_again),
		cmocka_unit_test(arena_refuses_sizes_that_overflow),
		cmocka_unit_test(arena_copies_texts),
		cmocka_unit_test(arena_grows_an_array),
		cmocka_unit_test(arena_growth_stops_at_the_limit),
		cmocka_unit_test(addrmap_finds_what_was_put_in),
		cmocka_unit_test(addrmap_keeps_the_first_value),
		cmocka_unit_test(addrmap_never_stores_address_0),
		cmocka_unit_test(addrmap_survives_an_arena_without_room),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
