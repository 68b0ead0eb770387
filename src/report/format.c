// SPDX-License-Identifier: GPL-2.0-or-later
/* See format.h. */
#include <inttypes.h>
#include <stdio.h>

#include "format.h"

const char *mcd_format_figure(struct mcd_figure figure, char ret[MCD_FIGURE_TEXT])
{
	if (figure.known == MCD_KNOWN)
		snprintf(ret, MCD_FIGURE_TEXT, "%" PRIu64, figure.value);
	else
		snprintf(ret, MCD_FIGURE_TEXT, "%s", figure.known == MCD_NA ? "n/a" : "unreadable");
	return ret;
}

void mcd_format_name(struct mcd_out *out, const struct mcd_memcg *memcg,
		     const struct mcd_text *name)
{
	if (name->known == MCD_KNOWN)
		mcd_out_escaped(out, name->text);
	else
		mcd_out_printf(out, "%" PRIx64 " (name %s)", memcg->addr,
			       name->known == MCD_NA ? "lost" : "unreadable");
}

void mcd_format_path(struct mcd_out *out, const struct mcd_memcg *memcg)
{
	mcd_format_name(out, memcg, memcg->path.known == MCD_KNOWN ? &memcg->path : &memcg->name);
}

const char *mcd_format_duration(uint64_t ms, char ret[MCD_FIGURE_TEXT])
{
	/* A unit is taken from two of it on, lest much be lost by rounding. */
	static const struct {
		uint64_t ms;
		const char *name;
	} units[] = { { 86400000, "d" }, { 3600000, "h" }, { 60000, "min" }, { 1000, "s" } };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (ms >= 2 * units[i].ms) {
			snprintf(ret, MCD_FIGURE_TEXT, "%" PRIu64 " %s", ms / units[i].ms,
				 units[i].name);
			return ret;
		}
	snprintf(ret, MCD_FIGURE_TEXT, "%" PRIu64 " ms", ms);
	return ret;
}

void mcd_format_footer(struct mcd_out *out, const struct mcd_report *report)
{
	if (!report->nr_selected && !report->is_search)
		mcd_out_text(out, "no dangling memory cgroups\n");
	else if (report->nr_rows < report->nr_selected)
		mcd_out_printf(out, "(%zu of %zu shown)\n", report->nr_rows, report->nr_selected);
}
