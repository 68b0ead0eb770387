// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's own file memory.dangling_memcgs, byte for byte. Its code returns after
 * "0 kmem bytes" without a newline, so that the next name follows on the same line.
 */
#include <inttypes.h>
#include <stdio.h>

#include "format.h"

static void print_raw(struct mcd_out *out, const struct mcd_text *name, const char *null_name)
{
	const char *unknown = name->known == MCD_NA ? null_name : "(unreadable)";

	mcd_out_text(out, name->known == MCD_KNOWN ? name->text : unknown);
}

/* A NULL name: one variant hands it to printf, the other prints the address (%p, 16 digits). */
static void print_name(struct mcd_out *out, const struct mcd_head *head,
		       const struct mcd_memcg *memcg, const struct mcd_text *name)
{
	char lost[40];

	snprintf(lost, sizeof(lost), "%016" PRIx64 " (name lost)", memcg->addr);
	print_raw(out, name, head->facility == MCD_FACILITY_PATH ? lost : "(null)");
	mcd_out_text(out, ":\n");
}

static bool is_zero(struct mcd_figure figure)
{
	return figure.known == MCD_KNOWN && !figure.value;
}

static void print_tcp(struct mcd_out *out, const struct mcd_head *head,
		      const struct mcd_kernel_view *figures)
{
	char figure[MCD_FIGURE_TEXT];
	bool is_silent = head->facility == MCD_FACILITY_PATH && is_zero(figures->tcp_bytes) &&
			 is_zero(figures->tcp_sockets);

	mcd_out_printf(out, "\t%s tcp bytes", mcd_format_figure(figures->tcp_bytes, figure));
	if (figures->tcp_sockets.known != MCD_NA && !is_silent)
		mcd_out_printf(out, ", in %s sockets",
			       mcd_format_figure(figures->tcp_sockets, figure));
	mcd_out_text(out, "\n");
}

static void print_kmem(struct mcd_out *out, const struct mcd_memcg *memcg,
		       const struct mcd_kernel_view *figures)
{
	char figure[MCD_FIGURE_TEXT];

	mcd_out_printf(out, "\t%s kmem bytes", mcd_format_figure(figures->kmem_bytes, figure));
	if (is_zero(figures->kmem_bytes))
		return;
	/* The facility says so of any kernel memory; where that is not known, only if there are some. */
	if (memcg->nr_caches ||
	    (memcg->caches_known != MCD_NA && figures->kmem_bytes.known != MCD_NA))
		mcd_out_text(out, " in caches");
	for (size_t i = 0; i < memcg->nr_caches; i++) {
		mcd_out_text(out, " ");
		print_raw(out, &memcg->caches[i], "(null)");
	}
	if (memcg->caches_known == MCD_UNREADABLE)
		mcd_out_text(out, " (some unreadable)");
	mcd_out_text(out, "\n");
}

/* `figures` are the kernel's where it has the facility, else those of the default report. */
static void print_row(struct mcd_out *out, const struct mcd_head *head,
		      const struct mcd_memcg *memcg, const struct mcd_kernel_view *figures)
{
	char figure[MCD_FIGURE_TEXT];

	print_name(out, head, memcg, &figures->name);
	if (head->has_swap)
		mcd_out_printf(out, "\t%s swap bytes\n",
			       mcd_format_figure(figures->swap_bytes, figure));
	/* The facility's tcp line stands within its kmem part. */
	if (head->has_tcp && (head->has_kmem || !head->facility))
		print_tcp(out, head, figures);
	if (head->has_kmem)
		print_kmem(out, memcg, figures);
}

static struct mcd_kernel_view true_figures(const struct mcd_memcg *memcg)
{
	return (struct mcd_kernel_view){
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
			  report->head->facility ? &memcg->kernel : &plain);
	}
}
