// SPDX-License-Identifier: GPL-2.0-or-later
/* The order of a report. See world.h. */
#include <stdlib.h>

#include "decode.h"

static bool is_listed(const struct mcd_memcg *memcg)
{
	return memcg->sources & MCD_SOURCE_LIST;
}

static bool is_in_tree(const struct mcd_memcg *memcg)
{
	return memcg->tree_end > memcg->tree_first;
}

/* On the list of the dead, a live one stands in the list's order. */
static bool is_live(const struct mcd_memcg *memcg)
{
	return !mcd_is_dangling(memcg) && !is_listed(memcg);
}

/* Newest first; what has no serial number comes last, by address. */
static int by_descending_serial(const void *left, const void *right)
{
	const struct mcd_memcg *a = *(struct mcd_memcg *const *)left;
	const struct mcd_memcg *b = *(struct mcd_memcg *const *)right;

	if (a->serial.known != b->serial.known)
		return (b->serial.known == MCD_KNOWN) - (a->serial.known == MCD_KNOWN);
	if (a->serial.known == MCD_KNOWN && a->serial.value != b->serial.value)
		return a->serial.value < b->serial.value ? 1 : -1;
	return (a->addr > b->addr) - (a->addr < b->addr);
}

/* Parents are older than their children. */
static int by_ascending_serial(const void *left, const void *right)
{
	return -by_descending_serial(left, right);
}

/* The live ones: those in the tree in its order, then the others, oldest first. */
static size_t order_live(struct mcd_world *world, struct mcd_memcg **order)
{
	size_t nr = 0, nr_tree = 0;

	for (size_t i = 0; i < world->nr_tree; i++)
		if (is_live(&world->memcgs[world->tree[i]]))
			order[nr++] = &world->memcgs[world->tree[i]];
	nr_tree = nr;
	for (size_t i = 0; i < world->nr; i++)
		if (is_live(&world->memcgs[i]) && !is_in_tree(&world->memcgs[i]))
			order[nr++] = &world->memcgs[i];
	qsort(order + nr_tree, nr - nr_tree, sizeof(*order), by_ascending_serial);
	return nr;
}

enum mcd_status mcd_world_order(struct mcd_world *world, bool with_live, struct mcd_memcg ***ret,
				size_t *ret_nr)
{
	struct mcd_memcg **order = mcd_arena_array(world->arena, world->nr, sizeof(*order));
	size_t nr = 0, nr_listed = 0;

	if (!order)
		return mcd_error_set(&world->target->error, MCD_NO_MEMORY, "report order");
	for (size_t i = 0; i < world->nr; i++)
		if (is_listed(&world->memcgs[i]))
			order[nr++] = &world->memcgs[i];
	nr_listed = nr;
	for (size_t i = 0; i < world->nr; i++)
		if (mcd_is_dangling(&world->memcgs[i]) && !is_listed(&world->memcgs[i]))
			order[nr++] = &world->memcgs[i];
	qsort(order + nr_listed, nr - nr_listed, sizeof(*order), by_descending_serial);
	if (with_live)
		nr += order_live(world, order + nr);
	*ret = order;
	*ret_nr = nr;
	return MCD_OK;
}
