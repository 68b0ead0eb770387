// SPDX-License-Identifier: GPL-2.0-or-later
/* What the rows cost, and who has the ids. See run.h. */
#include "run.h"

enum mcd_status mcd_run_cost(struct mcd_run *run)
{
	enum mcd_status status = MCD_OK;

	if (!(run->command->options->views & MCD_VIEW_COST))
		return MCD_OK;
	status = mcd_world_cost(&run->world, run->rows, run->nr_decoded, &run->cost);
	/* What was measured until then is worth a report. */
	run->has_cost = !status || status == MCD_INTERRUPTED;
	return status;
}

enum mcd_status mcd_run_ids(struct mcd_run *run)
{
	enum mcd_status status = MCD_OK;

	if (!(run->command->options->views & MCD_VIEW_IDS))
		return MCD_OK;
	status = mcd_world_ids(&run->world, &run->ids);
	/* A part of the ids would look like ids that are left. */
	run->has_ids = !status;
	return status;
}
