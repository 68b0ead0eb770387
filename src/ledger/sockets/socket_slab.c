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

struct pass {
	struct mcd_sockets *sockets;
	struct mcd_target *target;
	struct mcd_sock_caches caches;
	struct mcd_page_form page;
	struct mcd_page_word cache_at, counters_at; /* in struct slab, or in struct page */
	size_t nr_slabs, nr_lost;
};

/* ---- one object ---- */

/*
 * The address of a sock of which only its place in memory is known, from what points to it: its struct
 * socket, or its predecessor in a table. 0: nothing does, so that no one can have counted it.
 */
static uint64_t address_of(struct pass *pass, const struct mcd_record *sock)
{
	const struct mcd_record_form *form = &pass->sockets->form;
	uint64_t socket = mcd_record_uint(sock, SK_SOCKET), addr = 0;
	uint64_t before = mcd_record_pointer(sock, SK_NODE, 1);
	struct mcd_record same;

	if (!socket || mcd_field(pass->target, socket, M(socket, sk), &addr)) {
		if (!before || mcd_read_word(pass->target, before, "skc_nulls_node", &addr))
			return 0;
		addr -= form->places[SK_NODE].offset;
	}
	if (mcd_record_read(pass->target, form, addr, "sock", &same) ||
	    memcmp(same.bytes, sock->bytes, form->nr_bytes) != 0)
		return 0;
	return addr;
}

/*
 * Memory that was never used has any bytes: a sock names its protocol, and one that has no cache of its own
 * makes socks by kmalloc() alone.
 */
static bool is_sock(const struct pass *pass, const struct mcd_sock_cache *cache,
		    const struct mcd_record *object)
{
	const struct mcd_sock_caches *caches = &pass->caches;
	size_t position = 0;

	return mcd_addrmap_find(&caches->by_maker, mcd_record_uint(object, SK_PROTO), &position) &&
	       (caches->makers[position].cache || cache->is_kmalloc);
}

static enum mcd_status look_at_object(struct pass *pass, const struct mcd_sock_cache *cache,
				      uint64_t pfn, uint64_t at)
{
	struct mcd_sockets *sockets = pass->sockets;
	struct mcd_account *account = NULL;
	struct mcd_record sock;
	enum mcd_status status = MCD_OK;

	sock.target = pass->target;
	sock.form = &sockets->form;
	sock.addr = 0;
	status = mcd_memmap_read(sockets->audit, pfn, at + sockets->form.first, sock.bytes,
				 sockets->form.nr_bytes, "sock");
	if (status || !is_sock(pass, cache, &sock))
		return status;
	status = mcd_sock_account(sockets, &sock, &account);
	if (status || !account)
		return status;
	sock.addr = address_of(pass, &sock);
	return mcd_sock_enter(sockets, account, &sock);
}

/* ---- slabs ---- */

/* `objects` of SLUB: struct { unsigned inuse:16, objects:15, frozen:1; }. */
static enum mcd_status look_at_slab(struct pass *pass, const struct mcd_sock_cache *cache,
				    uint64_t pfn, const uint8_t *page)
{
	uint64_t word = mcd_page_word(&pass->page, page, pass->counters_at);
	uint64_t nr = (pass->page.is_big_endian ? word >> 1 : word >> 16) & OBJECTS_MASK;
	enum mcd_status status = MCD_OK;

	for (uint64_t i = 0; i < nr && !status; i++)
		status = look_at_object(pass, cache, pfn,
					cache->first_at + i * cache->object_bytes);
	if (!status && ++pass->nr_slabs % POLL_EVERY == 0)
		status = mcd_poll(pass->target, "slabs of sockets looked at", pass->nr_slabs, 0);
	if (!status || mcd_is_fatal(status))
		return status;
	pass->nr_lost++;
	return MCD_OK;
}

static enum mcd_status visit(void *context, const struct mcd_page_stretch *stretch)
{
	struct pass *pass = context;
	const struct mcd_sock_caches *caches = &pass->caches;
	const uint8_t *page = stretch->bytes;
	enum mcd_status status = MCD_OK;

	for (size_t i = 0; i < stretch->nr && !status; i++, page += pass->page.bytes) {
		uint64_t cache = mcd_page_word(&pass->page, page, pass->cache_at);
		size_t position = 0;

		if (cache >= caches->lowest && cache <= caches->highest &&
		    mcd_addrmap_find(&caches->by_cache, cache, &position))
			status = look_at_slab(pass, &caches->caches[position], stretch->pfn + i,
					      page);
	}
	return status;
}

/* ---- all of it ---- */

static struct mcd_page_word place(const struct pass *pass, enum mcd_layout_id newer,
				  enum mcd_layout_id older, size_t size)
{
	uint64_t at = 0;
	enum mcd_layout_id id = mcd_layout_has(pass->target, newer) ? newer : older;

	if (mcd_layout_value(pass->target, id, &at) || at + size > pass->page.bytes)
		return (struct mcd_page_word){ 0 };
	return (struct mcd_page_word){ (size_t)at, size };
}

static enum mcd_status compile(struct pass *pass)
{
	enum mcd_status status = mcd_page_form_measure(pass->target, &pass->page);

	if (status)
		return status;
	pass->cache_at = place(pass, M(slab, slab_cache), M(page, slab_cache),
			       pass->target->word_bytes);
	pass->counters_at = place(pass, M(slab, counters), M(page, counters), sizeof(uint32_t));
	if (!pass->cache_at.size || !pass->counters_at.size ||
	    mcd_layout_has(pass->target, M(kmem_cache, num)))
		return mcd_error_set(&pass->target->error, MCD_ABSENT,
				     "its slabs are not those of SLUB");
	return MCD_OK;
}

enum mcd_status mcd_pins_socket_slab(struct mcd_audit *audit)
{
	struct pass pass = { .target = audit->world->target };
	enum mcd_status status = mcd_sockets_get(audit, &pass.sockets);

	if (!status)
		status = compile(&pass);
	if (!status)
		status = mcd_sock_caches_find(pass.sockets, &pass.caches);
	if (!status && pass.caches.nr_caches)
		status = mcd_memmap_scan(audit, visit, &pass);
	if (!status && pass.nr_lost)
		status = mcd_note_add(audit->world, "%zu slabs of sockets cannot be read",
				      pass.nr_lost);
	return status;
}
