// SPDX-License-Identifier: GPL-2.0-or-later
/* Which kernel it is: names, and a build-id among notes that may be damaged. */
#include <string.h>

#include "mcd/identity.h"
#include "unit.h"

enum {
	UTS = 0x1000,
	NOTES = 0x2000, /* in a page of their own */
	COPY = 0x3000,
	NOTES_BYTES = 256,
};

static const struct fake_row rows[] = {
	FAKE_MEMBER(uts_namespace, name, 8, 390),   FAKE_MEMBER(new_utsname, release, 130, 65),
	FAKE_MEMBER(new_utsname, machine, 260, 65), FAKE_SYMBOL(init_uts_ns, UTS),
	FAKE_SYMBOL(__start_notes, NOTES),	    FAKE_SYMBOL(__stop_notes, NOTES + NOTES_BYTES),
	FAKE_SYMBOL(vmlinux_build_id, COPY),
};

static const struct fake_row no_notes[] = { FAKE_SYMBOL(__stop_notes, NOTES) };
static const struct fake_row huge_notes[] = { FAKE_SYMBOL(__stop_notes, NOTES + 0x10001) };
static const struct fake_row reversed_notes[] = { FAKE_SYMBOL(__stop_notes, NOTES - 4) };
static const struct fake_row short_notes[] = { FAKE_SYMBOL(__stop_notes, NOTES + 16 + 19) };

static struct fake_target fake;
static struct mcd_arena arena;
static struct mcd_identity identity;

static void begin(unsigned int word_bytes, bool is_big_endian)
{
	fake_init_word(&fake, word_bytes, is_big_endian);
	fake_learn(&fake, FAKE_ROWS(rows));
	fake_map(&fake, UTS, 3 * FAKE_PAGE_BYTES);
	fake_text(&fake, UTS + 8 + 130, "6.1.0-unit");
	fake_text(&fake, UTS + 8 + 260, "x86_64");
	mcd_arena_init(&arena, UNIT_ARENA_BYTES);
}

static void end(void)
{
	mcd_arena_deinit(&arena);
	fake_exit(&fake);
}

/* Puts a note at `addr`; returns where the next one goes. */
static uint64_t put_note(uint64_t addr, const char *name, uint32_t type, const char *description,
			 uint32_t size)
{
	uint32_t name_bytes = (uint32_t)strlen(name) + 1;
	uint64_t at = addr + 12 + (name_bytes + 3) / 4 * 4;

	fake_u32(&fake, addr, name_bytes);
	fake_u32(&fake, addr + 4, size);
	fake_u32(&fake, addr + 8, type);
	fake_text(&fake, addr + 12, name);
	fake_bytes(&fake, at, description, size);
	return at + (size + 3) / 4 * 4;
}

#define ID_20 "\x01\x23\x45\x67\x89\xab\xcd\xef\xff\xfe\x10\x11\x12\x13\x14\x15\x16\x17\x18\x00"
#define HEX_20 "0123456789abcdeffffe10111213141516171800"

static void read_all(void)
{
	assert_int_equal(mcd_identity_read(&fake.target, &arena, &identity), MCD_OK);
}

static void assert_build_id(const char *hex)
{
	read_all();
	assert_int_equal(identity.build_id.known, MCD_KNOWN);
	assert_string_equal(identity.build_id.text, hex);
}

/* ---- names ---- */

static void names_are_read(void **state)
{
	(void)state;
	begin(8, false);
	read_all();
	assert_string_equal(identity.release.text, "6.1.0-unit");
	assert_string_equal(identity.arch.text, "x86_64");
	end();
}

static void names_may_be_missing(void **state)
{
	(void)state;
	begin(8, false);
	fake_hole(&fake, UTS + 8 + 260, 1);
	read_all();
	assert_int_equal(identity.release.known, MCD_KNOWN);
	assert_unreadable(identity.arch);
	end();

	begin(8, false);
	fake_forget(&fake, SYM(init_uts_ns));
	read_all();
	assert_na(identity.release);
	assert_na(identity.arch);
	end();
}

static void a_name_without_end_is_unreadable(void **state)
{
	char text[65];

	(void)state;
	begin(8, false);
	memset(text, 'r', sizeof(text));
	fake_bytes(&fake, UTS + 8 + 130, text, sizeof(text));
	read_all();
	assert_unreadable(identity.release);
	end();
}

/* ---- the build-id ---- */

