// SPDX-License-Identifier: GPL-2.0-or-later
/* See verdict.h. */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "mcd/command.h"
#include "mcd/escape.h"
#include "name.h"
#include "verdict.h"

/* By the worker's exit status; what is not here is our own fault. */
static const enum mcd_batch_class class_of[] = {
	[MCD_OUTCOME_COMPLETE] = MCD_CLASS_OK,	     [MCD_OUTCOME_NO_MATCH] = MCD_CLASS_INTERNAL,
	[MCD_OUTCOME_USAGE] = MCD_CLASS_INTERNAL,    [MCD_OUTCOME_DUMP] = MCD_CLASS_UNREADABLE,
	[MCD_OUTCOME_NO_TYPES] = MCD_CLASS_NO_TYPES, [MCD_OUTCOME_NO_MEMCG] = MCD_CLASS_NO_MEMCG,
	[MCD_OUTCOME_PARTIAL] = MCD_CLASS_PARTIAL,   [MCD_OUTCOME_INTERNAL] = MCD_CLASS_INTERNAL,
	[MCD_OUTCOME_MEMORY] = MCD_CLASS_MEMORY,
};

enum {
	NR_OUTCOMES = sizeof(class_of) / sizeof(class_of[0]),
	LONG_BYTES = 900, /* of a path: more leaves no room for a reason in mcd_error's text */
};

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
static void judge_stopped(const struct mcd_batch_fate *fate, const char *name,
			  const struct mcd_batch_options *options, struct mcd_batch_record *record)
{
	const char *given_up = fate->is_given_up ? " (its worker does not even react to SIGKILL)"
						 : "";

	if (fate->stop == MCD_STOP_TIMEOUT) {
		decide(record, MCD_CLASS_TIMEOUT, "%s: not done after %g s%s: see --timeout", name,
		       options->timeout_seconds, given_up);
		return;
	}
	decide(record, MCD_CLASS_PARTIAL, "%s: interrupted%s", name, given_up);
	record->is_interrupted = true;
}

/*
 * Nobody but the kernel kills a worker that we did not; libraries that cannot have more memory may
 * crash, and then it had nearly all that it could have.
 */
static void judge_killed(int number, const char *name, const struct mcd_batch_options *options,
			 struct mcd_batch_record *record)
{
	if (number == SIGKILL)
		decide(record, MCD_CLASS_MEMORY,
		       "%s: the worker was killed, most likely since the system was out of "
		       "memory: try fewer --jobs",
		       name);
	else if (record->peak_bytes >= options->memory_limit_bytes / 4 * 3)
		decide(record, MCD_CLASS_MEMORY,
		       "%s: the worker died of SIG%s near its limit: see --memory-limit", name,
		       sigabbrev_np(number));
	else
		decide(record, MCD_CLASS_INTERNAL,
		       "%s: the worker died of SIG%s: a bug, please report it", name,
		       sigabbrev_np(number));
}

/* What follows the path in `words`, where it is escaped; NULL: they begin otherwise. */
static const char *after_path(const char *words, const char *path)
{
	while (*path) {
		char escaped[MCD_ESCAPE_MAX];
		size_t length = 0;

		path += mcd_escape(path, escaped, &length);
		if (strncmp(words, escaped, length) != 0)
			return NULL;
		words += length;
	}
	return words;
}

/*
 * In the worker's own words, which need not name the dump. A path so long that they did not come to
 * the reason is of no use.
 */
static void judge_exit(int status, const char *words, const char *path, const char *name,
		       struct mcd_batch_record *record)
{
	static const char prefix[] = "dangling: ";
	enum mcd_batch_class class = status < NR_OUTCOMES ? class_of[status] : MCD_CLASS_INTERNAL;

	const char *reason = NULL;

	if (strncmp(words, prefix, strlen(prefix)) == 0)
		words += strlen(prefix);
	reason = after_path(words, path);
	if (class == MCD_CLASS_OK)
		decide(record, class, "%s", words);
	else if (reason && *reason)
		decide(record, class, "%s%s", name, reason);
	else if (*words && strlen(path) < LONG_BYTES)
		decide(record, class, "%s: %s", name, words);
	else
		decide(record, class, "%s: the worker gave no reason and ended with status %d",
		       name, status);
}

bool mcd_batch_judge(const struct mcd_batch_fate *fate, const struct mcd_batch_dump *dump,
		     const struct mcd_batch_options *options, struct mcd_batch_record *record)
{
	char name[MCD_BATCH_SHORT_BYTES];
	bool is_exit = !fate->is_given_up && !fate->is_lost && WIFEXITED(fate->wait_status);
	bool is_ok = is_exit && WEXITSTATUS(fate->wait_status) == MCD_OUTCOME_COMPLETE;

	if (is_exit && WEXITSTATUS(fate->wait_status) == MCD_BATCH_NO_DUMP)
		return false;
	mcd_batch_short(dump->path, name);
	if (fate->is_lost)
		decide(record, MCD_CLASS_INTERNAL,
		       "%s: how the worker ended is not known: a bug, please report it", name);
	else if (fate->stop && !is_ok)
		judge_stopped(fate, name, options, record);
	else if (WIFSIGNALED(fate->wait_status))
		judge_killed(WTERMSIG(fate->wait_status), name, options, record);
	else
		judge_exit(WEXITSTATUS(fate->wait_status), fate->words, dump->path, name, record);
	return true;
}
