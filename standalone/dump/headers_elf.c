// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Headers of an ELF core that libkdumpfile must not see: 0.5.1 crashes on entries of another size
 * than the format's and where nothing is loaded, reads behind a string table without an end and on
 * sections of Xen's, and allocates whatever size a note or a section claims to have. What a truncated
 * file lacks is zeroes to it. See headers.h.
 */
#include <elf.h>
#include <string.h>

#include "standalone/dump/dump.h"
#include "standalone/dump/elf.h"

enum { CUT_SECTIONS_BYTES_MAX = 1 << 20 }; /* QEMU's string table has 11 */

/* What the headers of segments and sections add up to. */
struct sum {
	uint64_t whole_bytes; /* where the last of them ends */
	uint64_t notes_bytes, sections_bytes;
	bool has_memory, lacks_notes;
};

static uint64_t greater(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void add_segments(struct sum *sum, const struct mcd_elf *elf, uint64_t file_bytes)
{
	for (uint64_t i = 0; i < elf->nr_segments; i++) {
		struct mcd_elf_segment segment = mcd_elf_segment(elf, i);
		uint64_t end = mcd_headers_end(segment.offset, segment.file_bytes);

		sum->whole_bytes = greater(sum->whole_bytes, end);
		sum->has_memory |= segment.type == PT_LOAD;
		if (segment.type != PT_NOTE)
			continue;
		sum->lacks_notes |= end > file_bytes;
		sum->notes_bytes = mcd_headers_end(sum->notes_bytes, segment.file_bytes);
	}
}

static void add_sections(struct sum *sum, const struct mcd_elf *elf)
{
	uint64_t end = mcd_headers_end(elf->sections_at, elf->nr_sections * elf->section_bytes);

	sum->whole_bytes = greater(sum->whole_bytes, end);
	for (uint64_t i = 0; i < elf->nr_sections; i++) {
		struct mcd_elf_section section = mcd_elf_section(elf, i);

		end = mcd_headers_end(section.offset, section.bytes);
		if (section.type != SHT_NOBITS)
			sum->whole_bytes = greater(sum->whole_bytes, end);
		sum->sections_bytes = mcd_headers_end(sum->sections_bytes, section.bytes);
	}
}

/* By these, libkdumpfile takes the dump for one of a Xen domain, which it may crash on. */
static bool is_xen_section(const struct mcd_elf *elf, const struct mcd_elf_section *names,
			   const struct mcd_elf_section *section)
{
	static const char *const prefixes[] = { ".xen_", ".note.Xen" };
	char name[16];

	if (section->name >= names->bytes)
		return false;
	mcd_headers_read(elf->dump, names->offset + section->name, name, sizeof(name));
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

/* The string table ends with a zero, and has no names that mean something. */
static bool has_good_names(const struct mcd_elf *elf)
{
	struct mcd_elf_section names;
	char last = 0;

	if (!elf->names_section || elf->names_section >= elf->nr_sections)
		return true;
	names = mcd_elf_section(elf, elf->names_section);
	if (names.bytes)
		mcd_headers_read(elf->dump, names.offset + names.bytes - 1, &last, 1);
	for (uint64_t i = 0; i < elf->nr_sections; i++) {
		struct mcd_elf_section section = mcd_elf_section(elf, i);

		if (is_xen_section(elf, &names, &section))
			return false;
	}
	return !last;
}

static bool has_good_tables(const struct mcd_elf *elf)
{
	return elf->version == EV_CURRENT && elf->segment_bytes == mcd_elf_segment_bytes(elf) &&
	       ((!elf->nr_sections && !elf->sections_at) ||
		elf->section_bytes == mcd_elf_section_bytes(elf)) &&
	       elf->nr_segments <= UINT32_MAX && elf->nr_sections <= UINT16_MAX;
}

static bool is_bearable(const struct sum *sum, uint64_t file_bytes)
{
	return sum->has_memory && sum->notes_bytes <= file_bytes &&
	       sum->sections_bytes <= file_bytes + CUT_SECTIONS_BYTES_MAX;
}

enum mcd_status mcd_headers_check_elf(struct mcd_dump *dump, struct mcd_error *error)
{
	struct mcd_guard *guard = &dump->guard;
	struct sum sum = { 0 };
	struct mcd_elf elf = { 0 };

	if (guard->file_bytes < sizeof(Elf64_Ehdr))
		return mcd_headers_lack(dump, sizeof(Elf64_Ehdr), error);
	if (!mcd_elf_init(&elf, dump))
		return mcd_headers_are_damaged(dump, error);
	if (elf.type != ET_CORE)
		return mcd_dump_refuse(dump, error);
	if (!has_good_tables(&elf))
		return mcd_headers_are_damaged(dump, error);
	sum.whole_bytes = mcd_headers_end(elf.segments_at, elf.nr_segments * elf.segment_bytes);
	if (sum.whole_bytes > guard->file_bytes)
		return mcd_headers_lack(dump, sum.whole_bytes, error);
	add_segments(&sum, &elf, guard->file_bytes);
	add_sections(&sum, &elf);
	if (sum.lacks_notes)
		return mcd_headers_lack(dump, sum.whole_bytes, error);
	if (!is_bearable(&sum, guard->file_bytes) || !has_good_names(&elf))
		return mcd_headers_are_damaged(dump, error);
	guard->whole_bytes = sum.whole_bytes;
	guard->is_cut = sum.whole_bytes > guard->file_bytes;
	return MCD_OK;
}
