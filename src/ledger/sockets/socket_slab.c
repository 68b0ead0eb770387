// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sockets that neither a task has open nor TCP in its table: the kernel's own, of which each network
 * namespace has some, those in flight, and whatever else there may be. All of them are looked for in the slabs
 * that socks are made of, in one pass over the array of struct page. In SLUB objects stand one behind the
 * other from the start of the slab, and the slab has their number; SLAB is not looked into.
 */
#include <inttypes.h>
#include <string.h>

#include "../pages/page.h"
#include "socket_slab.h"

enum { OBJECTS_MASK = 0x7fff /* of a bit-field */, POLL_EVERY = 64 };

struct slab {
	size_t cache; /* position in caches.caches */
	uint64_t pfn, nr_objects;
};

struct mcd_socket_slabs {
	struct mcd_sockets *sockets;
	struct mcd_target *target;
	struct mcd_sock_caches caches;
	struct mcd_page_form page;
	struct mcd_page_word cache_at, counters_at; /* in struct slab, or in struct page */
	bool has_ridden;			    /* they were found in a scan of all pages */
	struct slab *slabs;
	size_t nr_slabs, capacity, nr_lost;
};

/* ---- one object ---- */

/*
 * The address of a sock of which only its place in memory is known, from what points to it: its struct
 * socket, or its predecessor in a table. 0: nothing does, so that no one can have counted it.
 */
static uint64_t address_of(struct mcd_socket_slabs *slabs, const struct mcd_record *sock)
{
	const struct mcd_record_form *form = &slabs->sockets->form;
	uint64_t socket = mcd_record_uint(sock, SK_SOCKET), addr = 0;
	uint64_t before = mcd_record_pointer(sock, SK_NODE, 1);
	struct mcd_record same;

	if (!socket || mcd_field(slabs->target, socket, M(socket, sk), &addr)) {
		if (!before || mcd_read_word(slabs->target, before, "skc_nulls_node", &addr))
			return 0;
		addr -= form->places[SK_NODE].offset;
	}
	if (mcd_record_read(slabs->target, form, addr, "sock", &same) ||
	    memcmp(same.bytes, sock->bytes, form->nr_bytes) != 0)
		return 0;
	return addr;
}

/*
 * Memory that was never used has any bytes: a sock names its protocol, and one that has no cache of its own
 * makes socks by kmalloc() alone.
 */
static bool is_sock(const struct mcd_socket_slabs *slabs, const struct mcd_sock_cache *cache,
		    const struct mcd_record *object)
{
	const struct mcd_sock_caches *caches = &slabs->caches;
	size_t position = 0;

	return mcd_addrmap_find(&caches->by_maker, mcd_record_uint(object, SK_PROTO), &position) &&
	       (caches->makers[position].cache || cache->is_kmalloc);
}

static enum mcd_status look_at_object(struct mcd_socket_slabs *slabs,
				      const struct mcd_sock_cache *cache, uint64_t pfn, uint64_t at)
{
	struct mcd_sockets *sockets = slabs->sockets;
	struct mcd_account *account = NULL;
	struct mcd_record sock;
	enum mcd_status status = MCD_OK;

	sock.target = slabs->target;
	sock.form = &sockets->form;
	sock.addr = 0;
	status = mcd_memmap_read(sockets->audit, pfn, at + sockets->form.first, sock.bytes,
				 sockets->form.nr_bytes, "sock");
	if (status || !is_sock(slabs, cache, &sock))
		return status;
	status = mcd_sock_account(sockets, &sock, &account);
	if (status || !account)
		return status;
	sock.addr = address_of(slabs, &sock);
	return mcd_sock_enter(sockets, account, &sock);
}

/* ---- slabs ---- */

static enum mcd_status look_at_slab(struct mcd_socket_slabs *slabs, const struct slab *slab)
{
	const struct mcd_sock_cache *cache = &slabs->caches.caches[slab->cache];
	enum mcd_status status = MCD_OK;

	for (uint64_t i = 0; i < slab->nr_objects && !status; i++)
		status = look_at_object(slabs, cache, slab->pfn,
					cache->first_at + i * cache->object_bytes);
	if (!status || mcd_is_fatal(status))
		return status;
	slabs->nr_lost++;
	return MCD_OK;
}

static enum mcd_status look_at_all(struct mcd_socket_slabs *slabs)
{
	enum mcd_status status = MCD_OK;

	for (size_t i = 0; i < slabs->nr_slabs && !status; i++) {
		status = look_at_slab(slabs, &slabs->slabs[i]);
		if (!status && i % POLL_EVERY == 0)
			status = mcd_poll(slabs->target, "slabs of sockets looked at", i,
					  slabs->nr_slabs);
	}
	return status;
}

