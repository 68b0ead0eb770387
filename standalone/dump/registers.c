// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The control registers in the note "QEMU" of an x86_64 ELF dump: QEMU, target/i386/arch_dump.c,
 * struct QEMUCPUState. libkdumpfile 0.5 leaves that note alone.
 */
#include <gelf.h>
#include <string.h>

#include "standalone/dump/dump.h"

enum {
	GENERAL_BYTES = 18 * 8,			       /* rax … r15, rip, rflags */
	SEGMENT_BYTES = 10 * 24,		       /* cs … ss, ldt, tr, gdt, idt */
	CR_AT = 4 + 4 + GENERAL_BYTES + SEGMENT_BYTES, /* after version and size */
	CR3_AT = CR_AT + 3 * 8,
	CR4_AT = CR_AT + 4 * 8,
	STATE_BYTES = CR_AT + 5 * 8,
};

static bool take_note(struct mcd_dump *dump, const char *name, const char *state, size_t size)
{
	if (strcmp(name, "QEMU") != 0 || size < STATE_BYTES)
		return false;
	dump->cr3 = mcd_dump_uint(dump, state + CR3_AT, 8);
	dump->cr4 = mcd_dump_uint(dump, state + CR4_AT, 8);
	dump->has_registers = true;
	return true;
}

/* The first such note is the first processor's. */
static void scan_notes(struct mcd_dump *dump, Elf *elf, const GElf_Phdr *header)
{
	Elf_Data *data = elf_getdata_rawchunk(elf, (int64_t)header->p_offset, header->p_filesz,
					      ELF_T_NHDR);
	size_t at = 0, name_at = 0, state_at = 0;
	GElf_Nhdr note;

	while (data && (at = gelf_getnote(data, at, &note, &name_at, &state_at)) > 0) {
		const char *bytes = data->d_buf;

		if (note.n_namesz == sizeof("QEMU") &&
		    take_note(dump, bytes + name_at, bytes + state_at, note.n_descsz))
			return;
	}
}

void mcd_dump_read_registers(struct mcd_dump *dump)
{
	Elf *elf = elf_version(EV_CURRENT) == EV_NONE ? NULL
						      : elf_begin(dump->fd, ELF_C_READ_MMAP, NULL);
	GElf_Ehdr file;
	size_t nr = 0;

	if (elf && gelf_getehdr(elf, &file) && file.e_machine == EM_X86_64 &&
	    elf_getphdrnum(elf, &nr) == 0)
		for (size_t i = 0; i < nr && !dump->has_registers; i++) {
			GElf_Phdr header;

			if (gelf_getphdr(elf, (int)i, &header) && header.p_type == PT_NOTE)
				scan_notes(dump, elf, &header);
		}
	elf_end(elf);
}
