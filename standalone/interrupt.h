/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ctrl-C and its like: SIGINT, SIGTERM and SIGHUP ask the running command to end early, with what it
 * has found; a second one, after a moment, does what it did before: it ends the process, or in the shell
 * is noted there.
 */
#ifndef MCD_INTERRUPT_H
#define MCD_INTERRUPT_H

#include <stdbool.h>

/* From here on the signals set a flag; forgets an earlier one. Nests: the outermost pair counts. */
void mcd_interrupt_begin(void);

/* The signals mean what they meant before mcd_interrupt_begin(). */
void mcd_interrupt_end(void);

/* True once a signal came since mcd_interrupt_begin(). Cheap. */
bool mcd_interrupt_is_pending(void);

/* The last signal that came since mcd_interrupt_begin(), or 0. */
int mcd_interrupt_signal(void);

#endif
