// SPDX-License-Identifier: GPL-2.0-or-later
/* One run of the command: check, discover, select, decode, print. See command.h. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "mcd/command.h"
#include "mcd/identity.h"
#include "mcd/report.h"
#include "mcd/world.h"
#include "select.h"

struct run {
	const struct mcd_command *command;
	struct mcd_world world;
	struct mcd_memcg **rows; /* selected, in report order */
	size_t nr_selected;
	size_t nr_rows;	   /* of them: within the limit */
	size_t nr_decoded; /* of them: ready to print */
	size_t nr_damaged; /* of these: something is unreadable */
	/* Of JSON, which is not over before the run is: */
	bool has_head;
	size_t nr_shown;
	struct mcd_note *remarks, *last_remark; /* what the user was told */
	bool has_lost_remarks;			/* there was no memory for all of them */
};

/* The views in the order in which they are printed. */
static const struct {
	enum mcd_view view;
	void (*print)(struct mcd_out *out, const struct mcd_report *report);
} views[] = {
	{ MCD_VIEW_KERNEL, mcd_report_kernel },
	{ MCD_VIEW_TEXT, mcd_report_text },
	{ MCD_VIEW_LIST, mcd_report_list },
	{ MCD_VIEW_UNIONS, mcd_report_unions },
};

static void keep_remark(struct run *run, const char *text)
{
	struct mcd_arena *arena = run->command->arena;
	struct mcd_note *remark = mcd_arena_alloc(arena, sizeof(*remark));

	if (remark)
		remark->text = mcd_arena_strndup(arena, text, strlen(text));
	if (!remark || !remark->text) {
		run->has_lost_remarks = true;
		return;
	}
	if (run->last_remark)
		run->last_remark->next = remark;
	else
		run->remarks = remark;
	run->last_remark = remark;
}

static void MCD_PRINTF(2, 3) say(struct run *run, const char *format, ...)
{
	const struct mcd_command *command = run->command;
	char text[sizeof(struct mcd_error) + 256]; /* an error and some words */
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	command->say(command->say_context, text);
	if (run->has_head)
		keep_remark(run, text);
}

static enum mcd_outcome outcome_of(const struct run *run, enum mcd_status status)
{
	/* Not the dump's fault. */
	if (run->command->out->status == MCD_FAULT)
		return MCD_OUTCOME_INTERNAL;
	switch (status) {
	case MCD_OK:
		return MCD_OUTCOME_COMPLETE;
	case MCD_INTERRUPTED:
		return MCD_OUTCOME_PARTIAL;
	case MCD_NO_MEMORY:
		return MCD_OUTCOME_MEMORY;
	default:
		return MCD_OUTCOME_DUMP;
	}
}

static enum mcd_outcome check(struct run *run)
{
	struct mcd_target *target = run->command->target;

	switch (mcd_world_check(target)) {
	case MCD_UNFIT_NO_MEMCG:
		say(run,
		    "this kernel has no memory controller: there is no symbol root_mem_cgroup");
		return MCD_OUTCOME_NO_MEMCG;
	case MCD_UNFIT_NO_TYPES:
		say(run,
		    "no type information (%s): open the dump with the vmlinux that has this very "
		    "kernel's debuginfo",
		    target->error.text);
		return MCD_OUTCOME_NO_TYPES;
	case MCD_UNFIT_INTERRUPTED:
		say(run, "interrupted while the kernel's types were looked up");
		return MCD_OUTCOME_PARTIAL;
	case MCD_FIT:
		break;
	}
	return MCD_OUTCOME_COMPLETE;
}

/* The kernel's file holds what is on its list, and nothing else. */
static bool is_in_view(const struct run *run, const struct mcd_memcg *memcg)
{
	return (memcg->sources & MCD_SOURCE_LIST) || !run->world.head.facility ||
	       !(run->command->options->views & MCD_VIEW_KERNEL);
}

/* Every selector is asked, so that each learns whether it matches anything, and what -k hides. */
static bool is_selected(const struct run *run, const struct mcd_memcg *memcg)
{
	const struct mcd_options *options = run->command->options;
	bool is_any = !options->nr_selectors, is_shown = is_in_view(run, memcg);

	for (size_t i = 0; i < options->nr_selectors; i++) {
		struct mcd_selector *selector = &options->selectors[i];

		if (!mcd_selector_matches(selector, memcg))
			continue;
		is_any = true;
		selector->is_unlisted |= !is_shown;
	}
	return is_any && is_shown;
}

