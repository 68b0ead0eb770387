/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of the dumped kernel: its symbols and types, wherever they are from. */
#ifndef MCD_KERNEL_H
#define MCD_KERNEL_H

#include <stdbool.h>

#include "mcd/arena.h"
#include "mcd/status.h"
#include "standalone/dump/dump.h"
#include "standalone/session.h"
#include "standalone/symbols/symbols.h"
#include "standalone/types/types.h"
#include "standalone/vmlinux/find.h"
#include "standalone/vmlinux/image.h"

struct mcd_kernel {
	struct mcd_symbols symbols;
	struct mcd_types *types;
	const char *types_from; /* for people: "DWARF of PATH" */
	struct mcd_image image; /* of the vmlinux */
	bool has_image;
	char path[MCD_PATH_BYTES]; /* of a vmlinux that was looked for */
};

/*
 * Finds symbols and types for the kernel of an open dump, in this order: the vmlinux of the
 * request; one with the dump's build-id; the System.map of the request, or kallsyms in the dump, with
 * BTF in the dump. MCD_FAULT where the dump's memory cannot be read, MCD_NO_MEMORY; anything else
 * means that there is no type information to go with this dump. `error` has the whole message.
 */
MCD_MUST_CHECK enum mcd_status mcd_kernel_open(struct mcd_kernel *kernel, struct mcd_dump *dump,
					       const struct mcd_request *request,
					       struct mcd_arena *arena, struct mcd_error *error);
void mcd_kernel_close(struct mcd_kernel *kernel);

#endif
