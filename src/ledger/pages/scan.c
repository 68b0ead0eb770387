// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * All pages of the machine, in one pass for all memcgs: what is on no list of theirs is found too. Most
 * pages are charged to nobody or to live memcgs, so that these are passed over as fast as may be.
 */
#include "memmap.h"
#include "page.h"

enum {
	RECENT = 1 << 10, /* owners that were looked up last */
	RECENT_SHIFT = 64 - 10,
};

enum { RIDERS = 3 };

struct scan {
	struct mcd_audit *audit;
	struct mcd_page_rider riders[RIDERS]; /* the scan itself is the first */
	size_t nr_riders;
	const struct mcd_page_form *form;
	struct mcd_addrmap caches; /* of slabs -> position of the account that owns it */
	struct {
		uint64_t owner;
		struct mcd_account *account;
	} recent[RECENT];
};

static struct mcd_account *account_of(struct scan *scan, uint64_t owner)
{
	size_t slot = (size_t)(owner * 0x9e3779b97f4a7c15ULL >> RECENT_SHIFT);

	if (scan->recent[slot].owner != owner) {
		scan->recent[slot].owner = owner;
		scan->recent[slot].account = mcd_account_find(scan->audit, mcd_page_charged(owner));
	}
	return scan->recent[slot].account;
}

/* The struct page and the next one, from the stretch or, at its end, from the dump. */
static bool with_next(struct scan *scan, const struct mcd_page_stretch *stretch, size_t i,
		      uint8_t *buffer, const uint8_t **page)
{
	size_t bytes = scan->form->bytes;

	if (i + 1 < stretch->nr)
		return true;
	memcpy(buffer, *page, bytes);
	*page = buffer;
	return !mcd_read(scan->audit->world->target, stretch->addr + (i + 1) * bytes,
			 buffer + bytes, bytes, "page structure");
}

static enum mcd_status count(struct scan *scan, struct mcd_account *account,
			     const struct mcd_page_stretch *stretch, size_t i)
{
	const struct mcd_page_form *form = scan->form;
	const uint8_t *page = stretch->bytes + i * form->bytes;
	uint8_t buffer[2 * MCD_PAGE_BYTES_MAX];
	bool has_next = mcd_page_is_head(form, page) && with_next(scan, stretch, i, buffer, &page);
	struct mcd_page_facts facts;

	if (!mcd_page_parse(form, stretch->addr + i * form->bytes, page, has_next,
			    stretch->is_device, &facts))
		return MCD_OK;
	return mcd_tally_add(scan->audit, account, &facts);
}

static enum mcd_status visit_charged(void *context, const struct mcd_page_stretch *stretch)
{
	struct scan *scan = context;
	const uint8_t *page = stretch->bytes;
	enum mcd_status status = MCD_OK;

	for (size_t i = 0; i < stretch->nr && !status; i++, page += scan->form->bytes) {
		uint64_t owner = mcd_page_owner(scan->form, page);
		struct mcd_account *account = owner ? account_of(scan, owner) : NULL;

		if (account)
			status = count(scan, account, stretch, i);
	}
	return status;
}

/* ---- slabs whose pages do not say who is charged: v3.19 to v4.3 ---- */

/* The account that the slab's cache belongs to; NULL: none of ours, or no slab. */
static struct mcd_account *account_of_slab(struct scan *scan, const uint8_t *page)
{
	const struct mcd_page_form *form = scan->form;
	size_t position = 0;

	if (!(mcd_page_word(form, page, form->flags) & form->pg_slab) ||
	    !mcd_addrmap_find(&scan->caches, mcd_page_word(form, page, form->slab_cache),
			      &position))
		return NULL;
	return &scan->audit->accounts[position];
}

static enum mcd_status visit_slabs_too(void *context, const struct mcd_page_stretch *stretch)
{
	struct scan *scan = context;
	const uint8_t *page = stretch->bytes;
	enum mcd_status status = visit_charged(context, stretch);

	for (size_t i = 0; i < stretch->nr && !status; i++, page += scan->form->bytes) {
		struct mcd_account *account = mcd_page_owner(scan->form, page)
						      ? NULL
						      : account_of_slab(scan, page);

		if (account)
			status = count(scan, account, stretch, i);
	}
	return status;
}

static enum mcd_status index_caches(struct scan *scan)
{
	enum mcd_status status = MCD_OK;

