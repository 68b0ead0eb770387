// SPDX-License-Identifier: GPL-2.0-or-later
/* The build-id among ELF notes, of a vmlinux or of a dump's memory: found, or not there; never a read
 * behind the end. */
#include <endian.h>
#include <string.h>

#include "mcd/build_id.h"
#include "unit.h"

/* One note. */
struct note {
	uint32_t name_bytes, id_bytes, type;
	char name[8];
	const char *id;
};

enum { BUILD_ID = 3, NOTES_BYTES = 256 };

static size_t put_note(unsigned char *at, const struct note *note, bool is_big_endian)
{
	const uint32_t words[] = { note->name_bytes, note->id_bytes, note->type };
	size_t name_bytes = (note->name_bytes + 3) / 4 * 4;

	for (size_t i = 0; i < 3; i++) {
		uint32_t word = is_big_endian ? htobe32(words[i]) : htole32(words[i]);

		memcpy(at + 4 * i, &word, 4);
	}
	memcpy(at + 12, note->name, note->name_bytes);
	memcpy(at + 12 + name_bytes, note->id, note->id_bytes);
	return 12 + name_bytes + (note->id_bytes + 3) / 4 * 4;
}

static const struct note gnu = { 4, 4, BUILD_ID, "GNU", "\x01\x23\xab\xff" };

/* What may precede it: another type, another owner, names and contents that need padding. */
static const struct note others[] = {
	{ 4, 16, 1, "GNU", "0123456789abcdef" },
	{ 6, 3, BUILD_ID, "Linux", "abc" },
	{ 4, 4, BUILD_ID, "Xen", "abcd" },
	{ 0, 0, 0, "", "" },
};

static void found_among_others(void **state)
{
	(void)state;
	for (int is_big_endian = 0; is_big_endian < 2; is_big_endian++) {
		unsigned char notes[NOTES_BYTES] = { 0 };
		char id[MCD_BUILD_ID_TEXT] = "";
		size_t size = 0;

		for (size_t i = 0; i < ARRAY_SIZE(others); i++)
			size += put_note(notes + size, &others[i], is_big_endian);
		assert_int_equal(mcd_build_id_of_notes(notes, size, is_big_endian, id), MCD_ABSENT);
		size += put_note(notes + size, &gnu, is_big_endian);
		assert_int_equal(mcd_build_id_of_notes(notes, size, is_big_endian, id), MCD_OK);
		assert_string_equal(id, "0123abff");
	}
}

/* Each is read from memory of its very size, so that the sanitizer sees a byte too many. */
static bool is_found(const unsigned char *notes, size_t size)
{
	unsigned char *copy = size ? test_malloc(size) : NULL;
	char id[MCD_BUILD_ID_TEXT] = "";
	bool result;

	if (size)
		memcpy(copy, notes, size);
	result = mcd_build_id_of_notes(copy, size, false, id) == MCD_OK;
	test_free(copy);
	return result;
}

static void cut_off_anywhere(void **state)
{
	unsigned char notes[NOTES_BYTES] = { 0 };
	size_t size = put_note(notes, &others[0], false);

	(void)state;
	size += put_note(notes + size, &gnu, false);
	for (size_t i = 0; i < size; i++)
		assert_false(is_found(notes, i));
	assert_true(is_found(notes, size));
}

static void lengths_that_lie(void **state)
{
	static const uint32_t lengths[] = { 0, 65, 0x7fffffff, 0xfffffffc, 0xffffffff };

	(void)state;
	for (size_t word = 0; word < 2; word++)
		for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
			unsigned char notes[NOTES_BYTES] = { 0 };
			size_t size = put_note(notes, &gnu, false);

			memcpy(notes + 4 * word, &(uint32_t){ htole32(lengths[i]) }, 4);
			assert_false(is_found(notes, size));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found_among_others),
		cmocka_unit_test(cut_off_anywhere),
		cmocka_unit_test(lengths_that_lie),
	};

	return cmocka_run_group_tests_name("build-id", tests, NULL, NULL);
}
