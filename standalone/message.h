/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the program says beside its reports: one line each, "dangling: TEXT", on standard error,
 * made safe for a terminal: a dump may have words in it. */
#ifndef MCD_MESSAGE_H
#define MCD_MESSAGE_H

#include "mcd/status.h"

void mcd_message(const char *format, ...) MCD_PRINTF(1, 2);

#endif
