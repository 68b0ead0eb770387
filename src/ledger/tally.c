// SPDX-License-Identifier: GPL-2.0-or-later
/* Adds up pages by memcg and by the object that they belong to. See accounts.h. */
#include "accounts.h"

enum { SLOTS_MIN = 256 };

static size_t hash(const struct mcd_tallies *tallies, size_t account, uint64_t mapping,
		   enum mcd_pin kind)
{
	uint64_t key = (mapping >> 3) + account * 31 + (uint64_t)kind * 7919;

	return (size_t)(key * 0x9e3779b97f4a7c15ULL >> 20) & (tallies->nr_slots - 1);
}

static bool is_of(const struct mcd_tally *tally, size_t account, uint64_t mapping,
		  enum mcd_pin kind)
{
	return tally->account == account && tally->mapping == mapping && tally->kind == kind;
}

/* The slot of the tally, or the empty one where it belongs. */
static size_t *slot_of(struct mcd_tallies *tallies, size_t account, uint64_t mapping,
		       enum mcd_pin kind)
{
	size_t at = hash(tallies, account, mapping, kind);

	while (tallies->slots[at] &&
	       !is_of(&tallies->items[tallies->slots[at] - 1], account, mapping, kind))
		at = (at + 1) & (tallies->nr_slots - 1);
	return &tallies->slots[at];
}

static enum mcd_status widen(struct mcd_tallies *tallies, struct mcd_arena *arena)
{
	size_t nr_slots = tallies->nr_slots ? 2 * tallies->nr_slots : SLOTS_MIN;
	size_t *slots = mcd_arena_array(arena, nr_slots, sizeof(*slots));

	if (!slots)
		return MCD_NO_MEMORY;
	tallies->slots = slots;
	tallies->nr_slots = nr_slots;
	for (size_t i = 0; i < tallies->nr; i++) {
		const struct mcd_tally *tally = &tallies->items[i];

		*slot_of(tallies, tally->account, tally->mapping, tally->kind) = i + 1;
	}
	return MCD_OK;
}

static enum mcd_status append(struct mcd_audit *audit, struct mcd_account *account, size_t position,
			      const struct mcd_page_facts *page, size_t *slot)
{
	struct mcd_tallies *tallies = &audit->tallies;

	tallies->items = mcd_arena_grow(audit->world->arena, tallies->items, tallies->nr,
					&tallies->capacity, sizeof(*tallies->items));
	if (!tallies->items)
		return MCD_NO_MEMORY;
	tallies->items[tallies->nr++] = (struct mcd_tally){
		.account = position,
		.next = account->first_tally,
		.kind = page->kind,
		.mapping = page->mapping,
		.is_anon = page->is_anon,
	};
	*slot = tallies->nr;
	account->first_tally = tallies->nr;
	return MCD_OK;
}

static void count(struct mcd_tally *tally, const struct mcd_page_facts *page)
{
	tally->nr_refs += page->nr_refs;
	tally->nr_pages += page->nr_pages;
	tally->nr_dirty += page->is_dirty ? page->nr_pages : 0;
	tally->nr_writeback += page->is_writeback ? page->nr_pages : 0;
	tally->nr_mapped += page->is_mapped ? page->nr_pages : 0;
	tally->nr_mlocked += page->is_mlocked ? page->nr_pages : 0;
	tally->nr_swapcache += page->is_swapcache ? page->nr_pages : 0;
}

enum mcd_status mcd_tally_add(struct mcd_audit *audit, struct mcd_account *account,
			      const struct mcd_page_facts *page)
{
	struct mcd_tallies *tallies = &audit->tallies;
	size_t position = (size_t)(account - audit->accounts);
	enum mcd_status status = MCD_OK;

	if (2 * tallies->nr >= tallies->nr_slots)
		status = widen(tallies, audit->world->arena);
	if (!status) {
		size_t *slot = slot_of(tallies, position, page->mapping, page->kind);

		if (!*slot)
			status = append(audit, account, position, page, slot);
		if (!status)
			count(&tallies->items[*slot - 1], page);
	}
	if (status)
		return mcd_error_set(&audit->world->target->error, status, "pages");
	account->nr_page_refs += page->nr_refs;
	return MCD_OK;
}

bool mcd_tally_is_larger(const struct mcd_tally *tally, const struct mcd_tally *other)
{
	if (tally->nr_pages != other->nr_pages)
		return tally->nr_pages > other->nr_pages;
	return tally->mapping < other->mapping;
}

void mcd_tallies_reset(struct mcd_audit *audit)
{
	for (size_t i = 0; i < audit->nr; i++) {
		audit->accounts[i].nr_page_refs = 0;
		audit->accounts[i].first_tally = 0;
	}
	audit->tallies = (struct mcd_tallies){ 0 };
}
