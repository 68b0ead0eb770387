// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An idr in the three forms that it has had: layers of its own (lib/idr.c up to v4.10), a radix tree
 * (include/linux/radix-tree.h, from v4.11), an xarray (include/linux/xarray.h, from v4.20).
 *
 * All are trees of nodes with a power of two of slots. A slot of the lowest level holds an item, whose
 * id is made of the slots' numbers on the way there.
 */
#include <inttypes.h>

#include "decode.h"
#include "mcd/bytes.h"

enum {
	SLOTS_MAX = 256,   /* of an idr_layer; the others have 64 */
	SHIFT_MAX = 30,	   /* ids are ints that are not negative */
	XA_MARK_MAX = 4096 /* internal entries up to there lead to no node: xa_is_node() */
};

enum entry { NOTHING, ITEM, NODE, NONSENSE };

struct form {
	enum mcd_layout_id tree;  /* member of struct idr */
	enum mcd_layout_id first; /* of the tree: the first node's entry; `tree` itself if equal */
	enum mcd_layout_id slots, level;
	enum mcd_layout_id count; /* slots in use; MCD_NR_LAYOUT: is not looked at */
	bool counts_layers;	  /* the level of a node, else the bits of the id below it */
	/* What the entry of a slot is, and the address in it. */
	enum entry (*decode)(uint64_t entry, bool is_lowest, uint64_t *ret);
};

static enum entry decode_layer(uint64_t entry, bool is_lowest, uint64_t *ret)
{
	*ret = entry;
	return is_lowest ? ITEM : NODE;
}

/* RADIX_TREE_INTERNAL_NODE is 1 in the two low bits. */
static enum entry decode_radix(uint64_t entry, bool is_lowest, uint64_t *ret)
{
	(void)is_lowest;
	*ret = entry & ~(uint64_t)3;
	return (entry & 3) == 0 ? ITEM : (entry & 3) == 1 ? NODE : NONSENSE;
}

/*
 * Internal entries have 2 in the two low bits; small ones are marks, XA_ZERO_ENTRY for instance. Others are
 * values: whoever keeps pointers has none.
 */
static enum entry decode_xarray(uint64_t entry, bool is_lowest, uint64_t *ret)
{
	(void)is_lowest;
	*ret = entry & ~(uint64_t)3;
	if ((entry & 3) == 0)
		return ITEM;
	if ((entry & 3) != 2)
		return NONSENSE;
	return entry > XA_MARK_MAX ? NODE : NOTHING;
}

static const struct form forms[] = {
	{ M(idr, top), M(idr, top), M(idr_layer, ary), M(idr_layer, layer), M(idr_layer, count),
	  true, decode_layer },
	{ M(idr, idr_rt), M(radix_tree_root, rnode), M(radix_tree_node, slots),
	  M(radix_tree_node, shift), MCD_NR_LAYOUT, false, decode_radix },
	{ M(idr, idr_rt), M(xarray, xa_head), M(xa_node, slots), M(xa_node, shift), MCD_NR_LAYOUT,
	  false, decode_xarray },
};

struct walk {
	struct mcd_world *world;
	const struct form *form;
	const char *what;
	bool is_dense;
	struct mcd_addrmap seen;
	unsigned int nr_slots, bits; /* of a node; how much of the id they stand for */
	struct mcd_id *ids;
	size_t nr, capacity;
};

static const struct form *form_of(struct mcd_target *target)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (mcd_layout_has(target, forms[i].tree) &&
		    mcd_layout_has(target, forms[i].first) &&
		    mcd_layout_has(target, forms[i].slots) &&
		    mcd_layout_has(target, forms[i].level))
			return &forms[i];
	return NULL;
}

/* False where a node has no sensible number of slots. */
static bool measure(struct walk *walk)
{
	struct mcd_target *target = walk->world->target;
	uint64_t bytes = mcd_layout_ask(target, walk->form->slots)->size_bytes;

	walk->nr_slots = bytes <= SLOTS_MAX * sizeof(uint64_t)
				 ? (unsigned int)bytes / target->word_bytes
				 : 0;
	while (1U << walk->bits < walk->nr_slots)
		walk->bits++;
	return walk->nr_slots > 1 && 1U << walk->bits == walk->nr_slots;
}

static enum mcd_status append(struct walk *walk, uint64_t id, uint64_t pointer)
{
	struct mcd_world *world = walk->world;

	if (walk->nr >= MCD_LIST_MAX)
		return MCD_LIMIT;
	walk->ids = mcd_arena_grow(world->arena, walk->ids, walk->nr, &walk->capacity,
				   sizeof(*walk->ids));
	if (!walk->ids)
		return mcd_error_set(&world->target->error, MCD_NO_MEMORY, "%s", walk->what);
	walk->ids[walk->nr++] = (struct mcd_id){ .id = id, .pointer = pointer };
	return MCD_OK;
}

/* The bits of an id below the node; MCD_CORRUPT where no node has that many. */
static enum mcd_status read_shift(struct walk *walk, uint64_t node, unsigned int *ret)
{
	uint64_t level = 0;
	enum mcd_status status = mcd_field(walk->world->target, node, walk->form->level, &level);

	if (status)
		return status;
	if (level > SHIFT_MAX)
		return MCD_CORRUPT;
	*ret = (unsigned int)level * (walk->form->counts_layers ? walk->bits : 1);
	return *ret <= SHIFT_MAX && *ret % walk->bits == 0 ? MCD_OK : MCD_CORRUPT;
}

