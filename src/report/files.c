// SPDX-License-Identifier: GPL-2.0-or-later
/* Files whose pages hold references, one line each. A column is one row of the table below. */
#include <inttypes.h>
#include <stdio.h>

#include "format.h"
#include "mcd/table.h"

struct row {
	const struct mcd_file *file;
	size_t nr_memcgs;
};

#define COUNT_CELL(name, format, value)                                          \
	static const char *cell_##name(const void *at, char ret[MCD_CELL_BYTES]) \
	{                                                                        \
		const struct row *row = at;                                      \
                                                                                 \
		snprintf(ret, MCD_CELL_BYTES, format, value);                    \
		return ret;                                                      \
	}
COUNT_CELL(memcgs, "%zu", row->nr_memcgs)
COUNT_CELL(pages, "%" PRIu64, row->file->nr_pages)
COUNT_CELL(bytes, "%" PRIu64, row->file->bytes)
COUNT_CELL(dirty, "%" PRIu64, row->file->nr_dirty)
COUNT_CELL(writeback, "%" PRIu64, row->file->nr_writeback)
COUNT_CELL(mapped, "%" PRIu64, row->file->nr_mapped)
COUNT_CELL(mlocked, "%" PRIu64, row->file->nr_mlocked)

static const char *cell_text(const struct mcd_text *text, char ret[MCD_CELL_BYTES])
{
	if (text->known == MCD_KNOWN)
		snprintf(ret, MCD_CELL_BYTES, "%s", text->text);
	else
		snprintf(ret, MCD_CELL_BYTES, "%s", text->known == MCD_NA ? "n/a" : "unreadable");
	return ret;
}

static const char *cell_dev(const void *at, char ret[MCD_CELL_BYTES])
{
	return cell_text(&((const struct row *)at)->file->dev, ret);
}

static const char *cell_fs(const void *at, char ret[MCD_CELL_BYTES])
{
	return cell_text(&((const struct row *)at)->file->fs, ret);
}

static const char *cell_ino(const void *at, char ret[MCD_CELL_BYTES])
{
	return mcd_format_figure(((const struct row *)at)->file->ino, ret);
}

/* What has no name is called by its struct inode. */
static void print_path(struct mcd_out *out, const void *at)
{
	const struct mcd_file *file = ((const struct row *)at)->file;

	if (file->path.known == MCD_KNOWN)
		mcd_out_escaped(out, file->path.text);
	else
		mcd_out_printf(out, "%" PRIx64 " (%s)", file->inode_addr,
			       file->path.known == MCD_NA ? "no name" : "name unreadable");
	if (file->is_deleted.known == MCD_KNOWN && file->is_deleted.value)
		mcd_out_text(out, " (deleted)");
}

static const struct mcd_column columns[] = {
	{ .header = "MEMCGS", .cell = cell_memcgs },
	{ .header = "PAGES", .cell = cell_pages },
	{ .header = "BYTES", .cell = cell_bytes },
	{ .header = "DIRTY", .cell = cell_dirty },
	{ .header = "WRITEBACK", .cell = cell_writeback },
	{ .header = "MAPPED", .cell = cell_mapped },
	{ .header = "MLOCKED", .cell = cell_mlocked },
	{ .header = "DEV", .cell = cell_dev },
	{ .header = "INODE", .cell = cell_ino },
	{ .header = "FS", .cell = cell_fs, .is_left = true },
	{ .header = "FILE", .print = print_path, .is_left = true },
};

/* The printer asks for one row after the other and keeps none. */
struct rows {
	const struct mcd_audit_summary *audit;
	struct row current;
};

static const void *row_at(const void *at, size_t i)
{
	struct rows *rows = *(struct rows *const *)at;

	rows->current = (struct row){ &rows->audit->files[i], rows->audit->nr_memcgs_of_file[i] };
	return &rows->current;
}

/* Why there is no file. */
static void print_none(struct mcd_out *out, const struct mcd_report *report)
{
	if (report->audit->is_partial || report->audit->is_lossy)
		mcd_out_text(out, "no file was found, but not all pages were looked at\n");
	else if (!report->head->can_pin[MCD_PIN_PAGE_CACHE])
		mcd_out_text(
			out,
			"no file has pages that hold references: on this kernel pages hold none\n");
	else
		mcd_out_text(out, "no file has pages that hold references\n");
}

void mcd_report_files(struct mcd_out *out, const struct mcd_report *report)
{
	static const struct mcd_table table = {
		.columns = columns,
		.nr_columns = sizeof(columns) / sizeof(columns[0]),
		.row_at = row_at,
	};
	struct rows rows = { .audit = report->audit };
	struct rows *const at = &rows;
	size_t nr_files = report->audit->nr_files;
	size_t nr = nr_files < report->limit ? nr_files : report->limit;

	if (nr)
		mcd_table_print(out, &table, &at, nr);
	if (!nr_files)
		print_none(out, report);
	else if (nr < nr_files)
		mcd_out_printf(out, "(%zu of %zu shown)\n", nr, nr_files);
}
