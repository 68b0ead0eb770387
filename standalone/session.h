/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An open dump: its memory, the kernel's symbols and types, and the target over them.
 *
 * One process opens one dump at a time. Every front door (one report, the shell, a batch worker)
 * goes through here.
 */
#ifndef MCD_SESSION_H
#define MCD_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "mcd/command.h"
#include "mcd/target.h"

/* What to open, as the command line has it; all strings are borrowed. */
struct mcd_request {
	const char *dump;
	const char *vmlinux; /* NULL: looked for by build-id, else done without */
	const char *symbols; /* a System.map, or NULL */
	const char *const *debug_dirs;
	size_t nr_debug_dirs; /* searched before the system's own */
};

struct mcd_session;

/*
 * Opens the dump. MCD_OUTCOME_COMPLETE with `*ret` set, to be closed by the caller; otherwise
 * MCD_OUTCOME_DUMP, _NO_TYPES, _PARTIAL (interrupted), _MEMORY or _INTERNAL, `*ret` NULL and the
 * whole message in `error`: which file, what of it, what to do next.
 */
MCD_MUST_CHECK enum mcd_outcome mcd_session_open(const struct mcd_request *request,
						 struct mcd_session **ret, struct mcd_error *error);

/* NULL is fine. */
void mcd_session_close(struct mcd_session *session);

/* The target, for as long as the session is open. */
struct mcd_target *mcd_session_target(struct mcd_session *session);

/*
 * Around work on the target that is none of mcd_session_run(): its progress is shown, and signals
 * interrupt it as interrupt.h says.
 */
void mcd_session_begin(struct mcd_session *session);
void mcd_session_end(struct mcd_session *session);

/* Whether `path` is the dump, the vmlinux or the System.map: what the session reads must not be lost. */
bool mcd_session_reads(const struct mcd_session *session, const char *path);

/*
 * Runs one command on an open session: its report goes to the file of -o, else to `fd`; its messages
 * to standard error, and once per session that the dump is truncated or damaged, as far as is known by
 * then. Interrupted by SIGINT and SIGTERM as interrupt.h says.
 */
enum mcd_outcome mcd_session_run(struct mcd_session *session, const struct mcd_options *options,
				 int fd);

/* Opens, runs, closes: one whole report, with every message on standard error. */
enum mcd_outcome mcd_session_report(const struct mcd_request *request,
				    const struct mcd_options *options, int fd);

#endif
