// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a memcg charged without being held by it: since v5.9 slab objects and per-cpu memory, since v5.12
 * other pages of the kernel, since v7.1 all pages are charged to an obj_cgroup, which css_offline() hands
 * to the parent; before v5.9 the objects in slab caches of its own. See accounts.h and charged.h.
 *
 * The bytes are those of the memory itself. The kernel charges a pointer more for each slab object, for
 * its place in the vector (obj_full_size()), and since v5.16 or so for each 4 bytes of per-cpu memory.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "charged.h"

static enum mcd_status no_memory(struct mcd_charges *charges)
{
	return mcd_error_set(&charges->audit->world->target->error, MCD_NO_MEMORY, "charges");
}

/* ---- counts ---- */

static enum mcd_status append(struct mcd_charges *charges, size_t account, size_t class,
			      uint64_t key, size_t *ret)
{
	bool is_new;

	charges->counts = mcd_arena_grow(charges->audit->world->arena, charges->counts,
					 charges->nr_counts, &charges->counts_capacity,
					 sizeof(*charges->counts));
	if (!charges->counts ||
	    mcd_addrmap_insert(&charges->by_pair, key, charges->nr_counts, &is_new))
		return no_memory(charges);
	*ret = charges->nr_counts++;
	charges->counts[*ret] = (struct mcd_charge_count){ .class = class,
							   .next = charges->first[account] };
	charges->first[account] = charges->nr_counts;
	return MCD_OK;
}

enum mcd_status mcd_charge_add(struct mcd_charges *charges, size_t account, size_t class,
			       uint64_t nr_objects, uint64_t bytes)
{
	/* Neither number comes near 2^32, and the map has no key 0. */
	uint64_t key = ((uint64_t)account + 1) << 32 | class;
	size_t position = 0;
	enum mcd_status status = MCD_OK;

	if (!mcd_addrmap_find(&charges->by_pair, key, &position))
		status = append(charges, account, class, key, &position);
	if (!status) {
		charges->counts[position].nr_objects += nr_objects;
		charges->counts[position].bytes += bytes;
	}
	return status;
}

/* ---- classes ---- */

static enum mcd_status find_class(struct mcd_charges *charges, struct mcd_addrmap *map,
				  uint64_t key, size_t *ret, bool *is_new)
{
	*is_new = false;
	if (mcd_addrmap_find(map, key, ret))
		return MCD_OK;
	charges->classes = mcd_arena_grow(charges->audit->world->arena, charges->classes,
					  charges->nr_classes, &charges->classes_capacity,
					  sizeof(*charges->classes));
	if (!charges->classes || mcd_addrmap_insert(map, key, charges->nr_classes, is_new))
		return no_memory(charges);
	*ret = charges->nr_classes++;
	charges->classes[*ret] = (struct mcd_charge_class){ .kind = "slab" };
	return MCD_OK;
}

enum mcd_status mcd_charge_kind(struct mcd_charges *charges, const char *kind, size_t *ret)
{
	bool is_new;
	enum mcd_status status = find_class(charges, &charges->by_kind, (uintptr_t)kind, ret,
					    &is_new);

	if (is_new)
		charges->classes[*ret].kind = kind;
	return status;
}

static uint64_t number_of(struct mcd_target *target, uint64_t cache, enum mcd_layout_id member)
{
	enum { NUMBER_MAX = 1 << 26 }; /* the largest objects that any kernel keeps in slabs */
	uint64_t number = 0;

	return mcd_field(target, cache, member, &number) || number > NUMBER_MAX ? 0 : number;
}

enum mcd_status mcd_charge_cache(struct mcd_charges *charges, uint64_t cache, size_t *ret)
{
	struct mcd_world *world = charges->audit->world;
	bool is_new;
	enum mcd_status status = find_class(charges, &charges->by_cache, cache, ret, &is_new);

	if (status || !is_new)
		return status;
	charges->classes[*ret].object_bytes = number_of(world->target, cache, M(kmem_cache, size));
	charges->classes[*ret].nr_per_slab = number_of(world->target, cache, M(kmem_cache, num));
	return mcd_cache_name(world, cache, &charges->classes[*ret].name);
}

/* ---- rows ---- */

static const char *text_of(const struct mcd_charge_row *row)
{
	return row->name.known == MCD_KNOWN ? row->name.text : "";
}

/* The largest first; what is equal keeps to the words, so that any run prints the same. */
static int compare_rows(const void *a, const void *b)
{
	const struct mcd_charge_row *left = a, *right = b;
	int order;

	if (left->bytes != right->bytes)
		return left->bytes > right->bytes ? -1 : 1;
	if (left->nr_objects != right->nr_objects)
		return left->nr_objects > right->nr_objects ? -1 : 1;
	order = strcmp(left->kind, right->kind);
	return order ? order : strcmp(text_of(left), text_of(right));
}

static enum mcd_status fill(struct mcd_charges *charges, size_t account)
{
	struct mcd_ledger *ledger = charges->audit->accounts[account].memcg->ledger;
	size_t nr = 0;