/* Leaves in run->rows what the user wants to see; what exists only live must be asked for. */
static enum mcd_status select_rows(struct run *run)
{
	const struct mcd_options *options = run->command->options;
	size_t nr = 0;
	enum mcd_status status = mcd_world_order(
		&run->world, options->with_live || options->nr_selectors, &run->rows, &nr);

	if (status)
		return status;
	for (size_t i = 0; i < nr; i++)
		if (is_selected(run, run->rows[i]))
			run->rows[run->nr_selected++] = run->rows[i];
	run->nr_rows = run->nr_selected;
	if (options->has_limit && options->limit < run->nr_rows)
		run->nr_rows = options->limit;
	return MCD_OK;
}

static enum mcd_status no_memory_for_record(struct run *run)
{
	return mcd_error_set(&run->command->target->error, MCD_NO_MEMORY,
			     "no memory for a record of the report");
}

/* NDJSON: a row as soon as it is decoded, so that an interrupted run has none left to print. */
static enum mcd_status print_record(struct run *run)
{
	struct mcd_out *out = run->command->out;

	if (mcd_report_json_memcg(out, run->rows[run->nr_shown]))
		return no_memory_for_record(run);
	run->nr_shown++;
	return out->status;
}

static enum mcd_status decode_rows(struct run *run)
{
	enum mcd_status status = MCD_OK;

	while (run->nr_decoded < run->nr_rows && !status) {
		status = mcd_poll(run->command->target, "memory cgroups read", run->nr_decoded,
				  run->nr_rows);
		if (!status)
			status = mcd_world_decode(&run->world, run->rows[run->nr_decoded]);
		/* Types whose search was interrupted look absent: such a row is no row. */
		if (!status)
			status = mcd_poll(run->command->target, "memory cgroups read",
					  run->nr_decoded, run->nr_rows);
		if (!status)
			run->nr_decoded++;
		if (!status && run->has_head)
			status = print_record(run);
	}
	return status;
}

static enum mcd_status print(struct run *run)
{
	const struct mcd_command *command = run->command;
	struct mcd_report report = {
		.origin = &command->origin,
		.head = &run->world.head,
		.rows = run->rows,
		.nr_rows = run->nr_decoded,
		.nr_selected = run->nr_selected,
		.is_search = command->options->nr_selectors,
		.notes = run->world.notes,
		.nr_reads = command->target->stats.nr_reads,
		.read_bytes = command->target->stats.read_bytes,
	};
	struct mcd_identity identity;
	bool is_first = true;

	if (command->options->views & MCD_VIEW_UNIONS) {
		enum mcd_status status = mcd_identity_read(command->target, command->arena,
							   &identity);

		if (!status)
			status = mcd_world_probes(&run->world, &report.probes);
		if (status)
			return status;
		report.identity = &identity;
		report.nr_probes = MCD_NR_LAYOUT;
	}
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
		if (!(command->options->views & views[i].view))
			continue;
		if (!is_first)
			mcd_out_text(command->out, "\n");
		views[i].print(command->out, &report);
		is_first = false;
	}
	return mcd_out_flush(command->out);
}

static enum mcd_status find_rows(struct run *run)
{
	enum mcd_status status = mcd_world_discover(&run->world);

	return status ? status : select_rows(run);
}

/*
 * Everything but the end, which conclude() adds. Who the kernel is comes first, so that a run that is
 * interrupted before it has rows gets its head and its end.
 */
static enum mcd_status report_json(struct run *run)
{
	const struct mcd_command *command = run->command;
	struct mcd_identity identity;
	const struct mcd_report report = {
		.origin = &command->origin,
		.head = &run->world.head,
		.identity = &identity,
	};
	enum mcd_status status = mcd_identity_read(command->target, command->arena, &identity);

