// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Swap slots (mm/memcontrol.c). Each carries the id of the memcg that it is charged to. Before a memcg had
 * an id of its own each held a reference: up to v3.10 mem_cgroup_get(), then css_get(), in
 * mem_cgroup_swapout() and its predecessors. Since then slots hold mem_cgroup.id.ref, of which a group
 * that is not removed holds one more, and as long as that is not 0 all of them together one css
 * reference: mem_cgroup_id_put_many(), since v7.0 mem_cgroup_private_id_put().
 */
#include <inttypes.h>
#include <stdio.h>

#include "swap.h"

enum { NR_IDS = 65536, DEVICES_BYTES = 1024 };

/* Slots of one memcg in one area. */
struct share {
	size_t area;
	uint64_t nr;
	struct share *next;
};

struct count {
	struct mcd_audit *audit;
	struct mcd_swap_map *map; /* NULL: cannot be had */
	const uint32_t *owners;
	uint64_t *nr_slots;    /* by account, of the area that is walked */
	struct share **shares; /* by account, the last area first */
};

static enum mcd_status no_memory(struct mcd_audit *audit)
{
	return mcd_error_set(&audit->world->target->error, MCD_NO_MEMORY, "swap slots");
}

enum mcd_status mcd_swap_owners(struct mcd_audit *audit, uint32_t **ret)
{
	uint32_t *owners = mcd_arena_array(audit->world->arena, NR_IDS, sizeof(*owners));
	size_t nr = 0;

	*ret = NULL;
	if (!owners)
		return no_memory(audit);
	for (size_t i = 0; i < audit->nr; i++) {
		const struct mcd_figure *id = &audit->accounts[i].memcg->id;

		if (id->known != MCD_KNOWN || !id->value || id->value >= NR_IDS)
			continue;
		owners[id->value] = (uint32_t)i + 1;
		nr++;
	}
	if (nr)
		*ret = owners;
	return MCD_OK;
}

/* ---- how many slots there are, of whom and where ---- */

static enum mcd_status count_ids(void *context, const uint16_t *ids, size_t nr)
{
	struct count *count = context;

	for (size_t i = 0; i < nr; i++)
		if (ids[i] && count->owners[ids[i]])
			count->nr_slots[count->owners[ids[i]] - 1]++;
	return MCD_OK;
}

static enum mcd_status keep_shares(struct count *count, size_t area)
{
	for (size_t i = 0; i < count->audit->nr; i++) {
		struct share *share = NULL;

		if (!count->nr_slots[i])
			continue;
		share = mcd_arena_alloc(count->audit->world->arena, sizeof(*share));
		if (!share)
			return no_memory(count->audit);
		*share = (struct share){ area, count->nr_slots[i], count->shares[i] };
		count->shares[i] = share;
		count->nr_slots[i] = 0;
	}
	return MCD_OK;
}

static enum mcd_status count_slots(struct count *count)
{
	enum mcd_status status = mcd_swap_map_get(count->audit, &count->map);

	for (size_t i = 0; !status && i < count->map->nr_areas; i++) {
		status = mcd_swap_map_walk(count->map, i, count_ids, count);
		if (!status)
			status = keep_shares(count, i);
	}
	return status;
}

static uint64_t counted(const struct share *share)
{
	uint64_t nr = 0;

	for (; share; share = share->next)
		nr += share->nr;
	return nr;
}

/* " on A", ": 2 on A, 1 on B"; "" where no area is known. */
static enum mcd_status name_areas(struct count *count, const struct share *shares, char *ret)
{
	size_t length = 0;
	enum mcd_status status = MCD_OK;

	*ret = '\0';
	for (const struct share *share = shares; share && length < DEVICES_BYTES && !status;
	     share = share->next) {
		struct mcd_text name = { .known = MCD_NA };
		char *end = ret + length, nr[24] = "";

		if (shares->next)
			snprintf(nr, sizeof(nr), "%s%" PRIu64, length ? ", " : ": ", share->nr);
		status = mcd_swap_area_name(count->map, share->area, &name);
		if (name.known == MCD_KNOWN)
			length += (size_t)snprintf(end, DEVICES_BYTES - length, "%s on %s", nr,
						   name.text);
		else
			length += (size_t)snprintf(end, DEVICES_BYTES - length, "%s in area %zu",
						   nr, share->area);
	}
	return status;
}

