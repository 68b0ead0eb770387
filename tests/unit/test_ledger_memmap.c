// SPDX-License-Identifier: GPL-2.0-or-later
/* Where struct pages are: every form of mem_section, sizes of sections, holes, and what makes no sense. */
#include <string.h>

#include "../../src/ledger/pages/memmap.h"
#include "pages_unit.h"

enum {
	VMCOREINFO = 16, /* in PAGES_SYMBOLS */
	HIGHEST = 24,
	TEXT = 0x800,
	USAGE = 0x1800, /* in PAGES_SECTIONS */
	FIRST_SECTION = 0x1000,
};

static struct audit_unit unit;

/* What a scan visited: stretches that follow each other are one. */
static struct visited {
	struct mcd_page_stretch stretches[32];
	size_t nr;
	enum mcd_status result;
} visited;

static enum mcd_status visit(void *context, const struct mcd_page_stretch *stretch)
{
	struct visited *to = context;
	struct mcd_page_stretch *last = to->nr ? &to->stretches[to->nr - 1] : NULL;

	assert_true(stretch->nr > 0);
	assert_int_equal(stretch->bytes[0], stretch->pfn >> 12 & 0xff);
	if (last && last->pfn + last->nr == stretch->pfn && last->is_device == stretch->is_device) {
		assert_int_equal(last->addr + last->nr * PAGES_STRUCT_BYTES, stretch->addr);
		last->nr += stretch->nr;
	} else {
		assert_true(to->nr < ARRAY_SIZE(to->stretches));
		to->stretches[to->nr++] = *stretch;
	}
	return to->result;
}

/* Each page of a section has the section's number in its first byte. */
static void add_section(uint64_t section, uint64_t flags)
{
	pages_unit_section(&unit, section, flags);
	for (uint64_t i = 0; i < PAGES_PER_SECTION; i++)
		fake_u8(&unit.fake, PAGE_AT(section * PAGES_PER_SECTION + i), (uint8_t)section);
}

static int start(void **state)
{
	(void)state;
	audit_unit_init(&unit);
	memset(&visited, 0, sizeof(visited));
	return 0;
}

static int stop(void **state)
{
	(void)state;
	audit_unit_exit(&unit);
	return 0;
}

static enum mcd_status scan(void)
{
	memset(&visited, 0, sizeof(visited));
	audit_unit_again(&unit, UNIT_ARENA_BYTES / 2);
	return mcd_memmap_scan(&unit.audit, visit, &visited);
}

static void assert_visited(size_t i, uint64_t pfn, uint64_t nr)
{
	assert_true(i < visited.nr);
	assert_int_equal(visited.stretches[i].pfn, pfn);
	assert_int_equal(visited.stretches[i].addr, PAGE_AT(pfn));
	assert_int_equal(visited.stretches[i].nr, nr);
}

/* Sections 0 and 2 of four, with memory that ends in the middle of the last one. */
static void add_three(void)
{
	pages_unit_learn(&unit, 2 * PAGES_PER_SECTION + 100);
	add_section(0, PAGES_SECTION_FLAGS);
	add_section(2, PAGES_SECTION_FLAGS);
}

static void assert_three(void)
{
	assert_int_equal(scan(), MCD_OK);
	assert_int_equal(visited.nr, 2);
	assert_visited(0, 0, PAGES_PER_SECTION);
	assert_visited(1, 2 * PAGES_PER_SECTION, PAGES_PER_SECTION);
	assert_notes(&unit.world, "");
}

static void a_pointer_to_pointers(void **state)
{
	(void)state;
	add_three();
	assert_three();
}

static void an_array_of_pointers(void **state)
{
	(void)state;
	add_three();
	fake_u64(&unit.fake, PAGES_SYMBOLS, PAGES_SECTIONS + FIRST_SECTION);
	assert_three();
}

