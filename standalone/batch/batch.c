// SPDX-License-Identifier: GPL-2.0-or-later
/* See batch.h: from the command line to the exit status. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "batch.h"
#include "mcd/command.h"
#include "pool.h"
#include "standalone/message.h"
#include "summary.h"
#include "worker.h"

/* A sink of mcd_out; `sink` points to the descriptor. */
static enum mcd_status write_to(void *sink, const char *bytes, size_t size)
{
	const int *fd = sink;

	while (size) {
		ssize_t written = write(*fd, bytes, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return MCD_INTERRUPTED;
		bytes += written;
		size -= (size_t)written;
	}
	return MCD_OK;
}

static int help(void)
{
	int fd = STDOUT_FILENO;
	struct mcd_out out;

	mcd_out_init(&out, write_to, &fd);
	mcd_batch_options_help(&out);
	return mcd_out_flush(&out) ? MCD_OUTCOME_INTERNAL : MCD_OUTCOME_COMPLETE;
}

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

static void print_summary(const struct mcd_batch *batch, double seconds)
{
	int fd = batch->options->output ? STDOUT_FILENO : STDERR_FILENO;
	struct mcd_out out;

	mcd_out_init(&out, write_to, &fd);
	mcd_batch_summary_print(&out, batch->outlet, batch->list->nr, seconds);
	(void)mcd_out_flush(&out); /* the records say the same */
}

static enum mcd_status run(const struct mcd_batch *batch, int *ret_signal, struct mcd_error *error)
{
	int64_t started_ms = mcd_batch_now_ms();
	enum mcd_status status = mcd_batch_pool_run(batch, ret_signal, error);
	double seconds = (double)(mcd_batch_now_ms() - started_ms) / 1000;

	if (*ret_signal || (status && status != MCD_INTERRUPTED))
		return status;

	enum mcd_status finished = mcd_batch_outlet_finish(batch->outlet, !status, seconds, error);

	print_summary(batch, seconds);
	if (status || finished)
		return finished ? finished : status;
	return mcd_batch_outlet_is_ok(batch->outlet) ? MCD_OK : MCD_INTERRUPTED;
}

static enum mcd_status run_in_store(const struct mcd_batch_options *options,
				    const struct mcd_batch_list *list,
				    struct mcd_batch_store *store, int *ret_signal,
				    struct mcd_error *error)
{
	bool has_directory = options->output;
	struct mcd_batch_progress progress;
	struct mcd_batch_outlet outlet;
	const struct mcd_batch batch = { options, list, store, &progress, &outlet };
	enum mcd_status status = mcd_batch_outlet_init(&outlet, store, &progress, list->arena,
						       list->nr, has_directory, error);

	mcd_batch_progress_init(&progress, list->nr, has_directory);
	if (!status) {
		forget_earlier(&batch);
		status = run(&batch, ret_signal, error);
	}
	mcd_batch_outlet_deinit(&outlet);
	return status;
}

static enum mcd_status run_options(const struct mcd_batch_options *options, struct mcd_arena *arena,
				   int *ret_signal, struct mcd_error *error)
{
	struct mcd_batch_store store;
	struct mcd_batch_list list;
	enum mcd_status status = mcd_batch_list_collect(options, arena, &list, error);

	if (!status)
		status = mcd_batch_store_open(options->output, &store, error);
	if (status)
		return status;
	status = run_in_store(options, &list, &store, ret_signal, error);
	mcd_batch_store_close(&store);
	return status;
}

int mcd_batch_main(int argc, char **argv)
{
	struct mcd_error error = { "" };
	struct mcd_batch_options options;
	struct mcd_arena arena;
	enum mcd_status status = MCD_OK;
	int last_signal = 0;

	mcd_arena_init(&arena, SIZE_MAX);
	status = mcd_batch_options_parse(argc, argv, &arena, &options, &error);
	if (!status && options.wants_help) {
		mcd_arena_deinit(&arena);
		return help();
	}
	options.nr_jobs = make_room(options.nr_jobs);
	if (!status)
		status = run_options(&options, &arena, &last_signal, &error);
	mcd_arena_deinit(&arena);
	if (status && status != MCD_INTERRUPTED)
		mcd_message("%s", error.text);
	if (status == MCD_USAGE)
		fputs("Try 'dangling batch --help'.\n", stderr);
	if (last_signal)
		raise(last_signal);
	return exit_status_of(status);
}
