// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Slab objects and pages with an obj_cgroup, found in one pass over all struct pages, which is the scan's
 * where there is one. A slab's memcg_data
 * (obj_cgroups in v5.9, obj_exts since v6.10) leads to a vector with a place for each object:
 *
 *   v5.9 to v6.9   struct obj_cgroup *
 *   since v6.10    struct slabobj_ext
 *   since v7.0     the same, struct slab.stride apart: the vector may be made of the gaps behind objects
 *
 * SLUB keeps the number of objects in the slab, in a bit-field within `counters`; SLAB, up to v6.7, in the
 * cache.
 */
#include <string.h>

#include "../pages/page.h"
#include "charged.h"

enum {
	OWNER_IS_VECTOR = 1,	    /* MEMCG_DATA_OBJCGS, MEMCG_DATA_OBJEXTS */
	OWNER_IS_KERNEL = 2,	    /* MEMCG_DATA_KMEM */
	VECTOR_BYTES_MAX = 4 << 20, /* the largest slabs are of 1024 pages of 4 kB */
};

struct pass {
	struct mcd_charges *charges;
	struct mcd_target *target;
	const struct mcd_page_form *page;
	bool has_flagged_objcgs; /* a page of the kernel names its obj_cgroup */
	/* In struct slab, or in struct page before v5.17; a size of 0: there is no such thing. */
	struct mcd_page_word cache, counters, stride;
	size_t entry_bytes, objcg_at; /* of the vector */
	uint8_t *vector;
	size_t vector_bytes;
};

/* ---- slabs ---- */

static struct mcd_page_word place(const struct pass *pass, enum mcd_layout_id newer,
				  enum mcd_layout_id older, size_t size)
{
	uint64_t at = 0;
	enum mcd_layout_id id = mcd_layout_has(pass->target, newer) ? newer : older;

	if (mcd_layout_value(pass->target, id, &at) || at + size > pass->page->bytes)
		return (struct mcd_page_word){ 0 };
	return (struct mcd_page_word){ (size_t)at, size };
}

/* MCD_ABSENT where the types do not tell where the objects of a slab are. */
static enum mcd_status compile(struct pass *pass)
{
	struct mcd_target *target = pass->target;
	uint64_t bytes = target->word_bytes, at = 0;
	enum mcd_status status = mcd_page_form_get(pass->charges->audit, &pass->page);

	if (status)
		return status;
	pass->cache = place(pass, M(slab, slab_cache), M(page, slab_cache), target->word_bytes);
	pass->counters = place(pass, M(slab, counters), M(page, counters), sizeof(uint32_t));
	pass->stride = place(pass, M(slab, stride), M(slab, stride), sizeof(uint32_t));
	if (!mcd_layout_value(target, S(slabobj_ext), &bytes))
		status = mcd_layout_value(target, M(slabobj_ext, objcg), &at);
	pass->entry_bytes = (size_t)bytes;
	pass->objcg_at = (size_t)at;
	if (!status && (!pass->cache.size || at + target->word_bytes > bytes))
		status = mcd_error_set(&target->error, MCD_ABSENT,
				       "struct slab does not tell what is in it");
	/* Up to v5.11 a flagged page names its memcg, as it did without a flag; that is a pin. */
	pass->has_flagged_objcgs = pass->page->has_flagged_owner &&
				   !pass->charges->audit->world->head.can_pin[MCD_PIN_KMEM_PAGE];
	return status;
}

/* `objects` of SLUB: struct { unsigned inuse:16, objects:15, frozen:1; }. */
static uint64_t count_places(const struct pass *pass, const struct mcd_charge_class *class,
			     const uint8_t *page)
{
	uint64_t word;

	if (class->nr_per_slab || !pass->counters.size)
		return class->nr_per_slab;
	word = mcd_page_word(pass->page, page, pass->counters);
	return (pass->page->is_big_endian ? word >> 1 : word >> 16) & 0x7fff;
}

static enum mcd_status make_room(struct pass *pass, size_t bytes)
{
	if (bytes <= pass->vector_bytes)
		return MCD_OK;
	pass->vector_bytes = bytes > 2 * pass->vector_bytes ? bytes : 2 * pass->vector_bytes;
	pass->vector = mcd_arena_alloc(pass->charges->audit->world->arena, pass->vector_bytes);
	return pass->vector ? MCD_OK
			    : mcd_error_set(&pass->target->error, MCD_NO_MEMORY, "slab objects");
}

/* Neighbours often have the same owner. */
static enum mcd_status count_objects(struct pass *pass, size_t class, size_t nr, size_t stride)
{
	uint64_t object_bytes = pass->charges->classes[class].object_bytes, last = 0;
	size_t owner = 0;
	enum mcd_status status = MCD_OK;

	for (size_t i = 0; i < nr && !status; i++) {
		uint64_t objcg = mcd_uint_of_bytes(pass->vector + i * stride + pass->objcg_at,
						   pass->page->word_bytes,
						   pass->page->is_big_endian);

		if (objcg && objcg != last)
			status = mcd_objcg_owner(pass->charges, objcg, &owner);
		if (!status && objcg && owner)
			status = mcd_charge_add(pass->charges, owner - 1, class, 1, object_bytes);
		last = objcg ? objcg : last;
	}
	return status;
}

/* The vector as far as its last place's obj_cgroup. */
static enum mcd_status read_vector(struct pass *pass, uint64_t vector, uint64_t nr, uint64_t stride)
{
	uint64_t bytes = (nr - 1) * stride + pass->objcg_at + pass->page->word_bytes;
	enum mcd_status status;