static void an_array_of_sections(void **state)
{
	const uint64_t flags = PAGES_MAP + PAGES_SECTION_FLAGS;
	static const struct fake_row rows[] = { FAKE_SYMBOL(max_pfn, PAGES_SYMBOLS + 0x100) };

	(void)state;
	add_three();
	fake_learn(&unit.fake, FAKE_ROWS(rows));
	fake_u64(&unit.fake, PAGES_SYMBOLS + 0x100, 2 * PAGES_PER_SECTION + 100);
	fake_u64(&unit.fake, PAGES_SYMBOLS, flags);
	fake_u64(&unit.fake, PAGES_SYMBOLS + 8, 0);
	fake_u64(&unit.fake, PAGES_SYMBOLS + 32, flags);
	assert_three();
}

/* ---- how large a section is ---- */

static const struct fake_row rows_info[] = {
	FAKE_SYMBOL(vmcoreinfo_data, PAGES_SYMBOLS + VMCOREINFO),
};

static void tell_size(const char *text)
{
	fake_text(&unit.fake, PAGES_SYMBOLS + TEXT, text);
	fake_u64(&unit.fake, PAGES_SYMBOLS + VMCOREINFO, PAGES_SYMBOLS + TEXT);
	fake_map(&unit.fake, PAGES_SYMBOLS + FAKE_PAGE_BYTES, FAKE_PAGE_BYTES);
}

/* The last memory was taken away since: only VMCOREINFO tells. */
static void vmcoreinfo_tells_the_size(void **state)
{
	(void)state;
	pages_unit_learn(&unit, 7 * PAGES_PER_SECTION);
	add_section(0, PAGES_SECTION_FLAGS);
	add_section(2, PAGES_SECTION_FLAGS);
	fake_learn(&unit.fake, FAKE_ROWS(rows_info));
	tell_size("OSRELEASE=x\nNUMBER(SECTION_SIZE_BITS)=24\nNUMBER(MAX_PHYSMEM_BITS)=46\n");
	assert_three();
}

static void vmcoreinfo_tells_nothing(void **state)
{
	static const char *const texts[] = {
		"OSRELEASE=x\n",
		"\nNUMBER(SECTION_SIZE_BITS)=",
		"\nNUMBER(SECTION_SIZE_BITS)=7\n",
		"\nNUMBER(SECTION_SIZE_BITS)=99999999999999999999\n",
		"\nXNUMBER(SECTION_SIZE_BITS)=26\n",
	};

	(void)state;
	add_three();
	fake_learn(&unit.fake, FAKE_ROWS(rows_info));
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		tell_size(texts[i]);
		assert_three();
	}
	/* An array, as it once was. */
	fake_text(&unit.fake, PAGES_SYMBOLS + VMCOREINFO, "OSRELEA");
	assert_three();
}

/* With sections of 128 MB, the smaller ones that are tried are not there. */
static void the_smallest_size_that_fits(void **state)
{
	enum { BITS = 27, NR = 1 << (BITS - 12) };

	(void)state;
	pages_unit_learn(&unit, 5 * NR - 3);
	for (uint64_t i = 0; i < 5; i++)
		fake_u64(&unit.fake, PAGES_SECTIONS + FIRST_SECTION + i * 16,
			 PAGES_MAP + PAGES_SECTION_FLAGS);
	fake_map(&unit.fake, PAGES_MAP, 4096);
	assert_int_equal(scan(), MCD_OK);
	assert_int_equal(visited.nr, 1);
	assert_visited(0, 0, 64);
	assert_notes(&unit.world,
		     "163776 of 163840 page structures cannot be read: what these pages "
		     "hold is not in the ledger\n");
}

/* ---- what is in a section ---- */

