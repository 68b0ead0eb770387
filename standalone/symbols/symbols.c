// SPDX-License-Identifier: GPL-2.0-or-later
/* The names that will be asked for, and their addresses. See symbols.h. */
#include <string.h>

#include "mcd/layout.h"
#include "standalone/symbols/symbols.h"

/* What opening a dump and reading per-cpu data takes, beside the rows of layout.def. */
static const char *const own_names[] = {
	"_stext",
	"_text",
	"init_top_pgt",
	"init_level4_pgt",
	"swapper_pg_dir",
	"page_offset_base",
	"__per_cpu_offset",
	"nr_cpu_ids",
	"__start_BTF",
	"__stop_BTF",
	"__start_notes",
	"__stop_notes",
	"linux_banner",
	"init_uts_ns",
	"kallsyms_names",
	"node_data",
	"_binary__btf_vmlinux_bin_start",
	"_binary__btf_vmlinux_bin_end",
};

static void want_homes(struct mcd_symbols *symbols)
{
	size_t nr = 0;
	const struct mcd_home *homes = mcd_layout_homes(&nr);

	for (size_t i = 0; i < nr; i++) {
		const char *at = homes[i].functions;

		while (*at) {
			size_t length = strcspn(at, " ");

			mcd_wanted_add(&symbols->wanted, at, length);
			at += length + strspn(at + length, " ");
		}
	}
}

void mcd_symbols_init(struct mcd_symbols *symbols)
{
	memset(symbols, 0, sizeof(*symbols));
	for (size_t i = 0; i < sizeof(own_names) / sizeof(own_names[0]); i++)
		mcd_wanted_add(&symbols->wanted, own_names[i], strlen(own_names[i]));
	for (enum mcd_layout_id id = 0; id < MCD_NR_LAYOUT; id++) {
		const struct mcd_layout_row *row = mcd_layout_row(id);

		if (row->kind == MCD_KIND_SYMBOL)
			mcd_wanted_add(&symbols->wanted, row->name, strlen(row->name));
	}
	want_homes(symbols);
}

bool mcd_symbols_find_unrelocated(const struct mcd_symbols *symbols, const char *name,
				  uint64_t *ret)
{
	const struct mcd_wanted *symbol = mcd_wanted_find(&symbols->wanted, name, strlen(name));

	if (!symbol || !symbol->is_found)
		return false;
	*ret = symbol->value;
	return true;
}

/*
 * Nothing moves what is below the kernel's text: per-cpu data of x86_64, which has offsets for addresses
 * up to v6.14.
 */
static bool is_moved(const struct mcd_symbols *symbols, uint64_t value)
{
	uint64_t text = 0;

	return !mcd_symbols_find_unrelocated(symbols, "_text", &text) || value >= text;
}

bool mcd_symbols_find(const struct mcd_symbols *symbols, const char *name, uint64_t *ret)
{
	bool is_known = mcd_symbols_find_unrelocated(symbols, name, ret);

	if (is_known && is_moved(symbols, *ret))
		*ret += symbols->delta;
	return is_known;
}
