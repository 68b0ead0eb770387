// SPDX-License-Identifier: GPL-2.0-or-later
/* See table.h. */
#include <string.h>

#include "mcd/table.h"

enum { COLUMNS_MAX = 16 };

static size_t width_of(const struct mcd_table *table, size_t column, const void *rows,
		       size_t nr_rows)
{
	size_t width = strlen(table->columns[column].header);

	for (size_t i = 0; i < nr_rows; i++) {
		char text[MCD_CELL_BYTES];
		size_t length = strlen(table->columns[column].cell(table->row_at(rows, i), text));

		width = length > width ? length : width;
	}
	return width;
}

static void print_cell(struct mcd_out *out, const struct mcd_column *column, const char *text,
		       size_t width)
{
	mcd_out_printf(out, column->is_left ? "%-*s  " : "%*s  ", (int)width, text);
}

void mcd_table_print(struct mcd_out *out, const struct mcd_table *table, const void *rows,
		     size_t nr_rows)
{
	const struct mcd_column *columns = table->columns;
	size_t widths[COLUMNS_MAX] = { 0 }, last = table->nr_columns - 1;

	for (size_t c = 0; c < last; c++) {
		widths[c] = width_of(table, c, rows, nr_rows);
		print_cell(out, &columns[c], columns[c].header, widths[c]);
	}
	mcd_out_printf(out, "%s\n", columns[last].header);
	for (size_t i = 0; i < nr_rows && !out->status; i++) {
		const void *row = table->row_at(rows, i);

		for (size_t c = 0; c < last; c++) {
			char text[MCD_CELL_BYTES];

			print_cell(out, &columns[c], columns[c].cell(row, text), widths[c]);
		}
		columns[last].print(out, row);
		mcd_out_text(out, "\n");
	}
}
