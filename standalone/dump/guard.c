// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What of a damaged file libkdumpfile must not be asked for. Up to 0.5.1 it reads zeroes behind the
 * end of a truncated file, and writes over its own memory where a compressed page claims to be larger
 * than a page. So each page is looked up here first, by its physical address; those of page tables too.
 * Called by dump.c and translate.c; the formats are in guard_elf.c and guard_kdump.c.
 */
#include <libkdumpfile/addrxlat.h>
#include <libkdumpfile/kdumpfile.h>
#include <string.h>
#include <unistd.h>

#include "standalone/dump/dump.h"

static const struct {
	const char *magic;
	enum mcd_status (*init)(struct mcd_dump *dump);
} formats[] = {
	{ "\177ELF", mcd_guard_elf_init },
	{ "KDUMP   ", mcd_guard_kdump_init },
};

enum mcd_status mcd_guard_init(struct mcd_dump *dump, struct mcd_error *error)
{
	struct mcd_guard *guard = &dump->guard;
	char magic[8] = "";
	off_t end = lseek(dump->fd, 0, SEEK_END);
	enum mcd_status status = MCD_OK;

	if (end <= 0 || pread(dump->fd, magic, sizeof(magic), 0) < 0)
		return MCD_OK;
	guard->file_bytes = (uint64_t)end;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]) && !status; i++)
		if (memcmp(magic, formats[i].magic, strlen(formats[i].magic)) == 0)
			status = formats[i].init(dump);
	if (status)
		return mcd_error_set(error, status, "%s: not enough memory to open it", dump->path);
	return MCD_OK;
}

void mcd_guard_deinit(struct mcd_dump *dump)
{
	struct mcd_guard *guard = &dump->guard;

	if (guard->deinit)
		guard->deinit(guard);
	*guard = (struct mcd_guard){ 0 };
}

bool mcd_guard_refuses_page(struct mcd_dump *dump, uint64_t physical)
{
	return dump->guard.refuses_page && dump->guard.refuses_page(dump, physical);
}

/* True where one of the pages from `first` to `last` must not be read, or is nowhere. */
static bool refuses_any(struct mcd_dump *dump, addrxlat_ctx_t *context, addrxlat_sys_t *system,
			uint64_t first, uint64_t last)
{
	struct mcd_guard *guard = &dump->guard;

	for (uint64_t page = first; page - first <= last - first; page += dump->page_bytes) {
		addrxlat_fulladdr_t full = { .addr = page, .as = ADDRXLAT_KVADDR };

		if (addrxlat_fulladdr_conv(&full, ADDRXLAT_KPHYSADDR, context, system) !=
			    ADDRXLAT_OK ||
		    guard->refuses_page(dump, full.addr))
			return true;
		guard->passed = page;
		guard->has_passed = true;
	}
	return false;
}

bool mcd_guard_refuses(struct mcd_dump *dump, uint64_t addr, size_t size)
{
	struct mcd_guard *guard = &dump->guard;
	uint64_t first = addr - addr % dump->page_bytes;
	uint64_t last = addr + size - 1 - (addr + size - 1) % dump->page_bytes;
	addrxlat_ctx_t *context = NULL;
	addrxlat_sys_t *system = NULL;
	bool is_refused;

	if (!guard->refuses_page || !size ||
	    (guard->has_passed && guard->passed == first && first == last))
		return false;
	if (kdump_get_addrxlat(dump->ctx, &context, &system) != KDUMP_OK)
		return true;
	is_refused = refuses_any(dump, context, system, first, last);
	addrxlat_sys_decref(system);
	addrxlat_ctx_decref(context);
	return is_refused;
}
