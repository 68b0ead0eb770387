// SPDX-License-Identifier: GPL-2.0-or-later
/* See summary.h. */
#include <inttypes.h>
#include <stdio.h>

#include "mcd/table.h"
#include "summary.h"

static const char *cell_figure(struct mcd_figure figure, char ret[MCD_CELL_BYTES])
{
	if (figure.known == MCD_KNOWN)
		snprintf(ret, MCD_CELL_BYTES, "%" PRIu64, figure.value);
	else
		snprintf(ret, MCD_CELL_BYTES, "-");
	return ret;
}

static const char *cell_dangling(const void *row, char ret[MCD_CELL_BYTES])
{
	return cell_figure(((const struct mcd_batch_row *)row)->dangling, ret);
}

static const char *cell_online(const void *row, char ret[MCD_CELL_BYTES])
{
	return cell_figure(((const struct mcd_batch_row *)row)->online, ret);
}

static const char *cell_seconds(const void *row, char ret[MCD_CELL_BYTES])
{
	snprintf(ret, MCD_CELL_BYTES, "%.2f", ((const struct mcd_batch_row *)row)->seconds);
	return ret;
}

static const char *cell_peak(const void *row, char ret[MCD_CELL_BYTES])
{
	uint64_t bytes = ((const struct mcd_batch_row *)row)->peak_bytes;

	return cell_figure((struct mcd_figure){ bytes ? MCD_KNOWN : MCD_NA, bytes }, ret);
}

static const char *cell_class(const void *row, char ret[MCD_CELL_BYTES])
{
	(void)ret;
	return mcd_batch_class_name(((const struct mcd_batch_row *)row)->class);
}

static void print_dump(struct mcd_out *out, const void *row)
{
	mcd_out_escaped(out, ((const struct mcd_batch_row *)row)->dump->path);
}

static const struct mcd_column columns[] = {
	{ .header = "DANGLING", .cell = cell_dangling },
	{ .header = "ONLINE", .cell = cell_online },
	{ .header = "SECONDS", .cell = cell_seconds },
	{ .header = "PEAK", .cell = cell_peak },
	{ .header = "CLASS", .cell = cell_class, .is_left = true },
	{ .header = "DUMP", .print = print_dump, .is_left = true },
};

static const void *row_at(const void *rows, size_t i)
{
	return (const struct mcd_batch_row *)rows + i;
}

static void print_totals(struct mcd_out *out, const struct mcd_batch_outlet *outlet,
			 size_t nr_dumps, double seconds)
{
	mcd_out_printf(out, "%zu of %zu dumps in %.1f s", outlet->nr_rows, nr_dumps, seconds);
	if (outlet->nr_earlier)
		mcd_out_printf(out, ", %zu of them reported before", outlet->nr_earlier);
	mcd_out_printf(out, ", %" PRIu64 " dangling memory cgroups\n", outlet->nr_dangling);
	if (outlet->nr_passed)
		mcd_out_printf(out, "%zu other files passed over\n", outlet->nr_passed);
}

void mcd_batch_summary_print(struct mcd_out *out, const struct mcd_batch_outlet *outlet,
			     size_t nr_named, bool can_resume, double seconds)
{
	static const struct mcd_table table = {
		.columns = columns,
		.nr_columns = sizeof(columns) / sizeof(columns[0]),
		.row_at = row_at,
	};

	size_t nr_dumps = nr_named - outlet->nr_passed;

	if (outlet->nr_rows) {
		mcd_table_print(out, &table, outlet->rows, outlet->nr_rows);
		mcd_out_text(out, "\n");
	}
	for (unsigned int i = 0; i < MCD_NR_CLASSES; i++)
		if (outlet->nr_of_class[i])
			mcd_out_printf(out, "%zu %s\n", outlet->nr_of_class[i],
				       mcd_batch_class_name(i));
	print_totals(out, outlet, nr_dumps, seconds);
	if (can_resume)
		mcd_out_printf(out,
			       "interrupted: the same command with --resume does the other %zu\n",
			       nr_dumps - outlet->nr_rows + outlet->nr_interrupted);
}
