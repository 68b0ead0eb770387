/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the program says beside its reports: one line each, "dangling: TEXT", on standard error,
 * made safe for a terminal: a dump may have words in it. */
#ifndef MCD_MESSAGE_H
#define MCD_MESSAGE_H

#include <stddef.h>

#include "mcd/status.h"

enum { MCD_MESSAGE_BYTES = 4 * 8192 + 16 };

void mcd_message(const char *format, ...) MCD_PRINTF(1, 2);

/*
 * The same line for somebody who writes it himself: with its newline, not terminated. Returns its
 * length; what has no room is left out.
 */
size_t mcd_message_line(const char *text, char ret[MCD_MESSAGE_BYTES]);

#endif
