// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where the struct pages are with CONFIG_SPARSEMEM: physical memory comes in sections of 2^n bytes, and
 * mem_section says of each whether it has struct pages, and where (include/linux/mmzone.h).
 */
#include "sections.h"
#include "mcd/bytes.h"

enum {
	SUBSECTION_BITS = 21, /* SUBSECTION_SHIFT */
	MAP_BYTES_MAX = 512,  /* of subsection_map */
};

static enum mcd_status add_range(struct mcd_sections *sections, uint64_t map, uint64_t pfn,
				 uint64_t nr)
{
	struct mcd_page_ranges *ranges = sections->ranges;
	struct mcd_page_range *last = ranges->nr ? &ranges->items[ranges->nr - 1] : NULL;
	uint64_t addr = (map & ~(uint64_t)MCD_SECTION_FLAGS) + pfn * sections->page_struct_bytes;
	bool is_device = sections->has_devices && !(map & MCD_SECTION_IS_ONLINE);

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
static bool read_subsections(struct mcd_sections *sections, const unsigned char *section,
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
	unsigned int word_bits = 8 * target->word_bytes;
	uint64_t word = mcd_uint_of_bytes(map + bit / word_bits * target->word_bytes,
					  target->word_bytes, target->is_big_endian);

	return word >> bit % word_bits & 1;
}

static enum mcd_status add_section(struct mcd_sections *sections, uint64_t number,
				   const unsigned char *section)
{
	struct mcd_target *target = sections->world->target;
	uint64_t map = mcd_uint_of_bytes(section + sections->map_at, target->word_bytes,
					 target->is_big_endian);
	uint64_t first = number << sections->shift;
	uint64_t step = (1ULL << SUBSECTION_BITS) / target->page_bytes;
	unsigned char subsections[MAP_BYTES_MAX];
	enum mcd_status status = MCD_OK;

	if ((map & MCD_SECTION_HAS_MAP) != MCD_SECTION_HAS_MAP)
		return MCD_OK;
	if (!read_subsections(sections, section, subsections))
		return add_range(sections, map, first, 1ULL << sections->shift);
	for (uint64_t at = 0; at < 1ULL << sections->shift && !status; at += step)
		if (has_bit(target, subsections, at / step))
			status = add_range(sections, map, first + at, step);
	return status;
}

/* The sections of a root, or as many in a row where there are no roots, with the first one at `addr`. */
static enum mcd_status add_row(struct mcd_sections *sections, uint64_t first, uint64_t addr,
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

static enum mcd_status add_all(struct mcd_sections *sections)
{
	struct mcd_target *target = sections->world->target;
	uint64_t row = sections->nr_per_root ? sections->nr_per_root : 1;
	unsigned char *bytes = mcd_arena_array(sections->world->arena, (size_t)row,
					       (size_t)sections->section_bytes);
	enum mcd_status status = MCD_OK;

	if (!bytes)
		return mcd_error_set(&target->error, MCD_NO_MEMORY, "memory map");
	for (uint64_t first = 0; first < sections->nr && !status; first += row) {
		uint64_t addr = 0, nr = sections->nr - first < row ? sections->nr - first : row;

		if (!mcd_section_addr(sections, first, &addr))
			status = add_row(sections, first, addr, bytes, nr);
		if (!status && first / row % 256 == 0)
			status = mcd_poll(target, "sections of memory", first, sections->nr);
	}
	return status;
}

/* ---- */

static void ask_subsections(struct mcd_sections *sections)
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

enum mcd_status mcd_sections_find(struct mcd_audit *audit, struct mcd_page_ranges *ret)
{
	struct mcd_sections sections = {
		.world = audit->world,
		.ranges = ret,
		.has_devices = audit->world->head.can_pin[MCD_PIN_DEVICE],
	};
	enum mcd_status status = mcd_sections_measure(&sections);

	if (status)
		return status;
	ask_subsections(&sections);
	return add_all(&sections);
}