/* ---- pins ---- */

/* Whether slots hold the id that they carry, and not a reference each. */
static bool hold_ids(struct mcd_world *world)
{
	return mcd_layout_has(world->target, M(mem_cgroup, id));
}

/* How many slots hold the id. What has none has no slots. */
static enum mcd_status read_id_ref(struct mcd_world *world, const struct mcd_memcg *memcg,
				   uint64_t *ret)
{
	struct mcd_target *target = world->target;
	enum mcd_layout_id ref = mcd_layout_has(target, M(mem_cgroup_private_id, ref))
					 ? M(mem_cgroup_private_id, ref)
					 : M(mem_cgroup_id, ref);
	uint64_t id = 0;
	enum mcd_status status = mcd_field_addr(target, memcg->addr, M(mem_cgroup, id), &id);

	*ret = 0;
	if (!status && memcg->id.known == MCD_KNOWN)
		status = mcd_field(target, id, ref, ret);
	if (!status && !mcd_is_dangling(memcg) && *ret)
		--*ret;
	return status;
}

/* The number that the id has is right also where tables are damaged. */
static enum mcd_status settle(struct count *count, const struct mcd_memcg *memcg, uint64_t *nr)
{
	struct mcd_world *world = count->audit->world;
	uint64_t nr_counted = *nr, nr_held = 0;
	enum mcd_status status = hold_ids(world) ? read_id_ref(world, memcg, &nr_held) : MCD_ABSENT;

	if (status)
		return mcd_is_fatal(status) ? status : MCD_OK;
	*nr = nr_held;
	if (nr_counted == nr_held || !count->map ||
	    (nr_counted < nr_held && count->map->nr_unreadable))
		return MCD_OK;
	return mcd_note_add(world,
			    "memcg %" PRIx64 ": swap slots hold its id %" PRIu64
			    " times, and %" PRIu64 " of them carry it",
			    memcg->addr, nr_held, nr_counted);
}

static enum mcd_status add_pin(struct count *count, struct mcd_account *account,
			       const struct share *shares)
{
	struct mcd_world *world = count->audit->world;
	const struct mcd_memcg *memcg = account->memcg;
	uint64_t nr = counted(shares);
	char areas[DEVICES_BYTES];
	enum mcd_status status = settle(count, memcg, &nr);

	if (!status && nr)
		status = name_areas(count, shares, areas);
	if (status || !nr)
		return status;
	return mcd_pin_add(count->audit, account, MCD_PIN_SWAP, hold_ids(world) ? 1 : nr,
			   mcd_figure_known(nr * world->target->page_bytes),
			   "%" PRIu64 " slot%s of id %" PRIu64 "%s", nr, nr == 1 ? "" : "s",
			   memcg->id.value, areas);
}

enum mcd_status mcd_pins_swap(struct mcd_audit *audit)
{
	struct mcd_world *world = audit->world;
	struct count count = { .audit = audit };
	uint32_t *owners = NULL;
	enum mcd_status status = mcd_swap_owners(audit, &owners);

	if (status || !owners)
		return status;
	count.owners = owners;
	count.nr_slots = mcd_arena_array(world->arena, audit->nr, sizeof(*count.nr_slots));
	count.shares = mcd_arena_array(world->arena, audit->nr, sizeof(struct share *));
	if (!count.nr_slots || !count.shares)
		return no_memory(audit);
	status = count_slots(&count);
	if (status && !mcd_is_fatal(status) && hold_ids(world))
		status = mcd_note_add(world, "where swap slots are is not known: %s",
				      world->target->error.text);
	for (size_t i = 0; i < audit->nr && !status; i++)
		status = add_pin(&count, &audit->accounts[i], count.shares[i]);
	return status;
}
