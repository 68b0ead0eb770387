// SPDX-License-Identifier: GPL-2.0-or-later
/* What is charged to each memcg without holding a reference. */
#include <inttypes.h>

#include "format.h"

static void print_charge(struct mcd_out *out, const struct mcd_charge_row *charge)
{
	mcd_out_printf(out, "\t%12" PRIu64 " bytes in %8" PRIu64 " objects  %s", charge->bytes,
		       charge->nr_objects, charge->kind);
	if (charge->name.known == MCD_KNOWN) {
		mcd_out_text(out, " ");
		mcd_out_escaped(out, charge->name.text);
	} else if (charge->name.known == MCD_UNREADABLE) {
		mcd_out_text(out, " (name unreadable)");
	}
	mcd_out_text(out, "\n");
}

static void print_memcg(struct mcd_out *out, const struct mcd_memcg *memcg)
{
	const struct mcd_ledger *ledger = memcg->ledger;

	mcd_format_path(out, memcg);
	mcd_out_text(out, ":\n");
	if (!ledger)
		mcd_out_text(out, "\tnot looked at\n");
	for (size_t i = 0; ledger && i < ledger->nr_charges; i++)
		print_charge(out, &ledger->charges[i]);
	if (ledger && ledger->charges_known == MCD_UNREADABLE)
		mcd_out_text(out, "\tsome unreadable\n");
	else if (ledger && ledger->charges_known == MCD_NA)
		mcd_out_text(out, "\tn/a: what it charged cannot be told from its parent's\n");
	else if (ledger && !ledger->nr_charges)
		mcd_out_text(out, "\t0 bytes\n");
}

void mcd_report_slab(struct mcd_out *out, const struct mcd_report *report)
{
	for (size_t i = 0; i < report->nr_rows && !out->status; i++)
		print_memcg(out, report->rows[i]);
	mcd_format_footer(out, report);
}