static void parts_of_sections(void **state)
{
	static const struct fake_row rows[] = {
		FAKE_MEMBER(mem_section, usage, 8, 8),
		FAKE_MEMBER(mem_section_usage, subsection_map, 16, 8),
	};

	(void)state;
	add_three();
	fake_learn(&unit.fake, FAKE_ROWS(rows));
	/* 2 MB have 512 pages: the second and third, and the last of section 0. */
	fake_u64(&unit.fake, PAGES_SECTIONS + FIRST_SECTION + 8, PAGES_SECTIONS + USAGE);
	fake_u64(&unit.fake, PAGES_SECTIONS + USAGE + 16, 0x86);
	/* Of section 2 that is not in the dump: all of it. */
	fake_u64(&unit.fake, PAGES_SECTIONS + FIRST_SECTION + 2 * 16 + 8, 0xffff123456789000);
	assert_int_equal(scan(), MCD_OK);
	assert_int_equal(visited.nr, 3);
	assert_visited(0, 512, 1024);
	assert_visited(1, 7 * 512, 512);
	assert_visited(2, 2 * PAGES_PER_SECTION, PAGES_PER_SECTION);
}

static void memory_of_devices(void **state)
{
	static const struct fake_row rows[] = {
		FAKE_SYMBOL(__highest_present_section_nr, PAGES_SYMBOLS + HIGHEST),
	};

	(void)state;
	add_three();
	fake_learn(&unit.fake, FAKE_ROWS(rows));
	fake_u32(&unit.fake, PAGES_SYMBOLS + HIGHEST, 9);
	add_section(3, 3);
	add_section(9, 3);
	assert_int_equal(scan(), MCD_OK);
	assert_int_equal(visited.nr, 3);
	assert_visited(1, 2 * PAGES_PER_SECTION, 2 * PAGES_PER_SECTION);
	assert_visited(2, 9 * PAGES_PER_SECTION, PAGES_PER_SECTION);

	unit.world.head.can_pin[MCD_PIN_DEVICE] = true;
	assert_int_equal(scan(), MCD_OK);
	assert_int_equal(visited.nr, 4);
	assert_visited(2, 3 * PAGES_PER_SECTION, PAGES_PER_SECTION);
	assert_false(visited.stretches[1].is_device);
	assert_true(visited.stretches[2].is_device);
	assert_true(visited.stretches[3].is_device);
	/* What cannot be is not believed. */
	fake_u32(&unit.fake, PAGES_SYMBOLS + HIGHEST, UINT32_MAX);
	assert_int_equal(scan(), MCD_OK);
	assert_int_equal(visited.nr, 2);
}

/* ---- damage ---- */

static void holes(void **state)
{
	(void)state;
	add_three();
	fake_hole_page(&unit.fake, PAGE_AT(640));
	fake_hole_page(&unit.fake, PAGE_AT(2 * PAGES_PER_SECTION));
	fake_hole_page(&unit.fake, PAGE_AT(3 * PAGES_PER_SECTION - 1));
	assert_int_equal(scan(), MCD_OK);
	assert_int_equal(visited.nr, 3);
	assert_visited(0, 0, 640);
	assert_visited(1, 704, PAGES_PER_SECTION - 704);
	assert_visited(2, 2 * PAGES_PER_SECTION + 64, PAGES_PER_SECTION - 128);
	assert_notes(&unit.world,
		     "192 of 8192 page structures cannot be read: what these pages hold "
		     "is not in the ledger\n");
}

static void a_root_that_is_lost(void **state)
{
	(void)state;
	add_three();
	/* The first root is read section by section until one is found, then as a whole. */
	fake_hole(&unit.fake, PAGES_SECTIONS + FIRST_SECTION, 16);
	assert_int_equal(scan(), MCD_OK);
	assert_int_equal(visited.nr, 0);
	assert_non_null(unit.world.notes);
}

