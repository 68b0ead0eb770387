/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the text reports share: figures, names, footers. */
#ifndef MCD_FORMAT_H
#define MCD_FORMAT_H

#include "mcd/report.h"

enum { MCD_FIGURE_TEXT = 24 };

/* "1234", "n/a" or "unreadable" into `ret`; returns `ret`. */
const char *mcd_format_figure(struct mcd_figure figure, char ret[MCD_FIGURE_TEXT]);

/* The name of a row: escaped, or "ADDR (name lost)", "ADDR (name unreadable)". */
void mcd_format_name(struct mcd_out *out, const struct mcd_memcg *memcg,
		     const struct mcd_text *name);
/* The same by its path, which can be given as MEMCG; by its name where that is all there is. */
void mcd_format_path(struct mcd_out *out, const struct mcd_memcg *memcg);

/* "95 s" of milliseconds, rounded down, into `ret`; returns `ret`. */
const char *mcd_format_duration(uint64_t ms, char ret[MCD_FIGURE_TEXT]);

/* Says that nothing is dangling, or how much a limit left out. */
void mcd_format_footer(struct mcd_out *out, const struct mcd_report *report);

#endif