/* `objects` of SLUB: struct { unsigned inuse:16, objects:15, frozen:1; }. */
static enum mcd_status keep_slab(struct mcd_socket_slabs *slabs, size_t cache, uint64_t pfn,
				 const uint8_t *page)
{
	uint64_t word = mcd_page_word(&slabs->page, page, slabs->counters_at);

	slabs->slabs = mcd_arena_grow(slabs->sockets->audit->world->arena, slabs->slabs,
				      slabs->nr_slabs, &slabs->capacity, sizeof(*slabs->slabs));
	if (!slabs->slabs)
		return mcd_error_set(&slabs->target->error, MCD_NO_MEMORY, "slabs of sockets");
	slabs->slabs[slabs->nr_slabs++] = (struct slab){
		cache, pfn, (slabs->page.is_big_endian ? word >> 1 : word >> 16) & OBJECTS_MASK
	};
	return MCD_OK;
}

static enum mcd_status visit(void *context, const struct mcd_page_stretch *stretch)
{
	struct mcd_socket_slabs *slabs = context;
	const struct mcd_sock_caches *caches = &slabs->caches;
	const uint8_t *page = stretch->bytes;
	enum mcd_status status = MCD_OK;

	for (size_t i = 0; i < stretch->nr && !status; i++, page += slabs->page.bytes) {
		uint64_t cache = mcd_page_pointer(&slabs->page, page, slabs->cache_at);
		size_t position = 0;

		if (cache >= caches->lowest && cache <= caches->highest &&
		    mcd_addrmap_find(&caches->by_cache, cache, &position))
			status = keep_slab(slabs, position, stretch->pfn + i, page);
	}
	return status;
}

/* ---- all of it ---- */

static struct mcd_page_word place(const struct mcd_socket_slabs *slabs, enum mcd_layout_id newer,
				  enum mcd_layout_id older, size_t size)
{
	uint64_t at = 0;
	enum mcd_layout_id id = mcd_layout_has(slabs->target, newer) ? newer : older;

	if (mcd_layout_value(slabs->target, id, &at) || at + size > slabs->page.bytes)
		return (struct mcd_page_word){ 0 };
	return (struct mcd_page_word){ (size_t)at, size };
}

static enum mcd_status compile(struct mcd_socket_slabs *slabs)
{
	enum mcd_status status = mcd_page_form_measure(slabs->target, &slabs->page);

	if (status)
		return status;
	slabs->cache_at = place(slabs, M(slab, slab_cache), M(page, slab_cache),
				slabs->target->word_bytes);
	slabs->counters_at = place(slabs, M(slab, counters), M(page, counters), sizeof(uint32_t));
	if (!slabs->cache_at.size || !slabs->counters_at.size ||
	    mcd_layout_has(slabs->target, M(kmem_cache, num)))
		return mcd_error_set(&slabs->target->error, MCD_ABSENT,
				     "its slabs are not those of SLUB");
	return MCD_OK;
}

/* Made when it is first asked for. */
static enum mcd_status get(struct mcd_audit *audit, struct mcd_socket_slabs **ret)
{
	struct mcd_socket_slabs *slabs = audit->socket_slabs;
	enum mcd_status status = MCD_OK;

	if (!slabs) {
		slabs = mcd_arena_alloc(audit->world->arena, sizeof(*slabs));
		if (!slabs)
			return mcd_error_set(&audit->world->target->error, MCD_NO_MEMORY,
					     "slabs of sockets");
		slabs->target = audit->world->target;
		status = mcd_sockets_get(audit, &slabs->sockets);
		if (!status)
			status = compile(slabs);
		if (!status)
			status = mcd_sock_caches_find(slabs->sockets, &slabs->caches);
	}
	if (!status)
		audit->socket_slabs = *ret = slabs;
	return status;
}

enum mcd_status mcd_socket_slabs_ride(struct mcd_audit *audit, struct mcd_page_rider *ret)
{
	struct mcd_socket_slabs *slabs = NULL;
	enum mcd_status status;

	if (!audit->world->head.can_pin[MCD_PIN_SOCKET] || !(audit->wants & MCD_AUDIT_PINS))
		return MCD_OK;
	status = get(audit, &slabs);
	if (!slabs)
		return mcd_is_fatal(status) ? status : MCD_OK;
	slabs->has_ridden = true;
	if (slabs->caches.nr_caches)
		*ret = (struct mcd_page_rider){ visit, slabs };
	return MCD_OK;
}

enum mcd_status mcd_pins_socket_slab(struct mcd_audit *audit)
{
	struct mcd_socket_slabs *slabs = NULL;
	enum mcd_status status = get(audit, &slabs);

	if (!slabs)
		return status;
	if (!slabs->has_ridden && slabs->caches.nr_caches)
		status = mcd_memmap_scan(audit, visit, slabs);
	if (!status)
		status = look_at_all(slabs);
	if (!status && slabs->nr_lost)
		status = mcd_note_add(audit->world, "%zu slabs of sockets cannot be read",
				      slabs->nr_lost);
	return status;
}