	if (bytes > VECTOR_BYTES_MAX)
		return mcd_error_set(&pass->target->error, MCD_CORRUPT,
				     "slab: a vector of %llu bytes", (unsigned long long)bytes);
	status = make_room(pass, (size_t)bytes);
	return status ? status
		      : mcd_read(pass->target, vector, pass->vector, (size_t)bytes,
				 "obj_cgroups of a slab");
}

static enum mcd_status visit_slab(struct pass *pass, uint64_t vector, const uint8_t *page)
{
	struct mcd_charges *charges = pass->charges;
	uint64_t cache = mcd_page_word(pass->page, page, pass->cache), nr, stride;
	size_t class = 0;
	enum mcd_status status = mcd_charge_cache(charges, cache, &class);

	if (status)
		return status;
	nr = count_places(pass, &charges->classes[class], page);
	stride = pass->stride.size ? mcd_page_word(pass->page, page, pass->stride)
				   : pass->entry_bytes;
	status = nr && charges->classes[class].object_bytes && stride >= pass->entry_bytes
			 ? read_vector(pass, vector, nr, stride)
			 : MCD_CORRUPT;
	if (!status)
		return count_objects(pass, class, (size_t)nr, (size_t)stride);
	if (mcd_is_fatal(status))
		return status;
	charges->nr_lost++;
	return MCD_OK;
}

/* ---- pages ---- */

static enum mcd_status visit_page(struct pass *pass, const struct mcd_page_stretch *stretch,
				  size_t i, size_t account)
{
	size_t bytes = pass->page->bytes, class = 0;
	const uint8_t *page = stretch->bytes + i * bytes;
	uint8_t buffer[2 * MCD_PAGE_BYTES_MAX];
	bool has_next = i + 1 < stretch->nr;
	struct mcd_page_facts facts;
	enum mcd_status status;

	if (!has_next && mcd_page_is_head(pass->page, page)) {
		memcpy(buffer, page, bytes);
		page = buffer;
		has_next = !mcd_read(pass->target, stretch->addr + (i + 1) * bytes, buffer + bytes,
				     bytes, "page structure");
	}
	if (!mcd_page_parse(pass->page, stretch->addr + i * bytes, page, has_next,
			    stretch->is_device, &facts))
		return MCD_OK;
	status = mcd_charge_kind(pass->charges, mcd_pin_name(facts.kind), &class);
	return status ? status
		      : mcd_charge_add(pass->charges, account, class, 1,
				       facts.nr_pages * pass->target->page_bytes);
}

/* A slab's vector, or the obj_cgroup of a page; a part of a larger page has other things there. */
static enum mcd_status visit_owned(struct pass *pass, const struct mcd_page_stretch *stretch,
				   size_t i, uint64_t owner)
{
	const uint8_t *page = stretch->bytes + i * pass->page->bytes;
	size_t account = 0;
	enum mcd_status status;

	if (pass->page->head.size && (mcd_page_word(pass->page, page, pass->page->head) & 1))
		return MCD_OK;
	if (owner & OWNER_IS_VECTOR)
		return visit_slab(pass, mcd_page_charged(owner), page);
	status = mcd_objcg_owner(pass->charges, mcd_page_charged(owner), &account);
	return status || !account ? status : visit_page(pass, stretch, i, account - 1);
}

static enum mcd_status visit(void *context, const struct mcd_page_stretch *stretch)
{
	struct pass *pass = context;
	const uint8_t *page = stretch->bytes;
	uint64_t flags = OWNER_IS_VECTOR | (pass->has_flagged_objcgs ? OWNER_IS_KERNEL : 0);
	enum mcd_status status = MCD_OK;

	for (size_t i = 0; i < stretch->nr && !status; i++, page += pass->page->bytes) {
		uint64_t owner = mcd_page_owner(pass->page, page);

		if (mcd_page_charged(owner) && ((owner & flags) || pass->charges->has_user_pages))
			status = visit_owned(pass, stretch, i, owner);
	}
	return status;
}

static enum mcd_status make(struct mcd_charges *charges, struct pass **ret)
{
	struct mcd_target *target = charges->audit->world->target;

	*ret = mcd_arena_alloc(charges->audit->world->arena, sizeof(**ret));
	if (!*ret)
		return mcd_error_set(&target->error, MCD_NO_MEMORY, "charges");
	(*ret)->charges = charges;
	(*ret)->target = target;
	return compile(*ret);
}

enum mcd_status mcd_charges_ride(struct mcd_audit *audit, struct mcd_page_rider *ret)
{
	struct mcd_charges *charges = NULL;
	struct pass *pass = NULL;
	enum mcd_status status = MCD_OK;

	if (!(audit->wants & MCD_AUDIT_SLAB))
		return MCD_OK;
	status = mcd_charges_get(audit, &charges);
	if (!status)
		status = make(charges, &pass);
	if (status)
		return mcd_is_fatal(status) ? status : MCD_OK;
	charges->has_ridden = true;
	*ret = (struct mcd_page_rider){ visit, pass };
	return MCD_OK;
}

enum mcd_status mcd_charges_of_pages(struct mcd_charges *charges)
{
	struct pass *pass = NULL;
	enum mcd_status status = MCD_OK;

	if (charges->has_ridden)
		return MCD_OK;
	status = make(charges, &pass);
	return status ? status : mcd_memmap_scan(charges->audit, visit, pass);
}
