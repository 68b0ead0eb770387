/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which kernel was dumped, read from its memory: never from what was found beside the dump. */
#ifndef MCD_IDENTITY_H
#define MCD_IDENTITY_H

#include "mcd/arena.h"
#include "mcd/facts.h"
#include "mcd/status.h"
#include "mcd/target.h"

/* Fills `ret`; fails with a fatal status only. */
MCD_MUST_CHECK enum mcd_status mcd_identity_read(struct mcd_target *target, struct mcd_arena *arena,
						 struct mcd_identity *ret);

#endif
