/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names from a dump, made safe for a terminal.
 *
 * Control characters (C0, DEL, C1) and bytes that are not UTF-8 become `\n`, `\t` or `\x1b`;
 * everything else stays. A backslash is never doubled: systemd's names contain `\x2d` literally and
 * must stay greppable, so the escaped form is for reading, not for reversing.
 */
#ifndef MCD_ESCAPE_H
#define MCD_ESCAPE_H

#include <stddef.h>

enum { MCD_ESCAPE_MAX = 12 }; /* bytes in the longest escaped character, e.g. \xc2\x85 */

/*
 * Writes the escaped form of the first character of `name` (terminated, not empty) to `ret`
 * (MCD_ESCAPE_MAX bytes, not terminated) and its length to `*ret_length`.
 * Returns how many bytes of `name` that character has.
 */
size_t mcd_escape(const char *name, char *ret, size_t *ret_length);

#endif
