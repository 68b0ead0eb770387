/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `dangling shell VMCORE [VMLINUX]`: the command at a prompt, or a script, on one open dump. */
#ifndef MCD_SHELL_H
#define MCD_SHELL_H

/*
 * Runs the shell to its end; argv[0] is "shell". Returns the exit status: at a terminal 0 unless
 * the dump could not be opened, for a script on standard input that of its last command. Changes
 * the process's signal handling; says everything that is to be said.
 */
int mcd_shell_main(int argc, char **argv);

#endif
