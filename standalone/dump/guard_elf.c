// SPDX-License-Identifier: GPL-2.0-or-later
/* The pages that an ELF core lacks although its headers promise them: elf(5). See guard.c. */
#include <elf.h>
#include <libkdumpfile/kdumpfile.h>
#include <stdlib.h>

#include "standalone/dump/dump.h"
#include "standalone/dump/elf.h"

static bool refuses_page(struct mcd_dump *dump, uint64_t addr, bool is_virtual)
{
	struct mcd_guard *guard = &dump->guard;

	for (size_t i = 0; i < guard->nr_lost; i++) {
		const struct mcd_lost *lost = &guard->lost[i];
		uint64_t start = is_virtual ? lost->virtual : lost->physical;

		if (addr < mcd_headers_end(start, lost->bytes) &&
		    start < mcd_headers_end(addr, dump->page_bytes)) {
			guard->has_refused = true;
			return true;
		}
	}
	return false;
}

static void deinit(struct mcd_guard *guard)
{
	free(guard->lost);
}

/* Notes what of the segment is behind the end of the file. */
static void add_segment(struct mcd_guard *guard, const struct mcd_elf_segment *segment)
{
	uint64_t left = segment->offset < guard->file_bytes ? guard->file_bytes - segment->offset
							    : 0;

	if (segment->type == PT_LOAD && left < segment->file_bytes)
		guard->lost[guard->nr_lost++] = (struct mcd_lost){
			.physical = mcd_headers_end(segment->physical, left),
			.virtual = mcd_headers_end(segment->virtual, left),
			.bytes = segment->file_bytes - left,
		};
}

static enum mcd_status find_lost(struct mcd_dump *dump)
{
	struct mcd_guard *guard = &dump->guard;
	struct mcd_elf elf = { 0 };

	if (!guard->is_cut || !mcd_elf_init(&elf, dump))
		return MCD_OK;
	guard->deinit = deinit;
	guard->lost = calloc((size_t)elf.nr_segments, sizeof(*guard->lost));
	if (!guard->lost)
		return MCD_NO_MEMORY;
	for (uint64_t i = 0; i < elf.nr_segments; i++) {
		struct mcd_elf_segment segment = mcd_elf_segment(&elf, i);

		add_segment(guard, &segment);
	}
	return MCD_OK;
}

enum mcd_status mcd_guard_init_elf(struct mcd_dump *dump)
{
	enum mcd_status status = find_lost(dump);

	if (status)
		return status;
	if (dump->guard.nr_lost)
		dump->guard.refuses_page = refuses_page;
	else /* all memory is there, and pages behind every mapping of it */
		(void)kdump_set_number_attr(dump->ctx, KDUMP_ATTR_FILE_MMAP_POLICY, KDUMP_MMAP_TRY);
	return MCD_OK;
}
