// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's own file memory.dangling_memcgs, byte for byte. Its code returns after
 * "0 kmem bytes" without a newline, so that the next name follows on the same line.
 */
#include "format.h"

static void print_name(struct mcd_out *out, const struct mcd_text *name)
{
	static const char *const words[] = {
		[MCD_NA] = "(null)", /* what the kernel's printf makes of a NULL */
		[MCD_UNREADABLE] = "(unreadable)",
	};

	mcd_out_text(out, name->known == MCD_KNOWN ? name->text : words[name->known]);
}

/* `figures` are the kernel's where it has the facility, else those of the default report. */
static void print_row(struct mcd_out *out, const struct mcd_head *head,
		      const struct mcd_memcg *memcg, const struct mcd_kernel_view *figures)
{
	char figure[MCD_FIGURE_TEXT];

	print_name(out, &figures->name);
	mcd_out_text(out, ":\n");
	if (head->has_swap)
		mcd_out_printf(out, "\t%s swap bytes\n",
			       mcd_format_figure(figures->swap_bytes, figure));
	if (head->has_kmem && head->has_tcp) {
		mcd_out_printf(out, "\t%s tcp bytes",
			       mcd_format_figure(figures->tcp_bytes, figure));
		if (figures->tcp_sockets.known != MCD_NA)
			mcd_out_printf(out, ", in %s sockets",
				       mcd_format_figure(figures->tcp_sockets, figure));
		mcd_out_text(out, "\n");
	}
	if (!head->has_kmem)
		return;
	mcd_out_printf(out, "\t%s kmem bytes", mcd_format_figure(figures->kmem_bytes, figure));
	if (figures->kmem_bytes.known == MCD_KNOWN && !figures->kmem_bytes.value)
		return;
	if (memcg->caches_known != MCD_NA)
		mcd_out_text(out, " in caches");
	for (size_t i = 0; i < memcg->nr_caches; i++) {
		mcd_out_text(out, " ");
		print_name(out, &memcg->caches[i]);
	}
	mcd_out_text(out, "\n");
}

static struct mcd_kernel_view true_figures(const struct mcd_memcg *memcg)
{
	return (struct mcd_kernel_view) {
		.name = memcg->name,
		.swap_bytes = memcg->swap_bytes,
		.tcp_bytes = memcg->tcp_bytes,
		.tcp_sockets = memcg->tcp_sockets,
		.kmem_bytes = memcg->kmem_bytes,
	};
}

void mcd_report_kernel(struct mcd_out *out, const struct mcd_report *report)
{
	for (size_t i = 0; i < report->nr_rows && !out->status; i++) {
		const struct mcd_memcg *memcg = report->rows[i];
		struct mcd_kernel_view plain = true_figures(memcg);

		print_row(out, report->head, memcg,
			  report->head->has_facility ? &memcg->kernel : &plain);
	}
}