	for (size_t at = charges->first[account]; at; at = charges->counts[at - 1].next)
		nr++;
	ledger->charges = mcd_arena_array(charges->audit->world->arena, nr + 1,
					  sizeof(*ledger->charges));
	if (!ledger->charges)
		return no_memory(charges);
	for (size_t at = charges->first[account]; at; at = charges->counts[at - 1].next) {
		const struct mcd_charge_count *count = &charges->counts[at - 1];
		const struct mcd_charge_class *class = &charges->classes[count->class];

		ledger->charges[ledger->nr_charges++] = (struct mcd_charge_row){
			class->kind, class->name, count->nr_objects, count->bytes
		};
	}
	qsort(ledger->charges, nr, sizeof(*ledger->charges), compare_rows);
	return MCD_OK;
}

/* ---- obj_cgroups ---- */

/* What cannot be looked at is told, and is missing from all. */
static enum mcd_status collect(struct mcd_charges *charges, const char *what,
			       enum mcd_status (*find)(struct mcd_charges *charges))
{
	struct mcd_world *world = charges->audit->world;
	enum mcd_status status = find(charges);

	if (!status || mcd_is_fatal(status))
		return status;
	charges->nr_lost++;
	return mcd_note_add(world, "charged %s are not known: %s", what, world->target->error.text);
}

static enum mcd_status fill_all(struct mcd_charges *charges)
{
	enum mcd_status status = MCD_OK;

	for (size_t i = 0; i < charges->audit->nr && !status; i++) {
		const struct mcd_memcg *memcg = charges->audit->accounts[i].memcg;

		if (charges->nr_lost)
			memcg->ledger->charges_known = MCD_UNREADABLE;
		else if (charges->first[i] || mcd_objcg_is_told(charges, memcg))
			memcg->ledger->charges_known = MCD_KNOWN;
		status = fill(charges, i);
	}
	return status;
}

static enum mcd_status find_by_objcg(struct mcd_charges *charges)
{
	enum mcd_status status = collect(charges, "pages and slab objects", mcd_charges_of_pages);
	enum mcd_status filled;

	if (!status)
		status = collect(charges, "pieces of per-cpu memory", mcd_charges_of_percpu);
	if (!status && charges->nr_lost)
		status = mcd_note_add(charges->audit->world,
				      "charges are incomplete: %" PRIu64 " places cannot be read",
				      charges->nr_lost);
	if (status && status != MCD_INTERRUPTED)
		return status;
	charges->nr_lost += status != MCD_OK;
	filled = fill_all(charges);
	return filled ? filled : status;
}

/* ---- caches ---- */

static enum mcd_status find_of(struct mcd_charges *charges, size_t account)
{
	struct mcd_memcg *memcg = charges->audit->accounts[account].memcg;
	uint64_t nr_lost = charges->nr_lost;
	enum mcd_status status = mcd_charges_of_caches(charges, account);

	if (mcd_is_fatal(status))
		return status;
	if (!status)
		memcg->ledger->charges_known = charges->nr_lost > nr_lost ? MCD_UNREADABLE
									  : memcg->caches_known;
	return fill(charges, account);
}

static enum mcd_status find_by_cache(struct mcd_charges *charges)
{
	struct mcd_audit *audit = charges->audit;
	enum mcd_status status = MCD_OK;
	size_t i = 0;

	for (; i < audit->nr && !status; i++) {
		status = i % 256 ? MCD_OK
				 : mcd_poll(audit->world->target, "memory cgroups audited", i,
					    audit->nr);
		if (!status)
			status = find_of(charges, i);
	}
	/* Interrupted: nothing is known of the rest. */
	while (status && i <= audit->nr)
		audit->accounts[i++ - 1].memcg->ledger->charges_known = MCD_UNREADABLE;
	return status;
}

/* ---- */

static struct mcd_charges *create(struct mcd_audit *audit)
{
	struct mcd_arena *arena = audit->world->arena;
	struct mcd_charges *charges = mcd_arena_alloc(arena, sizeof(*charges));
	size_t *first = mcd_arena_array(arena, audit->nr + 1, sizeof(*first));

	if (!charges || !first)
		return NULL;
	*charges = (struct mcd_charges){ .audit = audit, .first = first };
	mcd_addrmap_init(&charges->by_pair, arena);
	mcd_addrmap_init(&charges->by_kind, arena);
	mcd_addrmap_init(&charges->by_cache, arena);
	mcd_addrmap_init(&charges->owners, arena);
	return charges;
}

enum mcd_status mcd_charges_get(struct mcd_audit *audit, struct mcd_charges **ret)
{
	struct mcd_charges *charges = audit->charges ? audit->charges : create(audit);
	enum mcd_status status = MCD_OK;

	*ret = audit->charges = charges;
	if (!charges)
		return mcd_error_set(&audit->world->target->error, MCD_NO_MEMORY, "charges");
	if (!charges->is_indexed)
		status = mcd_objcgs_index(charges);
	charges->is_indexed = !status;
	return status;
}

enum mcd_status mcd_charges_find(struct mcd_audit *audit)
{
	struct mcd_charges *charges = NULL;
	enum mcd_status status = mcd_charges_get(audit, &charges);

	if (!charges)
		return status;
	if (status == MCD_ABSENT)
		return find_by_cache(charges);
	return status ? status : find_by_objcg(charges);
}
