// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where the struct pages are with CONFIG_SPARSEMEM: physical memory comes in sections of 2^n bytes, and
 * mem_section says of each whether it has struct pages, and where (include/linux/mmzone.h).
 *
 * How large a section is no type tells. VMCOREINFO does in kernels since 2020; of others it is the
 * smallest size with which mem_section has the section of the last page.
 */
#include <string.h>

#include "mcd/bytes.h"
#include "memmap.h"

enum {
	IS_ONLINE = 4,	 /* SECTION_IS_ONLINE, since v4.13; a device's memory never is */
	HAS_MEM_MAP = 3, /* SECTION_MARKED_PRESENT and SECTION_HAS_MEM_MAP of section_mem_map */
	FLAGS = 0xfff,	 /* two of them in v3.8, six in v7.1; what is above begins at a page */
	BITS_MIN = 24,	 /* of SECTION_SIZE_BITS: 24 on ppc64, 27 on x86-64, up to 30 on aarch64 */
	BITS_MAX = 34,
	SUBSECTION_BITS = 21,	/* SUBSECTION_SHIFT */
	SECTIONS_MAX = 1 << 28, /* 2^52 bytes have no more */
	SECTION_BYTES_MAX = 256,
	MAP_BYTES_MAX = 512, /* of subsection_map */
	TRIES = 4096,
};

/* What mem_section is. */
enum form {
	POINTER, /* to an array of pointers to roots, which are arrays of sections: since v4.15 */
	ARRAY,	 /* of pointers to roots */
	PLAIN,	 /* the sections themselves, without CONFIG_SPARSEMEM_EXTREME */
	NR_FORMS,
};

struct sections {
	struct mcd_world *world;
	struct mcd_page_ranges *ranges;
	uint64_t page_struct_bytes, max_pfn;
	uint64_t section_bytes,
		map_at;	      /* of struct mem_section: its size, where section_mem_map is */
	uint64_t nr_per_root; /* 0 of PLAIN */
	uint64_t start;	      /* where roots, or else sections, begin */
	unsigned int shift;   /* a section has 1 << shift pages */
	uint64_t nr;	      /* of sections, at most */
	bool has_devices;     /* whose memory may be charged */
	bool has_subsections;
	uint64_t usage_at, subsections_at, subsections_bytes;
};

static enum mcd_status unsure(struct sections *sections, const char *what)
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
static bool size_by_info(struct sections *sections, unsigned int *ret)
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
static void count_sections(struct sections *sections)
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

/* The address of a section, or of the first one of a root; MCD_ABSENT where there is no root. */
static enum mcd_status find_section(struct sections *sections, uint64_t number, uint64_t *ret)
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

static bool is_there(struct sections *sections, uint64_t number)
{
	uint64_t addr = 0, map = 0;

	return !find_section(sections, number, &addr) &&
	       !mcd_read_word(sections->world->target, addr + sections->map_at,
			      "mem_section.section_mem_map", &map) &&
	       (map & HAS_MEM_MAP) == HAS_MEM_MAP && (map & ~(uint64_t)FLAGS);
}

/* Takes mem_section for this form; false where it cannot be that. */
static bool assume_form(struct sections *sections, enum form form)
{
	struct mcd_target *target = sections->world->target;

	if (mcd_layout_value(target, SYM(mem_section), &sections->start))
		return false;
	sections->nr_per_root = form == PLAIN ? 0 : target->page_bytes / sections->section_bytes;
	return form != POINTER ||
	       !mcd_read_word(target, sections->start, "mem_section", &sections->start);
}

/* True where one of the last `tries` sections is there, memory of devices left out. */
static bool has_last(struct sections *sections, uint64_t tries)
{
	uint64_t last = (sections->max_pfn - 1) >> sections->shift;

	for (uint64_t i = 0; i <= last && i < tries; i++)
		if (is_there(sections, last - i))
			return true;
	return false;
}

static bool find_form(struct sections *sections, unsigned int bits, uint64_t tries)
{
	unsigned int page_bits = (unsigned int)__builtin_ctzll(sections->world->target->page_bytes);

	sections->shift = bits - page_bits;
	for (enum form form = POINTER; form < NR_FORMS; form++)
		if (assume_form(sections, form) && has_last(sections, tries))
			return true;
	return false;
}

static enum mcd_status measure(struct sections *sections)
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

/* ---- ranges ---- */

static enum mcd_status add_range(struct sections *sections, uint64_t map, uint64_t pfn, uint64_t nr)
{
	struct mcd_page_ranges *ranges = sections->ranges;
	struct mcd_page_range *last = ranges->nr ? &ranges->items[ranges->nr - 1] : NULL;
	uint64_t addr = (map & ~(uint64_t)FLAGS) + pfn * sections->page_struct_bytes;
	bool is_device = sections->has_devices && !(map & IS_ONLINE);

	ranges->nr_pages += nr;
	if (last && last->pfn + last->nr == pfn && last->is_device == is_device &&
	    last->addr + last->nr * sections->page_struct_bytes == addr) {
		last->nr += nr;
		return MCD_OK;
	}
	ranges->items = mcd_arena_grow(sections->world->arena, ranges->items, ranges->nr,
				       &ranges->capacity, sizeof(*ranges->items));
	if (!ranges->items)
		return mcd_error_set(&sections->world->target->error, MCD_NO_MEMORY, "memory map");
	ranges->items[ranges->nr++] = (struct mcd_page_range){ addr, pfn, nr, is_device };
	return MCD_OK;
}

