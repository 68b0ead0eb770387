// SPDX-License-Identifier: GPL-2.0-or-later
/* The view for those who doubt: sources, raw unions, disagreements, probes. */
#include <inttypes.h>
#include <stdio.h>

#include "format.h"
#include "mcd/table.h"

static void print_hex(struct mcd_out *out, struct mcd_figure figure)
{
	char text[MCD_FIGURE_TEXT];

	if (figure.known == MCD_KNOWN)
		mcd_out_printf(out, "%" PRIx64, figure.value);
	else
		mcd_out_text(out, mcd_format_figure(figure, text));
}

static void print_sources(struct mcd_out *out, unsigned int sources)
{
	for (unsigned int bit = 1; bit < MCD_SOURCE_END; bit <<= 1)
		if (sources & bit)
			mcd_out_printf(out, " %s", mcd_source_name(bit));
}

static void print_flags(struct mcd_out *out, unsigned int flags)
{
	for (unsigned int i = 0; i < MCD_NR_FLAGS; i++)
		if (flags & (1U << i))
			mcd_out_printf(out, " %s", mcd_flag_name(1U << i));
	if (!flags)
		mcd_out_text(out, " none");
}

/* move_charge_at_immigrate: bit 0 moves anonymous pages, bit 1 file pages (mm/memcontrol.c). */
static void print_move_charge(struct mcd_out *out, struct mcd_figure flags)
{
	static const char *const kinds[] = { "none", "anon", "file", "anon file" };

	mcd_out_text(out, "  move_charge_at_immigrate: ");
	print_hex(out, flags);
	if (flags.known == MCD_KNOWN && flags.value < 4)
		mcd_out_printf(out, " (%s)", kinds[flags.value]);
	mcd_out_text(out, "\n");
}

static void print_link(struct mcd_out *out, const struct mcd_unions *unions, const char *label)
{
	mcd_out_printf(out, "  %s: next ", label);
	print_hex(out, unions->link_next);
	mcd_out_text(out, ", prev ");
	print_hex(out, unions->link_prev);
}

static void print_dead(struct mcd_out *out, const struct mcd_memcg *memcg)
{
	print_link(out, &memcg->unions, "dead");
	mcd_out_text(out, "\n");
	if (!memcg->unions.has_name) {
		print_move_charge(out, memcg->unions.move_charge);
		return;
	}
	mcd_out_text(out, "  memcg_name: ");
	print_hex(out, memcg->unions.move_charge);
	mcd_out_text(out, " ");
	mcd_format_name(out, memcg, &memcg->kernel.name);
	mcd_out_text(out, "\n");
}

static void print_live(struct mcd_out *out, const struct mcd_memcg *memcg)
{
	char text[MCD_FIGURE_TEXT];

	print_link(out, &memcg->unions, "oom_notify");
	mcd_out_printf(out, ", listeners %s\n",
		       mcd_format_figure(memcg->unions.nr_listeners, text));
	print_move_charge(out, memcg->unions.move_charge);
}

static void print_open(struct mcd_out *out, const struct mcd_memcg *memcg)
{
	print_link(out, &memcg->unions, "oom_notify or dead");
	mcd_out_text(out, "\n");
	if (!memcg->unions.has_name) {
		print_move_charge(out, memcg->unions.move_charge);
		return;
	}
	mcd_out_text(out, "  move_charge_at_immigrate or memcg_name: ");
	print_hex(out, memcg->unions.move_charge);
	mcd_out_text(out, "\n");
}

/* What the bytes that memsw and swap share since v5.10 are called on this hierarchy. */
static const char *const memsw_names[] = {
	[MCD_HIERARCHY_UNREADABLE] = "memsw or swap",
	[MCD_HIERARCHY_V1] = "memsw",
	[MCD_HIERARCHY_V2] = "swap",
};

