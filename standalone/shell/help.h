/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `help` says at the prompt, and `dangling shell --help` before it. */
#ifndef MCD_SHELL_HELP_H
#define MCD_SHELL_HELP_H

#include "mcd/out.h"

/* Commands and options. */
void mcd_shell_help_print(struct mcd_out *out);

/* The usage of `dangling shell`. */
void mcd_shell_usage_print(struct mcd_out *out);

#endif
