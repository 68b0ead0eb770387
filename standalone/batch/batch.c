// SPDX-License-Identifier: GPL-2.0-or-later
/* See batch.h: from the command line to the exit status. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "batch.h"
#include "mcd/command.h"
#include "pool.h"
#include "standalone/help.h"
#include "standalone/message.h"
#include "standalone/output.h"
#include "summary.h"
#include "worker.h"

/* How a batch ended, as far as its status does not tell. */
struct ending {
	double seconds;
	int last_signal;     /* the second one, which the process is to die of, or 0 */
	bool has_table;	     /* what was told is worth a table */
	bool is_interrupted; /* before everything was told */
};

static int exit_status_of(enum mcd_status status)
{
	switch (status) {
	case MCD_OK:
		return MCD_OUTCOME_COMPLETE;
	case MCD_USAGE:
		return MCD_OUTCOME_USAGE;
	case MCD_INTERRUPTED:
		return MCD_OUTCOME_PARTIAL;
	default:
		return MCD_OUTCOME_INTERNAL;
	}
}

/* Three descriptors per worker are needed: as many jobs as the system lets have them. */
static size_t make_room(size_t nr_jobs)
{
	const rlim_t reserve = 32, needed = 3 * nr_jobs + reserve;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= needed)
		return nr_jobs;
	limit.rlim_cur = needed < limit.rlim_max ? needed : limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur > reserve + 3 ? (limit.rlim_cur - reserve) / 3 : 1;
}

/* What a new batch will write must not be taken for done when it is killed and resumed. */
static void forget_earlier(const struct mcd_batch *batch)
{
	for (size_t i = 0; i < batch->list->nr && !batch->options->is_resumed; i++)
		mcd_batch_store_remove(batch->store, batch->list->dumps[i].stream);
}

/* ---- the end ---- */

static enum mcd_status write_to(void *sink, const char *bytes, size_t size)
{
	return mcd_output_write(sink, bytes, size);
}

/* After a signal, a reader that does not read is not waited for: the records say the same. */
static void print_summary(const struct mcd_batch *batch, const struct ending *ending)
{
	bool has_directory = batch->options->output;
	struct mcd_output output;
	struct mcd_out out;

	mcd_output_init(&output, NULL, has_directory ? STDOUT_FILENO : STDERR_FILENO);
	output.is_hurried = ending->is_interrupted;
	mcd_out_init(&out, write_to, &output);
	mcd_batch_summary_print(&out, batch->outlet, batch->list->nr,
				has_directory && ending->is_interrupted, ending->seconds);
	(void)mcd_out_flush(&out);
}

/* ---- the batch ---- */

static enum mcd_status run(const struct mcd_batch *batch, struct ending *ret,
			   struct mcd_error *error)
{
	int64_t started_ms = mcd_batch_now_ms();
	enum mcd_status status = mcd_batch_pool_run(batch, &ret->last_signal, error);
	enum mcd_status finished = MCD_OK;

	ret->seconds = (double)(mcd_batch_now_ms() - started_ms) / 1000;
	ret->is_interrupted = status;
	if (ret->last_signal || (status && status != MCD_INTERRUPTED))
		return status;
	ret->has_table = true;
	finished = mcd_batch_outlet_finish(batch->outlet, !status, ret->seconds, error);
	if (status || finished)
		return finished ? finished : status;
	return mcd_batch_outlet_is_ok(batch->outlet) ? MCD_OK : MCD_INTERRUPTED;
}

static enum mcd_status run_in_store(const struct mcd_batch *batch, struct ending *ret,
				    struct mcd_error *error)
{
	bool has_directory = batch->options->output;
	size_t nr = batch->list->nr;
	enum mcd_status status = mcd_batch_store_open(batch->options->output, batch->store, error);

	if (status)
		return status;
	status = mcd_batch_outlet_init(batch->outlet, batch->store, batch->progress,
				       batch->list->arena, nr, has_directory, error);
	mcd_batch_progress_init(batch->progress, nr, has_directory);
	if (!status) {
		forget_earlier(batch);
		status = run(batch, ret, error);
	}
	mcd_batch_outlet_deinit(batch->outlet);
	mcd_batch_store_close(batch->store);
	return status;
}

/* No signal strikes before a temporary directory is gone; from then on any ends the process. */
static enum mcd_status run_list(const struct mcd_batch_options *options,
				const struct mcd_batch_list *list, struct ending *ret,
				struct mcd_error *error)
{
	struct mcd_batch_signals signals;
	struct mcd_batch_progress progress;
	struct mcd_batch_outlet outlet;
	struct mcd_batch_store store;
	const struct mcd_batch batch = { options, list, &store, &progress, &outlet, &signals };
	enum mcd_status status = MCD_OK;

	if (!mcd_batch_signals_init(&signals))
		return mcd_error_set(error, MCD_FAULT, "signals cannot be caught: %s",
				     strerror(errno));
	status = run_in_store(&batch, ret, error);
	mcd_batch_signals_deinit(&signals);
	if (ret->has_table)
		print_summary(&batch, ret);
	return status;
}

static enum mcd_status run_options(const struct mcd_batch_options *options, struct mcd_arena *arena,
				   struct ending *ret, struct mcd_error *error)
{
	struct mcd_batch_list list;
	enum mcd_status status = mcd_batch_list_collect(options, arena, &list, error);

	if (status)
		return status;
	if (!list.nr)
		mcd_message("there is nothing to do: no list names a dump");
	return run_list(options, &list, ret, error);
}

static int help_or_version(const struct mcd_batch_options *options)
{
	if (options->wants_version)
		return mcd_version_print();
	return (int)mcd_output_print(STDOUT_FILENO, mcd_batch_options_help);
}

int mcd_batch_main(int argc, char **argv)
{
	struct mcd_error error = { "" };
	struct mcd_batch_options options;
	struct ending ending = { 0 };
	struct mcd_arena arena;
	enum mcd_status status = MCD_OK;

	mcd_arena_init(&arena, SIZE_MAX);
	status = mcd_batch_options_parse(argc, argv, &arena, &options, &error);
	if (!status && (options.wants_help || options.wants_version)) {
		mcd_arena_deinit(&arena);
		return help_or_version(&options);
	}
	options.nr_jobs = make_room(options.nr_jobs);
	if (!status)
		status = run_options(&options, &arena, &ending, &error);
	mcd_arena_deinit(&arena);
	if (ending.last_signal)
		raise(ending.last_signal);
	if (status && status != MCD_INTERRUPTED)
		mcd_message("%s", error.text);
	if (status == MCD_USAGE)
		fputs("Try 'dangling batch --help'.\n", stderr);
	return exit_status_of(status);
}
