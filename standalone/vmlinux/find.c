// SPDX-License-Identifier: GPL-2.0-or-later
/* See find.h. */
#include <stdio.h>
#include <string.h>

#include "standalone/vmlinux/find.h"

static const char *const system_dirs[] = { "/usr/lib/debug" };

/* Below a directory for debuginfo: "%b" is build-id xx/yyyy, "%r" the release. */
static const char *const places[] = {
	".build-id/%b.debug",	  /* every distribution's -dbg or -debuginfo package */
	"boot/vmlinux-%r",	  /* Debian, Ubuntu */
	"boot/vmlinux-%r.debug",  /* SUSE */
	"lib/modules/%r/vmlinux", /* Fedora, RHEL: /usr/lib/debug/lib/modules */
	"vmlinux-%r",
	"vmlinux",
};

static const char *const suffixes[] = { "", ".xz", ".zst", ".gz" };

/* What a dump says of itself must not lead to files elsewhere: only hex digits, and no slash. */
static bool is_build_id(const char *text)
{
	size_t length = strspn(text, "0123456789abcdef");

	return length > 2 && !text[length];
}

/* Fills in a place; false where what it needs is not known, or it is too long. */
static bool expand(const struct mcd_vmlinux_search *search, const char *dir, const char *place,
		   const char *suffix, char path[MCD_PATH_BYTES])
{
	const char *mark = strchr(place, '%');
	int before = mark ? (int)(mark - place) : (int)strlen(place);
	const char *after = mark ? mark + 2 : "";
	const char *id = search->build_id;
	int length;

	if (!mark)
		length = snprintf(path, MCD_PATH_BYTES, "%s/%s%s", dir, place, suffix);
	else if (mark[1] == 'b' && is_build_id(id))
		length = snprintf(path, MCD_PATH_BYTES, "%s/%.*s%.2s/%s%s%s", dir, before, place,
				  id, id + 2, after, suffix);
	else if (mark[1] == 'r' && *search->release && !strchr(search->release, '/'))
		length = snprintf(path, MCD_PATH_BYTES, "%s/%.*s%s%s%s", dir, before, place,
				  search->release, after, suffix);
	else
		return false;
	return length > 0 && length < MCD_PATH_BYTES;
}

/* Opens `path` if it is the right one; tells in `error` of one that is not. */
static enum mcd_status try_path(const struct mcd_vmlinux_search *search, const char *path,
				struct mcd_image *ret, struct mcd_error *error)
{
	struct mcd_error ignored = { "" };
	enum mcd_status status = mcd_image_open(ret, path, &ignored);

	if (mcd_is_fatal(status))
		return mcd_error_set(error, status, "%s", ignored.text);
	if (status == MCD_ABSENT)
		return status;
	if (status)
		return mcd_error_set(error, MCD_ABSENT, "%s", ignored.text);
	if (!mcd_image_has_dwarf(ret))
		mcd_error_set(error, MCD_ABSENT, "%s: has no debuginfo", path);
	else if (*search->build_id && strcmp(search->build_id, ret->build_id) != 0)
		mcd_error_set(error, MCD_ABSENT, "%s: is of another build (%s)", path,
			      *ret->build_id ? ret->build_id : "without build-id");
	else
		return MCD_OK;
	mcd_image_close(ret);
	return MCD_ABSENT;
}

/* Whether it was found, or the search cannot go on. */
static bool is_over(enum mcd_status status)
{
	return !status || mcd_is_fatal(status);
}

static enum mcd_status find_below(const struct mcd_vmlinux_search *search, const char *dir,
				  char path[MCD_PATH_BYTES], struct mcd_image *ret,
				  struct mcd_error *error)
{
	enum mcd_status status = MCD_ABSENT;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		for (size_t j = 0; j < sizeof(suffixes) / sizeof(suffixes[0]); j++)
			if (!is_over(status) && expand(search, dir, places[i], suffixes[j], path))
				status = try_path(search, path, ret, error);
	return status;
}

enum mcd_status mcd_vmlinux_find(const struct mcd_vmlinux_search *search, char path[MCD_PATH_BYTES],
				 struct mcd_image *ret, struct mcd_error *error)
{
	enum mcd_status status = MCD_ABSENT;

	error->text[0] = '\0';
	for (size_t i = 0; i < search->nr_debug_dirs && !is_over(status); i++)
		status = find_below(search, search->debug_dirs[i], path, ret, error);
	for (size_t i = 0; i < sizeof(system_dirs) / sizeof(system_dirs[0]) && !is_over(status);
	     i++)
		status = find_below(search, system_dirs[i], path, ret, error);
	return status;
}