/* Every node is visited once; its level must be the one that its parent leads to. */
static enum mcd_status enter(struct walk *walk, uint64_t node, unsigned int max_shift,
			     bool is_first, unsigned int *ret)
{
	bool is_new;
	enum mcd_status status = mcd_addrmap_insert(&walk->seen, node, 0, &is_new);

	if (!status)
		status = mcd_poll(walk->world->target, "ids found", walk->nr, 0);
	if (!status && !is_new)
		status = MCD_CORRUPT;
	if (!status)
		status = read_shift(walk, node, ret);
	if (!status && (is_first ? *ret > max_shift : *ret != max_shift))
		status = MCD_CORRUPT;
	return status;
}

static enum mcd_status walk_node(struct walk *walk, uint64_t node, uint64_t first_id,
				 unsigned int max_shift, bool is_first);

static enum mcd_status walk_entry(struct walk *walk, uint64_t entry, uint64_t id,
				  unsigned int shift)
{
	uint64_t addr = 0;
	enum entry kind = entry ? walk->form->decode(entry, !shift, &addr) : NOTHING;

	if (kind == NODE && shift)
		return walk_node(walk, addr, id, shift - walk->bits, false);
	if (kind == ITEM && !shift)
		return append(walk, id, addr);
	if (kind == NOTHING)
		return MCD_OK;
	return mcd_note_add(walk->world, "%s: the entry of id %" PRIu64 " makes no sense",
			    walk->what, id);
}

/*
 * A layer counts the slots that are in use. In the lowest ones that may be some without an item, which is
 * put in later, unless the tree is dense.
 */
static enum mcd_status check_count(struct walk *walk, uint64_t node, const uint64_t *slots,
				   bool is_lowest)
{
	uint64_t count = 0, nr_used = 0;

	if (walk->form->count == MCD_NR_LAYOUT ||
	    mcd_field(walk->world->target, node, walk->form->count, &count))
		return MCD_OK;
	for (size_t i = 0; i < walk->nr_slots; i++)
		nr_used += slots[i] != 0;
	if (count == nr_used || (count > nr_used && is_lowest && !walk->is_dense))
		return MCD_OK;
	return mcd_note_add(walk->world,
			    "%s: the node at %" PRIx64 " counts %" PRIu64 " slots in use, and has "
			    "%" PRIu64,
			    walk->what, node, count, nr_used);
}

static enum mcd_status read_slots(struct walk *walk, uint64_t node, uint64_t *ret)
{
	struct mcd_target *target = walk->world->target;
	size_t word_bytes = target->word_bytes;
	unsigned char bytes[SLOTS_MAX * sizeof(uint64_t)];
	uint64_t addr = 0;
	enum mcd_status status = mcd_field_addr(target, node, walk->form->slots, &addr);

	if (!status)
		status = mcd_read(target, addr, bytes, walk->nr_slots * word_bytes, walk->what);
	for (size_t i = 0; i < walk->nr_slots && !status; i++)
		ret[i] = mcd_uint_of_bytes(bytes + i * word_bytes, word_bytes,
					   target->is_big_endian);
	return status;
}

static enum mcd_status walk_slots(struct walk *walk, uint64_t node, uint64_t first_id,
				  unsigned int shift)
{
	uint64_t slots[SLOTS_MAX] = { 0 };
	enum mcd_status status = read_slots(walk, node, slots);

	if (!status)
		status = check_count(walk, node, slots, !shift);
	for (size_t i = 0; i < walk->nr_slots && !status; i++)
		status = walk_entry(walk, slots[i], first_id + ((uint64_t)i << shift), shift);
	return status;
}

/* A node that cannot be followed becomes a remark; recursion ends since levels only fall. */
static enum mcd_status walk_node(struct walk *walk, uint64_t node, uint64_t first_id,
				 unsigned int max_shift, bool is_first)
{
	unsigned int shift = 0;
	enum mcd_status status = enter(walk, node, max_shift, is_first, &shift);

	if (!status)
		status = walk_slots(walk, node, first_id, shift);
	if (!status || mcd_is_fatal(status) || status == MCD_LIMIT)
		return status;
	return mcd_note_add(walk->world,
			    "%s: the node at %" PRIx64 " %s: ids from %" PRIu64 " on are missing",
			    walk->what, node,
			    status == MCD_CORRUPT ? "makes no sense" : "cannot be read", first_id);
}

static enum mcd_status walk_tree(struct walk *walk, uint64_t idr)
{
	struct mcd_target *target = walk->world->target;
	const struct form *form = walk->form;
	uint64_t tree = idr, entry = 0, addr = 0;
	enum mcd_status status = MCD_OK;

	if (form->first != form->tree)
		status = mcd_field_addr(target, idr, form->tree, &tree);
	if (!status)
		status = mcd_field(target, tree, form->first, &entry);
	if (status)
		return mcd_note_add(walk->world, "%s", target->error.text);
	if (!entry)
		return MCD_OK;
	if (form->decode(entry, false, &addr) == NODE)
		return walk_node(walk, addr, 0, SHIFT_MAX, true);
	return walk_entry(walk, entry, 0, 0); /* the only item, and it has id 0 */
}

enum mcd_status mcd_idtree_collect(struct mcd_world *world, uint64_t idr, const char *what,
				   bool is_dense, struct mcd_id **ret, size_t *ret_nr)
{
	struct walk walk = {
		.world = world,
		.form = form_of(world->target),
		.what = what,
		.is_dense = is_dense,
	};
	enum mcd_status status = MCD_OK;

	*ret_nr = 0;
	if (!walk.form || !measure(&walk))
		return MCD_ABSENT;
	mcd_addrmap_init(&walk.seen, world->arena);
	status = walk_tree(&walk, idr);
	if (status == MCD_LIMIT)
		status = mcd_note_add(world, "%s: ends after %zu ids", what, walk.nr);
	*ret = walk.ids;
	*ret_nr = walk.nr;
	return status;
}
