// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Headers of an ELF core that libkdumpfile must not see: 0.5.1 crashes on entries of another size
 * than the format's and where nothing is loaded, and allocates whatever size a note or a section
 * claims to have. See dump.h.
 */
#include <gelf.h>
#include <string.h>
#include <unistd.h>

#include "standalone/dump/dump.h"

static bool is_inside(uint64_t offset, uint64_t size, uint64_t file_bytes)
{
	return offset <= file_bytes && size <= file_bytes - offset;
}

/* What is loaded may end early: a dump that is cut off is still one. */
static bool has_good_segments(Elf *elf, uint64_t file_bytes)
{
	bool has_memory = false;
	GElf_Phdr segment;
	size_t nr = 0;

	if (elf_getphdrnum(elf, &nr))
		return false;
	for (size_t i = 0; i < nr; i++) {
		if (!gelf_getphdr(elf, (int)i, &segment))
			return false;
		has_memory |= segment.p_type == PT_LOAD;
		if (segment.p_type == PT_NOTE &&
		    !is_inside(segment.p_offset, segment.p_filesz, file_bytes))
			return false;
	}
	return has_memory;
}

static bool has_good_sections(Elf *elf, uint64_t file_bytes)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(elf, section)))
		if (!gelf_getshdr(section, &header) ||
		    (header.sh_type != SHT_NOBITS &&
		     !is_inside(header.sh_offset, header.sh_size, file_bytes)))
			return false;
	return true;
}

static bool is_good_elf(Elf *elf, uint64_t file_bytes)
{
	GElf_Ehdr file;

	return gelf_getehdr(elf, &file) &&
	       file.e_phentsize == gelf_fsize(elf, ELF_T_PHDR, 1, EV_CURRENT) &&
	       ((!file.e_shnum && !file.e_shoff) ||
		file.e_shentsize == gelf_fsize(elf, ELF_T_SHDR, 1, EV_CURRENT)) &&
	       has_good_segments(elf, file_bytes) && has_good_sections(elf, file_bytes);
}

enum mcd_status mcd_dump_check_headers(const struct mcd_dump *dump, struct mcd_error *error)
{
	off_t end = lseek(dump->fd, 0, SEEK_END);
	char magic[SELFMAG] = "";
	bool is_good = false;
	Elf *elf;

	if (end < 0 || pread(dump->fd, magic, SELFMAG, 0) != SELFMAG ||
	    memcmp(magic, ELFMAG, SELFMAG) != 0 || elf_version(EV_CURRENT) == EV_NONE)
		return MCD_OK;
	elf = elf_begin(dump->fd, ELF_C_READ, NULL);
	is_good = elf && elf_kind(elf) == ELF_K_ELF && is_good_elf(elf, (uint64_t)end);
	elf_end(elf);
	return is_good ? MCD_OK
		       : mcd_error_set(error, MCD_USAGE,
				       "%s: not a dump that can be read: its ELF headers are "
				       "damaged, or it is no core of a machine",
				       dump->path);
}
