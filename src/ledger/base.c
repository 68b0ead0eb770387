// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a memcg holds of itself (mm/memcontrol.c). Two references of old kernels:
 *
 *   its own    up to v3.10 mem_cgroup_css_alloc() sets mem_cgroup.refcnt to 1, which
 *              mem_cgroup_css_free() puts: cgroup_diput() calls that when the last css reference, which
 *              is counted apart, and the last one to the directory are gone.
 *   kmem's     one for all of its kernel memory, until that is given back: up to v3.10 from when it is
 *              limited, memcg_update_kmem_limit(); since then from css_offline(). Once the one of
 *              those two that is called last has run, KMEM_ACCOUNTED_DEAD stands for it, which
 *              memcg_uncharge_kmem() clears. Since v3.19 pages are counted instead.
 */
#include <inttypes.h>

#include "accounts.h"

/* What is known of one memcg. */
struct life {
	bool is_freed;		 /* css_free() has run */
	bool is_active, is_dead; /* KMEM_ACCOUNTED_… */
	uint64_t css_refs;
};

static bool has_refcnt(struct mcd_target *target)
{
	return mcd_layout_has(target, M(mem_cgroup, refcnt));
}

/* The enumerators are numbers of bits. */
static bool has_flag(struct mcd_target *target, uint64_t flags, enum mcd_layout_id enumerator)
{
	uint64_t bit = 0;

	return !mcd_layout_value(target, enumerator, &bit) && bit < 64 && (flags >> bit & 1);
}

/*
 * css_free() puts the memcg on the facility's list, marks its kernel memory dead and destroys its counter
 * of sockets. Where there is none of these, it has run if the css has no reference left.
 */
static bool is_freed(struct mcd_target *target, const struct mcd_memcg *memcg,
		     const struct life *life)
{
	if (!mcd_is_dangling(memcg))
		return false;
	if ((memcg->sources & MCD_SOURCE_LIST) || (memcg->flags & MCD_FLAG_SOCKETS_APPROX) ||
	    life->is_dead || memcg->state == MCD_STATE_RELEASED)
		return true;
	if (memcg->tcp_sockets.known == MCD_KNOWN &&
	    mcd_layout_has(target, M(percpu_counter, counters)))
		return false;
	return !life->css_refs;
}

static enum mcd_status read_life(struct mcd_world *world, const struct mcd_memcg *memcg,
				 struct life *ret)
{
	struct mcd_target *target = world->target;
	uint64_t flags = 0;
	enum mcd_status status = MCD_OK;

	if (world->head.has_kmem)
		status = mcd_field(target, memcg->addr, M(mem_cgroup, kmem_account_flags), &flags);
	ret->is_active = has_flag(target, flags, ENUM(KMEM_ACCOUNTED_ACTIVE));
	ret->is_dead = has_flag(target, flags, ENUM(KMEM_ACCOUNTED_DEAD));
	if (!status && has_refcnt(target))
		status = mcd_refs_of_css(world, memcg->addr, &ret->css_refs);
	ret->is_freed = is_freed(target, memcg, ret);
	return status;
}

static enum mcd_status add_own(struct mcd_audit *audit, struct mcd_account *account,
			       const struct life *life)
{
	struct mcd_figure none = mcd_figure_none(MCD_NA);

	if (life->is_freed || !has_refcnt(audit->world->target))
		return MCD_OK;
	if (!mcd_is_dangling(account->memcg))
		return mcd_pin_add(audit, account, MCD_PIN_BASE, 1, none, "its directory");
	if (!life->css_refs)
		return mcd_pin_add(audit, account, MCD_PIN_BASE, 1, none,
				   "its directory, which is open");
	return mcd_pin_add(audit, account, MCD_PIN_BASE, 1, none,
			   "its directory, held by %" PRIu64 " css reference%s", life->css_refs,
			   life->css_refs == 1 ? "" : "s");
}

static enum mcd_status add_kmem(struct mcd_audit *audit, struct mcd_account *account,
				const struct life *life)
{
	bool is_held = has_refcnt(audit->world->target) && !life->is_freed ? life->is_active
									   : life->is_dead;

	if (!is_held)
		return MCD_OK;
	return mcd_pin_add(audit, account, MCD_PIN_BASE, 1, mcd_figure_none(MCD_NA),
			   "its kernel memory as a whole");
}

/* MCD_ABSENT where nothing tells whether kernel memory holds one. */
static enum mcd_status check_rows(struct mcd_world *world)
{
	static const enum mcd_layout_id rows[] = {
		M(mem_cgroup, kmem_account_flags),
		ENUM(KMEM_ACCOUNTED_ACTIVE),
		ENUM(KMEM_ACCOUNTED_DEAD),
	};
	enum mcd_status status = MCD_OK;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && world->head.has_kmem && !status;
	     i++) {
		uint64_t value = 0;

		status = mcd_layout_value(world->target, rows[i], &value);
	}
	return status;
}

enum mcd_status mcd_pins_base(struct mcd_audit *audit)
{
	struct mcd_world *world = audit->world;
	enum mcd_status status = check_rows(world);

	for (size_t i = 0; i < audit->nr && !status; i++) {
		struct mcd_account *account = &audit->accounts[i];
		struct life life = { 0 };

		status = read_life(world, account->memcg, &life);
		if (status && !mcd_is_fatal(status))
			status = mcd_note_add(world, "memcg %" PRIx64 ": %s", account->memcg->addr,
					      world->target->error.text);
		if (!status)
			status = add_own(audit, account, &life);
		if (!status)
			status = add_kmem(audit, account, &life);
		if (!status && i % 256 == 0)
			status = mcd_poll(world->target, "memory cgroups audited", i, audit->nr);
	}
	return status;
}
