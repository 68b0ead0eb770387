// SPDX-License-Identifier: GPL-2.0-or-later
/* One line per memcg. A column is one row of the table below. */
#include <inttypes.h>
#include <stdio.h>

#include "format.h"
#include "mcd/table.h"

static const char *cell_address(const void *row, char ret[MCD_CELL_BYTES])
{
	snprintf(ret, MCD_CELL_BYTES, "%" PRIx64, ((const struct mcd_memcg *)row)->addr);
	return ret;
}

static const char *cell_state(const void *row, char ret[MCD_CELL_BYTES])
{
	snprintf(ret, MCD_CELL_BYTES, "%s", mcd_state_name(((const struct mcd_memcg *)row)->state));
	return ret;
}

#define FIGURE_CELL(member)                                                             \
	static const char *cell_##member(const void *row, char ret[MCD_CELL_BYTES])     \
	{                                                                               \
		return mcd_format_figure(((const struct mcd_memcg *)row)->member, ret); \
	}
FIGURE_CELL(css_id)
FIGURE_CELL(refs)
FIGURE_CELL(memory_bytes)
FIGURE_CELL(swap_bytes)
FIGURE_CELL(kmem_bytes)
FIGURE_CELL(tcp_bytes)
FIGURE_CELL(cost_bytes)

/* What no pin explains; below zero where pins go beyond the references. */
static const char *cell_unexplained(const void *row, char ret[MCD_CELL_BYTES])
{
	static const struct mcd_balance none = { .known = MCD_NA };
	const struct mcd_ledger *ledger = ((const struct mcd_memcg *)row)->ledger;
	const struct mcd_balance *balance = ledger ? &ledger->unexplained : &none;

	if (balance->is_open && balance->value > 0)
		snprintf(ret, MCD_CELL_BYTES, "?");
	else if (balance->known == MCD_KNOWN)
		snprintf(ret, MCD_CELL_BYTES, "%" PRId64, balance->value);
	else
		snprintf(ret, MCD_CELL_BYTES, balance->known == MCD_NA ? "n/a" : "unreadable");
	return ret;
}

/* The path, or the facility's shorter name where the path is gone. */
static void print_path(struct mcd_out *out, const void *row)
{
	const struct mcd_memcg *memcg = row;

	mcd_format_path(out, memcg);
}

enum { UNEXPLAINED = 3, COST = 8 };

static const struct mcd_column columns[] = {
	{ .header = "MEM_CGROUP", .cell = cell_address, .is_left = true },
	{ .header = "ID", .cell = cell_css_id },
	{ .header = "REFS", .cell = cell_refs },
	[UNEXPLAINED] = { .header = "UNEXPL", .cell = cell_unexplained },
	{ .header = "MEMORY", .cell = cell_memory_bytes },
	{ .header = "SWAP", .cell = cell_swap_bytes },
	{ .header = "KMEM", .cell = cell_kmem_bytes },
	{ .header = "TCP", .cell = cell_tcp_bytes },
	[COST] = { .header = "COST", .cell = cell_cost_bytes },
	{ .header = "STATE", .cell = cell_state, .is_left = true },
	{ .header = "PATH", .print = print_path, .is_left = true },
};

static const void *row_at(const void *rows, size_t i)
{
	return ((struct mcd_memcg *const *)rows)[i];
}

void mcd_report_list(struct mcd_out *out, const struct mcd_report *report)
{
	enum { NR_COLUMNS = sizeof(columns) / sizeof(columns[0]) };
	struct mcd_column shown[NR_COLUMNS];
	struct mcd_table table = { .columns = shown, .row_at = row_at };

	for (size_t i = 0; i < NR_COLUMNS; i++)
		if ((i != UNEXPLAINED || report->has_unexplained) &&
		    (i != COST || report->has_cost))
			shown[table.nr_columns++] = columns[i];
	if (report->nr_rows)
		mcd_table_print(out, &table, report->rows, report->nr_rows);
	mcd_format_footer(out, report);
}
