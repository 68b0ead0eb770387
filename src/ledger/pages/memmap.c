// SPDX-License-Identifier: GPL-2.0-or-later
/* The array of struct page: read front to back, or looked up by an address. See accounts.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "memmap.h"

enum { CHUNK_BYTES = 1 << 18 };

struct mcd_memmap {
	enum mcd_status status; /* of mcd_sections_find(), and its text */
	const char *reason;
	struct mcd_page_ranges ranges;
	struct mcd_page_range *by_addr; /* the same by ascending address */
	uint64_t page_struct_bytes;
};

static int compare_addrs(const void *a, const void *b)
{
	const struct mcd_page_range *left = a, *right = b;

	return (left->addr > right->addr) - (left->addr < right->addr);
}

static enum mcd_status fill(struct mcd_audit *audit, struct mcd_memmap *memmap)
{
	struct mcd_arena *arena = audit->world->arena;
	size_t bytes;

	memmap->status = mcd_sections_find(audit, &memmap->ranges);
	if (mcd_is_fatal(memmap->status))
		return memmap->status;
	if (memmap->status) {
		const char *text = audit->world->target->error.text;

		memmap->reason = mcd_arena_strndup(arena, text, strlen(text));
		return memmap->reason ? MCD_OK : MCD_NO_MEMORY;
	}
	bytes = memmap->ranges.nr * sizeof(*memmap->by_addr);
	memmap->by_addr = mcd_arena_alloc(arena, bytes + 1);
	if (!memmap->by_addr)
		return MCD_NO_MEMORY;
	if (bytes)
		memcpy(memmap->by_addr, memmap->ranges.items, bytes);
	qsort(memmap->by_addr, memmap->ranges.nr, sizeof(*memmap->by_addr), compare_addrs);
	return mcd_layout_value(audit->world->target, S(page), &memmap->page_struct_bytes);
}

/* Found out when it is first asked for; that it cannot be is remembered too. */
static enum mcd_status get(struct mcd_audit *audit, const struct mcd_memmap **ret)
{
	struct mcd_error *error = &audit->world->target->error;

	if (!audit->memmap) {
		struct mcd_memmap *memmap = mcd_arena_alloc(audit->world->arena, sizeof(*memmap));
		enum mcd_status status = memmap ? fill(audit, memmap) : MCD_NO_MEMORY;

		if (status == MCD_NO_MEMORY)
			mcd_error_set(error, status, "memory map");
		if (status)
			return status;
		audit->memmap = memmap;
	}
	*ret = audit->memmap;
	if ((*ret)->status)
		mcd_error_set(error, (*ret)->status, "%s", (*ret)->reason);
	return (*ret)->status;
}

/* ---- front to back ---- */

struct pass {
	struct mcd_audit *audit;
	uint64_t page_struct_bytes;
	mcd_page_visit *visit;
	void *context;
	unsigned char *buffer;
	uint64_t nr_lost;
	bool is_device;
};

static bool is_within_page(const struct pass *pass, uint64_t addr, uint64_t bytes)
{
	uint64_t page_bytes = pass->audit->world->target->page_bytes;

	return addr / page_bytes == (addr + bytes - 1) / page_bytes;
}

/* What cannot be read as a whole is halved, down to a page of the dump. */
static enum mcd_status read_pages(struct pass *pass, uint64_t addr, uint64_t pfn, uint64_t nr)
{
	uint64_t bytes = nr * pass->page_struct_bytes;
	enum mcd_status status = mcd_read(pass->audit->world->target, addr, pass->buffer,
					  (size_t)bytes, "page structures");

	if (!status) {
		const struct mcd_page_stretch stretch = { addr, pfn, pass->buffer, (size_t)nr,
							  pass->is_device };

		return pass->visit(pass->context, &stretch);
	}
	if (mcd_is_fatal(status))
		return status;
	if (nr == 1 || is_within_page(pass, addr, bytes)) {
		pass->nr_lost += nr;
		return MCD_OK;
	}
	status = read_pages(pass, addr, pfn, nr / 2);
	return status ? status
		      : read_pages(pass, addr + nr / 2 * pass->page_struct_bytes, pfn + nr / 2,
				   nr - nr / 2);
}

