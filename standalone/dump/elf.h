/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The headers of an ELF core as libkdumpfile 0.5.1 reads them (init_elf32(), init_elf64()): of either
 * class, and zeroes where the file has ended. libelf would leave out what a truncated file lacks.
 */
#ifndef MCD_ELF_H
#define MCD_ELF_H

#include <stdbool.h>
#include <stdint.h>

#include "mcd/status.h"

struct mcd_dump;

/* Fields of elf(5), in our byte order. */
struct mcd_elf {
	const struct mcd_dump *dump; /* borrowed */
	bool is_64;
	uint64_t type, version;
	uint64_t segments_at, segment_bytes, nr_segments;
	uint64_t sections_at, section_bytes, nr_sections, names_section;
};

struct mcd_elf_segment {
	uint64_t type, offset, virtual, physical, file_bytes;
};

struct mcd_elf_section {
	uint64_t name, type, offset, bytes, info;
};

/*
 * Reads the first header, and into dump->is_big_endian the byte order. False where the first bytes are
 * none of an ELF file.
 */
MCD_MUST_CHECK bool mcd_elf_init(struct mcd_elf *elf, struct mcd_dump *dump);

/* One of nr_segments, nr_sections; segment_bytes and section_bytes are taken for the class's own. */
struct mcd_elf_segment mcd_elf_segment(const struct mcd_elf *elf, uint64_t number);
struct mcd_elf_section mcd_elf_section(const struct mcd_elf *elf, uint64_t number);

/* What these are in a file of this class: e_phentsize and e_shentsize should say so. */
uint64_t mcd_elf_segment_bytes(const struct mcd_elf *elf);
uint64_t mcd_elf_section_bytes(const struct mcd_elf *elf);

#endif
