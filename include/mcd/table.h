/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small column printer: widths fit the content, two spaces between columns, numbers to the right,
 * the last column as it comes. Cells are plain ASCII; a name goes into the last column, which is
 * escaped as it is printed.
 */
#ifndef MCD_TABLE_H
#define MCD_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "mcd/out.h"

enum { MCD_CELL_BYTES = 320 }; /* mcd_out_printf() takes 511 */

struct mcd_column {
	const char *header;
	bool is_left; /* words; numbers go to the right */
	const char *(*cell)(const void *row, char ret[MCD_CELL_BYTES]);
	void (*print)(struct mcd_out *out,
		      const void *row); /* of the last column, instead of cell */
};

struct mcd_table {
	const struct mcd_column *columns;
	size_t nr_columns;
	const void *(*row_at)(const void *rows, size_t i); /* what the columns are given */
};

/* Prints a header line and one line per row. Stops early where the output has failed. */
void mcd_table_print(struct mcd_out *out, const struct mcd_table *table, const void *rows,
		     size_t nr_rows);

#endif
