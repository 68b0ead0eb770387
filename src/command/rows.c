// SPDX-License-Identifier: GPL-2.0-or-later
/* Which memcgs a run is about: found, selected, decoded, dated, audited. See run.h. */
#include "run.h"

/* The kernel's file holds what is on its list, and nothing else. */
static bool is_in_view(const struct mcd_run *run, const struct mcd_memcg *memcg)
{
	return (memcg->sources & MCD_SOURCE_LIST) || !run->world.head.facility ||
	       !(run->command->options->views & MCD_VIEW_KERNEL);
}

/* Every selector is asked, so that each learns whether it matches anything, and what -k hides. */
static bool is_selected(const struct mcd_run *run, const struct mcd_memcg *memcg)
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
static enum mcd_status select_rows(struct mcd_run *run)
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

enum mcd_status mcd_run_find(struct mcd_run *run)
{
	enum mcd_status status = mcd_world_discover(&run->world);

	return status ? status : select_rows(run);
}

/* Totals, and ledgers that compare files, count what a limit leaves out as well. */
bool mcd_run_needs_all(const struct mcd_run *run)
{
	return run->command->options->views & MCD_VIEWS_OF_ALL;
}

enum mcd_status mcd_run_decode_next(struct mcd_run *run)
{
	struct mcd_target *target = run->command->target;
	size_t nr = mcd_run_needs_all(run) ? run->nr_selected : run->nr_rows;
	enum mcd_status status = mcd_poll(target, "memory cgroups read", run->nr_decoded, nr);

	if (!status)
		status = mcd_world_decode(&run->world, run->rows[run->nr_decoded]);
	/* Types whose search was interrupted look absent: such a row is no row. */
	if (!status)
		status = mcd_poll(target, "memory cgroups read", run->nr_decoded, nr);
	if (!status)
		run->nr_decoded++;
	return status;
}

static unsigned int audit_wants(const struct mcd_options *options)
{
	static const struct {
		unsigned int views, wants;
	} needs[] = {
		{ MCD_VIEW_PINS | MCD_VIEW_GROUP, MCD_AUDIT_PINS },
		{ MCD_VIEW_FILES, MCD_AUDIT_PINS | MCD_AUDIT_FILES },
		{ MCD_VIEW_SLAB, MCD_AUDIT_SLAB },
	};
	unsigned int wants = options->wants_scan ? MCD_AUDIT_SCAN : 0;

	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		wants |= options->views & needs[i].views ? needs[i].wants : 0;
	return wants;
}

/* The ledger does, if it is more than a column of the list. */
static bool shows_ages(unsigned int views)
{
	return (views & (MCD_VIEW_PINS | MCD_VIEW_LIST)) == MCD_VIEW_PINS;
}

/* Leaves as many rows as are printed in no time. */
static void cut_short(struct mcd_run *run)
{
	size_t nr = 0, nr_entries = 0;

	while (nr < run->nr_decoded && nr_entries <= MCD_ENTRIES_WHEN_CUT) {
		const struct mcd_ledger *ledger = run->rows[nr++]->ledger;

		nr_entries += ledger ? mcd_ledger_entries(ledger) : 1;
	}
	run->nr_decoded = nr;
}

/* What the views want to know of all rows together. */
static enum mcd_status look_at_all(struct mcd_run *run)
{
	const struct mcd_options *options = run->command->options;
	enum mcd_status status = shows_ages(options->views) ? mcd_world_ages(&run->world) : MCD_OK;

	if (!status && (options->views & MCD_VIEWS_OF_LEDGER)) {
		status = mcd_audit(&run->world, run->rows, run->nr_decoded, audit_wants(options),
				   &run->audit);
		if (status == MCD_INTERRUPTED)
			run->nr_decoded = run->audit.nr_finished;
	}
	return status ? status : mcd_run_cost(run);
}

enum mcd_status mcd_run_decode(struct mcd_run *run)
{
	size_t nr = mcd_run_needs_all(run) ? run->nr_selected : run->nr_rows;
	enum mcd_status status = MCD_OK;

	/* Ids are those of the machine. */
	if (run->command->options->views == MCD_VIEW_IDS)
		return MCD_OK;
	while (run->nr_decoded < nr && !status)
		status = mcd_run_decode_next(run);
	if (!status)
		status = look_at_all(run);
	if (status == MCD_INTERRUPTED)
		cut_short(run);
	return status;
}

enum mcd_status mcd_run_group(struct mcd_run *run)
{
	const struct mcd_command *command = run->command;
	enum mcd_status status = MCD_OK;

	if (command->options->views & MCD_VIEW_GROUP)
		status = mcd_producers_collect(command->arena, run->rows, run->nr_decoded,
					       &run->producers);
	return status ? mcd_error_set(&command->target->error, status, "producers") : MCD_OK;
}
