// SPDX-License-Identifier: GPL-2.0-or-later
/* The pages that an ELF core lacks although its headers promise them: elf(5). See guard.c. */
#include <gelf.h>
#include <libkdumpfile/kdumpfile.h>
#include <stdlib.h>

#include "standalone/dump/dump.h"

static bool refuses_page(struct mcd_dump *dump, uint64_t physical)
{
	const struct mcd_guard *guard = &dump->guard;

	for (size_t i = 0; i < guard->nr_lost; i++)
		if (physical < guard->lost[i].end &&
		    guard->lost[i].start < physical + dump->page_bytes)
			return true;
	return false;
}

static void deinit(struct mcd_guard *guard)
{
	free(guard->lost);
}

/* Notes what of the segment is behind the end of the file. */
static void add_segment(struct mcd_guard *guard, const GElf_Phdr *segment)
{
	uint64_t left = segment->p_offset < guard->file_bytes
				? guard->file_bytes - segment->p_offset
				: 0;

	if (left >= segment->p_filesz)
		return;
	guard->is_cut = true;
	if (segment->p_type == PT_LOAD)
		guard->lost[guard->nr_lost++] = (struct mcd_lost){
			segment->p_paddr + left,
			segment->p_paddr + segment->p_filesz,
		};
}

/* False where the headers themselves are behind the end. */
static bool scan_segments(struct mcd_guard *guard, Elf *elf, size_t nr)
{
	GElf_Phdr segment;

	for (size_t i = 0; i < nr; i++) {
		if (!gelf_getphdr(elf, (int)i, &segment))
			return false;
		add_segment(guard, &segment);
	}
	return true;
}

enum mcd_status mcd_guard_elf_init(struct mcd_dump *dump)
{
	struct mcd_guard *guard = &dump->guard;
	Elf *elf = elf_version(EV_CURRENT) == EV_NONE ? NULL
						      : elf_begin(dump->fd, ELF_C_READ_MMAP, NULL);
	size_t nr = 0;
	bool has_headers = elf && elf_getphdrnum(elf, &nr) == 0;

	guard->deinit = deinit;
	guard->lost = calloc(nr + 1, sizeof(*guard->lost));
	if (!guard->lost) {
		elf_end(elf);
		return MCD_NO_MEMORY;
	}
	if (!has_headers || !scan_segments(guard, elf, nr)) {
		guard->is_cut = true;
		guard->lost[0] = (struct mcd_lost){ 0, UINT64_MAX };
		guard->nr_lost = 1;
	}
	elf_end(elf);
	if (guard->is_cut)
		guard->refuses_page = refuses_page;
	else /* whole: there are pages behind every mapping of it */
		(void)kdump_set_number_attr(dump->ctx, KDUMP_ATTR_FILE_MMAP_POLICY, KDUMP_MMAP_TRY);
	return MCD_OK;
}
