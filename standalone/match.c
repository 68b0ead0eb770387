// SPDX-License-Identifier: GPL-2.0-or-later
/* See match.h. */
#include <string.h>

#include "standalone/match.h"

enum {
	NOTES_BYTES_MAX = 65536,
	KASLR_STEP = 2 << 20, /* x86_64: CONFIG_PHYSICAL_ALIGN is at least this */
	KASLR_RANGE = 1 << 30,
	BANNER_BYTES = 128,	       /* with the build's number and time: init/version.c */
	CR3_USER_PAGE_TABLE = 1 << 12, /* page table isolation: the user's half */
};

/* ---- with VMCOREINFO ---- */

/* Symbols of several sections that VMCOREINFO may have; all of them were moved by the same distance. */
static const char *const anchors[] = {
	"_stext", "init_uts_ns", "swapper_pg_dir", "init_top_pgt", "kallsyms_names", "node_data",
};

static enum mcd_status relocate_by_info(struct mcd_dump *dump, struct mcd_symbols *symbols,
					const char *source, struct mcd_error *error)
{
	bool has_delta = false;

	for (size_t i = 0; i < sizeof(anchors) / sizeof(anchors[0]); i++) {
		uint64_t now = 0, linked = 0;

		if (!mcd_dump_info_symbol(dump, anchors[i], &now) ||
		    !mcd_symbols_find_unrelocated(symbols, anchors[i], &linked))
			continue;
		if (has_delta && symbols->delta != now - linked)
			return mcd_error_set(error, MCD_CORRUPT,
					     "%s: is of another build than the dump: %s is "
					     "somewhere else",
					     source, anchors[i]);
		symbols->delta = now - linked;
		has_delta = true;
	}
	if (has_delta)
		return MCD_OK;
	return mcd_error_set(error, MCD_CORRUPT,
			     "%s: has no symbol that VMCOREINFO knows: is it a "
			     "kernel's?",
			     source);
}

/* ---- without ---- */

/* The kernel's first words, where `symbols` say that they are; false where something else is there. */
static bool read_banner(struct mcd_dump *dump, const struct mcd_symbols *symbols,
			char ret[BANNER_BYTES])
{
	uint64_t addr = 0;

	ret[BANNER_BYTES - 1] = '\0';
	return mcd_symbols_find(symbols, "linux_banner", &addr) &&
	       mcd_dump_read(dump, addr, ret, BANNER_BYTES - 1) == MCD_OK &&
	       strncmp(ret, "Linux version ", strlen("Linux version ")) == 0;
}

static bool has_banner(struct mcd_dump *dump, const struct mcd_symbols *symbols)
{
	char banner[BANNER_BYTES];

	return read_banner(dump, symbols, banner);
}

/* The registers translate; the banner tells how far the kernel was moved. */
static bool search_delta(struct mcd_dump *dump, struct mcd_symbols *symbols)
{
	for (uint64_t delta = 0; delta < KASLR_RANGE; delta += KASLR_STEP) {
		symbols->delta = delta;
		if (has_banner(dump, symbols))
			return true;
	}
	symbols->delta = 0;
	return false;
}

static bool relocate_by_registers(struct mcd_dump *dump, struct mcd_symbols *symbols,
				  struct mcd_error *error)
{
	mcd_dump_read_registers(dump);
	if (!dump->has_registers || mcd_dump_translate_by(dump, NULL, NULL, error))
		return false;
	if (search_delta(dump, symbols))
		return true;
	/* The processor was in user mode: the kernel's table is the page before. */
	dump->cr3 &= ~(uint64_t)CR3_USER_PAGE_TABLE;
	return mcd_dump_translate_by(dump, NULL, NULL, error) == MCD_OK &&
	       search_delta(dump, symbols);
}

static bool find_symbol(const void *context, const char *name, uint64_t *ret)
{
	return mcd_symbols_find(context, name, ret);
}

static enum mcd_status relocate_by_search(struct mcd_dump *dump, struct mcd_symbols *symbols,
					  const char *source, struct mcd_error *error)
{
	if (relocate_by_registers(dump, symbols, error))
		return MCD_OK;
	dump->has_registers = false;
	symbols->delta = 0;
	if (mcd_dump_translate_by(dump, find_symbol, symbols, error) == MCD_OK &&
	    has_banner(dump, symbols))
		return MCD_OK;
	return mcd_error_set(error, MCD_CORRUPT,
			     "%s: the dump has no VMCOREINFO, and where %s has linux_banner there "
			     "is none: is it this kernel's?",
			     dump->path, source);
}

