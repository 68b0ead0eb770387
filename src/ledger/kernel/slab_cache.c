// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Slab caches of a memcg's own, which hold one reference each from v3.8 to v3.18: first
 * memcg_create_kmem_cache(), in the end memcg_register_cache() in mm/memcontrol.c. They counted their
 * pages then. Since v3.19 their pages are charged and hold references as others do, and the caches
 * none: while one is deactivated, v4.11 to v5.2, it holds one of which nothing tells. From v5.3 to v5.8 they
 * do again, and css_offline() hands them to the parent.
 */
#include "../accounts.h"

static enum mcd_status add_cache(struct mcd_audit *audit, struct mcd_account *account, size_t i)
{
	struct mcd_target *target = audit->world->target;
	const struct mcd_memcg *memcg = account->memcg;
	const struct mcd_text *name = &memcg->caches[i];
	uint64_t cache = memcg->cache_addrs[i], params = 0, nr_pages = 0;
	enum mcd_status status =
		cache ? mcd_field(target, cache, M(kmem_cache, memcg_params), &params) : MCD_FAULT;

	if (!status)
		status = mcd_field(target, params, M(memcg_cache_params, nr_pages), &nr_pages);
	return mcd_pin_add(audit, account, MCD_PIN_SLAB_CACHE, 1,
			   mcd_figure_scale(mcd_figure_from(status, nr_pages), target->page_bytes),
			   "%s", name->known == MCD_KNOWN ? name->text : "name unreadable");
}

static enum mcd_status add_caches(struct mcd_audit *audit, struct mcd_account *account)
{
	size_t nr = account->memcg->nr_caches;
	enum mcd_status status = MCD_OK;

	for (size_t i = 0; i < nr && !status; i++) {
		status = add_cache(audit, account, i);
		if (!status && i % 256 == 0)
			status = mcd_poll(audit->world->target, "slab caches audited", i, nr);
	}
	return status;
}

enum mcd_status mcd_pins_slab_cache(struct mcd_audit *audit)
{
	enum mcd_status status = MCD_OK;

	if (!mcd_layout_has(audit->world->target, M(memcg_cache_params, nr_pages)))
		return MCD_OK;
	for (size_t i = 0; i < audit->nr && !status; i++)
		status = add_caches(audit, &audit->accounts[i]);
	return status;
}
