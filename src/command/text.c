// SPDX-License-Identifier: GPL-2.0-or-later
/* The text views of a run. See run.h. */
#include "mcd/identity.h"
#include "run.h"

/* The views in the order in which they are printed. */
static const struct {
	enum mcd_view view;
	void (*print)(struct mcd_out *out, const struct mcd_report *report);
} views[] = {
	{ MCD_VIEW_KERNEL, mcd_report_kernel },	  { MCD_VIEW_TEXT, mcd_report_text },
	{ MCD_VIEW_LIST, mcd_report_list },	  { MCD_VIEW_PINS, mcd_report_pins },
	{ MCD_VIEW_FILES, mcd_report_files },	  { MCD_VIEW_SLAB, mcd_report_slab },
	{ MCD_VIEW_GROUP, mcd_report_producers }, { MCD_VIEW_IDS, mcd_report_ids },
	{ MCD_VIEW_COST, mcd_report_cost },	  { MCD_VIEW_UNIONS, mcd_report_unions },
};

/* In a list the ledger and the cost are columns. */
static bool is_shown(unsigned int wanted, enum mcd_view view)
{
	return (wanted & view) &&
	       !((view & (MCD_VIEW_PINS | MCD_VIEW_COST)) && (wanted & MCD_VIEW_LIST));
}

static enum mcd_status print(struct mcd_run *run)
{
	const struct mcd_command *command = run->command;
	struct mcd_report report = {
		.origin = &command->origin,
		.head = &run->world.head,
		.rows = run->rows,
		.nr_rows = run->nr_decoded < run->nr_rows ? run->nr_decoded : run->nr_rows,
		.nr_selected = run->nr_selected,
		.is_search = command->options->nr_selectors,
		.audit = &run->audit,
		.producers = &run->producers,
		.cost = run->has_cost ? &run->cost : NULL,
		.ids = run->has_ids ? &run->ids : NULL,
		.limit = command->options->has_limit ? command->options->limit : SIZE_MAX,
		.has_unexplained = command->options->views & MCD_VIEW_PINS,
		.has_cost = command->options->views & MCD_VIEW_COST,
		.notes = run->world.notes,
		.nr_reads = command->target->stats.nr_reads,
		.read_bytes = command->target->stats.read_bytes,
	};
	struct mcd_identity identity;
	bool is_first = true;
	enum mcd_status grouped = mcd_run_group(run);

	if (grouped)
		return grouped;
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
		if (!is_shown(command->options->views, views[i].view))
			continue;
		if (!is_first)
			mcd_out_text(command->out, "\n");
		views[i].print(command->out, &report);
		is_first = false;
	}
	return mcd_out_flush(command->out);
}

/* Printing a large report takes a while, too. */
static enum mcd_status poll_printing(void *context)
{
	struct mcd_run *run = context;

	run->printed_bytes += sizeof(run->command->out->buffer);
	run->is_cut_off = mcd_poll(run->command->target, "bytes printed", run->printed_bytes, 0);
	return run->is_cut_off ? MCD_INTERRUPTED : MCD_OK;
}

/* What was decoded is printed even if the rest was cut short, and then to its end. */
enum mcd_status mcd_run_text(struct mcd_run *run)
{
	enum mcd_status status = mcd_run_find(run), printed = MCD_OK;

	if (!status)
		status = mcd_run_decode(run);
	if (!status)
		status = mcd_run_ids(run);
	if (!run->rows)
		return status;
	if (status != MCD_INTERRUPTED) {
		run->command->out->poll = poll_printing;
		run->command->out->poll_context = run;
	}
	printed = print(run);
	return status ? status : printed;
}
