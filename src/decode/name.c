// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Names: the facility's copy (mem_cgroup.memcg_name), and the path through kernfs, which a cgroup
 * keeps until it is freed (kernfs_node.name up to the node without a parent; fs/kernfs/dir.c).
 */
#include <string.h>

#include "decode.h"

enum {
	NAME_BYTES_MAX = 255,  /* NAME_MAX of include/uapi/linux/limits.h */
	PATH_BYTES_MAX = 4096, /* the facility's later form copies a whole path into a page */
	PATH_DEPTH_MAX = 128,
};

/* The parent of a kernfs node: __parent since 633488947ef6 (v6.15). */
static enum mcd_status kernfs_parent(struct mcd_world *world, uint64_t node, uint64_t *ret)
{
	enum mcd_layout_id member = mcd_layout_has(world->target, M(kernfs_node, __parent))
					    ? M(kernfs_node, __parent)
					    : M(kernfs_node, parent);

	return mcd_field(world->target, node, member, ret);
}

/* The components from the node up to its root, the node's own first. */
struct components {
	const char *names[PATH_DEPTH_MAX];
	size_t nr;
	bool is_partial; /* an ancestor could not be read */
};

static enum mcd_status climb(struct mcd_world *world, uint64_t node, struct components *ret)
{
	struct mcd_target *target = world->target;

	for (ret->nr = 0; ret->nr < PATH_DEPTH_MAX; ret->nr++) {
		uint64_t parent = 0, name = 0;
		enum mcd_status status = kernfs_parent(world, node, &parent);

		if (!status && !parent)
			return MCD_OK;
		if (!status)
			status = mcd_field(target, node, M(kernfs_node, name), &name);
		if (!status)
			status = mcd_read_string(target, world->arena, name, NAME_BYTES_MAX + 1,
						 "kernfs_node.name", &ret->names[ret->nr]);
		if (mcd_is_fatal(status))
			return status;
		if (status)
			break;
		node = parent;
	}
	ret->is_partial = true;
	return MCD_OK;
}

/* "/a/b", "/" for the root itself, "?/b" where an ancestor is unreadable. */
static char *join(struct mcd_world *world, const struct components *components)
{
	size_t length = 2;
	char *path = NULL, *end = NULL;

	for (size_t i = 0; i < components->nr; i++)
		length += strlen(components->names[i]) + 1;
	path = mcd_arena_array(world->arena, length + 1, 1);
	if (!path)
		return NULL;
	end = path;
	if (components->is_partial)
		*end++ = '?';
	for (size_t i = components->nr; i--;) {
		*end++ = '/';
		end = stpcpy(end, components->names[i]);
	}
	if (end == path)
		*end = '/';
	return path;
}

static enum mcd_status kernfs_path(struct mcd_world *world, struct mcd_memcg *memcg, uint64_t node)
{
	struct components components = { .nr = 0 };
	enum mcd_status status = climb(world, node, &components);

	if (status)
		return status;
	if (!components.nr && components.is_partial) {
		memcg->path.known = MCD_UNREADABLE;
		return MCD_OK;
	}
	memcg->path.text = join(world, &components);
	if (!memcg->path.text)
		return mcd_error_set(&world->target->error, MCD_NO_MEMORY, "path");
	memcg->path.known = MCD_KNOWN;
	if (components.is_partial)
		memcg->flags |= MCD_FLAG_PATH_PARTIAL;
	return MCD_OK;
}

enum mcd_status mcd_decode_path(struct mcd_world *world, struct mcd_memcg *memcg)
{
	struct mcd_figure cgroup = mcd_css_cgroup(world, memcg);
	uint64_t node = 0;
	enum mcd_status status = MCD_OK;

	if (memcg->addr == world->root_addr) {
		memcg->path = (struct mcd_text){ .known = MCD_KNOWN, .text = "/" };
		return MCD_OK;
	}
	memcg->path.known = cgroup.known;
	if (cgroup.known != MCD_KNOWN)
		return MCD_OK;
	status = mcd_field(world->target, cgroup.value, M(cgroup, kn), &node);
	if (!status)
		return kernfs_path(world, memcg, node);
	memcg->path.known = mcd_figure_from(status, 0).known;
	return MCD_OK;
}

/* The facility's copy; n/a where the pointer is NULL, since nobody checked kstrdup(). */
static enum mcd_status facility_name(struct mcd_world *world, const struct mcd_memcg *memcg,
				     struct mcd_text *ret)
{
	uint64_t pointer = 0;
	enum mcd_status status = mcd_field(world->target, memcg->addr, M(mem_cgroup, memcg_name),
					   &pointer);

	if (!status && !pointer)
		status = MCD_ABSENT;
	if (!status)
		status = mcd_read_string(world->target, world->arena, pointer, PATH_BYTES_MAX,
					 "mem_cgroup.memcg_name", &ret->text);
	ret->known = mcd_figure_from(status, 0).known;
	/* One variant copies the name with kstrdup(), the other the path into a page of its own. */
	if (!status && pointer % world->target->page_bytes == 0 && ret->text[0] == '/')
		world->head.facility = MCD_FACILITY_PATH;
	return mcd_is_fatal(status) ? status : MCD_OK;
}

enum mcd_status mcd_decode_name(struct mcd_world *world, struct mcd_memcg *memcg)
{
	bool is_listed = memcg->sources & MCD_SOURCE_LIST;
	enum mcd_status status = MCD_OK;

	/* One variant of the facility has no copy and prints the path. */
	memcg->name = memcg->kernel.name = memcg->path;
	if (!is_listed || !mcd_layout_has(world->target, M(mem_cgroup, memcg_name)))
		return MCD_OK;
	status = facility_name(world, memcg, &memcg->kernel.name);
	if (memcg->unions.form == MCD_UNION_DEAD &&
	    (memcg->kernel.name.known == MCD_KNOWN || memcg->path.known != MCD_KNOWN))
		memcg->name = memcg->kernel.name;
	return status;
}