static void the_build_id_is_found_among_notes(void **state)
{
	uint64_t next = 0;

	(void)state;
	begin(8, false);
	next = put_note(NOTES, "Xen", 3, "\1\2\3\4\5", 5);
	next = put_note(next, "Linux", 0, "", 0);
	next = put_note(next, "GNU", 1, "\1\2\3\4", 4);
	put_note(next, "GNU", 3, ID_20, 20);
	assert_build_id(HEX_20);
	end();
}

static void byte_order_and_word_are_the_targets(void **state)
{
	(void)state;
	begin(4, true);
	put_note(put_note(NOTES, "Linux", 7, "\1", 1), "GNU", 3, "\xab\xcd", 2);
	assert_build_id("abcd");
	end();
}

/* Lengths that lie, and notes that are none of a build-id. */
static void damaged_notes_fall_back_to_the_copy(void **state)
{
	static const struct {
		uint32_t name_bytes, size, type;
	} notes[] = {
		{ 4, UINT32_MAX, 3 },
		{ UINT32_MAX, UINT32_MAX, 3 },
		{ UINT32_MAX - 3, 4, 3 },
		{ 4, 65, 3 },
		{ 4, 0, 3 },
		{ 5, 20, 3 },
		{ 3, 20, 3 },
		{ 0, 20, 3 },
		{ 4, NOTES_BYTES - 15, 3 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(notes); i++) {
		begin(8, false);
		put_note(NOTES, "GNU", 3, ID_20, 20);
		fake_u32(&fake, NOTES, notes[i].name_bytes);
		fake_u32(&fake, NOTES + 4, notes[i].size);
		fake_bytes(&fake, COPY, ID_20, 20);
		assert_build_id(HEX_20);
		end();
	}
}

static void notes_are_bounded(void **state)
{
	static const struct {
		struct fake_rows rows;
		enum mcd_known known; /* without a copy */
	} table[] = {
		{ FAKE_ROWS(no_notes), MCD_NA },
		{ FAKE_ROWS(huge_notes), MCD_UNREADABLE },
		{ FAKE_ROWS(reversed_notes), MCD_UNREADABLE },
		{ FAKE_ROWS(short_notes), MCD_UNREADABLE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		begin(8, false);
		fake_learn(&fake, table[i].rows);
		put_note(NOTES, "GNU", 3, ID_20, 20);
		read_all();
		assert_int_equal(identity.build_id.known, table[i].known);
		fake_bytes(&fake, COPY, ID_20, 20);
		assert_build_id(HEX_20);
		end();
	}
}

/* No notes at all but zeroes: many empty notes, and an end. */
static void no_build_id_is_no_build_id(void **state)
{
	(void)state;
	begin(8, false);
	read_all();
	assert_na(identity.build_id);
	end();

	begin(8, false);
	fake_forget(&fake, SYM(__start_notes));
	read_all();
	assert_na(identity.build_id);
	end();
}

static void missing_notes_are_unreadable(void **state)
{
	(void)state;
	begin(8, false);
	put_note(NOTES, "GNU", 3, ID_20, 20);
	fake_hole(&fake, NOTES + 20, 1);
	read_all();
	/* the copy was never made */
	assert_unreadable(identity.build_id);
	fake_hole(&fake, COPY, 1);
	read_all();
	assert_unreadable(identity.build_id);
	end();

	/* nor is it known what a note without a name is */
	begin(8, false);
	put_note(NOTES, "GNU", 3, ID_20, 20);
	fake_hole(&fake, NOTES + 12, 1);
	read_all();
	assert_unreadable(identity.build_id);
	end();
}

static void identity_needs_memory(void **state)
{
	size_t limit = 0;
	enum mcd_status status = MCD_NO_MEMORY;

	(void)state;
	begin(8, false);
	put_note(NOTES, "GNU", 3, ID_20, 20);
	for (; status && limit < 4096; limit += 16) {
		mcd_arena_deinit(&arena);
		mcd_arena_init(&arena, limit);
		status = mcd_identity_read(&fake.target, &arena, &identity);
		assert_true(!status || status == MCD_NO_MEMORY);
	}
	assert_in_range(limit, 48, 4080);
	assert_string_equal(identity.build_id.text, HEX_20);
	end();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_read),
		cmocka_unit_test(names_may_be_missing),
		cmocka_unit_test(a_name_without_end_is_unreadable),
		cmocka_unit_test(the_build_id_is_found_among_notes),
		cmocka_unit_test(byte_order_and_word_are_the_targets),
		cmocka_unit_test(damaged_notes_fall_back_to_the_copy),
		cmocka_unit_test(notes_are_bounded),
		cmocka_unit_test(no_build_id_is_no_build_id),
		cmocka_unit_test(missing_notes_are_unreadable),
		cmocka_unit_test(identity_needs_memory),
	};

	return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
