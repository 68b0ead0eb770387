// SPDX-License-Identifier: GPL-2.0-or-later
/* Directory entries and the paths that they are on: prepend_path() in fs/d_path.c. See paths.h. */
#include <string.h>

#include "paths.h"

/* As many names of an inode are looked at. */
enum { ALIASES_MAX = 64 };

/* Short names are in the dentry itself, d_iname or d_shortname, and with it in what was read. */
static enum mcd_status read_name(const struct mcd_record *record, struct mcd_dentry *ret)
{
	uint64_t name = mcd_record_uint(record, MCD_D_NAME);
	uint64_t start = record->addr + record->form->first;
	size_t nr_bytes = record->form->nr_bytes;
	enum mcd_status status = MCD_OK;

	ret->length = (size_t)mcd_record_uint(record, MCD_D_NAME_LEN);
	/* Only what is in no directory may have an empty one, as a pipe has. */
	if (ret->length > MCD_NAME_BYTES_MAX || (!ret->length && ret->parent != ret->addr))
		return mcd_error_set(&record->target->error, MCD_CORRUPT,
				     "dentry: a name of %zu bytes", ret->length);
	if (name >= start && name - start <= nr_bytes && ret->length <= nr_bytes - (name - start))
		memcpy(ret->name, record->bytes + (name - start), ret->length);
	else
		status = mcd_read(record->target, name, ret->name, ret->length, "dentry.d_name");
	/* No name has a zero in it. */
	ret->length = strnlen(ret->name, status ? 0 : ret->length);
	ret->name[ret->length] = '\0';
	return status;
}

/* d_u is a union with d_alias in it from v3.18 to v7.0; before, with others. */
static size_t alias_field(const struct mcd_files *files)
{
	return files->dentry_form.has[MCD_D_ALIAS] ? MCD_D_ALIAS : MCD_D_U;
}

enum mcd_status mcd_dentry_read(struct mcd_files *files, uint64_t addr, struct mcd_dentry *ret)
{
	struct mcd_record record;
	enum mcd_status status = mcd_record_read(files->audit->world->target, &files->dentry_form,
						 addr, "dentry", &record);

	if (status)
		return status;
	ret->addr = addr;
	ret->parent = mcd_record_uint(&record, MCD_D_PARENT);
	ret->is_hashed = mcd_record_pointer(&record, MCD_D_HASH, 1) != 0;
	ret->next_alias = mcd_record_pointer(&record, alias_field(files), 0);
	return read_name(&record, ret);
}

/*
 * Better is a name in a directory that still has it, then one in a directory. Without one is what was
 * opened by its handle, as a server of NFS does: d_obtain_alias().
 */
static int goodness(const struct mcd_dentry *dentry)
{
	return dentry->parent == dentry->addr ? 1 : dentry->is_hashed ? 3 : 2;
}

enum mcd_status mcd_dentry_of_inode(struct mcd_files *files, uint64_t first_alias,
				    struct mcd_dentry *ret)
{
	size_t alias = alias_field(files);
	uint64_t node = files->dentry_form.has[alias] ? first_alias : 0;
	uint64_t offset = files->dentry_form.places[alias].offset;
	enum mcd_status status = MCD_ABSENT;
	int best = 0;

	for (int i = 0; node && i < ALIASES_MAX && best < 3; i++) {
		struct mcd_dentry dentry;
		enum mcd_status here = mcd_dentry_read(files, node - offset, &dentry);

		if (here)
			return best && !mcd_is_fatal(here) ? MCD_OK : here;
		status = MCD_OK;
		if (goodness(&dentry) > best) {
			best = goodness(&dentry);
			*ret = dentry;
		}
		node = dentry.next_alias;
	}
	return status;
}

/* The path of what is called `name` in the directory that `parent` leads to. */
static enum mcd_status append(struct mcd_files *files, const struct mcd_way *parent,
			      const char *name, size_t length, struct mcd_way *ret)
{
	struct mcd_way from = *parent;
	char *text = NULL;

	if (from.length + 1 + length > MCD_PATH_BYTES_MAX)
		from = (struct mcd_way){ MCD_RANK_LOST, "?", 1 };
	text = mcd_arena_alloc(files->audit->world->arena, from.length + length + 2);
	if (!text)
		return mcd_files_no_memory(files);
	memcpy(text, from.text, from.length);
	text[from.length] = '/';
	memcpy(text + from.length + 1, name, length);
	*ret = (struct mcd_way){ from.rank, text, from.length + 1 + length };
	return MCD_OK;
}

/* A mount that has its root here may lead to a better path than the one that was found. */
static enum mcd_status improve(struct mcd_files *files, uint64_t dentry, struct mcd_way *way)
{
	struct mcd_mount_root root;
	struct mcd_way other;
	enum mcd_status status = MCD_OK;

