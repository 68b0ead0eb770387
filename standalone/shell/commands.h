/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one line of the shell does: a report, help, quit, a program; and where its output goes. */
#ifndef MCD_COMMANDS_H
#define MCD_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

#include "mcd/command.h"
#include "standalone/session.h"

struct mcd_commands {
	struct mcd_session *session; /* borrowed */
	bool is_terminal;	     /* the lines come from one */
	size_t nr_lines;	     /* of a script so far, this one included; else 0 */
	bool is_leaving;	     /* quit was said */
	enum mcd_outcome outcome;    /* of the last line that was a command */
};

/* The names that can stand first, up to a NULL; all static. */
extern const char *const mcd_command_names[];

/* Runs one line, to its end or until a signal ends it early, and says what is to be said. */
void mcd_commands_run(struct mcd_commands *commands, const char *line);

#endif