static void print_limit(struct mcd_out *out, const struct mcd_memcg *memcg)
{
	char text[MCD_FIGURE_TEXT];

	if (memcg->is_memory_unlimited)
		mcd_out_text(out, "  memory limit: none\n");
	else if (memcg->memory_limit_bytes.known != MCD_NA)
		mcd_out_printf(out, "  memory limit: %s bytes\n",
			       mcd_format_figure(memcg->memory_limit_bytes, text));
}

static void print_row(struct mcd_out *out, const struct mcd_head *head,
		      const struct mcd_memcg *memcg)
{
	static void (*const forms[])(struct mcd_out *, const struct mcd_memcg *) = {
		[MCD_UNION_LIVE] = print_live,
		[MCD_UNION_DEAD] = print_dead,
		[MCD_UNION_OPEN] = print_open,
	};
	char text[MCD_FIGURE_TEXT];

	mcd_out_printf(out, "%" PRIx64 " ", memcg->addr);
	mcd_format_path(out, memcg);
	mcd_out_printf(out, "\n  state: %s\n  seen by:", mcd_state_name(memcg->state));
	print_sources(out, memcg->sources);
	mcd_out_text(out, "\n  flags:");
	print_flags(out, memcg->flags);
	mcd_out_text(out, "\n");
	if (forms[memcg->unions.form])
		forms[memcg->unions.form](out, memcg);
	mcd_out_printf(out, "  %s: %s bytes\n", memsw_names[head->charges],
		       mcd_format_figure(memcg->unions.memsw_bytes, text));
	print_limit(out, memcg);
}

static void print_text(struct mcd_out *out, const struct mcd_text *text)
{
	if (text->known == MCD_KNOWN)
		mcd_out_escaped(out, text->text);
	else
		mcd_out_text(out, text->known == MCD_NA ? "n/a" : "unreadable");
}

static void print_identity(struct mcd_out *out, const struct mcd_identity *identity)
{
	mcd_out_text(out, "\nkernel: ");
	print_text(out, &identity->release);
	mcd_out_text(out, " ");
	print_text(out, &identity->arch);
	mcd_out_text(out, ", build-id ");
	print_text(out, &identity->build_id);
}

static void print_counts(struct mcd_out *out, const struct mcd_head *head)
{
	const struct {
		enum mcd_source source;
		size_t nr;
		const char *where;
	} seen[] = {
		{ MCD_SOURCE_LIST, head->nr_listed, "on the list" },
		{ MCD_SOURCE_TREE, head->nr_in_tree, "in the tree" },
		{ MCD_SOURCE_IDS, head->nr_in_ids, "by id" },
	};
	char descendants[MCD_FIGURE_TEXT], subsys[MCD_FIGURE_TEXT];

	mcd_out_text(out, "memory cgroups: ");
	for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++)
		if (head->sources & seen[i].source)
			mcd_out_printf(out, "%zu %s, ", seen[i].nr, seen[i].where);
	mcd_out_printf(out, "%zu dangling, %zu online, %zu dying, %zu unreadable\n",
		       head->nr_dangling, head->nr_online, head->nr_dying, head->nr_unreadable);
	mcd_out_printf(out, "the kernel counts: nr_dying_descendants %s, nr_dying_subsys %s\n",
		       mcd_format_figure(head->nr_dying_descendants, descendants),
		       mcd_format_figure(head->nr_dying_subsys, subsys));
}

static void print_capabilities(struct mcd_out *out, const struct mcd_head *head)
{
	mcd_out_text(out, "can pin:");
	for (int pin = 0; pin < MCD_NR_PINS; pin++)
		if (head->can_pin[pin])
			mcd_out_printf(out, " %s", mcd_pin_name(pin));
	mcd_out_text(out, "\n");
}

static void print_missing(struct mcd_out *out, const struct mcd_head *head)
{
	for (size_t i = 0; i < head->nr_missing; i++)
		mcd_out_printf(out, "n/a: %s, since this kernel's types have no %s\n",
			       head->missing[i].fact, head->missing[i].probe);
}