	if (status)
		return status;
	status = find_rows(run);
	if (!run->rows && status != MCD_INTERRUPTED)
		return status;
	if (mcd_report_json_head(command->out, &report))
		return no_memory_for_record(run);
	run->has_head = true;
	if (!status)
		status = decode_rows(run);
	(void)mcd_out_flush(command->out);
	return status ? status : command->out->status;
}

/* Discovery, selection and decoding; what was decoded is printed even if the rest was cut short. */
static enum mcd_status report(struct run *run)
{
	enum mcd_status status = MCD_OK, printed = MCD_OK;

	if (run->command->options->views & MCD_VIEW_JSON)
		return report_json(run);
	status = find_rows(run);
	if (!status)
		status = decode_rows(run);
	if (!run->rows)
		return status;
	printed = print(run);
	return status ? status : printed;
}

/* Why the report is not whole; a front end whose output failed has told why itself. */
static void say_status(struct run *run, enum mcd_status status)
{
	const struct mcd_command *command = run->command;
	size_t nr_in_tree = run->world.head.nr_in_tree;

	if (command->out->status)
		return;
	if (status == MCD_INTERRUPTED && !run->rows)
		say(run, "interrupted after %zu memory cgroups were found",
		    run->world.nr > nr_in_tree ? run->world.nr : nr_in_tree);
	else if (status == MCD_INTERRUPTED)
		say(run, "interrupted: %zu of %zu memory cgroups shown", run->nr_decoded,
		    run->nr_rows);
	else if (status)
		say(run, "%s", command->target->error.text);
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
static enum mcd_outcome end_json(struct run *run, enum mcd_status status, enum mcd_outcome outcome)
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
		say(run, "no memory for the end of the report");
		outcome = outcome_of(run, MCD_NO_MEMORY);
	}
	return mcd_out_flush(command->out) ? outcome_of(run, command->out->status) : outcome;
}

/* How many of the rows that were decoded lack something. */
static size_t count_damaged(const struct run *run)
{
	bool is_kernel_view = run->world.head.facility &&
			      (run->command->options->views & MCD_VIEW_KERNEL);
	bool (*is_whole)(const struct mcd_memcg *memcg) = is_kernel_view ? mcd_kernel_view_is_whole
									 : mcd_memcg_is_whole;
	size_t nr = 0;

	for (size_t i = 0; i < run->nr_decoded; i++)
		nr += !is_whole(run->rows[i]);
	return nr;
}

static enum mcd_outcome conclude(struct run *run, enum mcd_status status)
{
	const struct mcd_command *command = run->command;
	enum mcd_outcome outcome = outcome_of(run, status);

	run->nr_damaged = count_damaged(run);
	for (const struct mcd_note *note = run->world.notes; note; note = note->next)
		say(run, "%s", note->text);
	if (run->world.head.nr_notes_left_out)
		say(run, "%zu more remarks of the same kinds", run->world.head.nr_notes_left_out);
	/* Remarks tell of damage better than a number. */
	if (run->nr_damaged && !run->world.notes)
		say(run, "memory cgroups shown with something unreadable: %zu", run->nr_damaged);
	say_status(run, status);
	if (!status && (run->world.notes || run->nr_damaged))
		outcome = MCD_OUTCOME_PARTIAL;
	for (size_t i = 0; i < command->options->nr_selectors && !status; i++) {
		const struct mcd_selector *selector = &command->options->selectors[i];

		if (selector->is_unlisted)
			say(run, "%s: not on the kernel's list, so that -k does not show it",
			    selector->text);
		if (selector->has_match)
			continue;
		say(run, "%s: no such memory cgroup", selector->text);
		/* In a damaged dump it may only not have been found. */
		if (outcome == MCD_OUTCOME_COMPLETE)
			outcome = MCD_OUTCOME_NO_MATCH;
	}
	return run->has_head ? end_json(run, status, outcome) : outcome;
}

enum mcd_outcome mcd_command_run(const struct mcd_command *command)
{
	struct run run = { .command = command };
	enum mcd_outcome outcome = MCD_OUTCOME_COMPLETE;
	enum mcd_status status = MCD_OK;

	mcd_target_begin(command->target);
	outcome = check(&run);
	if (outcome)
		return outcome;
	mcd_world_init(&run.world, command->target, command->arena);
	status = report(&run);
	return conclude(&run, status);
}
