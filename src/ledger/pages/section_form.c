// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What mem_section is, and how large a section. No type tells either: VMCOREINFO has the size in kernels
 * since 2020; of others it is the smallest with which there is a section of the last page.
 */
#include <string.h>

#include "sections.h"

enum {
	BITS_MIN = 24, /* of SECTION_SIZE_BITS: 24 on ppc64, 27 on x86-64, up to 30 on aarch64 */
	BITS_MAX = 34,
	SECTIONS_MAX = 1 << 26, /* 2^52 bytes in 128 MB each, and then some */
	SECTION_BYTES_MAX = 256,
	TRIES = 4096,
};

/* What mem_section is. */
enum form {
	POINTER, /* to an array of pointers to roots, which are arrays of sections: since v4.15 */
	ARRAY,	 /* of pointers to roots */
	PLAIN,	 /* the sections themselves, without CONFIG_SPARSEMEM_EXTREME */
	NR_FORMS,
};

static enum mcd_status unsure(struct mcd_sections *sections, const char *what)
{
	return mcd_error_set(&sections->world->target->error, MCD_ABSENT, "memory map: %s", what);
}

/* ---- what the kernel says of itself ---- */

/* The number behind `key` in a text; false where there is none. */
static bool number_behind(const char *text, const char *key, unsigned int *ret)
{
	const char *at = strstr(text, key);
	unsigned int number = 0;

	if (!at)
		return false;
	for (at += strlen(key); *at >= '0' && *at <= '9' && number <= BITS_MAX; at++)
		number = 10 * number + (unsigned int)(*at - '0');
	*ret = number;
	return number >= BITS_MIN && number <= BITS_MAX;
}

/* SECTION_SIZE_BITS, of kernels whose VMCOREINFO has it; there vmcoreinfo_data is a pointer to a page. */
static bool size_by_info(struct mcd_sections *sections, unsigned int *ret)
{
	struct mcd_target *target = sections->world->target;
	uint64_t symbol = 0, addr = 0;
	char text[4096 + 1] = "";

	return !mcd_layout_value(target, SYM(vmcoreinfo_data), &symbol) &&
	       !mcd_read_word(target, symbol, "vmcoreinfo_data", &addr) &&
	       !mcd_read(target, addr, text, sizeof(text) - 1, "VMCOREINFO") &&
	       number_behind(text, "\nNUMBER(SECTION_SIZE_BITS)=", ret);
}

/* Memory of devices may lie above all other: __highest_present_section_nr, since v4.13. */
static void count_sections(struct mcd_sections *sections)
{
	struct mcd_target *target = sections->world->target;
	uint64_t addr = 0, highest = 0;

	sections->nr = ((sections->max_pfn - 1) >> sections->shift) + 1;
	if (!mcd_layout_value(target, SYM(__highest_present_section_nr), &addr) &&
	    !mcd_read_uint(target, addr, 4, "__highest_present_section_nr", &highest) &&
	    highest >= sections->nr && highest < SECTIONS_MAX)
		sections->nr = highest + 1;
}

/* ---- mem_section ---- */

enum mcd_status mcd_section_addr(struct mcd_sections *sections, uint64_t number, uint64_t *ret)
{
	struct mcd_target *target = sections->world->target;
	uint64_t root = 0;
	enum mcd_status status;

	if (!sections->nr_per_root) {
		*ret = sections->start + number * sections->section_bytes;
		return MCD_OK;
	}
	status = mcd_read_word(
		target, sections->start + number / sections->nr_per_root * target->word_bytes,
		"mem_section", &root);
	if (!status && (!root || root % target->word_bytes))
		status = MCD_ABSENT;
	*ret = root + number % sections->nr_per_root * sections->section_bytes;
	return status;
}

static bool is_there(struct mcd_sections *sections, uint64_t number)
{
	uint64_t addr = 0, map = 0;

	return !mcd_section_addr(sections, number, &addr) &&
	       !mcd_read_word(sections->world->target, addr + sections->map_at,
			      "mem_section.section_mem_map", &map) &&
	       (map & MCD_SECTION_HAS_MAP) == MCD_SECTION_HAS_MAP &&
	       (map & ~(uint64_t)MCD_SECTION_FLAGS);
}

/* Takes mem_section for this form; false where it cannot be that. */
static bool assume_form(struct mcd_sections *sections, enum form form)
{
	struct mcd_target *target = sections->world->target;

	if (mcd_layout_value(target, SYM(mem_section), &sections->start))
		return false;
	sections->nr_per_root = form == PLAIN ? 0 : target->page_bytes / sections->section_bytes;
	return form != POINTER ||
	       !mcd_read_word(target, sections->start, "mem_section", &sections->start);
}

/* True where one of the last `tries` sections is there, memory of devices left out. */
static bool has_last(struct mcd_sections *sections, uint64_t tries)
{
	uint64_t last = (sections->max_pfn - 1) >> sections->shift;

	for (uint64_t i = 0; i <= last && i < tries; i++)
		if (is_there(sections, last - i))
			return true;
	return false;
}

static bool find_form(struct mcd_sections *sections, unsigned int bits, uint64_t tries)
{
	unsigned int page_bits = (unsigned int)__builtin_ctzll(sections->world->target->page_bytes);

	sections->shift = bits - page_bits;
	for (enum form form = POINTER; form < NR_FORMS; form++)
		if (assume_form(sections, form) && has_last(sections, tries))
			return true;
	return false;
}

static enum mcd_status find_size(struct mcd_sections *sections)
{
	unsigned int bits = 0;

	if (size_by_info(sections, &bits))
		return find_form(sections, bits, TRIES) ? MCD_OK
							: unsure(sections, "it has no sections");
	for (bits = BITS_MIN; bits <= BITS_MAX; bits++)
		if (find_form(sections, bits, 1))
			return MCD_OK;
	return unsure(sections, "how large its sections are is not known");
}

static enum mcd_status ask_layout(struct mcd_sections *sections)
{
	struct mcd_target *target = sections->world->target;
	uint64_t addr = 0;
	enum mcd_status status = mcd_layout_value(target, S(page), &sections->page_struct_bytes);

	if (!status)
		status = mcd_layout_value(target, S(mem_section), &sections->section_bytes);
	if (!status)
		status = mcd_layout_value(target, M(mem_section, section_mem_map),
					  &sections->map_at);
	if (!status)
		status = mcd_layout_value(target, SYM(mem_section), &sections->start);
	if (!status)
		status = mcd_layout_value(target, SYM(max_pfn), &addr);
	if (!status)
		status = mcd_read_word(target, addr, "max_pfn", &sections->max_pfn);
	if (status)
		return status;
	if (!sections->max_pfn || sections->max_pfn >> 48 || !sections->page_struct_bytes ||
	    sections->section_bytes > SECTION_BYTES_MAX ||
	    sections->map_at + target->word_bytes > sections->section_bytes)
		return mcd_error_set(&target->error, MCD_CORRUPT, "memory map: makes no sense");
	return MCD_OK;
}

enum mcd_status mcd_sections_measure(struct mcd_sections *sections)
{
	enum mcd_status status = ask_layout(sections);

	if (!status)
		status = find_size(sections);
	if (!status)
		count_sections(sections);
	return status;
}
