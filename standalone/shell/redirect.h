/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the output of one line goes: standard output, a file, or the input of a program. */
#ifndef MCD_REDIRECT_H
#define MCD_REDIRECT_H

#include <sys/types.h>

#include "mcd/status.h"
#include "standalone/shell/line.h"

struct mcd_redirect {
	int fd;
	pid_t reader; /* the program that reads it, or 0 */
};

/*
 * Opens what `line` asks for; to be closed by mcd_redirect_close(). MCD_FAULT with the reason in
 * `error` where the file cannot be opened or the program not started.
 */
MCD_MUST_CHECK enum mcd_status mcd_redirect_open(const struct mcd_line *line,
						 struct mcd_redirect *ret, struct mcd_error *error);

/*
 * Closes it and waits for the program to end. MCD_FAULT with the reason in `error` where the file
 * turns out not to be written.
 */
MCD_MUST_CHECK enum mcd_status mcd_redirect_close(struct mcd_redirect *redirect,
						  const struct mcd_line *line,
						  struct mcd_error *error);

/* Runs `command` with /bin/sh, reading from `input`, and waits for its end. MCD_FAULT as above. */
MCD_MUST_CHECK enum mcd_status mcd_program_run(const char *command, int input,
					       struct mcd_error *error);

#endif
