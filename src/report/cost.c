// SPDX-License-Identifier: GPL-2.0-or-later
/* What memcgs take by themselves, one line for each structure. A column is one row of the table below. */
#include <inttypes.h>
#include <stdio.h>

#include "format.h"
#include "mcd/table.h"

enum { HUNDREDTHS_OF_PER_CENT = 10000 };

static const char *cell_bytes(const void *row, char ret[MCD_CELL_BYTES])
{
	snprintf(ret, MCD_CELL_BYTES, "%" PRIu64, ((const struct mcd_cost_row *)row)->bytes);
	return ret;
}

static const char *cell_count(const void *row, char ret[MCD_CELL_BYTES])
{
	snprintf(ret, MCD_CELL_BYTES, "%" PRIu64, ((const struct mcd_cost_row *)row)->nr);
	return ret;
}

static const char *cell_cpus(const void *at, char ret[MCD_CELL_BYTES])
{
	const struct mcd_cost_row *row = at;

	snprintf(ret, MCD_CELL_BYTES, row->nr_cpus ? "%zu" : "-", row->nr_cpus);
	return ret;
}

static const char *cell_each(const void *at, char ret[MCD_CELL_BYTES])
{
	const struct mcd_cost_row *row = at;

	snprintf(ret, MCD_CELL_BYTES, row->is_uniform ? "%" PRIu64 : "-", row->each_bytes);
	return ret;
}

static void print_name(struct mcd_out *out, const void *row)
{
	mcd_out_text(out, ((const struct mcd_cost_row *)row)->name);
}

static const struct mcd_column columns[] = {
	{ .header = "BYTES", .cell = cell_bytes },
	{ .header = "COUNT", .cell = cell_count },
	{ .header = "CPUS", .cell = cell_cpus },
	{ .header = "EACH", .cell = cell_each },
	{ .header = "STRUCTURE", .print = print_name, .is_left = true },
};

static const void *row_at(const void *rows, size_t i)
{
	return (const struct mcd_cost_row *)rows + i;
}

static void print_rows(struct mcd_out *out, const struct mcd_cost *cost, size_t limit)
{
	static const struct mcd_table table = {
		.columns = columns,
		.nr_columns = sizeof(columns) / sizeof(columns[0]),
		.row_at = row_at,
	};
	size_t nr = cost->nr_rows < limit ? cost->nr_rows : limit;

	if (nr)
		mcd_table_print(out, &table, cost->rows, nr);
	if (nr < cost->nr_rows)
		mcd_out_printf(out, "(%zu of %zu shown)\n", nr, cost->nr_rows);
}

static void print_share(struct mcd_out *out, uint64_t bytes, struct mcd_figure ram)
{
	uint64_t share = 0;
	char text[MCD_FIGURE_TEXT];

	if (ram.known == MCD_KNOWN && ram.value) {
		share = (uint64_t)((double)bytes / (double)ram.value * HUNDREDTHS_OF_PER_CENT +
				   0.5);
		mcd_out_printf(out, ", %" PRIu64 ".%02" PRIu64 "%% of %" PRIu64 " bytes of RAM\n",
			       share / 100, share % 100, ram.value);
	} else {
		mcd_out_printf(out, ", RAM: %s\n", mcd_format_figure(ram, text));
	}
}

static void print_total(struct mcd_out *out, const struct mcd_cost *cost)
{
	mcd_out_printf(out, "%zu memory cgroup%s: %" PRIu64 " bytes", cost->nr_memcgs,
		       cost->nr_memcgs == 1 ? "" : "s", cost->bytes);
	if (cost->nr_memcgs > 1)
		mcd_out_printf(out, ", %" PRIu64 " each", cost->bytes / cost->nr_memcgs);
	print_share(out, cost->bytes, cost->ram_bytes);
	if (cost->nr_unreadable)
		mcd_out_printf(out, "of %zu some is unreadable, and is not counted\n",
			       cost->nr_unreadable);
	if (cost->nr_freed_stats)
		mcd_out_printf(out, "per-cpu statistics of %zu were freed by the kernel\n",
			       cost->nr_freed_stats);
}

void mcd_report_cost(struct mcd_out *out, const struct mcd_report *report)
{
	if (!report->nr_selected) {
		mcd_format_footer(out, report);
		return;
	}
	if (!report->cost) {
		mcd_out_text(out, "the cost was not looked at\n");
		return;
	}
	print_rows(out, report->cost, report->limit);
	print_total(out, report->cost);
}