static void nothing_that_makes_sense(void **state)
{
	static const struct {
		enum mcd_layout_id row;
		enum mcd_status status; /* a struct with members is there, but of no size */
	} needed[] = {
		{ S(page), MCD_CORRUPT },
		{ S(mem_section), MCD_CORRUPT },
		{ M(mem_section, section_mem_map), MCD_ABSENT },
		{ SYM(mem_section), MCD_ABSENT },
		{ SYM(max_pfn), MCD_ABSENT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		struct audit_unit other;
		uint64_t pfn = 0;

		audit_unit_init(&other);
		pages_unit_learn(&other, PAGES_PER_SECTION);
		pages_unit_section(&other, 0, PAGES_SECTION_FLAGS);
		fake_forget(&other.fake, needed[i].row);
		assert_int_equal(mcd_memmap_scan(&other.audit, visit, &visited), needed[i].status);
		/* That is remembered, and said again. */
		other.fake.nr_reads = 0;
		mcd_error_set(&other.fake.target.error, MCD_OK, "other");
		assert_int_equal(mcd_memmap_pfn(&other.audit, PAGE_AT(1), &pfn), needed[i].status);
		assert_int_equal(other.fake.nr_reads, 0);
		assert_string_not_equal(other.fake.target.error.text, "other");
		audit_unit_exit(&other);
	}
	add_three();
	fake_u64(&unit.fake, PAGES_SYMBOLS + 8, 0);
	assert_int_equal(scan(), MCD_CORRUPT);
	fake_u64(&unit.fake, PAGES_SYMBOLS + 8, UINT64_MAX);
	assert_int_equal(scan(), MCD_CORRUPT);
	/* No section of any size has the last page. */
	fake_u64(&unit.fake, PAGES_SYMBOLS + 8, UINT64_C(1) << 40);
	assert_int_equal(scan(), MCD_ABSENT);
	fake_hole_page(&unit.fake, PAGES_SYMBOLS);
	assert_int_equal(scan(), MCD_FAULT);
}

static void a_visitor_ends_it(void **state)
{
	(void)state;
	add_three();
	audit_unit_again(&unit, UNIT_ARENA_BYTES / 2);
	visited.result = MCD_NO_MEMORY;
	assert_int_equal(mcd_memmap_scan(&unit.audit, visit, &visited), MCD_NO_MEMORY);
	assert_int_equal(visited.nr, 1);
}

static enum mcd_status collect(struct mcd_audit *audit)
{
	memset(&visited, 0, sizeof(visited));
	return mcd_memmap_scan(audit, visit, &visited);
}

static void torture(void **state)
{
	(void)state;
	pages_unit_learn(&unit, 3 * PAGES_PER_SECTION);
	for (uint64_t i = 0; i < 3; i++)
		add_section(i, PAGES_SECTION_FLAGS);
	audit_unit_torture(&unit, collect);
}

/* ---- by address ---- */

static void numbers_of_pages(void **state)
{
	/* Without CONFIG_SPARSEMEM_VMEMMAP each section has an array anywhere. */
	const uint64_t arrays[] = { 0xffff888010000000, 0, 0xffff888008000000, 0xffff888020000000 };
	uint64_t pfn = 0;

	(void)state;
	pages_unit_learn(&unit, 4 * PAGES_PER_SECTION);
	for (uint64_t i = 0; i < ARRAY_SIZE(arrays); i++)
		if (arrays[i])
			fake_u64(&unit.fake, PAGES_SECTIONS + FIRST_SECTION + i * 16,
				 arrays[i] - i * PAGES_PER_SECTION * PAGES_STRUCT_BYTES + 15);
	for (uint64_t i = 0; i < ARRAY_SIZE(arrays); i++) {
		const uint64_t last = PAGES_PER_SECTION - 1;

		if (!arrays[i])
			continue;
		assert_int_equal(mcd_memmap_pfn(&unit.audit, arrays[i], &pfn), MCD_OK);
		assert_int_equal(pfn, i * PAGES_PER_SECTION);
		assert_int_equal(mcd_memmap_pfn(&unit.audit, arrays[i] + 64 * last, &pfn), MCD_OK);
		assert_int_equal(pfn, i * PAGES_PER_SECTION + last);
		assert_int_equal(mcd_memmap_pfn(&unit.audit, arrays[i] + 32, &pfn), MCD_CORRUPT);
		assert_int_equal(mcd_memmap_pfn(&unit.audit, arrays[i] - 64, &pfn), MCD_CORRUPT);
		assert_int_equal(mcd_memmap_pfn(&unit.audit, arrays[i] + 64 * last + 64, &pfn),
				 MCD_CORRUPT);
	}
	assert_int_equal(mcd_memmap_pfn(&unit.audit, 0, &pfn), MCD_CORRUPT);
	assert_int_equal(mcd_memmap_pfn(&unit.audit, UINT64_MAX, &pfn), MCD_CORRUPT);
}

static void memory_of_a_page(void **state)
{
	uint16_t value = 0;

	(void)state;
	fake_map(&unit.fake, FAKE_DIRECT_MAP + 5 * FAKE_PAGE_BYTES, FAKE_PAGE_BYTES);
	fake_u16(&unit.fake, FAKE_DIRECT_MAP + 5 * FAKE_PAGE_BYTES + 6, 0x1234);
	assert_int_equal(mcd_memmap_read(&unit.audit, 5, 6, &value, 2, "id"), MCD_OK);
	assert_int_equal(value, 0x1234);
	assert_int_equal(mcd_memmap_read(&unit.audit, 6, 0, &value, 2, "id"), MCD_FAULT);
	assert_string_equal(unit.fake.target.error.text, "id: no 2 bytes at physical 6000");
}

/* A machine of 32 bits with the other byte order, and plain sections. */
static void other_words(void **state)
{
	static const struct fake_row rows[] = {
		FAKE_STRUCT(page, 32),
		FAKE_STRUCT(mem_section, 8),
		FAKE_MEMBER(mem_section, section_mem_map, 0, 4),
		FAKE_SYMBOL(mem_section, 0xc1000000),
		FAKE_SYMBOL(max_pfn, 0xc1000800),
	};
	struct audit_unit other;
	uint64_t pfn = 0;

	(void)state;
	audit_unit_init_word(&other, 4, true);
	fake_learn(&other.fake, FAKE_ROWS(rows));
	fake_map(&other.fake, 0xc1000000, FAKE_PAGE_BYTES);
	fake_word(&other.fake, 0xc1000800, 2 << 14); /* two sections of 64 MB */
	fake_word(&other.fake, 0xc1000000, 0xc8000003);
	fake_word(&other.fake, 0xc1000008, 0xc7000003);
	assert_int_equal(mcd_memmap_pfn(&other.audit, 0xc8000020, &pfn), MCD_OK);
	assert_int_equal(pfn, 1);
	audit_unit_exit(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_pointer_to_pointers, start, stop),
		cmocka_unit_test_setup_teardown(an_array_of_pointers, start, stop),
		cmocka_unit_test_setup_teardown(an_array_of_sections, start, stop),
		cmocka_unit_test_setup_teardown(vmcoreinfo_tells_the_size, start, stop),
		cmocka_unit_test_setup_teardown(vmcoreinfo_tells_nothing, start, stop),
		cmocka_unit_test_setup_teardown(the_smallest_size_that_fits, start, stop),
		cmocka_unit_test_setup_teardown(parts_of_sections, start, stop),
		cmocka_unit_test_setup_teardown(memory_of_devices, start, stop),
		cmocka_unit_test_setup_teardown(holes, start, stop),
		cmocka_unit_test_setup_teardown(a_root_that_is_lost, start, stop),
		cmocka_unit_test_setup_teardown(nothing_that_makes_sense, start, stop),
		cmocka_unit_test_setup_teardown(a_visitor_ends_it, start, stop),
		cmocka_unit_test_setup_teardown(torture, start, stop),
		cmocka_unit_test_setup_teardown(numbers_of_pages, start, stop),
		cmocka_unit_test_setup_teardown(memory_of_a_page, start, stop),
		cmocka_unit_test_setup_teardown(other_words, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
