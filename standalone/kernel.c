// SPDX-License-Identifier: GPL-2.0-or-later
/* See kernel.h. */
#include <stdio.h>
#include <string.h>

#include "standalone/kernel.h"
#include "standalone/match.h"

/* What opening goes through. */
struct opening {
	struct mcd_kernel *kernel;
	struct mcd_dump *dump;
	const struct mcd_request *request;
	struct mcd_arena *arena;
	struct mcd_error *error;
	char release[MCD_INFO_BYTES], build_id[MCD_INFO_BYTES];
	struct mcd_error other; /* a vmlinux that was found and is none of this kernel */
};

/* ---- the vmlinux ---- */

/* The one that the user names must be right, and readable. */
static enum mcd_status open_given(struct opening *opening)
{
	struct mcd_kernel *kernel = opening->kernel;
	enum mcd_status status = mcd_image_open(&kernel->image, opening->request->vmlinux,
						opening->error);

	kernel->has_image = !status;
	if (status)
		return mcd_is_fatal(status) ? status : MCD_USAGE;
	return mcd_match_recorded_build(opening->dump, &kernel->image, opening->error);
}

/* Fails only where nothing can go on; `other` tells of what was found and of no use. */
static enum mcd_status look_for_one(struct opening *opening)
{
	struct mcd_kernel *kernel = opening->kernel;
	const struct mcd_vmlinux_search search = {
		.build_id = opening->build_id,
		.release = opening->release,
		.debug_dirs = opening->request->debug_dirs,
		.nr_debug_dirs = opening->request->nr_debug_dirs,
	};
	enum mcd_status status = mcd_vmlinux_find(&search, kernel->path, &kernel->image,
						  &opening->other);

	kernel->has_image = !status;
	if (!mcd_is_fatal(status))
		return MCD_OK;
	*opening->error = opening->other;
	return status;
}

/* ---- symbols ---- */

static enum mcd_status use_image(struct opening *opening)
{
	struct mcd_kernel *kernel = opening->kernel;
	enum mcd_status status = mcd_symbols_from_image(&kernel->symbols, &kernel->image,
							opening->error);

	if (!status)
		status = mcd_match_relocation(opening->dump, &kernel->symbols, kernel->image.path,
					      opening->error);
	if (!status)
		status = mcd_match_build(opening->dump, &kernel->symbols, &kernel->image,
					 opening->error);
	return status;
}

static enum mcd_status use_system_map(struct opening *opening)
{
	const char *path = opening->request->symbols;
	struct mcd_symbols *symbols = &opening->kernel->symbols;
	enum mcd_status status = mcd_symbols_from_system_map(symbols, path, opening->error);

	if (status)
		return MCD_USAGE;
	status = mcd_match_relocation(opening->dump, symbols, path, opening->error);
	return status ? status : mcd_match_map(opening->dump, symbols, path, opening->error);
}

static enum mcd_status use_kallsyms(struct opening *opening)
{
	struct mcd_symbols *symbols = &opening->kernel->symbols;
	enum mcd_status status = mcd_symbols_from_kallsyms(symbols, opening->dump, opening->error);
	uint64_t addr = 0;

	/* Every kernel has init_uts_ns; without CONFIG_KALLSYMS_ALL its data is not in kallsyms. */
	if (!status && !mcd_symbols_find(symbols, "init_uts_ns", &addr))
		return mcd_error_set(opening->error, MCD_ABSENT,
				     "%s: its kallsyms has functions only", opening->dump->path);
	return status;
}

/* What was found and not given may be of another build, or damaged; what it gave is forgotten. */
static void pass_over_image(struct opening *opening)
{
	struct mcd_kernel *kernel = opening->kernel;

	opening->other = *opening->error;
	mcd_image_close(&kernel->image);
	kernel->has_image = false;
	mcd_symbols_init(&kernel->symbols);
}

static enum mcd_status find_symbols(struct opening *opening)
{
	if (opening->kernel->has_image) {
		enum mcd_status status = use_image(opening);

		if (!status || mcd_is_fatal(status) || opening->request->vmlinux)
			return status;
		pass_over_image(opening);
	}
	return opening->request->symbols ? use_system_map(opening) : use_kallsyms(opening);
}

/* ---- types ---- */

static enum mcd_status name_source(struct opening *opening, const char *format, const char *path)
{
	struct mcd_kernel *kernel = opening->kernel;
	char text[MCD_PATH_BYTES + 64];

