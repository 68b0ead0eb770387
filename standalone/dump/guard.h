/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of a damaged file libkdumpfile must not be asked for. dump.c, headers.c and translate.c call it.
 */
#ifndef MCD_GUARD_H
#define MCD_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcd/status.h"

enum { MCD_FLAW_BYTES = 128 }; /* of a text of mcd_guard_flaw(), terminated */

struct mcd_dump;

/* Memory that is not in the file, and where it begins in both kinds of addresses. */
struct mcd_lost {
	uint64_t physical, virtual, bytes;
};

/* All pointers are owned. */
struct mcd_guard {
	/* NULL: none; addresses are virtual where the page is looked for by the file's own */
	bool (*refuses_page)(struct mcd_dump *dump, uint64_t addr, bool is_virtual);
	void (*deinit)(struct mcd_guard *guard);
	uint64_t file_bytes;
	uint64_t whole_bytes; /* how long the file was, by its headers; 0: they do not tell */
	bool is_cut;	      /* the file ends too early, as far as is known yet */
	bool is_damaged;      /* so is one of the pages that were asked for */
	bool has_refused;     /* something was asked for that cannot be had, for one of these */
	bool is_upset; /* libkdumpfile did not give a page that is there: do not ask this context again */
	uint64_t passed; /* virtual address of the page that was looked up last */
	bool has_passed;
	struct mcd_lost *lost; /* of an ELF core */
	size_t nr_lost;
	uint64_t block_bytes; /* of a kdump-compressed dump, here and below; 0 of others */
	uint64_t bitmap_at, bitmap_bytes, descriptors_at;
	const unsigned char *bitmap; /* mapped: which pages it has */
	void *mapping;
	uint64_t mapping_bytes;
	uint64_t *ranks; /* how many bits precede a part of the bitmap */
	uint64_t nr_ranks;
};

/*
 * For mcd_dump_open(), once libkdumpfile has opened the file without mapping it: learns which pages the
 * file lacks, and lets it be mapped where it surely is whole. MCD_OK or MCD_NO_MEMORY.
 */
MCD_MUST_CHECK enum mcd_status mcd_guard_init(struct mcd_dump *dump, struct mcd_error *error);
void mcd_guard_deinit(struct mcd_dump *dump);

/* Of each format, for mcd_guard_init(): MCD_OK or MCD_NO_MEMORY. */
MCD_MUST_CHECK enum mcd_status mcd_guard_init_elf(struct mcd_dump *dump);
MCD_MUST_CHECK enum mcd_status mcd_guard_init_kdump(struct mcd_dump *dump);

/* True where these bytes, at a kernel virtual address, must not be read; the same at a physical one. */
bool mcd_guard_refuses(struct mcd_dump *dump, uint64_t addr, size_t size);
bool mcd_guard_refuses_phys(struct mcd_dump *dump, uint64_t addr, size_t size);

/*
 * The same of a page by its physical address, or as libkdumpfile finds it without translation: by the
 * virtual addresses in an ELF core.
 */
bool mcd_guard_refuses_page(struct mcd_dump *dump, uint64_t addr, bool is_virtual);

/* To be called when addresses are translated in another way than before. */
void mcd_guard_forget(struct mcd_guard *guard);

/*
 * What is wrong with the file as far as is known: "the file is truncated (9 of 10 bytes are there)",
 * "the dump is damaged"; false: nothing.
 */
bool mcd_guard_flaw(const struct mcd_guard *guard, char ret[MCD_FLAW_BYTES]);

/*
 * After a failure, which `status` and `error` tell: MCD_FAULT, and nothing but the flaw in `error`,
 * where what was asked for cannot be had for it; otherwise `status`.
 */
enum mcd_status mcd_guard_blame(const struct mcd_dump *dump, enum mcd_status status,
				struct mcd_error *error);

#endif
