// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An idr in the three forms that it has had: layers of its own (lib/idr.c up to v4.10), a radix tree
 * (include/linux/radix-tree.h, from v4.11), an xarray (include/linux/xarray.h, from v4.20). And an xarray that
 * hands out ids itself (xa_alloc()).
 *
 * All are trees of nodes with a power of two of slots. A slot of the lowest level holds an item, whose
 * id is made of the slots' numbers on the way there. An id that is given out may have no item: that of an idr
 * lacks the mark of those that are free, that of an xarray is XA_ZERO_ENTRY.
 */
#include <inttypes.h>
#include <string.h>

#include "decode.h"
#include "mcd/bytes.h"

enum {
	SLOTS_MAX = 256,	/* of an idr_layer; the others have 64 */
	SHIFT_MAX = 30,		/* ids are ints that are not negative */
	XA_MARK_MAX = 4096,	/* internal entries up to there lead to no node: xa_is_node() */
	XA_ZERO = 257 << 2 | 2, /* XA_ZERO_ENTRY */
};

enum entry { NOTHING, ITEM, NODE, NONSENSE };

struct form {
	enum mcd_layout_id tree;  /* member of struct idr */
	enum mcd_layout_id first; /* of the tree: the first node's entry; `tree` itself if equal */
	enum mcd_layout_id slots, level;
	enum mcd_layout_id count; /* slots in use; MCD_NR_LAYOUT: is not looked at */
	bool counts_layers;	  /* the level of a node, else the bits of the id below it */
	enum mcd_layout_id marks; /* bits by slot; MCD_NR_LAYOUT: entries tell themselves */
	bool marks_used;	  /* what is given out, else what is free */
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

/* Marks of an idr: those of IDR_FREE, the first kind. */
static const struct form idr_forms[] = {
	{ M(idr, top), M(idr, top), M(idr_layer, ary), M(idr_layer, layer), M(idr_layer, count),
	  true, M(idr_layer, bitmap), true, decode_layer },
	{ M(idr, idr_rt), M(radix_tree_root, rnode), M(radix_tree_node, slots),
	  M(radix_tree_node, shift), MCD_NR_LAYOUT, false, M(radix_tree_node, tags), false,
	  decode_radix },
	{ M(idr, idr_rt), M(xarray, xa_head), M(xa_node, slots), M(xa_node, shift), MCD_NR_LAYOUT,
	  false, M(xa_node, marks), false, decode_xarray },
};
static const struct form xarray_form = { M(xarray, xa_head), M(xarray, xa_head),
					 M(xa_node, slots),  M(xa_node, shift),
					 MCD_NR_LAYOUT,	     false,
					 MCD_NR_LAYOUT,	     false,
					 decode_xarray };

struct walk {
	struct mcd_world *world;
	const struct form *form;
	const char *what;
	bool is_dense;
	struct mcd_addrmap seen;
	unsigned int nr_slots, bits; /* of a node; how much of the id they stand for */
	struct mcd_id *ids;
	size_t nr, capacity;
	size_t nr_reserved;
};

static bool has_form(struct mcd_target *target, const struct form *form)
{
	return mcd_layout_has(target, form->tree) && mcd_layout_has(target, form->first) &&
	       mcd_layout_has(target, form->slots) && mcd_layout_has(target, form->level);
}

static const struct form *form_of(struct mcd_target *target, enum mcd_idtree_kind kind)
{
	if (kind == MCD_IDTREE_XARRAY)
		return has_form(target, &xarray_form) ? &xarray_form : NULL;
	for (size_t i = 0; i < sizeof(idr_forms) / sizeof(idr_forms[0]); i++)
		if (has_form(target, &idr_forms[i]))
			return &idr_forms[i];
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

/* The bits of a node's slots; false where there are none to be had. */
static bool read_marks(struct walk *walk, uint64_t node, uint64_t ret[SLOTS_MAX / 64])
{
	struct mcd_target *target = walk->world->target;
	const size_t word_bytes = target->word_bytes, word_bits = 8 * word_bytes;
	const enum mcd_layout_id member = walk->form->marks;
	uint64_t addr = 0;

	memset(ret, 0, SLOTS_MAX / 8);
	if (member == MCD_NR_LAYOUT || !mcd_layout_has(target, member) ||
	    mcd_layout_ask(target, member)->size_bytes * 8 < walk->nr_slots ||
	    mcd_field_addr(target, node, member, &addr))
		return false;
	for (size_t bit = 0; bit < walk->nr_slots; bit += word_bits) {
		uint64_t word = 0;

		if (mcd_read_word(target, addr + bit / 8, walk->what, &word))
			return false;
		ret[bit / 64] |= word << bit % 64;
	}
	return true;
}

/*
 * Of a node of the lowest level, the ids that are given out and have no item. An xarray that begins with id 1
 * keeps 0 busy: xa_zero_busy() in lib/xarray.c.
 */
static void count_reserved(struct walk *walk, uint64_t node, const uint64_t *slots,
			   uint64_t first_id)
{
	uint64_t marks[SLOTS_MAX / 64];
	bool has_marks = read_marks(walk, node, marks);

	for (size_t i = 0; i < walk->nr_slots; i++) {
		bool is_marked = marks[i / 64] >> i % 64 & 1;

		if (walk->form->marks == MCD_NR_LAYOUT)
			walk->nr_reserved += slots[i] == XA_ZERO && first_id + i;
		else if (has_marks && !slots[i])
			walk->nr_reserved += is_marked == walk->form->marks_used;
	}
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
	if (!status && !shift)
		count_reserved(walk, node, slots, first_id);
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

static enum mcd_status walk_tree(struct walk *walk, uint64_t table)
{
	struct mcd_target *target = walk->world->target;
	const struct form *form = walk->form;
	uint64_t tree = table, entry = 0, addr = 0;
	enum mcd_status status = MCD_OK;

	if (form->first != form->tree)
		status = mcd_field_addr(target, table, form->tree, &tree);
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

enum mcd_status mcd_idtree_collect(struct mcd_world *world, uint64_t table, const char *what,
				   enum mcd_idtree_kind kind, struct mcd_idtree *ret)
{
	struct walk walk = {
		.world = world,
		.form = form_of(world->target, kind),
		.what = what,
		.is_dense = kind == MCD_IDTREE_DENSE,
	};
	enum mcd_status status = MCD_OK;

	*ret = (struct mcd_idtree){ 0 };
	if (!walk.form || !measure(&walk))
		return MCD_ABSENT;
	mcd_addrmap_init(&walk.seen, world->arena);
	status = walk_tree(&walk, table);
	if (status == MCD_LIMIT)
		status = mcd_note_add(world, "%s: ends after %zu ids", what, walk.nr);
	*ret = (struct mcd_idtree){ walk.ids, walk.nr, walk.nr_reserved };
	return status;
}
