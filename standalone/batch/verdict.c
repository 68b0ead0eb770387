// SPDX-License-Identifier: GPL-2.0-or-later
/* See verdict.h. */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "mcd/command.h"
#include "verdict.h"

/* By the worker's exit status; what is not here is our own fault. */
static const enum mcd_batch_class class_of[] = {
	[MCD_OUTCOME_COMPLETE] = MCD_CLASS_OK,	     [MCD_OUTCOME_NO_MATCH] = MCD_CLASS_INTERNAL,
	[MCD_OUTCOME_USAGE] = MCD_CLASS_INTERNAL,    [MCD_OUTCOME_DUMP] = MCD_CLASS_UNREADABLE,
	[MCD_OUTCOME_NO_TYPES] = MCD_CLASS_NO_TYPES, [MCD_OUTCOME_NO_MEMCG] = MCD_CLASS_NO_MEMCG,
	[MCD_OUTCOME_PARTIAL] = MCD_CLASS_PARTIAL,   [MCD_OUTCOME_INTERNAL] = MCD_CLASS_INTERNAL,
	[MCD_OUTCOME_MEMORY] = MCD_CLASS_MEMORY,
};

enum { NR_OUTCOMES = sizeof(class_of) / sizeof(class_of[0]) };

static void MCD_PRINTF(3, 4)
	decide(struct mcd_batch_record *record, enum mcd_batch_class class, const char *format, ...)
{
	va_list args;

	record->class = class;
	va_start(args, format);
	vsnprintf(record->message, sizeof(record->message), format, args);
	va_end(args);
}

/* It ended because we said so, unless it was quicker. */
static void judge_stopped(const struct mcd_batch_fate *fate, const char *path,
			  const struct mcd_batch_options *options, struct mcd_batch_record *record)
{
	const char *given_up = fate->is_given_up ? " (its worker does not even react to SIGKILL)"
						 : "";

	if (fate->stop == MCD_STOP_TIMEOUT) {
		decide(record, MCD_CLASS_TIMEOUT, "%.300s: not done after %g s%s: see --timeout",
		       path, options->timeout_seconds, given_up);
		return;
	}
	decide(record, MCD_CLASS_PARTIAL, "%.300s: interrupted%s", path, given_up);
	record->is_interrupted = true;
}

/*
 * Nobody but the kernel kills a worker that we did not; libraries that cannot have more memory may
 * crash, and then it had nearly all that it could have.
 */
static void judge_killed(int number, const char *path, const struct mcd_batch_options *options,
			 struct mcd_batch_record *record)
{
	if (number == SIGKILL)
		decide(record, MCD_CLASS_MEMORY,
		       "%.300s: the worker was killed, most likely since the system was out of "
		       "memory: try fewer --jobs",
		       path);
	else if (record->peak_bytes >= options->memory_limit_bytes / 4 * 3)
		decide(record, MCD_CLASS_MEMORY,
		       "%.300s: the worker died of SIG%s near its limit: see --memory-limit", path,
		       sigabbrev_np(number));
	else
		decide(record, MCD_CLASS_INTERNAL,
		       "%.300s: the worker died of SIG%s: a bug, please report it", path,
		       sigabbrev_np(number));
}

/* In the worker's own words, which need not name the dump. */
static void judge_exit(int status, const char *words, const char *path,
		       struct mcd_batch_record *record)
{
	static const char prefix[] = "dangling: ";
	enum mcd_batch_class class = status < NR_OUTCOMES ? class_of[status] : MCD_CLASS_INTERNAL;

	if (strncmp(words, prefix, strlen(prefix)) == 0)
		words += strlen(prefix);
	if (class == MCD_CLASS_OK || strncmp(words, path, strlen(path)) == 0)
		decide(record, class, "%s", words);
	else if (*words)
		decide(record, class, "%.300s: %s", path, words);
	else
		decide(record, class, "%.300s: the worker said nothing and ended with status %d",
		       path, status);
}

void mcd_batch_judge(const struct mcd_batch_fate *fate, const struct mcd_batch_dump *dump,
		     const struct mcd_batch_options *options, struct mcd_batch_record *record)
{
	bool is_ok = !fate->is_given_up && WIFEXITED(fate->wait_status) &&
		     WEXITSTATUS(fate->wait_status) == MCD_OUTCOME_COMPLETE;

	if (fate->stop && !is_ok)
		judge_stopped(fate, dump->path, options, record);
	else if (WIFSIGNALED(fate->wait_status))
		judge_killed(WTERMSIG(fate->wait_status), dump->path, options, record);
	else
		judge_exit(WEXITSTATUS(fate->wait_status), fate->words, dump->path, record);
}
