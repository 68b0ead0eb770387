/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines that were typed, kept from one shell to the next in memcg-dangling/history below
 * $XDG_STATE_HOME (~/.local/state): readable by the user only, at most 1000 lines. Where there is
 * no such place, nothing is kept.
 */
#ifndef MCD_HISTORY_H
#define MCD_HISTORY_H

struct mcd_history {
	char *directory, *path; /* NULL: nothing is kept */
	int nr_new;		/* lines of this shell */
};

/* Reads what earlier shells left. */
void mcd_history_init(struct mcd_history *history);

/* Adds one line, unless it is blank or the one before again. */
void mcd_history_add(struct mcd_history *history, const char *line);

/* Appends this shell's lines to what others have left meanwhile, and frees everything. */
void mcd_history_deinit(struct mcd_history *history);

#endif
