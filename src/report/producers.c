// SPDX-License-Identifier: GPL-2.0-or-later
/* Who leaves memcgs behind, one line each. A column is one row of the table below. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format.h"
#include "mcd/table.h"

static const struct mcd_producer *of(const void *row)
{
	return row;
}

static const char *cell_memcgs(const void *row, char ret[MCD_CELL_BYTES])
{
	snprintf(ret, MCD_CELL_BYTES, "%zu", of(row)->nr_memcgs);
	return ret;
}

#define FIGURE_CELL(member)                                                         \
	static const char *cell_##member(const void *row, char ret[MCD_CELL_BYTES]) \
	{                                                                           \
		return mcd_format_figure(of(row)->member, ret);                     \
	}
FIGURE_CELL(bytes)
FIGURE_CELL(refs)
FIGURE_CELL(first_serial)
FIGURE_CELL(last_serial)

static void add_kind(char *text, const char *kind, uint64_t nr_refs)
{
	size_t length = strlen(text);

	snprintf(text + length, MCD_CELL_BYTES - length, "%s%s %" PRIu64, length ? ", " : "", kind,
		 nr_refs);
}

/* The kind that follows `last` (-1: none was yet) by number of references, or -1. */
static int next_kind(const struct mcd_producer *producer, int last)
{
	uint64_t limit = last < 0 ? UINT64_MAX : producer->pins[last].nr_refs;
	int best = -1;

	for (int kind = 0; kind < MCD_NR_PINS; kind++) {
		uint64_t nr = producer->pins[kind].nr_refs;

		if (!nr || nr > limit || (nr == limit && kind <= last))
			continue;
		if (best < 0 || nr > producer->pins[best].nr_refs)
			best = kind;
	}
	return best;
}

/* References by kind, the most first: "page-cache 120, swap 3". */
static const char *cell_pins(const void *row, char ret[MCD_CELL_BYTES])
{
	const struct mcd_producer *producer = of(row);

	ret[0] = '\0';
	for (int kind = next_kind(producer, -1); kind >= 0; kind = next_kind(producer, kind))
		add_kind(ret, mcd_pin_name(kind), producer->pins[kind].nr_refs);
	if (producer->nr_unexplained_refs)
		add_kind(ret, "unexplained", (uint64_t)producer->nr_unexplained_refs);
	if (!ret[0])
		snprintf(ret, MCD_CELL_BYTES, producer->bytes.known == MCD_NA ? "n/a" : "none");
	return ret;
}

static void print_pattern(struct mcd_out *out, const void *row)
{
	const struct mcd_text *pattern = &of(row)->pattern;

	if (pattern->known == MCD_KNOWN)
		mcd_out_escaped(out, pattern->text);
	else
		mcd_out_printf(out, "(name %s)", pattern->known == MCD_NA ? "lost" : "unreadable");
}

static const struct mcd_column columns[] = {
	{ .header = "MEMCGS", .cell = cell_memcgs },
	{ .header = "BYTES", .cell = cell_bytes },
	{ .header = "REFS", .cell = cell_refs },
	{ .header = "FIRST", .cell = cell_first_serial },
	{ .header = "LAST", .cell = cell_last_serial },
	{ .header = "PINS", .cell = cell_pins, .is_left = true },
	{ .header = "PATTERN", .print = print_pattern, .is_left = true },
};

static const void *row_at(const void *rows, size_t i)
{
	return (const struct mcd_producer *)rows + i;
}

void mcd_report_producers(struct mcd_out *out, const struct mcd_report *report)
{
	static const struct mcd_table table = {
		.columns = columns,
		.nr_columns = sizeof(columns) / sizeof(columns[0]),
		.row_at = row_at,
	};
	const struct mcd_producers *producers = report->producers;
	size_t nr = producers->nr < report->limit ? producers->nr : report->limit;

	if (nr)
		mcd_table_print(out, &table, producers->rows, nr);
	if (nr < producers->nr)
		mcd_out_printf(out, "(%zu of %zu shown)\n", nr, producers->nr);
	else if (!report->nr_selected)
		mcd_format_footer(out, report);
}
