// SPDX-License-Identifier: GPL-2.0-or-later
/* One run of the command: check, report, conclude. See command.h. */
#include "run.h"

static enum mcd_outcome check(struct mcd_run *run)
{
	struct mcd_target *target = run->command->target;

	switch (mcd_world_check(target)) {
	case MCD_UNFIT_NO_MEMCG:
		mcd_run_say(
			run,
			"this kernel has no memory controller: there is no symbol root_mem_cgroup");
		return MCD_OUTCOME_NO_MEMCG;
	case MCD_UNFIT_NO_TYPES:
		mcd_run_say(run,
			    "no type information (%s): open the dump with the vmlinux that has "
			    "this very "
			    "kernel's debuginfo",
			    target->error.text);
		return MCD_OUTCOME_NO_TYPES;
	case MCD_UNFIT_INTERRUPTED:
		mcd_run_say(run, "interrupted while the kernel's types were looked up");
		return MCD_OUTCOME_PARTIAL;
	case MCD_FIT:
		break;
	}
	return MCD_OUTCOME_COMPLETE;
}

/* How many of the rows that were decoded lack something. */
static size_t count_damaged(const struct mcd_run *run)
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

static enum mcd_outcome conclude(struct mcd_run *run, enum mcd_status status)
{
	const struct mcd_command *command = run->command;
	enum mcd_outcome outcome = mcd_run_outcome(run, status);

	run->nr_damaged = count_damaged(run);
	for (const struct mcd_note *note = run->world.notes; note; note = note->next)
		mcd_run_say(run, "%s", note->text);
	if (run->world.head.nr_notes_left_out)
		mcd_run_say(run, "%zu more remarks of the same kinds",
			    run->world.head.nr_notes_left_out);
	/* Remarks tell of damage better than a number. */
	if (run->nr_damaged && !run->world.notes)
		mcd_run_say(run, "memory cgroups shown with something unreadable: %zu",
			    run->nr_damaged);
	mcd_run_say_status(run, status);
	if (!status && (run->world.notes || run->nr_damaged))
		outcome = MCD_OUTCOME_PARTIAL;
	for (size_t i = 0; i < command->options->nr_selectors && !status; i++) {
		const struct mcd_selector *selector = &command->options->selectors[i];

		if (selector->is_unlisted)
			mcd_run_say(run,
				    "%s: not on the kernel's list, so that -k does not show it",
				    selector->text);
		if (selector->has_match)
			continue;
		mcd_run_say(run, "%s: no such memory cgroup", selector->text);
		/* In a damaged dump it may only not have been found. */
		if (outcome == MCD_OUTCOME_COMPLETE)
			outcome = MCD_OUTCOME_NO_MATCH;
	}
	return run->has_head ? mcd_run_end_json(run, status, outcome) : outcome;
}

enum mcd_outcome mcd_command_run(const struct mcd_command *command)
{
	struct mcd_run run = { .command = command };
	enum mcd_outcome outcome = MCD_OUTCOME_COMPLETE;
	enum mcd_status status = MCD_OK;

	mcd_target_begin(command->target);
	outcome = check(&run);
	if (outcome)
		return outcome;
	mcd_world_init(&run.world, command->target, command->arena);
	status = command->options->views & MCD_VIEW_JSON ? mcd_run_json(&run) : mcd_run_text(&run);
	return conclude(&run, status);
}
