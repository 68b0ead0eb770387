// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Address spaces: since v6.1 each mm_struct is on a list of its memcg, for MGLRU to walk its page tables, and
 * holds a reference as long: lru_gen_add_mm(), lru_gen_del_mm() in mm/vmscan.c, be MGLRU in use or not. When
 * its owner moves, lru_gen_migrate_mm() takes it along. It stays behind in a removed memcg where no task is
 * left that could own it, while a driver, such as vhost, still keeps it in use.
 */
#include <inttypes.h>

#include "../accounts.h"

enum { POLL_EVERY = 256 };

static enum mcd_status add_mm(struct mcd_audit *audit, struct mcd_account *account, uint64_t mm)
{
	struct mcd_target *target = audit->world->target;
	struct mcd_figure none = mcd_figure_none(MCD_NA);
	const char *comm = NULL;
	unsigned int pid = 0;
	uint64_t owner = 0;
	enum mcd_status status = mcd_field(target, mm, M(mm_struct, owner), &owner);

	if (!status && owner)
		status = mcd_task_name(audit, owner, &pid, &comm);
	if (mcd_is_fatal(status))
		return status;
	if (status || !owner)
		return mcd_pin_add(audit, account, MCD_PIN_TASK, 1, none,
				   "an address space without a task");
	status = mcd_pin_add(audit, account, MCD_PIN_TASK, 1, none, "address space of %u (%s)", pid,
			     comm);
	if (!status)
		mcd_pin_hold(account, pid, comm);
	return status;
}

/* The list's head comes first in mem_cgroup.mm_list, and a link in mm_struct.lru_gen. */
static enum mcd_status add_all(struct mcd_audit *audit, struct mcd_account *account, uint64_t link)
{
	struct mcd_world *world = audit->world;
	struct mcd_list list;
	uint64_t head = 0, next = 0;
	enum mcd_status status = mcd_field_addr(world->target, account->memcg->addr,
						M(mem_cgroup, mm_list), &head);

	/* Most are empty: one read tells. */
	if (!status)
		status = mcd_read_word(world->target, head, "mem_cgroup.mm_list", &next);
	if (!status && (next == head || !next))
		return MCD_OK;
	if (!status)
		status = mcd_list_collect(world->target, world->arena, head, "mem_cgroup.mm_list",
					  &list);
	if (!status && list.damage)
		status = mcd_note_list(world, "mem_cgroup.mm_list", &list);
	for (size_t i = 0; !status && i < list.nr; i++)
		status = add_mm(audit, account, list.nodes[i] - link);
	if (!status || mcd_is_fatal(status))
		return status;
	return mcd_note_add(world, "address spaces of memcg %" PRIx64 ": %s", account->memcg->addr,
			    world->target->error.text);
}

enum mcd_status mcd_pins_mm(struct mcd_audit *audit)
{
	struct mcd_world *world = audit->world;
	uint64_t link = 0;
	enum mcd_status status = MCD_OK;

	if (!mcd_layout_has(world->target, M(mem_cgroup, mm_list)))
		return MCD_OK;
	status = mcd_layout_value(world->target, M(mm_struct, lru_gen), &link);
	for (size_t i = 0; i < audit->nr && !status; i++) {
		struct mcd_account *account = &audit->accounts[i];

		if (account->memcg->addr != world->root_addr &&
		    (!mcd_is_dangling(account->memcg) || mcd_account_rest(account)))
			status = add_all(audit, account, link);
		if (!status && i % POLL_EVERY == 0)
			status = mcd_poll(world->target, "memory cgroups audited", i, audit->nr);
	}
	return status;
}
