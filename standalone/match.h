/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Do a dump and a source of symbols belong together, and how far did KASLR move the kernel? */
#ifndef MCD_MATCH_H
#define MCD_MATCH_H

#include "mcd/status.h"
#include "standalone/dump/dump.h"
#include "standalone/symbols/symbols.h"
#include "standalone/vmlinux/image.h"

/*
 * Sets symbols->delta, and makes the dump's addresses translatable where it has no VMCOREINFO.
 * `source` is the path of the vmlinux or System.map. MCD_CORRUPT, with `error`, where they do not
 * fit together.
 */
MCD_MUST_CHECK enum mcd_status mcd_match_relocation(struct mcd_dump *dump,
						    struct mcd_symbols *symbols, const char *source,
						    struct mcd_error *error);

/*
 * MCD_CORRUPT, with both build-ids in `error`, where `image` is not the dumped kernel's: by the line
 * BUILD-ID of VMCOREINFO ("kdump: append kernel build-id string to VMCOREINFO", v5.9),
 * MCD_OK where there is none; and by the kernel's notes in memory, once addresses are known.
 */
MCD_MUST_CHECK enum mcd_status
mcd_match_recorded_build(struct mcd_dump *dump, struct mcd_image *image, struct mcd_error *error);
MCD_MUST_CHECK enum mcd_status mcd_match_build(struct mcd_dump *dump,
					       const struct mcd_symbols *symbols,
					       struct mcd_image *image, struct mcd_error *error);

/* The same of a System.map at `path`, which has no build-id of its own. */
MCD_MUST_CHECK enum mcd_status mcd_match_map(struct mcd_dump *dump,
					     const struct mcd_symbols *symbols, const char *path,
					     struct mcd_error *error);

#endif