	if (!mcd_mount_find(files, dentry, &root) || root.rank <= way->rank)
		return MCD_OK;
	status = mcd_mount_way(files, root.mount, &other);
	if (!status && other.rank > way->rank)
		*way = other;
	return mcd_is_fatal(status) ? status : MCD_OK;
}

static enum mcd_status keep(struct mcd_files *files, uint64_t directory, const struct mcd_way *way)
{
	bool is_new;

	files->ways = mcd_arena_grow(files->audit->world->arena, files->ways, files->nr_ways,
				     &files->ways_capacity, sizeof(*files->ways));
	if (!files->ways ||
	    mcd_addrmap_insert(&files->by_directory, directory, files->nr_ways, &is_new))
		return mcd_files_no_memory(files);
	files->ways[files->nr_ways++] = *way;
	return MCD_OK;
}

/* The end of the way up: a root, or as far as can be read. */
static struct mcd_way top_of(const struct mcd_super *super, uint64_t dentry)
{
	return dentry == super->root ? super->top : (struct mcd_way){ MCD_RANK_LOST, "?", 1 };
}

/*
 * Climbs from a directory to one whose way is known, or to the top, whose way is then in *ret;
 * files->steps has what lies between, the directory itself first.
 */
static enum mcd_status climb(struct mcd_files *files, const struct mcd_super *super,
			     uint64_t directory, struct mcd_way *ret, size_t *ret_nr)
{
	struct mcd_arena *arena = files->audit->world->arena;
	uint64_t checkpoint = 0; /* met again where parents go round in a circle */

	for (size_t nr = 0;; nr++) {
		struct mcd_dentry dentry = { .addr = 0 };
		enum mcd_status status = MCD_OK;
		size_t position;

		*ret_nr = nr;
		if (mcd_addrmap_find(&files->by_directory, directory, &position)) {
			*ret = files->ways[position];
			return MCD_OK;
		}
		if (nr < MCD_PATH_DEPTH_MAX && directory != checkpoint)
			status = mcd_dentry_read(files, directory, &dentry);
		else
			status = MCD_CORRUPT;
		if (mcd_is_fatal(status))
			return status;
		*ret = top_of(super, status ? 0 : directory);
		if (status || dentry.parent == directory) {
			status = improve(files, directory, ret);
			return status ? status : keep(files, directory, ret);
		}
		if ((nr & (nr - 1)) == 0)
			checkpoint = directory;
		files->steps[nr] =
			(struct mcd_step){ directory,
					   mcd_arena_strndup(arena, dentry.name, dentry.length),
					   dentry.length };
		if (!files->steps[nr].name)
			return mcd_files_no_memory(files);
		directory = dentry.parent;
	}
}

static enum mcd_status way_of_directory(struct mcd_files *files, const struct mcd_super *super,
					uint64_t directory, struct mcd_way *ret)
{
	size_t nr = 0;
	enum mcd_status status = climb(files, super, directory, ret, &nr);

	while (nr-- && !status) {
		const struct mcd_step *step = &files->steps[nr];

		status = append(files, ret, step->name, step->length, ret);
		if (!status)
			status = improve(files, step->dentry, ret);
		if (!status)
			status = keep(files, step->dentry, ret);
	}
	return status;
}

/* Written as simple_dname() does what never was in a directory a user could see. */
static enum mcd_status way_of_nameless(struct mcd_files *files, const struct mcd_dentry *dentry,
				       struct mcd_way *ret)
{
	static const struct mcd_way nowhere = { .rank = MCD_RANK_UNMOUNTED, .text = "" };

	if (!dentry->length || strcmp(dentry->name, "/") == 0)
		return mcd_error_set(&files->audit->world->target->error, MCD_ABSENT,
				     "dentry: without a name");
	return append(files, &nowhere, dentry->name, dentry->length, ret);
}

/* "/mnt" and "/file", but "/" and "ext4:/". */
static enum mcd_status way_of_root(struct mcd_files *files, const struct mcd_super *super,
				   uint64_t dentry, struct mcd_way *ret)
{
	enum mcd_status status = way_of_directory(files, super, dentry, ret);

	if (!status && (!ret->length || ret->text == super->top.text))
		status = append(files, ret, "", 0, ret);
	return status;
}

enum mcd_status mcd_dentry_way(struct mcd_files *files, struct mcd_super *super,
			       const struct mcd_dentry *dentry, struct mcd_way *ret)
{
	struct mcd_mount_root ignored;
	enum mcd_status status = mcd_mounts_read(files, super);

	if (status)
		return status;
	if (dentry->addr == super->root || mcd_mount_find(files, dentry->addr, &ignored))
		return way_of_root(files, super, dentry->addr, ret);
	/* Up to v3.9 the kernel's own tmpfs has its files in a directory. */
	if (dentry->parent == dentry->addr || super->class == MCD_SUPER_INTERNAL)
		return way_of_nameless(files, dentry, ret);
	status = way_of_directory(files, super, dentry->parent, ret);
	return status ? status : append(files, ret, dentry->name, dentry->length, ret);
}
