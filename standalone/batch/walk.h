/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of a directory, for list.c. */
#ifndef MCD_BATCH_WALK_H
#define MCD_BATCH_WALK_H

#include "list.h"

/*
 * Adds every file in and below `root`, by name, links followed: pipes and devices too, but not what
 * kdump writes beside a dump, nor what is a vmlinux or a System.map by its name. Each has the vmlinux
 * and the symbols of `root`. A directory that has none, cannot be read or leads back to one above
 * it has a place of its own, with the reason as its problem. `output` (NULL: none) is not entered,
 * and MCD_USAGE where it is `root` itself. Otherwise MCD_NO_MEMORY.
 */
MCD_MUST_CHECK enum mcd_status mcd_batch_walk(struct mcd_batch_list *list,
					      const struct mcd_batch_dump *root, const char *output,
					      struct mcd_error *error);

#endif
