// SPDX-License-Identifier: GPL-2.0-or-later
/* A run as NDJSON. See run.h. */
#include "mcd/identity.h"
#include "run.h"

static enum mcd_status no_memory_for_record(struct mcd_run *run)
{
	return mcd_error_set(&run->command->target->error, MCD_NO_MEMORY,
			     "no memory for a record of the report");
}

static unsigned int parts_of(unsigned int views)
{
	return (views & MCD_VIEW_PINS ? MCD_PART_PINS : 0) |
	       (views & MCD_VIEW_FILES ? MCD_PART_FILES : 0) |
	       (views & MCD_VIEW_SLAB ? MCD_PART_CHARGES : 0) |
	       (views & MCD_VIEW_COST ? MCD_PART_COST : 0);
}

static enum mcd_status print_record(struct mcd_run *run)
{
	struct mcd_out *out = run->command->out;

	if (mcd_report_json_memcg(out, run->rows[run->nr_shown],
				  parts_of(run->command->options->views)))
		return no_memory_for_record(run);
	run->nr_shown++;
	return out->status;
}

/* A row as soon as it is decoded, so that an interrupted run has none left to print. */
static enum mcd_status print_as_decoded(struct mcd_run *run)
{
	enum mcd_status status = MCD_OK;

	while (run->nr_decoded < run->nr_rows && !status) {
		status = mcd_run_decode_next(run);
		if (!status)
			status = print_record(run);
	}
	return status;
}

/* As many as the limit lets pass, like the rows. */
static enum mcd_status print_producers(struct mcd_run *run)
{
	const struct mcd_options *options = run->command->options;
	struct mcd_out *out = run->command->out;
	enum mcd_status status = mcd_run_group(run);

	for (size_t i = 0; i < run->producers.nr && !status; i++) {
		if (options->has_limit && i >= options->limit)
			break;
		status = mcd_report_json_producer(out, &run->producers.rows[i])
				 ? no_memory_for_record(run)
				 : out->status;
	}
	return status;
}

/* Where all rows are looked at together; those of an interrupted run are printed as far as they are. */
static enum mcd_status print_after_all(struct mcd_run *run)
{
	enum mcd_status status = mcd_run_decode(run), printed = MCD_OK;

	if (status && status != MCD_INTERRUPTED)
		return status;
	while (run->nr_shown < run->nr_decoded && run->nr_shown < run->nr_rows && !printed) {
		if (!status)
			printed = mcd_poll(run->command->target, "memory cgroups printed",
					   run->nr_shown, run->nr_rows);
		if (!printed)
			printed = print_record(run);
	}
	if (printed == MCD_INTERRUPTED)
		run->nr_decoded = run->nr_shown;
	if (!printed)
		printed = print_producers(run);
	return printed ? printed : status;
}

/* What there is of them. */
static enum mcd_status print_summaries(struct mcd_run *run)
{
	struct mcd_out *out = run->command->out;
	bool has_ledger = (run->command->options->views & MCD_VIEW_PINS) && run->audit.is_made;

	if ((has_ledger && mcd_report_json_audit(out, &run->audit)) ||
	    (run->has_cost && mcd_report_json_cost(out, &run->cost)) ||
	    (run->has_ids && mcd_report_json_ids(out, &run->ids)))
		return no_memory_for_record(run);
	return out->status;
}

/*
 * Everything but the end, which conclude() adds. Who the kernel is comes first, so that a run that is
 * interrupted before it has rows gets its head and its end.
 */
enum mcd_status mcd_run_json(struct mcd_run *run)
{
	const struct mcd_command *command = run->command;
	struct mcd_identity identity;
	const struct mcd_report report = {
		.origin = &command->origin,
		.head = &run->world.head,
		.identity = &identity,
	};
	enum mcd_status status = mcd_identity_read(command->target, command->arena, &identity);
	enum mcd_status printed = MCD_OK;

	if (status)
		return status;
	status = mcd_run_find(run);
	if (!run->rows && status != MCD_INTERRUPTED)
		return status;
	if (mcd_report_json_head(command->out, &report))
		return no_memory_for_record(run);
	run->has_head = true;
	if (!status)
		status = mcd_run_needs_all(run) ? print_after_all(run) : print_as_decoded(run);
	if (!status)
		status = mcd_run_ids(run);
	printed = print_summaries(run);
	(void)mcd_out_flush(command->out);
	if (status)
		return status;
	return printed ? printed : command->out->status;
}

/* To the millisecond. */
static double seconds_since(const struct timespec *then)
{
	struct timespec now;
	int64_t ms = 0;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (int64_t)(now.tv_sec - then->tv_sec) * 1000 + (now.tv_nsec - then->tv_nsec) / 1000000;
	return (double)ms / 1000;
}

/* The last record; a broken output or no memory for it still changes how the run ended. */
enum mcd_outcome mcd_run_end_json(struct mcd_run *run, enum mcd_status status,
				  enum mcd_outcome outcome)
{
	const struct mcd_command *command = run->command;
	const struct mcd_ending ending = {
		.is_complete = !status && !run->world.notes && !run->nr_damaged &&
			       !run->has_lost_remarks,
		.nr_shown = run->nr_shown,
		.seconds = seconds_since(&command->origin.started),
		.notes = run->remarks,
	};

	if (command->out->status)
		return outcome;
	if (mcd_report_json_end(command->out, &run->world.head, &ending) || run->has_lost_remarks) {
		mcd_run_say(run, "no memory for the end of the report");
		outcome = mcd_run_outcome(run, MCD_NO_MEMORY);
	}
	return mcd_out_flush(command->out) ? mcd_run_outcome(run, command->out->status) : outcome;
}
