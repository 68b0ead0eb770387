// SPDX-License-Identifier: GPL-2.0-or-later
/* The default report: the lines of the kernel's file, with figures that are true. */
#include "format.h"

static void print_caches(struct mcd_out *out, const struct mcd_memcg *memcg)
{
	bool is_damaged = memcg->caches_known == MCD_UNREADABLE;

	if (!memcg->nr_caches && !is_damaged)
		return;
	mcd_out_text(out, " in caches");
	for (size_t i = 0; i < memcg->nr_caches; i++) {
		const struct mcd_text *name = &memcg->caches[i];

		mcd_out_text(out, " ");
		if (name->known == MCD_KNOWN)
			mcd_out_escaped(out, name->text);
		else
			mcd_out_text(out, "unreadable");
	}
	if (is_damaged)
		mcd_out_text(out, " (some unreadable)");
}

static void print_row(struct mcd_out *out, const struct mcd_head *head,
		      const struct mcd_memcg *memcg)
{
	char figure[MCD_FIGURE_TEXT];

	mcd_format_name(out, memcg, &memcg->name);
	mcd_out_text(out, ":\n");
	if (head->has_swap)
		mcd_out_printf(out, "\t%s swap bytes\n",
			       mcd_format_figure(memcg->swap_bytes, figure));
	if (head->has_tcp) {
		mcd_out_printf(out, "\t%s tcp bytes", mcd_format_figure(memcg->tcp_bytes, figure));
		if (memcg->tcp_sockets.known != MCD_NA)
			mcd_out_printf(out, ", in %s sockets",
				       mcd_format_figure(memcg->tcp_sockets, figure));
		mcd_out_text(out, "\n");
	}
	if (head->has_kmem) {
		mcd_out_printf(out, "\t%s kmem bytes",
			       mcd_format_figure(memcg->kmem_bytes, figure));
		print_caches(out, memcg);
		mcd_out_text(out, "\n");
	}
}

void mcd_report_text(struct mcd_out *out, const struct mcd_report *report)
{
	for (size_t i = 0; i < report->nr_rows && !out->status; i++)
		print_row(out, report->head, report->rows[i]);
	mcd_format_footer(out, report);
}