static const char *const facility_names[] = {
	[MCD_FACILITY_NONE] = "no",
	[MCD_FACILITY_NAME] = "yes, with names",
	[MCD_FACILITY_PATH] = "yes, with paths",
};

static void print_head(struct mcd_out *out, const struct mcd_report *report)
{
	const struct mcd_head *head = report->head;

	mcd_out_text(out, "types: ");
	mcd_out_escaped(out, report->origin->types_from);
	print_identity(out, report->identity);
	mcd_out_printf(out, "\nhierarchy: %s\nfacility: %s\nsources:",
		       mcd_hierarchy_name(head->hierarchy), facility_names[head->facility]);
	print_sources(out, head->sources);
	mcd_out_text(out, "\n");
	print_counts(out, head);
	print_capabilities(out, head);
	print_missing(out, head);
	mcd_out_printf(out, "reads: %" PRIu64 ", %" PRIu64 " bytes\n", report->nr_reads,
		       report->read_bytes);
	for (const struct mcd_note *note = report->notes; note; note = note->next)
		mcd_out_printf(out, "note: %s\n", note->text);
	if (head->nr_notes_left_out)
		mcd_out_printf(out, "note: %zu more of the same kinds\n", head->nr_notes_left_out);
	mcd_out_text(out, "\n");
}

static const char *cell_kind(const void *row, char ret[MCD_CELL_BYTES])
{
	snprintf(ret, MCD_CELL_BYTES, "%s", ((const struct mcd_probe *)row)->kind);
	return ret;
}

/* Offsets, sizes and enumerators are decimal, addresses bare hex. */
static const char *cell_value(const void *row, char ret[MCD_CELL_BYTES])
{
	const struct mcd_probe *probe = row;

	if (probe->known != MCD_KNOWN)
		snprintf(ret, MCD_CELL_BYTES, "%s", probe->known == MCD_NA ? "n/a" : "unreadable");
	else
		snprintf(ret, MCD_CELL_BYTES, probe->is_address ? "%" PRIx64 : "%" PRIu64,
			 probe->value);
	return ret;
}

static const char *cell_used(const void *row, char ret[MCD_CELL_BYTES])
{
	snprintf(ret, MCD_CELL_BYTES, "%s", ((const struct mcd_probe *)row)->is_used ? "yes" : "-");
	return ret;
}

static const char *cell_size(const void *row, char ret[MCD_CELL_BYTES])
{
	const struct mcd_probe *probe = row;

	snprintf(ret, MCD_CELL_BYTES, probe->size_bytes ? "%" PRIu64 : "-", probe->size_bytes);
	return ret;
}

static void print_probe(struct mcd_out *out, const void *row)
{
	mcd_out_text(out, ((const struct mcd_probe *)row)->name);
}

static const void *probe_at(const void *rows, size_t i)
{
	return &((const struct mcd_probe *)rows)[i];
}

static const struct mcd_column probe_columns[] = {
	{ .header = "PROBE", .cell = cell_kind, .is_left = true },
	{ .header = "ANSWER", .cell = cell_value },
	{ .header = "SIZE", .cell = cell_size },
	{ .header = "USED", .cell = cell_used },
	{ .header = "NAME", .print = print_probe },
};

static const struct mcd_table probe_table = {
	.columns = probe_columns,
	.nr_columns = sizeof(probe_columns) / sizeof(probe_columns[0]),
	.row_at = probe_at,
};

void mcd_report_unions(struct mcd_out *out, const struct mcd_report *report)
{
	print_head(out, report);
	for (size_t i = 0; i < report->nr_rows && !out->status; i++)
		print_row(out, report->head, report->rows[i]);
	mcd_format_footer(out, report);
	mcd_out_text(out, "\n");
	mcd_table_print(out, &probe_table, report->probes, report->nr_probes);
}
