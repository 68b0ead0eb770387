/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines from a terminal: readline with completion and its keys. readline keeps its state in
 * globals; but for history.c, no other file knows of it.
 */
#ifndef MCD_PROMPT_H
#define MCD_PROMPT_H

#include "standalone/shell/complete.h"

/* Sets readline up, once; `completer` is borrowed until the last mcd_prompt_read(). */
void mcd_prompt_init(const struct mcd_completer *completer);

/*
 * The next line, to be freed by the caller; NULL at its end, or when a signal asks the shell to
 * leave. Ctrl-C drops what is typed and starts anew. The terminal is as it was before on return.
 */
char *mcd_prompt_read(void);

/* Around output of others while a line is being read: takes it off the terminal, puts it back. */
void mcd_prompt_hide(void);
void mcd_prompt_show(void);

#endif
