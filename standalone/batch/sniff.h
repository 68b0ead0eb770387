/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a file that nobody named a dump at all? */
#ifndef MCD_BATCH_SNIFF_H
#define MCD_BATCH_SNIFF_H

#include <stdbool.h>

#include "mcd/status.h"

/*
 * False where the first bytes of a regular file are those of no dump, whole, compressed or
 * flattened. True where they are, and where nothing can be said: a file that is empty, cannot be read
 * or begins with zeros may be a dump that failed to be written. Opens the file, which may hang.
 */
MCD_MUST_CHECK bool mcd_batch_may_be_dump(const char *path);

#endif