enum mcd_status mcd_match_relocation(struct mcd_dump *dump, struct mcd_symbols *symbols,
				     const char *source, struct mcd_error *error)
{
	return dump->has_info ? relocate_by_info(dump, symbols, source, error)
			      : relocate_by_search(dump, symbols, source, error);
}

/* ---- the build ---- */

/* The build-id among the kernel's notes in memory, if they are where `symbols` say. */
static bool build_id_in_memory(struct mcd_dump *dump, const struct mcd_symbols *symbols,
			       char ret[MCD_BUILD_ID_TEXT])
{
	unsigned char notes[4096];
	uint64_t start = 0, end = 0;
	size_t size;

	if (!mcd_symbols_find(symbols, "__start_notes", &start) ||
	    !mcd_symbols_find(symbols, "__stop_notes", &end) || end <= start ||
	    end - start > NOTES_BYTES_MAX)
		return false;
	size = end - start < sizeof(notes) ? (size_t)(end - start) : sizeof(notes);
	return mcd_dump_read(dump, start, notes, size) == MCD_OK &&
	       mcd_build_id_of_notes(notes, size, dump->is_big_endian, ret) == MCD_OK;
}

static enum mcd_status refuse(const struct mcd_image *image, const char *id,
			      struct mcd_error *error)
{
	return mcd_error_set(error, MCD_CORRUPT,
			     "%s: is of another build than the dump: its build-id is %s, the "
			     "dump's is %s",
			     image->path, image->build_id, id);
}

/* The build-id that VMCOREINFO records; false where it records none. */
static bool recorded_build_id(struct mcd_dump *dump, char ret[MCD_INFO_BYTES])
{
	return mcd_dump_info(dump, "BUILD-ID", ret);
}

enum mcd_status mcd_match_recorded_build(struct mcd_dump *dump, struct mcd_image *image,
					 struct mcd_error *error)
{
	char id[MCD_INFO_BYTES];

	if (!*image->build_id || !recorded_build_id(dump, id) || strcmp(id, image->build_id) == 0)
		return MCD_OK;
	return refuse(image, id, error);
}

/* Without build-ids: the words that the kernel was linked with must be those in memory. */
static enum mcd_status match_banner(struct mcd_dump *dump, const struct mcd_symbols *symbols,
				    struct mcd_image *image, struct mcd_error *error)
{
	char linked[BANNER_BYTES] = "", found[BANNER_BYTES] = "";
	uint64_t addr = 0;
	size_t size = mcd_symbols_find_unrelocated(symbols, "linux_banner", &addr)
			      ? mcd_image_read(image, addr, linked, BANNER_BYTES - 1)
			      : 0;

	if (!read_banner(dump, symbols, found) || (size && strcmp(linked, found) != 0))
		return mcd_error_set(error, MCD_CORRUPT,
				     "%s: is of another build than the dump: its build-id is %s, "
				     "the dump has neither that nor its linux_banner",
				     image->path, *image->build_id ? image->build_id : "missing");
	return MCD_OK;
}

enum mcd_status mcd_match_build(struct mcd_dump *dump, const struct mcd_symbols *symbols,
				struct mcd_image *image, struct mcd_error *error)
{
	char recorded[MCD_INFO_BYTES], found[MCD_BUILD_ID_TEXT];

	if (!*image->build_id)
		return match_banner(dump, symbols, image, error);
	/* Equal, or mcd_match_recorded_build() would have refused it. */
	if (recorded_build_id(dump, recorded))
		return MCD_OK;
	if (!build_id_in_memory(dump, symbols, found))
		return match_banner(dump, symbols, image, error);
	return strcmp(found, image->build_id) == 0 ? MCD_OK : refuse(image, found, error);
}

enum mcd_status mcd_match_map(struct mcd_dump *dump, const struct mcd_symbols *symbols,
			      const char *path, struct mcd_error *error)
{
	char recorded[MCD_INFO_BYTES], found[MCD_BUILD_ID_TEXT];

	if (!has_banner(dump, symbols))
		return mcd_error_set(error, MCD_CORRUPT,
				     "%s: is of another build than the dump: where it has "
				     "linux_banner there is none",
				     path);
	if (mcd_dump_info(dump, "BUILD-ID", recorded) && build_id_in_memory(dump, symbols, found) &&
	    strcmp(recorded, found) != 0)
		return mcd_error_set(error, MCD_CORRUPT,
				     "%s: is of another build than the dump: where it has the "
				     "build-id there is %s, and not %s",
				     path, found, recorded);
	return MCD_OK;
}
