// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The path of a memcg's directory, in the forms that kernels have had; probed in the order of the
 * table. Every form is a chain from the directory up to the one without a parent, which is the root
 * of its hierarchy whatever its own name is: kernfs_path() in fs/kernfs/dir.c, cgroup_path() in
 * kernel/cgroup.c before it.
 */
#include <string.h>

#include "decode.h"

enum {
	NAME_BYTES_MAX = 255, /* NAME_MAX of include/uapi/linux/limits.h */
	PATH_DEPTH_MAX = 128,
};

/* Since v3.15: a kernfs node, which a cgroup keeps until it is freed itself. */
static enum mcd_status kernfs_first(struct mcd_world *world, uint64_t cgroup, uint64_t *ret)
{
	return mcd_field(world->target, cgroup, M(cgroup, kn), ret);
}

/* __parent since 633488947ef6 (v6.15). */
static enum mcd_status kernfs_parent(struct mcd_world *world, uint64_t node, uint64_t *ret)
{
	enum mcd_layout_id member = mcd_layout_has(world->target, M(kernfs_node, __parent))
					    ? M(kernfs_node, __parent)
					    : M(kernfs_node, parent);

	return mcd_field(world->target, node, member, ret);
}

static enum mcd_status kernfs_name(struct mcd_world *world, uint64_t node, uint64_t *ret)
{
	return mcd_field(world->target, node, M(kernfs_node, name), ret);
}

/* Before kernfs cgroups point to their parents themselves. */
static enum mcd_status cgroup_first(struct mcd_world *world, uint64_t cgroup, uint64_t *ret)
{
	(void)world;
	*ret = cgroup;
	return MCD_OK;
}

static enum mcd_status cgroup_parent(struct mcd_world *world, uint64_t cgroup, uint64_t *ret)
{
	return mcd_field(world->target, cgroup, M(cgroup, parent), ret);
}

/* v3.10 to v3.14: a struct cgroup_name, which a rename replaces. */
static enum mcd_status cgroup_name(struct mcd_world *world, uint64_t cgroup, uint64_t *ret)
{
	uint64_t name = 0;
	enum mcd_status status = mcd_field(world->target, cgroup, M(cgroup, name), &name);

	return status ? status : mcd_field_addr(world->target, name, M(cgroup_name, name), ret);
}

/* Up to v3.9: the name of the directory's dentry. */
static enum mcd_status dentry_name(struct mcd_world *world, uint64_t cgroup, uint64_t *ret)
{
	uint64_t dentry = 0, name = 0;
	enum mcd_status status = mcd_field(world->target, cgroup, M(cgroup, dentry), &dentry);

	if (!status)
		status = mcd_field_addr(world->target, dentry, M(dentry, d_name), &name);
	return status ? status : mcd_field(world->target, name, M(qstr, name), ret);
}

static const struct form {
	enum mcd_layout_id probe;
	/* From the cgroup to its node; from a node to its parent, and to the bytes of its name. */
	enum mcd_status (*first)(struct mcd_world *world, uint64_t cgroup, uint64_t *ret);
	enum mcd_status (*parent)(struct mcd_world *world, uint64_t node, uint64_t *ret);
	enum mcd_status (*name)(struct mcd_world *world, uint64_t node, uint64_t *ret);
} forms[] = {
	{ M(cgroup, kn), kernfs_first, kernfs_parent, kernfs_name },
	{ M(cgroup, name), cgroup_first, cgroup_parent, cgroup_name },
	{ M(cgroup, dentry), cgroup_first, cgroup_parent, dentry_name },
};

static const struct form *find_form(struct mcd_world *world)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (mcd_layout_has(world->target, forms[i].probe))
			return &forms[i];
	mcd_layout_lack(world->target, forms[0].probe);
	return NULL;
}

/* The components from the node up to its root, the node's own first. */
struct components {
	const char *names[PATH_DEPTH_MAX];
	uint64_t nodes[PATH_DEPTH_MAX];
	size_t nr;
	enum mcd_status damage; /* why the climb ended below the root */
};

/* Parents that go round in a circle would be climbed again and again, for every group below them. */
static bool is_visited(const struct components *components, uint64_t node)
{
	for (size_t i = 0; i < components->nr; i++)
		if (components->nodes[i] == node)
			return true;
	return false;
}

static enum mcd_status climb(struct mcd_world *world, const struct form *form, uint64_t node,
			     struct components *ret)
{
	for (ret->nr = 0;; ret->nr++) {
		uint64_t parent = 0, name = 0;
		enum mcd_status status = is_visited(ret, node) ? MCD_CORRUPT
							       : form->parent(world, node, &parent);

		if (!status && !parent)
			return MCD_OK;
		if (!status && ret->nr == PATH_DEPTH_MAX)
			status = MCD_LIMIT;
		if (!status)
			status = form->name(world, node, &name);
		if (!status)
			status = mcd_read_string(world->target, world->arena, name,
						 NAME_BYTES_MAX + 1, "name of a cgroup",
						 &ret->names[ret->nr]);
		ret->damage = status;
		if (status)
			return mcd_is_fatal(status) ? status : MCD_OK;
		ret->nodes[ret->nr] = node;
		node = parent;
	}
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
	if (components->damage)
		*end++ = '?';
	for (size_t i = components->nr; i--;) {
		*end++ = '/';
		end = stpcpy(end, components->names[i]);
	}
	if (end == path)
		*end = '/';
	return path;
}

static enum mcd_status read_path(struct mcd_world *world, struct mcd_memcg *memcg,
				 const struct form *form, uint64_t node)
{
	struct components components = { .nr = 0 };
	enum mcd_status status = climb(world, form, node, &components);

	if (status)
		return status;
	if (!components.nr && components.damage) {
		memcg->path.known = mcd_figure_from(components.damage, 0).known;
		return MCD_OK;
	}
	memcg->path.text = join(world, &components);
	if (!memcg->path.text)
		return mcd_error_set(&world->target->error, MCD_NO_MEMORY, "path");
	memcg->path.known = MCD_KNOWN;
	if (components.damage)
		memcg->flags |= MCD_FLAG_PATH_PARTIAL;
	return MCD_OK;
}

enum mcd_status mcd_decode_path(struct mcd_world *world, struct mcd_memcg *memcg)
{
	const struct form *form = find_form(world);
	struct mcd_figure cgroup = mcd_figure_none(MCD_NA);
	uint64_t node = 0;
	enum mcd_status status = MCD_OK;

	if (memcg->addr == world->root_addr) {
		memcg->path = (struct mcd_text){ .known = MCD_KNOWN, .text = "/" };
		return MCD_OK;
	}
	if (form)
		cgroup = mcd_css_cgroup(world, memcg);
	memcg->path.known = cgroup.known;
	if (!form || cgroup.known != MCD_KNOWN)
		return MCD_OK;
	status = form->first(world, cgroup.value, &node);
	if (!status)
		return read_path(world, memcg, form, node);
	memcg->path.known = mcd_figure_from(status, 0).known;
	return MCD_OK;
}
