// SPDX-License-Identifier: GPL-2.0-or-later
/* Who has the ids, beside what a user can count. A column is one row of the table below. */
#include <inttypes.h>
#include <stdio.h>

#include "format.h"
#include "mcd/table.h"

/* What stands in a line: a table of ids, memcgs, or a number alone. */
struct line {
	const char *name;
	struct mcd_figure number;
	bool has_states, has_gone;
	enum mcd_known known; /* of the states */
	uint64_t nr_states[MCD_NR_STATES], nr_gone, limit;
};

enum { LINES_MAX = MCD_NR_ID_TABLES + 3 };

static const char *cell_number(const void *line, char ret[MCD_CELL_BYTES])
{
	return mcd_format_figure(((const struct line *)line)->number, ret);
}

/* "-" is where no figure belongs. */
static const char *cell_count(bool has, enum mcd_known known, uint64_t count,
			      char ret[MCD_CELL_BYTES])
{
	const struct mcd_figure figure = { .known = known, .value = count };

	if (has)
		return mcd_format_figure(figure, ret);
	snprintf(ret, MCD_CELL_BYTES, "-");
	return ret;
}

#define STATE_CELL(name, state)                                                                \
	static const char *cell_##name(const void *at, char ret[MCD_CELL_BYTES])               \
	{                                                                                      \
		const struct line *line = at;                                                  \
                                                                                               \
		return cell_count(line->has_states, line->known, line->nr_states[state], ret); \
	}
STATE_CELL(online, MCD_STATE_ONLINE)
STATE_CELL(dying, MCD_STATE_DYING)
STATE_CELL(offline, MCD_STATE_OFFLINE)
STATE_CELL(released, MCD_STATE_RELEASED)
STATE_CELL(unreadable, MCD_STATE_UNREADABLE)

static const char *cell_gone(const void *at, char ret[MCD_CELL_BYTES])
{
	const struct line *line = at;

	return cell_count(line->has_gone, line->known, line->nr_gone, ret);
}

static const char *cell_limit(const void *at, char ret[MCD_CELL_BYTES])
{
	const struct line *line = at;

	return cell_count(line->limit, MCD_KNOWN, line->limit, ret);
}

static void print_name(struct mcd_out *out, const void *line)
{
	mcd_out_text(out, ((const struct line *)line)->name);
}

static const struct mcd_column columns[] = {
	{ .header = "NUMBER", .cell = cell_number },
	{ .header = "ONLINE", .cell = cell_online },
	{ .header = "DYING", .cell = cell_dying },
	{ .header = "OFFLINE", .cell = cell_offline },
	{ .header = "RELEASED", .cell = cell_released },
	{ .header = "UNREADABLE", .cell = cell_unreadable },
	{ .header = "GONE", .cell = cell_gone },
	{ .header = "LIMIT", .cell = cell_limit },
	{ .header = "OF", .print = print_name, .is_left = true },
};

static struct line line_of_table(const struct mcd_id_table *table)
{
	return (struct line){
		.name = table->name,
		.number = { .known = table->known, .value = table->nr_used },
		.has_states = true,
		.has_gone = true,
		.known = table->known,
		.nr_states = { [MCD_STATE_ONLINE] = table->nr_online,
			       [MCD_STATE_DYING] = table->nr_dying,
			       [MCD_STATE_OFFLINE] = table->nr_offline,
			       [MCD_STATE_RELEASED] = table->nr_released,
			       [MCD_STATE_UNREADABLE] = table->nr_unreadable },
		.nr_gone = table->nr_gone,
		.limit = table->limit,
	};
}

static struct line line_of_memcgs(const struct mcd_id_space *ids)
{
	struct line line = { .name = "memory cgroups", .has_states = true, .known = MCD_KNOWN };

	line.number.known = MCD_KNOWN;
	for (size_t state = 0; state < MCD_NR_STATES; state++) {
		line.nr_states[state] = ids->nr_memcgs[state];
		line.number.value += ids->nr_memcgs[state];
	}
	return line;
}

static size_t make_lines(const struct mcd_id_space *ids, struct line ret[LINES_MAX])
{
	size_t nr = 0;

	for (size_t i = 0; i < ids->nr_tables; i++)
		ret[nr++] = line_of_table(&ids->tables[i]);
	ret[nr++] = line_of_memcgs(ids);
	ret[nr++] = (struct line){ .name = "directories", .number = ids->nr_directories };
	ret[nr++] = (struct line){ .name = "/proc/cgroups", .number = ids->nr_cgroups };
	return nr;
}

static const void *line_at(const void *lines, size_t i)
{
	return (const struct line *)lines + i;
}

static void print_rest(struct mcd_out *out, const struct mcd_id_space *ids)
{
	const struct mcd_figure *left = &ids->nr_left;
	char text[MCD_FIGURE_TEXT];

	if (left->known != MCD_KNOWN)
		mcd_out_printf(out, "%s left: %s\n", ids->tables[0].name,
			       mcd_format_figure(*left, text));
	else if (left->value)
		mcd_out_printf(out, "%" PRIu64 " of %" PRIu64 " %s are left\n", left->value,
			       ids->tables[0].limit, ids->tables[0].name);
	else
		mcd_out_printf(out, "no %s are left: mkdir would return %s\n", ids->tables[0].name,
			       ids->refusal);
}

void mcd_report_ids(struct mcd_out *out, const struct mcd_report *report)
{
	static const struct mcd_table table = {
		.columns = columns,
		.nr_columns = sizeof(columns) / sizeof(columns[0]),
		.row_at = line_at,
	};
	struct line lines[LINES_MAX];
	size_t nr_lines = report->ids ? make_lines(report->ids, lines) : 0;
	size_t nr = nr_lines < report->limit ? nr_lines : report->limit;

	if (!report->ids) {
		mcd_out_text(out, "the ids were not looked at\n");
		return;
	}
	if (nr)
		mcd_table_print(out, &table, lines, nr);
	if (nr < nr_lines)
		mcd_out_printf(out, "(%zu of %zu shown)\n", nr, nr_lines);
	print_rest(out, report->ids);
}
