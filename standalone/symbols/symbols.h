/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The addresses of the kernel symbols that the program asks for, and of no others.
 *
 * The names are known beforehand: those of layout.def, its home functions, and what reading a dump
 * takes.
 */
#ifndef MCD_SYMBOLS_H
#define MCD_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcd/status.h"
#include "standalone/wanted.h"

struct mcd_dump;
struct mcd_image;

struct mcd_symbols {
	struct mcd_wanted_set wanted; /* values are as the source has them */
	uint64_t delta;		      /* what KASLR added to every address of the kernel's image */
};

/* Every name that will be asked for, none with a value yet. */
void mcd_symbols_init(struct mcd_symbols *symbols);

/* The address in the dumped kernel; false where the source lacks it. */
bool mcd_symbols_find(const struct mcd_symbols *symbols, const char *name, uint64_t *ret);

/* The value as the source has it, without KASLR: what debuginfo counts in. */
bool mcd_symbols_find_unrelocated(const struct mcd_symbols *symbols, const char *name,
				  uint64_t *ret);

/*
 * The sources. Each fills what it has; MCD_ABSENT where there is no such source, MCD_FAULT,
 * MCD_CORRUPT or MCD_USAGE, with the reason in `error`, where it cannot be used.
 */

/* The symbol table of a vmlinux. */
MCD_MUST_CHECK enum mcd_status mcd_symbols_from_image(struct mcd_symbols *symbols,
						      struct mcd_image *image,
						      struct mcd_error *error);

/* A System.map: lines of address, type letter and name. */
MCD_MUST_CHECK enum mcd_status
mcd_symbols_from_system_map(struct mcd_symbols *symbols, const char *path, struct mcd_error *error);

/*
 * The kernel's own table in the dump, which VMCOREINFO locates since "vmcoreinfo: include kallsyms
 * symbols" (v6.0): include/linux/kallsyms.h, kernel/kallsyms.c, scripts/kallsyms.c.
 */
MCD_MUST_CHECK enum mcd_status mcd_symbols_from_kallsyms(struct mcd_symbols *symbols,
							 struct mcd_dump *dump,
							 struct mcd_error *error);

#endif
