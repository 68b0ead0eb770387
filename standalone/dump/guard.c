// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What libkdumpfile must not be asked for. Up to 0.5.1 it reads zeroes behind the end of a truncated file,
 * and writes over its own memory where a compressed page claims to be larger than a page. After a page that
 * a kdump-compressed dump lacks, its cache, if it was full, takes NULL for the memory of a page that it
 * gave up not long ago (cache_discard() leaves one entry unused, and reinit_entry() takes the one before).
 * So each page is looked up here first, by its physical address; those of page tables too. See guard.h; the
 * formats are in guard_elf.c and guard_kdump.c.
 */
#include <inttypes.h>
#include <libkdumpfile/addrxlat.h>
#include <libkdumpfile/kdumpfile.h>
#include <stdio.h>

#include "standalone/dump/dump.h"

enum mcd_status mcd_guard_init(struct mcd_dump *dump, struct mcd_error *error)
{
	enum mcd_status status = dump->format->init_guard(dump);

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

bool mcd_guard_refuses_page(struct mcd_dump *dump, uint64_t addr, bool is_virtual)
{
	struct mcd_guard *guard = &dump->guard;

	return guard->refuses_page && guard->refuses_page(dump, addr, is_virtual);
}

/*
 * True where the page must not be read, or is nowhere. Of a truncated file that may be for page tables
 * that are lost: libkdumpfile reads the first of them as zeroes, by its virtual address.
 */
static bool refuses_virtual(struct mcd_dump *dump, addrxlat_ctx_t *context, addrxlat_sys_t *system,
			    uint64_t page)
{
	addrxlat_fulladdr_t full = { .addr = page, .as = ADDRXLAT_KVADDR };

	if (addrxlat_fulladdr_conv(&full, ADDRXLAT_KPHYSADDR, context, system) == ADDRXLAT_OK)
		return mcd_guard_refuses_page(dump, full.addr, false);
	dump->guard.has_refused |= dump->guard.is_cut;
	return true;
}

/* True where that is so of one of the pages from `first` to `last`. */
static bool refuses_any(struct mcd_dump *dump, addrxlat_ctx_t *context, addrxlat_sys_t *system,
			uint64_t first, uint64_t last)
{
	for (uint64_t page = first; page - first <= last - first; page += dump->page_bytes) {
		if (refuses_virtual(dump, context, system, page))
			return true;
		dump->guard.passed = page;
		dump->guard.has_passed = true;
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

bool mcd_guard_refuses_phys(struct mcd_dump *dump, uint64_t addr, size_t size)
{
	uint64_t first = addr - addr % dump->page_bytes;

	if (!dump->guard.refuses_page || !size)
		return false;
	for (uint64_t page = first; page - first <= addr - first + size - 1;
	     page += dump->page_bytes)
		if (mcd_guard_refuses_page(dump, page, false))
			return true;
	return false;
}

void mcd_guard_forget(struct mcd_guard *guard)
{
	guard->has_passed = false;
}

bool mcd_guard_flaw(const struct mcd_guard *guard, char ret[MCD_FLAW_BYTES])
{
	if (guard->is_cut && guard->whole_bytes > guard->file_bytes)
		snprintf(ret, MCD_FLAW_BYTES,
			 "the file is truncated (%" PRIu64 " of %" PRIu64 " bytes are there)",
			 guard->file_bytes, guard->whole_bytes);
	else
		snprintf(ret, MCD_FLAW_BYTES, "%s",
			 guard->is_cut ? "the file is truncated" : "the dump is damaged");
	return guard->is_cut || guard->is_damaged;
}

enum mcd_status mcd_guard_blame(const struct mcd_dump *dump, enum mcd_status status,
				struct mcd_error *error)
{
	char flaw[MCD_FLAW_BYTES];

	if (!dump->guard.has_refused || !mcd_guard_flaw(&dump->guard, flaw))
		return status;
	return mcd_error_set(error, MCD_FAULT,
			     "%s: %s, and what is left is not enough: copy it again, or take "
			     "another dump",
			     dump->path, flaw);
}
