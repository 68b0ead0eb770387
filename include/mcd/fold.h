/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Paths of which only what they have in common is left: ids, counters and times become `*`, so that
 * what one producer makes over and over has one pattern. src/base/fold.c has the rules.
 */
#ifndef MCD_FOLD_H
#define MCD_FOLD_H

/*
 * Writes the pattern of `path` to `ret`, which has room for as many bytes as `path` with its
 * terminator; a pattern is never longer. Bytes that are not folded stay as they are, a backslash and what
 * it escapes among them. Takes time in proportion to the length.
 */
void mcd_fold_path(const char *path, char *ret);

#endif
