/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where distributions and users keep the vmlinux with the debuginfo of a kernel. */
#ifndef MCD_FIND_H
#define MCD_FIND_H

#include "mcd/status.h"
#include "standalone/vmlinux/image.h"

struct mcd_vmlinux_search {
	const char *build_id; /* hex; empty: not known */
	const char *release;  /* uname -r; empty: not known */
	const char *const *debug_dirs;
	size_t nr_debug_dirs; /* searched before the system's own */
};

enum { MCD_PATH_BYTES = 4096 };

/*
 * Opens the first vmlinux with debuginfo whose build-id is the one searched for (where that is not
 * known: of that release). `path` gets where it is and must live as long as the image. MCD_ABSENT
 * where there is none; `error` then tells of one that was there and of another build. MCD_NO_MEMORY or
 * MCD_INTERRUPTED with the reason in `error`.
 */
MCD_MUST_CHECK enum mcd_status mcd_vmlinux_find(const struct mcd_vmlinux_search *search,
						char path[MCD_PATH_BYTES], struct mcd_image *ret,
						struct mcd_error *error);

#endif
