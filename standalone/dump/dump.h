/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump file through libkdumpfile: its memory by kernel virtual address, and its VMCOREINFO.
 * Nothing here knows of a machine: word size, byte order and page size are the dump's own.
 */
#ifndef MCD_DUMP_H
#define MCD_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcd/status.h"
#include "standalone/dump/guard.h"
#include "standalone/dump/headers.h"

enum { MCD_INFO_BYTES = 512 }; /* the longest VMCOREINFO value that is looked at, terminated */

struct mcd_dump {
	const char *path; /* borrowed */
	int fd;
	const struct mcd_format *format; /* of formats that live for ever */
	struct _kdump_ctx *ctx;
	unsigned int word_bytes;
	bool is_big_endian;
	uint64_t page_bytes;
	bool has_info; /* there is a VMCOREINFO */
	struct mcd_guard guard;
	bool (*find_symbol)(const void *context, const char *name, uint64_t *ret);
	const void *find_context; /* borrowed, as find_symbol: of mcd_dump_translate_by() */
	bool has_registers;
	uint64_t cr3, cr4; /* of the first processor, from QEMU's note */
};

/*
 * Opens `path`. MCD_OK; otherwise MCD_FAULT (cannot be read), MCD_USAGE (no dump, or a format that
 * must be converted first: `error` says how) or MCD_NO_MEMORY. Never blocks on a FIFO.
 */
MCD_MUST_CHECK enum mcd_status mcd_dump_open(struct mcd_dump *dump, const char *path,
					     struct mcd_error *error);
void mcd_dump_close(struct mcd_dump *dump);

/* Exactly `size` bytes at a kernel virtual address: MCD_OK, MCD_FAULT or MCD_NO_MEMORY. */
MCD_MUST_CHECK enum mcd_status mcd_dump_read(struct mcd_dump *dump, uint64_t addr, void *buffer,
					     size_t size);

/* The same at a physical address. */
MCD_MUST_CHECK enum mcd_status mcd_dump_read_phys(struct mcd_dump *dump, uint64_t addr,
						  void *buffer, size_t size);

/* Why the last read failed, in libkdumpfile's words; never NULL. */
const char *mcd_dump_reason(const struct mcd_dump *dump);

/* An unsigned integer of 1, 2, 4 or 8 bytes of a buffer in the dump's byte order. */
uint64_t mcd_dump_uint(const struct mcd_dump *dump, const void *bytes, size_t size);

/* The same at a kernel virtual address; false where it cannot be read. */
bool mcd_dump_read_uint(struct mcd_dump *dump, uint64_t addr, size_t size, uint64_t *ret);

/* The value of a line "KEY=value" of VMCOREINFO; false where there is none. */
bool mcd_dump_info(struct mcd_dump *dump, const char *key, char ret[MCD_INFO_BYTES]);

/* A line "SYMBOL(name)=address" of VMCOREINFO; false where there is none. */
bool mcd_dump_info_symbol(struct mcd_dump *dump, const char *name, uint64_t *ret);

/*
 * For mcd_dump_open(), before it opens the file: later libkdumpfile would want to translate first, and
 * could not yet. False where there is no memory.
 */
MCD_MUST_CHECK bool mcd_dump_add_callbacks(struct mcd_dump *dump);

/*
 * For a dump without VMCOREINFO: from here on libkdumpfile asks `find_symbol` (NULL: nobody), which
 * gives a symbol's address or false, and the registers in QEMU's note for what it needs to translate
 * addresses. Each call starts the translation anew.
 */
MCD_MUST_CHECK enum mcd_status
mcd_dump_translate_by(struct mcd_dump *dump,
		      bool (*find_symbol)(const void *context, const char *name, uint64_t *ret),
		      const void *context, struct mcd_error *error);

/* Says in `error` what the file at `dump->path` is, as it is no dump that is read. MCD_USAGE. */
enum mcd_status mcd_dump_refuse(const struct mcd_dump *dump, struct mcd_error *error);

/* Fills cr3 and cr4 from the note that QEMU adds to its x86_64 ELF dumps, if it is there. */
void mcd_dump_read_registers(struct mcd_dump *dump);

#endif