	snprintf(text, sizeof(text), "%s%s", format, path);
	kernel->types_from = mcd_arena_strndup(opening->arena, text, strlen(text));
	return kernel->types_from ? MCD_OK
				  : mcd_error_set(opening->error, MCD_NO_MEMORY, "no memory");
}

/* A vmlinux without DWARF gives symbols; types must be in the dump then. */
static enum mcd_status open_btf(struct opening *opening)
{
	struct mcd_kernel *kernel = opening->kernel;
	enum mcd_status status = mcd_types_from_btf(opening->dump, &kernel->symbols, &kernel->types,
						    opening->error);
	struct mcd_error reason = *opening->error;

	if (status != MCD_ABSENT || !kernel->has_image)
		return status;
	return mcd_error_set(opening->error, status, "%s: has no debuginfo; %s", kernel->image.path,
			     reason.text);
}

static enum mcd_status find_types(struct opening *opening)
{
	struct mcd_kernel *kernel = opening->kernel;
	enum mcd_status status;

	if (kernel->has_image && mcd_image_has_dwarf(&kernel->image)) {
		status = mcd_types_from_dwarf(&kernel->image, &kernel->symbols, &kernel->types,
					      opening->error);
		if (!status)
			return name_source(opening, "DWARF of ", kernel->image.path);
		if (mcd_is_fatal(status) || opening->request->vmlinux)
			return status;
	}
	status = open_btf(opening);
	if (status)
		return status;
	if (kernel->has_image)
		return name_source(opening, "BTF in the dump, symbols of ", kernel->image.path);
	return opening->request->symbols ? name_source(opening, "BTF in the dump, symbols of ",
						       opening->request->symbols)
					 : name_source(opening, "BTF and kallsyms in the dump", "");
}

/* ---- all of it ---- */

/* Adds to the reason in `error` what would help. */
static enum mcd_status advise(const struct opening *opening, enum mcd_status status)
{
	struct mcd_error reason = *opening->error;
	const char *release = *opening->release ? opening->release : "its kernel";

	return mcd_error_set(opening->error, status,
			     "%s%s%s: no vmlinux with debuginfo was found for %s%s%s: install its "
			     "debuginfo (Debian: linux-image-%s-dbg; Fedora, RHEL: "
			     "kernel-debuginfo; SUSE: kernel-default-debuginfo), or give its "
			     "vmlinux as second file, or --debug-dir, or --symbols with its "
			     "System.map if it has BTF",
			     reason.text, *opening->other.text ? "; " : "", opening->other.text,
			     release, *opening->build_id ? ", build-id " : "", opening->build_id,
			     *opening->release ? opening->release : "RELEASE");
}

/* Where a vmlinux would do that was not given. */
static bool needs_advice(const struct opening *opening, enum mcd_status status)
{
	if (!status || mcd_is_fatal(status) || opening->request->vmlinux)
		return false;
	return status == MCD_ABSENT || !opening->request->symbols;
}

/* Of a truncated or damaged dump nothing is certain, least of all that a vmlinux is the wrong one. */
static enum mcd_status blame_cut(const struct opening *opening, enum mcd_status status)
{
	if (status == MCD_USAGE || mcd_is_fatal(status))
		return status;
	return mcd_guard_blame(opening->dump, status, opening->error);
}

static enum mcd_status open_parts(struct opening *opening)
{
	enum mcd_status status = MCD_OK;

	if (opening->request->vmlinux)
		status = open_given(opening);
	else
		status = look_for_one(opening);
	if (!status)
		status = find_symbols(opening);
	if (!status)
		status = find_types(opening);
	if (needs_advice(opening, status))
		status = advise(opening, status);
	return status;
}

enum mcd_status mcd_kernel_open(struct mcd_kernel *kernel, struct mcd_dump *dump,
				const struct mcd_request *request, struct mcd_arena *arena,
				struct mcd_error *error)
{
	struct opening opening = { kernel, dump, request, arena, error, "", "", { "" } };
	enum mcd_status status;

	memset(kernel, 0, sizeof(*kernel));
	mcd_symbols_init(&kernel->symbols);
	(void)mcd_dump_info(dump, "OSRELEASE", opening.release);
	(void)mcd_dump_info(dump, "BUILD-ID", opening.build_id);
	status = open_parts(&opening);
	if (!status)
		return MCD_OK;
	mcd_kernel_close(kernel);
	return blame_cut(&opening, status);
}

void mcd_kernel_close(struct mcd_kernel *kernel)
{
	if (kernel->types)
		kernel->types->ops->close(kernel->types);
	if (kernel->has_image)
		mcd_image_close(&kernel->image);
	kernel->types = NULL;
	kernel->has_image = false;
}
