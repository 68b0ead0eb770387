/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What signals do to the shell while no report runs (then interrupt.h says): Ctrl-C, SIGCONT, and
 * SIGTERM and SIGHUP, which end the shell in good order, are noted; SIGPIPE is ignored. What was
 * ignored when the shell was started stays so.
 */
#ifndef MCD_SIGNALS_H
#define MCD_SIGNALS_H

#include <stdbool.h>

void mcd_signals_install(void);

/* Notes a signal that somebody else has caught; 0 and those that are no concern do nothing. */
void mcd_signals_note(int number);

/* Whether Ctrl-C was pressed since it was asked last. */
bool mcd_signals_take_interrupt(void);

/* Whether the shell was stopped and goes on, since it was asked last. */
bool mcd_signals_take_continue(void);

/* Whether Ctrl-C or an end is noted. */
bool mcd_signals_are_noted(void);

/* The signal that asked the shell to end, or 0. */
int mcd_signals_leaving(void);

#endif
