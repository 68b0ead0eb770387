// SPDX-License-Identifier: GPL-2.0-or-later
/* See elf.h. */
#include <elf.h>
#include <stddef.h>
#include <string.h>

#include "standalone/dump/dump.h"
#include "standalone/dump/elf.h"

/* From where in a header to where in a struct of ours. */
struct field {
	size_t at, size, to;
};

#define FIELD(source, field, ours, member)                                                       \
	{                                                                                        \
		offsetof(source, field), sizeof(((source *)NULL)->field), offsetof(ours, member) \
	}
#define FILE_FIELD(Ehdr, field, member) FIELD(Ehdr, field, struct mcd_elf, member)
#define SEGMENT_FIELD(Phdr, field, member) FIELD(Phdr, field, struct mcd_elf_segment, member)
#define SECTION_FIELD(Shdr, field, member) FIELD(Shdr, field, struct mcd_elf_section, member)

/* clang-format off */
#define FILE_FIELDS(Ehdr)                                       \
	{                                                       \
		FILE_FIELD(Ehdr, e_type, type),                 \
		FILE_FIELD(Ehdr, e_version, version),           \
		FILE_FIELD(Ehdr, e_phoff, segments_at),         \
		FILE_FIELD(Ehdr, e_phentsize, segment_bytes),   \
		FILE_FIELD(Ehdr, e_phnum, nr_segments),         \
		FILE_FIELD(Ehdr, e_shoff, sections_at),         \
		FILE_FIELD(Ehdr, e_shentsize, section_bytes),   \
		FILE_FIELD(Ehdr, e_shnum, nr_sections),         \
		FILE_FIELD(Ehdr, e_shstrndx, names_section)     \
	}

#define SEGMENT_FIELDS(Phdr)                                    \
	{                                                       \
		SEGMENT_FIELD(Phdr, p_type, type),              \
		SEGMENT_FIELD(Phdr, p_offset, offset),          \
		SEGMENT_FIELD(Phdr, p_vaddr, virtual),          \
		SEGMENT_FIELD(Phdr, p_paddr, physical),         \
		SEGMENT_FIELD(Phdr, p_filesz, file_bytes)       \
	}

#define SECTION_FIELDS(Shdr)                                    \
	{                                                       \
		SECTION_FIELD(Shdr, sh_name, name),             \
		SECTION_FIELD(Shdr, sh_type, type),             \
		SECTION_FIELD(Shdr, sh_offset, offset),         \
		SECTION_FIELD(Shdr, sh_size, bytes),            \
		SECTION_FIELD(Shdr, sh_info, info)              \
	}
/* clang-format on */

enum { NR_FILE_FIELDS = 9, NR_SEGMENT_FIELDS = 5, NR_SECTION_FIELDS = 5 };

/* By mcd_elf.is_64. */
static const struct layout {
	size_t segment_bytes, section_bytes;
	struct field file[NR_FILE_FIELDS], segment[NR_SEGMENT_FIELDS], section[NR_SECTION_FIELDS];
} layouts[] = {
	{ sizeof(Elf32_Phdr), sizeof(Elf32_Shdr), FILE_FIELDS(Elf32_Ehdr),
	  SEGMENT_FIELDS(Elf32_Phdr), SECTION_FIELDS(Elf32_Shdr) },
	{ sizeof(Elf64_Phdr), sizeof(Elf64_Shdr), FILE_FIELDS(Elf64_Ehdr),
	  SEGMENT_FIELDS(Elf64_Phdr), SECTION_FIELDS(Elf64_Shdr) },
};

/* Fills `ret`, one of our structs, from the header at `at`; none is longer than the file's own. */
static void decode(const struct mcd_elf *elf, uint64_t at, const struct field *fields,
		   size_t nr_fields, void *ret)
{
	unsigned char header[sizeof(Elf64_Ehdr)];

	mcd_headers_read(elf->dump, at, header, sizeof(header));
	for (size_t i = 0; i < nr_fields; i++) {
		uint64_t value = mcd_dump_uint(elf->dump, header + fields[i].at, fields[i].size);

		memcpy((char *)ret + fields[i].to, &value, sizeof(value));
	}
}

/* elf(5): numbers that do not fit into the first header are in the first section's. */
static void read_large_numbers(struct mcd_elf *elf)
{
	struct mcd_elf_section first;

	if (!elf->sections_at)
		return;
	first = mcd_elf_section(elf, 0);
	if (!elf->nr_sections)
		elf->nr_sections = first.bytes;
	if (elf->nr_sections && elf->nr_segments == PN_XNUM)
		elf->nr_segments = first.info;
}

bool mcd_elf_init(struct mcd_elf *elf, struct mcd_dump *dump)
{
	unsigned char ident[EI_NIDENT];

	mcd_headers_read(dump, 0, ident, sizeof(ident));
	if (memcmp(ident, ELFMAG, SELFMAG) != 0 || ident[EI_VERSION] != EV_CURRENT ||
	    (ident[EI_CLASS] != ELFCLASS32 && ident[EI_CLASS] != ELFCLASS64) ||
	    (ident[EI_DATA] != ELFDATA2LSB && ident[EI_DATA] != ELFDATA2MSB))
		return false;
	dump->is_big_endian = ident[EI_DATA] == ELFDATA2MSB;
	*elf = (struct mcd_elf){ .dump = dump, .is_64 = ident[EI_CLASS] == ELFCLASS64 };
	decode(elf, 0, layouts[elf->is_64].file, NR_FILE_FIELDS, elf);
	read_large_numbers(elf);
	return true;
}

struct mcd_elf_segment mcd_elf_segment(const struct mcd_elf *elf, uint64_t number)
{
	const struct layout *layout = &layouts[elf->is_64];
	struct mcd_elf_segment segment = { 0 };

	decode(elf, elf->segments_at + number * layout->segment_bytes, layout->segment,
	       NR_SEGMENT_FIELDS, &segment);
	return segment;
}

struct mcd_elf_section mcd_elf_section(const struct mcd_elf *elf, uint64_t number)
{
	const struct layout *layout = &layouts[elf->is_64];
	struct mcd_elf_section section = { 0 };

	decode(elf, elf->sections_at + number * layout->section_bytes, layout->section,
	       NR_SECTION_FIELDS, &section);
	return section;
}

uint64_t mcd_elf_segment_bytes(const struct mcd_elf *elf)
{
	return layouts[elf->is_64].segment_bytes;
}

uint64_t mcd_elf_section_bytes(const struct mcd_elf *elf)
{
	return layouts[elf->is_64].section_bytes;
}
