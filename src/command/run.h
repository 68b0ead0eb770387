/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run of the command, and what the parts of it offer each other. */
#ifndef MCD_RUN_H
#define MCD_RUN_H

#include "mcd/audit.h"
#include "mcd/command.h"
#include "mcd/report.h"
#include "mcd/world.h"
#include "producers.h"
#include "select.h"

struct mcd_run {
	const struct mcd_command *command;
	struct mcd_world world;
	struct mcd_memcg **rows; /* selected, in report order */
	size_t nr_selected;
	size_t nr_rows;	   /* of them: within the limit */
	size_t nr_decoded; /* of them: ready to print, or to be added up */
	size_t nr_damaged; /* of these: something is unreadable */
	struct mcd_audit_summary audit;
	struct mcd_producers producers;
	struct mcd_cost cost;
	struct mcd_id_space ids;
	bool has_cost, has_ids; /* these were looked at; the cost perhaps not to its end */
	/* Of text: */
	size_t printed_bytes;
	bool is_cut_off; /* interrupted while it was printed */
	/* Of JSON, which is not over before the run is: */
	bool has_head;
	size_t nr_shown;
	struct mcd_note *remarks, *last_remark; /* what the user was told */
	bool has_lost_remarks;			/* there was no memory for all of them */
};

/* say.c: tells the user, and the end of a JSON report. */
void mcd_run_say(struct mcd_run *run, const char *format, ...) MCD_PRINTF(2, 3);
/* Why the report is not whole; a front end whose output failed has told why itself. */
void mcd_run_say_status(struct mcd_run *run, enum mcd_status status);
enum mcd_outcome mcd_run_outcome(const struct mcd_run *run, enum mcd_status status);

/*
 * rows.c: finds and selects; decodes the rows that are printed, or with `all` those that a limit
 * leaves out, too; tells their ages and makes their ledgers where the views need them.
 */
MCD_MUST_CHECK enum mcd_status mcd_run_find(struct mcd_run *run);
MCD_MUST_CHECK enum mcd_status mcd_run_decode_next(struct mcd_run *run);
bool mcd_run_needs_all(const struct mcd_run *run);
MCD_MUST_CHECK enum mcd_status mcd_run_decode(struct mcd_run *run);
/* Fills producers from what was decoded, where that is a view; fails with MCD_NO_MEMORY only. */
MCD_MUST_CHECK enum mcd_status mcd_run_group(struct mcd_run *run);

/* space.c: what the decoded rows cost, and who has the ids, where the views ask for it. */
MCD_MUST_CHECK enum mcd_status mcd_run_cost(struct mcd_run *run);
MCD_MUST_CHECK enum mcd_status mcd_run_ids(struct mcd_run *run);

/* text.c, json.c: everything but the end of JSON. */
MCD_MUST_CHECK enum mcd_status mcd_run_text(struct mcd_run *run);
MCD_MUST_CHECK enum mcd_status mcd_run_json(struct mcd_run *run);
/* The last record; a broken output or no memory for it still changes how the run ended. */
enum mcd_outcome mcd_run_end_json(struct mcd_run *run, enum mcd_status status,
				  enum mcd_outcome outcome);

#endif
