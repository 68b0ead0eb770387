// SPDX-License-Identifier: GPL-2.0-or-later
/* What the user is told beside the report. See run.h. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "run.h"

static void keep_remark(struct mcd_run *run, const char *text)
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

void mcd_run_say(struct mcd_run *run, const char *format, ...)
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

enum mcd_outcome mcd_run_outcome(const struct mcd_run *run, enum mcd_status status)
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

static void say_interrupted(struct mcd_run *run)
{
	const unsigned int views = run->command->options->views;
	size_t nr = run->nr_decoded < run->nr_rows ? run->nr_decoded : run->nr_rows;

	if (run->audit.is_partial && nr == run->nr_rows)
		mcd_run_say(run, "interrupted: the ledger has what was found until then");
	else if (run->audit.is_partial)
		mcd_run_say(run,
			    "interrupted: the ledger has what was found until then, of %zu of %zu "
			    "memory cgroups",
			    nr, run->nr_rows);
	else if (run->has_cost && run->cost.nr_memcgs < run->nr_selected)
		mcd_run_say(run, "interrupted: the cost is that of %zu of %zu memory cgroups",
			    run->cost.nr_memcgs, run->nr_selected);
	else if (views == MCD_VIEW_IDS || (nr == run->nr_rows && (views & MCD_VIEW_IDS)))
		mcd_run_say(run, "interrupted: the ids were not counted");
	else
		mcd_run_say(run, "interrupted: %zu of %zu memory cgroups shown", nr, run->nr_rows);
}

/* Why the report is not whole; a front end whose output failed has told why itself. */
void mcd_run_say_status(struct mcd_run *run, enum mcd_status status)
{
	const struct mcd_command *command = run->command;
	size_t nr_in_tree = run->world.head.nr_in_tree;

	if (run->is_cut_off)
		mcd_run_say(run, "interrupted: the report is cut off");
	if (command->out->status)
		return;
	if (status == MCD_INTERRUPTED && !run->rows)
		mcd_run_say(run, "interrupted after %zu memory cgroups were found",
			    run->world.nr > nr_in_tree ? run->world.nr : nr_in_tree);
	else if (status == MCD_INTERRUPTED)
		say_interrupted(run);
	else if (status)
		mcd_run_say(run, "%s", command->target->error.text);
}
