// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where socks come from. A protocol has a slab cache of its own, or none, and its socks are made by kmalloc():
 * sk_prot_alloc() in net/core/sock.c. Up to v5.8 there is another cache "TCP(7:group)" for each memcg. See
 * socket_slab.h.
 */
#include <inttypes.h>
#include <string.h>

#include "socket_slab.h"

enum { OBJECT_BYTES_MAX = 1 << 16, NAME_BYTES_MAX = 512, POLL_EVERY = 64 };

static struct mcd_world *world_of(const struct mcd_sock_caches *caches)
{
	return caches->sockets->audit->world;
}

static enum mcd_status no_memory(const struct mcd_sock_caches *caches)
{
	return mcd_error_set(&world_of(caches)->target->error, MCD_NO_MEMORY, "sockets");
}

/* ---- protocols ---- */

static enum mcd_status read_maker(struct mcd_world *world, uint64_t proto,
				  struct mcd_sock_maker *ret)
{
	struct mcd_target *target = world->target;
	uint64_t name = 0;
	enum mcd_status status = mcd_field(target, proto, M(proto, slab), &ret->cache);

	if (!status)
		status = mcd_field(target, proto, M(proto, obj_size), &ret->sock_bytes);
	if (!status)
		status = mcd_field_addr(target, proto, M(proto, name), &name);
	return status ? status
		      : mcd_read_string(target, world->arena, name, NAME_BYTES_MAX, "proto.name",
					&ret->name);
}

static enum mcd_status keep_maker(struct mcd_sock_caches *caches, uint64_t proto)
{
	struct mcd_world *world = world_of(caches);
	struct mcd_sock_maker maker = { 0 };
	bool is_new;
	enum mcd_status status = read_maker(world, proto, &maker);

	if (status)
		return mcd_is_fatal(status) ? status
					    : mcd_note_add(world, "protocol %" PRIx64 ": %s", proto,
							   world->target->error.text);
	caches->makers = mcd_arena_grow(world->arena, caches->makers, caches->nr_makers,
					&caches->makers_capacity, sizeof(*caches->makers));
	if (!caches->makers ||
	    mcd_addrmap_insert(&caches->by_maker, proto, caches->nr_makers, &is_new))
		return no_memory(caches);
	caches->makers[caches->nr_makers++] = maker;
	return MCD_OK;
}

/* ---- caches ---- */

/* Of no cache, where it begins with "kmalloc-" and is the one that so many bytes come from. */
static bool is_kmalloc_of(const struct mcd_sock_maker *maker, const char *name, uint64_t bytes)
{
	return !maker->cache && strncmp(name, "kmalloc-", 8) == 0 && bytes >= maker->sock_bytes &&
	       bytes / 2 <= maker->sock_bytes;
}

/* By its name too: a memcg's own begins with that of the first. */
static bool is_of(const struct mcd_sock_maker *maker, uint64_t cache, const char *name)
{
	size_t length = strlen(maker->name);

	return maker->cache && (maker->cache == cache ||
				(strncmp(name, maker->name, length) == 0 && name[length] == '('));
}

static enum mcd_status keep_cache(struct mcd_sock_caches *caches, uint64_t addr, uint64_t bytes,
				  bool is_kmalloc)
{
	struct mcd_world *world = world_of(caches);
	uint64_t pad = 0;
	bool is_new;

	/* Only where red zones are switched on. */
	if (mcd_field(world->target, addr, M(kmem_cache, red_left_pad), &pad) || pad >= bytes)
		pad = 0;
	caches->caches = mcd_arena_grow(world->arena, caches->caches, caches->nr_caches,
					&caches->caches_capacity, sizeof(*caches->caches));
	if (!caches->caches ||
	    mcd_addrmap_insert(&caches->by_cache, addr, caches->nr_caches, &is_new))
		return no_memory(caches);
	caches->caches[caches->nr_caches++] = (struct mcd_sock_cache){ bytes, pad, is_kmalloc };
	caches->lowest = addr < caches->lowest ? addr : caches->lowest;
	caches->highest = addr > caches->highest ? addr : caches->highest;
	return MCD_OK;
}

static enum mcd_status look_at_cache(struct mcd_sock_caches *caches, uint64_t cache)
{
	const struct mcd_record_form *form = &caches->sockets->form;
	struct mcd_world *world = world_of(caches);
	const char *name = NULL;
	uint64_t addr = 0, bytes = 0;
	enum mcd_status status = mcd_field(world->target, cache, M(kmem_cache, name), &addr);

	if (!status)
		status = mcd_read_string(world->target, world->arena, addr, NAME_BYTES_MAX,
					 "kmem_cache.name", &name);
	if (!status)
		status = mcd_field(world->target, cache, M(kmem_cache, size), &bytes);
	if (status || bytes < form->first + form->nr_bytes || bytes > OBJECT_BYTES_MAX)
		return mcd_is_fatal(status) ? status : MCD_OK;
	for (size_t i = 0; i < caches->nr_makers; i++) {
		bool is_kmalloc = is_kmalloc_of(&caches->makers[i], name, bytes);

		if (is_kmalloc || is_of(&caches->makers[i], cache, name))
			return keep_cache(caches, cache, bytes, is_kmalloc);
	}
	return MCD_OK;
}

/* ---- both ---- */

static enum mcd_status
walk(struct mcd_sock_caches *caches, enum mcd_layout_id head, enum mcd_layout_id link,
     const char *what, enum mcd_status (*look_at)(struct mcd_sock_caches *caches, uint64_t object))
{
	struct mcd_world *world = world_of(caches);
	struct mcd_list list = { 0 };
	uint64_t addr = 0, offset = 0;
	enum mcd_status status = mcd_layout_value(world->target, head, &addr);

	if (!status)
		status = mcd_layout_value(world->target, link, &offset);
	if (!status)
		status = mcd_list_collect(world->target, world->arena, addr, what, &list);
	if (!status && list.damage)
		status = mcd_note_list(world, what, &list);
	for (size_t i = 0; !status && i < list.nr; i++) {
		status = look_at(caches, list.nodes[i] - offset);
		if (!status && i % POLL_EVERY == 0)
			status = mcd_poll(world->target, "slab caches looked at", i, list.nr);
	}
	return status;
}

enum mcd_status mcd_sock_caches_find(struct mcd_sockets *sockets, struct mcd_sock_caches *ret)
{
	struct mcd_arena *arena = sockets->audit->world->arena;
	enum mcd_status status = MCD_OK;

	*ret = (struct mcd_sock_caches){ .sockets = sockets, .lowest = UINT64_MAX };
	mcd_addrmap_init(&ret->by_maker, arena);
	mcd_addrmap_init(&ret->by_cache, arena);
	status = walk(ret, SYM(proto_list), M(proto, node), "proto_list", keep_maker);
	return status ? status
		      : walk(ret, SYM(slab_caches), M(kmem_cache, list), "slab_caches",
			     look_at_cache);
}
