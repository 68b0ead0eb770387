/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `help` says at the prompt, and `dangling shell --help` before it. */
#ifndef MCD_SHELL_HELP_H
#define MCD_SHELL_HELP_H

/* Commands and options, to `fd`. A reader that goes away is no error. */
void mcd_shell_help_print(int fd);

/* The usage of `dangling shell` on standard output; returns the exit status. */
int mcd_shell_usage_print(void);

#endif
