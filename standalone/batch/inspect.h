/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be said of a dump without opening it. */
#ifndef MCD_BATCH_INSPECT_H
#define MCD_BATCH_INSPECT_H

#include "record.h"

/*
 * Looks at the file, which may hang only where the file system itself does. True where a worker can
 * try it; else the record says why not. The record's `file` is filled in either way.
 */
MCD_MUST_CHECK bool mcd_batch_inspect(const struct mcd_batch_dump *dump,
				      struct mcd_batch_record *ret);

/* True where two are the same file, unchanged; what is not known is never the same. */
bool mcd_batch_is_same_file(const struct mcd_batch_file *a, const struct mcd_batch_file *b);

#endif
