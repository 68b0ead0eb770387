/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What --help and --version print, on standard output; both return the exit status. */
#ifndef MCD_STANDALONE_HELP_H
#define MCD_STANDALONE_HELP_H

int mcd_help_print(void);
int mcd_version_print(void);

#endif
