// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Charges that a cpu keeps in advance (mm/memcontrol.c, refill_stock() and drain_stock()). From v3.19,
 * when charges began to hold references, to v5.8 each page of them holds one; since v5.9 each place in a
 * stock does, however many pages there are.
 */
#include <inttypes.h>

#include "../accounts.h"
#include "mcd/bytes.h"

enum { PLACES_MAX = 64 }; /* NR_MEMCG_STOCK is 7, and was 1 */

struct stock_form {
	uint64_t symbol;	    /* the per-cpu variable */
	uint64_t cached, nr_pages;  /* offsets of the two members */
	size_t nr_places, nr_bytes; /* of a stock; of a number of pages */
	bool holds_each_page;
};

/*
 * From v3.19 to v5.8: try_charge(). "mm: memcontrol: decouple reference counting from page accounting" (v5.9)
 * came with the series that made obj_cgroups and has counted slabs in bytes, which is also told without
 * CONFIG_MEMCG_KMEM.
 */
bool mcd_charges_hold_pages(struct mcd_target *target)
{
	return !mcd_layout_has(target, M(mem_cgroup, objcg)) &&
	       !mcd_layout_has(target, M(mem_cgroup_per_node, objcg)) &&
	       !mcd_layout_has(target, ENUM(NR_SLAB_RECLAIMABLE_B));
}

/* Both members are arrays of several places since some release after v6.14; seen in v6.19. */
static enum mcd_status find_form(struct mcd_target *target, struct stock_form *ret)
{
	enum mcd_status status = mcd_layout_value(target, SYM(memcg_stock), &ret->symbol);

	if (!status)
		status = mcd_layout_value(target, M(memcg_stock_pcp, cached), &ret->cached);
	if (!status)
		status = mcd_layout_value(target, M(memcg_stock_pcp, nr_pages), &ret->nr_pages);
	if (status)
		return status;
	ret->nr_places = (size_t)mcd_layout_ask(target, M(memcg_stock_pcp, cached))->size_bytes /
			 target->word_bytes;
	if (!ret->nr_places || ret->nr_places > PLACES_MAX)
		return mcd_error_set(&target->error, MCD_ABSENT,
				     "memcg_stock_pcp.cached has %zu places", ret->nr_places);
	ret->nr_bytes = (size_t)mcd_layout_ask(target, M(memcg_stock_pcp, nr_pages))->size_bytes /
			ret->nr_places;
	if (!ret->nr_bytes || ret->nr_bytes > sizeof(uint64_t))
		return mcd_error_set(&target->error, MCD_ABSENT,
				     "memcg_stock_pcp.nr_pages has %zu bytes", ret->nr_bytes);
	ret->holds_each_page = mcd_charges_hold_pages(target);
	return MCD_OK;
}

static enum mcd_status add_place(struct mcd_audit *audit, const struct stock_form *form,
				 unsigned int cpu, uint64_t memcg, uint64_t nr_pages)
{
	struct mcd_account *account = mcd_account_find(audit, memcg);
	uint64_t nr_refs = form->holds_each_page ? nr_pages : 1;

	if (!account || !nr_refs)
		return MCD_OK;
	return mcd_pin_add(audit, account, MCD_PIN_STOCK, nr_refs,
			   mcd_figure_known(nr_pages * audit->world->target->page_bytes),
			   "cpu %u: %" PRIu64 " page%s", cpu, nr_pages, nr_pages == 1 ? "" : "s");
}

static enum mcd_status read_stock(struct mcd_audit *audit, const struct stock_form *form,
				  unsigned int cpu, uint64_t stock)
{
	struct mcd_target *target = audit->world->target;
	unsigned char cached[PLACES_MAX * sizeof(uint64_t)], pages[PLACES_MAX * sizeof(uint64_t)];
	size_t word_bytes = target->word_bytes;
	enum mcd_status status = mcd_read(target, stock + form->cached, cached,
					  form->nr_places * word_bytes, "memcg_stock");

	if (!status)
		status = mcd_read(target, stock + form->nr_pages, pages,
				  form->nr_places * form->nr_bytes, "memcg_stock");
	for (size_t i = 0; i < form->nr_places && !status; i++)
		status = add_place(audit, form, cpu,
				   mcd_uint_of_bytes(cached + i * word_bytes, word_bytes,
						     target->is_big_endian),
				   mcd_uint_of_bytes(pages + i * form->nr_bytes, form->nr_bytes,
						     target->is_big_endian));
	return status;
}

enum mcd_status mcd_pins_stock(struct mcd_audit *audit)
{
	struct mcd_world *world = audit->world;
	const struct mcd_cpus *cpus = &world->possible;
	struct stock_form form = { 0 };
	enum mcd_status status = find_form(world->target, &form);

	if (!status && cpus->known != MCD_KNOWN)
		status = mcd_error_set(&world->target->error, MCD_FAULT,
				       "the mask of possible cpus cannot be read");
	for (size_t i = 0; i < cpus->nr && !status; i++) {
		status = read_stock(audit, &form, cpus->numbers[i], form.symbol + cpus->offsets[i]);
		if (status && !mcd_is_fatal(status))
			status = mcd_note_add(world, "the stock of cpu %u is not in the ledger: %s",
					      cpus->numbers[i], world->target->error.text);
		if (!status)
			status = mcd_poll(world->target, "stocks of cpus read", i, cpus->nr);
	}
	return status;
}