static enum mcd_status pass_range(struct pass *pass, const struct mcd_page_range *range,
				  uint64_t *nr_done, uint64_t nr_total)
{
	uint64_t nr_per_chunk = CHUNK_BYTES / pass->page_struct_bytes;
	enum mcd_status status = MCD_OK;

	pass->is_device = range->is_device;
	for (uint64_t at = 0; at < range->nr && !status; at += nr_per_chunk) {
		uint64_t nr = range->nr - at < nr_per_chunk ? range->nr - at : nr_per_chunk;

		status = mcd_poll(pass->audit->world->target, "pages looked at", *nr_done,
				  nr_total);
		if (!status)
			status = read_pages(pass, range->addr + at * pass->page_struct_bytes,
					    range->pfn + at, nr);
		*nr_done += nr;
	}
	return status;
}

enum mcd_status mcd_memmap_scan(struct mcd_audit *audit, mcd_page_visit *visit, void *context)
{
	struct pass pass = { .audit = audit, .visit = visit, .context = context };
	const struct mcd_memmap *memmap = NULL;
	enum mcd_status status = get(audit, &memmap);
	uint64_t nr_done = 0;

	if (status)
		return status;
	pass.page_struct_bytes = memmap->page_struct_bytes;
	pass.buffer = mcd_arena_alloc(audit->world->arena, CHUNK_BYTES);
	if (!pass.buffer)
		return mcd_error_set(&audit->world->target->error, MCD_NO_MEMORY, "memory map");
	for (size_t i = 0; i < memmap->ranges.nr && !status; i++)
		status = pass_range(&pass, &memmap->ranges.items[i], &nr_done,
				    memmap->ranges.nr_pages);
	if (status || !pass.nr_lost)
		return status;
	return mcd_note_add(audit->world,
			    "%" PRIu64 " of %" PRIu64 " page structures cannot be read: what these "
			    "pages hold is not in the ledger",
			    pass.nr_lost, memmap->ranges.nr_pages);
}

enum mcd_status mcd_memmap_count(struct mcd_audit *audit, uint64_t *ret)
{
	const struct mcd_memmap *memmap = NULL;
	enum mcd_status status = get(audit, &memmap);

	if (!status)
		*ret = memmap->ranges.nr_pages;
	return status;
}

/* ---- by address, by number ---- */

enum mcd_status mcd_memmap_pfn(struct mcd_audit *audit, uint64_t page, uint64_t *ret)
{
	const struct mcd_memmap *memmap = NULL;
	enum mcd_status status = get(audit, &memmap);
	size_t first = 0, end;

	if (status)
		return status;
	end = memmap->ranges.nr;
	while (first < end) {
		size_t middle = first + (end - first) / 2;
		const struct mcd_page_range *range = &memmap->by_addr[middle];
		uint64_t offset = page - range->addr;

		if (page < range->addr) {
			end = middle;
		} else if (offset / memmap->page_struct_bytes >= range->nr) {
			first = middle + 1;
		} else if (offset % memmap->page_struct_bytes == 0) {
			*ret = range->pfn + offset / memmap->page_struct_bytes;
			return MCD_OK;
		} else {
			break;
		}
	}
	return mcd_error_set(&audit->world->target->error, MCD_CORRUPT,
			     "no page is described at %" PRIx64, page);
}

enum mcd_status mcd_memmap_read(struct mcd_audit *audit, uint64_t pfn, uint64_t offset,
				void *buffer, size_t size, const char *what)
{
	struct mcd_target *target = audit->world->target;

	return mcd_read_phys(target, pfn * target->page_bytes + offset, buffer, size, what);
}
