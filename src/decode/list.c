// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Walks a list_head forwards and, where that breaks off, backwards until both walks meet.
 * See list.h for the contract.
 */
#include <string.h>

#include "mcd/addrmap.h"
#include "mcd/list.h"

enum direction { FORWARD, BACKWARD };

struct node {
	uint64_t link[2]; /* by direction: next, prev */
};

/* One walk in one direction. */
struct walk {
	enum direction direction;
	uint64_t *nodes;
	size_t nr, capacity;
	enum mcd_status damage;
	uint64_t last;	   /* the last good node, or the head */
	uint64_t frontier; /* where the walk ended: the head, or what could not be followed */
};

struct walker {
	struct mcd_target *target;
	struct mcd_arena *arena;
	uint64_t head;
	const char *what;
	struct node head_node;
	struct mcd_addrmap seen;
};

static enum mcd_status read_node(struct walker *walker, uint64_t addr, struct node *ret)
{
	struct mcd_target *target = walker->target;
	enum mcd_status status = mcd_read_word(target, addr, walker->what, &ret->link[FORWARD]);

	if (status)
		return status;
	return mcd_read_word(target, addr + target->word_bytes, walker->what, &ret->link[BACKWARD]);
}

static enum mcd_status append(struct walker *walker, struct walk *walk, uint64_t node)
{
	walk->nodes = mcd_arena_grow(walker->arena, walk->nodes, walk->nr, &walk->capacity,
				     sizeof(*walk->nodes));
	if (!walk->nodes)
		return mcd_error_set(&walker->target->error, MCD_NO_MEMORY, "%s", walker->what);
	walk->nodes[walk->nr++] = node;
	return MCD_OK;
}

/* Why the walk cannot go on to `at`, or MCD_OK with its links in `*ret`. */
static enum mcd_status visit(struct walker *walker, const struct walk *walk, uint64_t at,
			     struct node *ret)
{
	enum mcd_status status = MCD_OK;

	if (mcd_addrmap_find(&walker->seen, at, NULL))
		return MCD_CORRUPT;
	if (walk->nr >= MCD_LIST_MAX)
		return MCD_LIMIT;
	if (at == walker->head)
		*ret = walker->head_node;
	else
		status = read_node(walker, at, ret);
	if (status)
		return status;
	return ret->link[!walk->direction] == walk->last ? MCD_OK : MCD_CORRUPT;
}

/* Ends at the head, or at the first node that cannot be read, was seen, or does not point back. */
static enum mcd_status walk_one_way(struct walker *walker, struct walk *walk)
{
	struct node node = walker->head_node;

	walk->last = walker->head;
	for (;;) {
		enum mcd_status status = MCD_OK;
		bool is_new;

		walk->frontier = node.link[walk->direction];
		walk->damage = visit(walker, walk, walk->frontier, &node);
		if (walk->damage || walk->frontier == walker->head)
			return MCD_OK;
		status = mcd_addrmap_insert(&walker->seen, walk->frontier, 0, &is_new);
		if (!status)
			status = append(walker, walk, walk->frontier);
		if (!status && walk->nr % 256 == 0)
			status = mcd_poll(walker->target, "list entries found", walk->nr, 0);
		if (status)
			return status;
		walk->last = walk->frontier;
	}
}

/* Kernel addresses of a 64-bit machine agree with the head in their top byte; poison does not. */
static bool could_be_node(const struct walker *walker, uint64_t addr)
{
	unsigned int word_bytes = walker->target->word_bytes;

	return addr && addr % word_bytes == 0 &&
	       (word_bytes < 8 || addr >> 56 == walker->head >> 56);
}

/* A node that cannot be read is one all the same where its neighbour is sound and it could be. */
static bool is_unreadable_node(const struct walker *walker, const struct walk *walk)
{
	return walk->damage == MCD_FAULT && could_be_node(walker, walk->frontier);
}

/* True where either walk ended next to the last good node of the other: nothing lies between. */
static bool have_met(const struct walk *ahead, const struct walk *back)
{
	return back->frontier == ahead->last || ahead->frontier == back->last;
}

/* Forward nodes, then what lies between the two breaks, then the backward nodes in list order. */
static enum mcd_status join(struct walker *walker, struct walk *ahead, struct walk *back)
{
	bool is_open = !have_met(ahead, back);
	enum mcd_status status = MCD_OK;

	if (is_open && is_unreadable_node(walker, ahead))
		status = append(walker, ahead, ahead->frontier);
	if (!status && is_open && back->frontier != ahead->frontier &&
	    is_unreadable_node(walker, back))
		status = append(walker, ahead, back->frontier);
	for (size_t i = back->nr; i-- && !status;)
		status = append(walker, ahead, back->nodes[i]);
	return status;
}

/* Walks the damaged list from its other end and describes what came of it. */
static enum mcd_status salvage(struct walker *walker, struct walk *ahead, struct mcd_list *ret)
{
	struct walk back = { .direction = BACKWARD };
	enum mcd_status status = walk_one_way(walker, &back);

	ret->damage = ahead->damage;
	ret->broken_at = ahead->last;
	ret->broken_next = ahead->frontier;
	ret->nr_salvaged = back.nr;
	ret->is_complete = have_met(ahead, &back) ||
			   (is_unreadable_node(walker, ahead) && ahead->frontier == back.frontier);
	return status ? status : join(walker, ahead, &back);
}

enum mcd_status mcd_list_collect(struct mcd_target *target, struct mcd_arena *arena, uint64_t head,
				 const char *what, struct mcd_list *ret)
{
	struct walker walker = { .target = target, .arena = arena, .head = head, .what = what };
	struct walk ahead = { .direction = FORWARD };
	enum mcd_status status = read_node(&walker, head, &walker.head_node);

	memset(ret, 0, sizeof(*ret));
	if (status)
		return status;
	if (!walker.head_node.link[FORWARD] && !walker.head_node.link[BACKWARD])
		return mcd_error_set(&target->error, MCD_ABSENT, "%s: never initialised", what);
	mcd_addrmap_init(&walker.seen, arena);
	status = walk_one_way(&walker, &ahead);
	if (!status && ahead.damage)
		status = salvage(&walker, &ahead, ret);
	ret->nodes = ahead.nodes;
	ret->nr = ahead.nr;
	return status;
}