	mcd_addrmap_init(&scan->caches, scan->audit->world->arena);
	for (size_t i = 0; i < scan->audit->nr && !status; i++) {
		const struct mcd_memcg *memcg = scan->audit->accounts[i].memcg;
		bool is_new;

		for (size_t cache = 0; cache < memcg->nr_caches && !status; cache++)
			status = mcd_addrmap_insert(&scan->caches, memcg->cache_addrs[cache], i,
						    &is_new);
	}
	return status ? mcd_error_set(&scan->audit->world->target->error, status, "slab caches")
		      : MCD_OK;
}

/* ---- all who look at pages ---- */

static enum mcd_status add_riders(struct scan *scan)
{
	static enum mcd_status (*const ride[])(struct mcd_audit *, struct mcd_page_rider *) = {
		mcd_socket_slabs_ride,
		mcd_charges_ride,
	};
	enum mcd_status status = MCD_OK;

	for (size_t i = 0; i < sizeof(ride) / sizeof(ride[0]) && !status; i++) {
		struct mcd_page_rider *rider = &scan->riders[scan->nr_riders];

		status = ride[i](scan->audit, rider);
		scan->nr_riders += rider->visit != NULL;
	}
	return status;
}

/* One after the other while the stretch is in the processor's cache. */
static enum mcd_status visit(void *context, const struct mcd_page_stretch *stretch)
{
	const struct scan *scan = context;
	enum mcd_status status = MCD_OK;

	for (size_t i = 0; i < scan->nr_riders && !status; i++)
		status = scan->riders[i].visit(scan->riders[i].context, stretch);
	return status;
}

/* ---- */

/* What was counted before, of each account. */
struct before {
	uint64_t nr_page_refs;
	size_t first_tally;
};

static uint64_t sum_refs(const struct mcd_audit *audit)
{
	uint64_t nr = 0;

	for (size_t i = 0; i < audit->nr; i++)
		nr += audit->accounts[i].nr_page_refs;
	return nr;
}

static enum mcd_status pass(struct scan *scan)
{
	struct mcd_audit *audit = scan->audit;
	struct mcd_tallies tallies = audit->tallies;
	uint64_t nr_refs = sum_refs(audit);
	struct before *before = mcd_arena_array(audit->world->arena, audit->nr + 1,
						sizeof(*before));
	enum mcd_status status;

	if (!before)
		return mcd_error_set(&audit->world->target->error, MCD_NO_MEMORY, "pages");
	for (size_t i = 0; i < audit->nr; i++)
		before[i] = (struct before){ audit->accounts[i].nr_page_refs,
					     audit->accounts[i].first_tally };
	mcd_tallies_reset(audit);
	audit->has_scanned = true;
	status = mcd_memmap_scan(audit, visit, scan);
	/* Cut short, it may have found less than was known. */
	if (!status || sum_refs(audit) >= nr_refs)
		return status;
	audit->tallies = tallies;
	for (size_t i = 0; i < audit->nr; i++) {
		audit->accounts[i].nr_page_refs = before[i].nr_page_refs;
		audit->accounts[i].first_tally = before[i].first_tally;
	}
	return status;
}

enum mcd_status mcd_pages_by_scan(struct mcd_audit *audit)
{
	struct scan *scan = NULL;
	const struct mcd_page_form *form = NULL;
	uint64_t nr_pages;
	bool has_slabs;
	enum mcd_status status = MCD_OK;

	if (audit->has_scanned)
		return MCD_OK;
	status = mcd_page_form_get(audit, &form);
	if (!status)
		status = mcd_memmap_count(audit, &nr_pages);
	if (status)
		return status;
	scan = mcd_arena_alloc(audit->world->arena, sizeof(*scan));
	if (!scan)
		return mcd_error_set(&audit->world->target->error, MCD_NO_MEMORY, "pages");
	scan->audit = audit;
	scan->form = form;
	has_slabs = form->is_slab_charged && form->slab_cache.size && form->pg_slab;
	if (has_slabs)
		status = index_caches(scan);
	if (status)
		return status;
	scan->riders[scan->nr_riders++] = (struct mcd_page_rider){
		has_slabs && scan->caches.nr ? visit_slabs_too : visit_charged, scan
	};
	status = add_riders(scan);
	return status ? status : pass(scan);
}