/*
 * Since v5.3 memory comes and goes in subsections, and only these have a struct page, or one that means
 * anything: mem_section_usage.subsection_map, longs of bits. False: it is not known which.
 */
static bool read_subsections(struct sections *sections, const unsigned char *section,
			     unsigned char map[MAP_BYTES_MAX])
{
	struct mcd_target *target = sections->world->target;
	uint64_t usage = 0;

	if (!sections->has_subsections)
		return false;
	usage = mcd_uint_of_bytes(section + sections->usage_at, target->word_bytes,
				  target->is_big_endian);
	return usage && !mcd_read(target, usage + sections->subsections_at, map,
				  (size_t)sections->subsections_bytes, "subsection_map");
}

static bool has_bit(const struct mcd_target *target, const unsigned char *map, uint64_t bit)
{
	uint64_t word_bits = 8 * target->word_bytes;
	uint64_t word = mcd_uint_of_bytes(map + bit / word_bits * target->word_bytes,
					  target->word_bytes, target->is_big_endian);

	return word >> bit % word_bits & 1;
}

static enum mcd_status add_section(struct sections *sections, uint64_t number,
				   const unsigned char *section)
{
	struct mcd_target *target = sections->world->target;
	uint64_t map = mcd_uint_of_bytes(section + sections->map_at, target->word_bytes,
					 target->is_big_endian);
	uint64_t first = number << sections->shift;
	uint64_t step = (1ULL << SUBSECTION_BITS) / target->page_bytes;
	unsigned char subsections[MAP_BYTES_MAX];
	enum mcd_status status = MCD_OK;

	if ((map & HAS_MEM_MAP) != HAS_MEM_MAP)
		return MCD_OK;
	if (!read_subsections(sections, section, subsections))
		return add_range(sections, map, first, 1ULL << sections->shift);
	for (uint64_t at = 0; at < 1ULL << sections->shift && !status; at += step)
		if (has_bit(target, subsections, at / step))
			status = add_range(sections, map, first + at, step);
	return status;
}

/* The sections of a root, or as many in a row where there are no roots, with the first one at `addr`. */
static enum mcd_status add_row(struct sections *sections, uint64_t first, uint64_t addr,
			       unsigned char *bytes, uint64_t nr)
{
	enum mcd_status status = mcd_read(sections->world->target, addr, bytes,
					  (size_t)(nr * sections->section_bytes), "mem_section");

	if (status)
		return mcd_note_add(sections->world, "the memory map lacks sections: %s",
				    sections->world->target->error.text);
	for (uint64_t i = 0; i < nr && !status; i++)
		status = add_section(sections, first + i, bytes + i * sections->section_bytes);
	return status;
}

static enum mcd_status add_all(struct sections *sections)
{
	struct mcd_target *target = sections->world->target;
	uint64_t row = sections->nr_per_root ? sections->nr_per_root : 1;
	unsigned char *bytes = mcd_arena_array(sections->world->arena, (size_t)row,
					       (size_t)sections->section_bytes);
	enum mcd_status status = bytes ? MCD_OK
				       : mcd_error_set(&target->error, MCD_NO_MEMORY, "memory map");

	for (uint64_t first = 0; first < sections->nr && !status; first += row) {
		uint64_t addr = 0, nr = sections->nr - first < row ? sections->nr - first : row;

		if (!find_section(sections, first, &addr))
			status = add_row(sections, first, addr, bytes, nr);
		if (!status && first / row % 256 == 0)
			status = mcd_poll(target, "sections of memory", first, sections->nr);
	}
	return status;
}

/* ---- */

static void ask_subsections(struct sections *sections)
{
	struct mcd_target *target = sections->world->target;
	uint64_t subsections = (1ULL << (sections->shift)) * target->page_bytes >> SUBSECTION_BITS;

	sections->has_subsections = !mcd_layout_value(target, M(mem_section, usage),
						      &sections->usage_at) &&
				    !mcd_layout_value(target, M(mem_section_usage, subsection_map),
						      &sections->subsections_at);
	if (!sections->has_subsections)
		return;
	sections->subsections_bytes =
		mcd_layout_ask(target, M(mem_section_usage, subsection_map))->size_bytes;
	sections->has_subsections = sections->subsections_bytes <= MAP_BYTES_MAX &&
				    subsections <= 8 * sections->subsections_bytes &&
				    sections->usage_at + target->word_bytes <=
					    sections->section_bytes;
}

static enum mcd_status ask_layout(struct sections *sections)
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

enum mcd_status mcd_sections_find(struct mcd_audit *audit, struct mcd_page_ranges *ret)
{
	struct sections sections = {
		.world = audit->world,
		.ranges = ret,
		.has_devices = audit->world->head.can_pin[MCD_PIN_DEVICE],
	};
	enum mcd_status status = ask_layout(&sections);

	if (!status)
		status = measure(&sections);
	if (status)
		return status;
	count_sections(&sections);
	ask_subsections(&sections);
	return add_all(&sections);
}
