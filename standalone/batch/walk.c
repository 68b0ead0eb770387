// SPDX-License-Identifier: GPL-2.0-or-later
/* See walk.h. */
#include <errno.h>
#include <fnmatch.h>
#include <fts.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "walk.h"

struct walk {
	struct mcd_batch_list *list;
	FTS *fts;
	const struct mcd_batch_dump *root;
	struct stat output;
	bool has_output;
	struct mcd_error *error;
};

/* What kdump-tools and kexec-tools write beside a dump, and what people put there for it. */
static const char *const companions[] = {
	"vmcore-dmesg.txt", "vmcore-dmesg-incomplete.txt",
	"kexec-dmesg.log",  "dmesg.[0-9]*",
	"kexec_cmd",	    "kdump_lock",
	"vmlinux",	    "vmlinux[-.]*",
	"System.map*",
};

static bool is_companion(const char *name)
{
	for (size_t i = 0; i < sizeof(companions) / sizeof(companions[0]); i++)
		if (fnmatch(companions[i], name, 0) == 0)
			return true;
	return false;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* One more place below the entry's parent; fts_number counts them for each directory. */
static enum mcd_status add(struct walk *walk, FTSENT *entry, const char *problem)
{
	const struct mcd_batch_dump dump = {
		.path = entry->fts_path,
		.vmlinux = walk->root->vmlinux,
		.symbols = walk->root->symbols,
		.problem = problem,
		.is_walked = !problem,
	};

	entry->fts_parent->fts_number++;
	return mcd_batch_list_add(walk->list, &dump, walk->error);
}

static enum mcd_status enter(struct walk *walk, FTSENT *entry)
{
	const struct stat *stat = entry->fts_statp;

	if (!walk->has_output || stat->st_dev != walk->output.st_dev ||
	    stat->st_ino != walk->output.st_ino)
		return MCD_OK;
	if (entry->fts_level == FTS_ROOTLEVEL)
		return mcd_error_set(walk->error, MCD_USAGE,
				     "%s: both a directory of dumps and that of --output; "
				     "name another --output",
				     entry->fts_path);
	entry->fts_number = 1; /* not empty, only not ours to look into */
	fts_set(walk->fts, entry, FTS_SKIP);
	return MCD_OK;
}

static enum mcd_status leave(struct walk *walk, FTSENT *entry)
{
	if (!entry->fts_number)
		return add(walk, entry, "no dump in this directory");
	entry->fts_parent->fts_number += entry->fts_number;
	return MCD_OK;
}

static enum mcd_status visit(struct walk *walk, FTSENT *entry)
{
	char problem[256];

	switch (entry->fts_info) {
	case FTS_D:
		return enter(walk, entry);
	case FTS_DP:
		return leave(walk, entry);
	case FTS_DNR:
	case FTS_ERR:
		snprintf(problem, sizeof(problem), "this directory cannot be read: %s",
			 strerror(entry->fts_errno));
		return add(walk, entry, problem);
	case FTS_DC:
		return add(walk, entry, "a link back to a directory above it, not followed");
	default:
		return is_companion(entry->fts_name) ? MCD_OK : add(walk, entry, NULL);
	}
}

enum mcd_status mcd_batch_walk(struct mcd_batch_list *list, const struct mcd_batch_dump *root,
			       const char *output, struct mcd_error *error)
{
	char *const roots[] = { (char *)root->path, NULL };
	struct walk walk = { .list = list, .root = root, .error = error };
	enum mcd_status status = MCD_OK;
	FTSENT *entry = NULL;

	walk.has_output = output && stat(output, &walk.output) == 0;
	walk.fts = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
	if (!walk.fts)
		return mcd_error_set(error, MCD_NO_MEMORY, "%s: %s", root->path, strerror(errno));
	errno = 0;
	while (!status && (entry = fts_read(walk.fts)))
		status = visit(&walk, entry);
	if (!status && errno)
		status = mcd_error_set(error, MCD_NO_MEMORY, "%s: %s", root->path, strerror(errno));
	fts_close(walk.fts);
	return status;
}
