// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The swap entries in a file's tree of pages: shmem_writepage() puts them where the pages were. Forms of
 * the tree, all of nodes with a power of two of slots:
 *
 *   up to v4.6    a radix tree that knows its height, and marks only the root's pointer to a node
 *   up to v4.19   one whose nodes know how much of the index is below them (include/linux/radix-tree.h)
 *   since v4.20   an xarray (include/linux/xarray.h), where since v6.12 or so one entry stands for many
 *                 pages: in a node further up, or followed by siblings
 *
 * A swap entry is a value: its type in the 5 upper bits (MAX_SWAPFILES_SHIFT), then its offset, then the
 * bits that tell values from pointers (include/linux/swapops.h).
 */
#include <inttypes.h>

#include "mcd/bytes.h"
#include "swap.h"

enum {
	SLOTS_MAX = 64,
	INDEX_BITS = 64,
	TYPE_BITS = 5,
	XA_SIBLING_MAX = 62 << 2 | 2, /* internal entries up to there: xa_is_sibling() */
	XA_MARK_MAX = 4096,	      /* … and up to there lead to no node: xa_is_node() */
	SLOTS_OF_ENTRY_MAX = 1 << 16, /* more than any page has, however large */
};

enum entry { NOTHING, VALUE, SIBLING, NODE };

struct form {
	enum mcd_layout_id root, slots;
	enum mcd_layout_id height; /* of the root, in levels; MCD_NR_LAYOUT: nodes have a shift */
	enum mcd_layout_id shift;
	unsigned int mark_bits; /* below a value */
	enum entry (*decode)(uint64_t entry, bool is_lowest, uint64_t *ret_node);
};

/* RADIX_TREE_INDIRECT_PTR is bit 0, and in nodes it is not set; RADIX_TREE_EXCEPTIONAL_ENTRY bit 1. */
static enum entry decode_high_radix(uint64_t entry, bool is_lowest, uint64_t *ret_node)
{
	*ret_node = entry & ~(uint64_t)3;
	if (entry & 2)
		return VALUE;
	return is_lowest ? NOTHING : NODE;
}

/* RADIX_TREE_INTERNAL_NODE is 1 in the two low bits. */
static enum entry decode_radix(uint64_t entry, bool is_lowest, uint64_t *ret_node)
{
	*ret_node = entry & ~(uint64_t)3;
	if (entry & 2)
		return VALUE;
	return (entry & 3) == 1 && !is_lowest ? NODE : NOTHING;
}

static enum entry decode_xarray(uint64_t entry, bool is_lowest, uint64_t *ret_node)
{
	*ret_node = entry & ~(uint64_t)3;
	if (entry & 1)
		return VALUE;
	if ((entry & 3) != 2)
		return NOTHING;
	if (entry <= XA_SIBLING_MAX)
		return SIBLING;
	return entry > XA_MARK_MAX && !is_lowest ? NODE : NOTHING;
}

static const struct form forms[] = {
	{ M(xarray, xa_head), M(xa_node, slots), MCD_NR_LAYOUT, M(xa_node, shift), 1,
	  decode_xarray },
	{ M(radix_tree_root, rnode), M(radix_tree_node, slots), MCD_NR_LAYOUT,
	  M(radix_tree_node, shift), 2, decode_radix },
	{ M(radix_tree_root, rnode), M(radix_tree_node, slots), M(radix_tree_root, height),
	  MCD_NR_LAYOUT, 2, decode_high_radix },
};

struct walk {
	struct mcd_audit *audit;
	const struct form *form;
	struct mcd_addrmap seen;
	unsigned int nr_slots, bits; /* of a node; how much of an index they stand for */
	mcd_swap_entry_visit *visit;
	void *context;
};

static bool has(struct mcd_target *target, enum mcd_layout_id id)
{
	return id == MCD_NR_LAYOUT || mcd_layout_has(target, id);
}

/* MCD_ABSENT: a form that is not known, or nodes without a sensible number of slots. */
static enum mcd_status find_form(struct walk *walk)
{
	struct mcd_target *target = walk->audit->world->target;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]) && !walk->form; i++)
		if (has(target, forms[i].root) && has(target, forms[i].slots) &&
		    has(target, forms[i].height) && has(target, forms[i].shift))
			walk->form = &forms[i];
	if (walk->form)
		walk->nr_slots =
			(unsigned int)mcd_layout_ask(target, walk->form->slots)->size_bytes /
			target->word_bytes;
	while (1U << walk->bits < walk->nr_slots && walk->bits < 31)
		walk->bits++;
	if (walk->nr_slots > 1 && walk->nr_slots <= SLOTS_MAX && 1U << walk->bits == walk->nr_slots)
		return MCD_OK;
	return mcd_error_set(&target->error, MCD_ABSENT, "trees of pages are of no known form");
}

static enum mcd_status give(struct walk *walk, uint64_t entry, uint64_t nr)
{
	unsigned int bits = 8 * walk->audit->world->target->word_bytes;
	uint64_t below_type = ((uint64_t)1 << (bits - TYPE_BITS)) - 1;
	struct mcd_swap_entry swap = {
		.area = (size_t)(entry >> (bits - TYPE_BITS)),
		.slot = (entry & below_type) >> walk->form->mark_bits,
		.nr_slots = nr,
	};

	if (nr > SLOTS_OF_ENTRY_MAX)
		return mcd_note_add(walk->audit->world,
				    "swapped pages of a file are missing: one has %" PRIu64
				    " swap slots",
				    nr);
	return walk->visit(walk->context, &swap);
}

static enum mcd_status walk_node(struct walk *walk, uint64_t node, unsigned int shift);

/* A node's own slots: their number is the value's, which `*i` is the slot of, and its siblings'. */
static enum mcd_status walk_entry(struct walk *walk, const uint64_t *slots, unsigned int *i,
				  unsigned int shift)
{
	uint64_t node = 0, other = 0, entry = slots[*i], nr = 1;
	enum entry kind = entry ? walk->form->decode(entry, !shift, &node) : NOTHING;

	if (kind == NODE)
		return walk_node(walk, node, shift - walk->bits);
	if (kind != VALUE)
		return MCD_OK;
	while (*i + 1 < walk->nr_slots && slots[*i + 1] &&
	       walk->form->decode(slots[*i + 1], !shift, &other) == SIBLING) {
		nr++;
		++*i;
	}
	return give(walk, entry, nr << shift);
}

static enum mcd_status read_slots(struct walk *walk, uint64_t node, uint64_t *ret)
{
	struct mcd_target *target = walk->audit->world->target;
	size_t word_bytes = target->word_bytes;
	unsigned char bytes[SLOTS_MAX * sizeof(uint64_t)];
	uint64_t addr = 0;
	enum mcd_status status = mcd_field_addr(target, node, walk->form->slots, &addr);

	if (!status)
		status = mcd_read(target, addr, bytes, walk->nr_slots * word_bytes,
				  "a node of a file's pages");
	for (size_t i = 0; i < walk->nr_slots && !status; i++)
		ret[i] = mcd_uint_of_bytes(bytes + i * word_bytes, word_bytes,
					   target->is_big_endian);
	return status;
}

/* Every node is visited once, and is of the level that its parent leads to. */
static enum mcd_status enter(struct walk *walk, uint64_t node, unsigned int shift)
{
	struct mcd_target *target = walk->audit->world->target;
	uint64_t own = shift;
	bool is_new = false;
	enum mcd_status status = mcd_addrmap_insert(&walk->seen, node, 0, &is_new);

	if (status)
		return mcd_error_set(&target->error, status, "a file's pages");
	if (walk->form->shift != MCD_NR_LAYOUT)
		status = mcd_field(target, node, walk->form->shift, &own);
	if (!status && (!is_new || own != shift))
		status = mcd_error_set(&target->error, MCD_CORRUPT,
				       "the node at %" PRIx64 " makes no sense", node);
	if (!status)
		status = mcd_poll(target, "nodes of files read", walk->seen.nr, 0);
	return status;
}

/* What cannot be followed becomes a remark; recursion ends since shifts only fall. */
static enum mcd_status walk_node(struct walk *walk, uint64_t node, unsigned int shift)
{
	struct mcd_world *world = walk->audit->world;
	uint64_t slots[SLOTS_MAX] = { 0 };
	enum mcd_status status = enter(walk, node, shift);

	if (!status)
		status = read_slots(walk, node, slots);
	if (status && !mcd_is_fatal(status))
		return mcd_note_add(world, "swapped pages of a file are missing: %s",
				    world->target->error.text);
	for (unsigned int i = 0; i < walk->nr_slots && !status; i++)
		status = walk_entry(walk, slots, &i, shift);
	return status;
}

/* What is below the first node: its own shift, or what the root's height comes to. */
static enum mcd_status first_shift(struct walk *walk, uint64_t root, uint64_t node,
				   unsigned int *ret)
{
	struct mcd_target *target = walk->audit->world->target;
	uint64_t value = 0;
	enum mcd_status status = walk->form->height == MCD_NR_LAYOUT
					 ? mcd_field(target, node, walk->form->shift, &value)
					 : mcd_field(target, root, walk->form->height, &value);

	if (!status && walk->form->height != MCD_NR_LAYOUT)
		value = value && value <= INDEX_BITS ? (value - 1) * walk->bits : INDEX_BITS;
	if (!status && (value >= INDEX_BITS || value % walk->bits))
		status = mcd_error_set(&target->error, MCD_CORRUPT,
				       "the tree at %" PRIx64 " is of no possible height", root);
	*ret = (unsigned int)value;
	return status;
}

static enum mcd_status walk_root(struct walk *walk, uint64_t root)
{
	struct mcd_target *target = walk->audit->world->target;
	uint64_t entry = 0, node = 0;
	unsigned int shift = 0;
	enum entry kind = NOTHING;
	enum mcd_status status = mcd_field(target, root, walk->form->root, &entry);

	if (status || !entry)
		return status;
	kind = walk->form->decode(entry, false, &node);
	if (kind == VALUE)
		return give(walk, entry, 1);
	/* A page of its own, where only a mark tells that from a node. */
	if (kind != NODE || (walk->form->height != MCD_NR_LAYOUT && !(entry & 1)))
		return MCD_OK;
	status = first_shift(walk, root, node, &shift);
	return status ? status : walk_node(walk, node, shift);
}

enum mcd_status mcd_page_tree_walk(struct mcd_audit *audit, uint64_t mapping,
				   mcd_swap_entry_visit *visit, void *context)
{
	struct mcd_target *target = audit->world->target;
	struct walk walk = { .audit = audit, .visit = visit, .context = context };
	enum mcd_layout_id tree = mcd_layout_has(target, M(address_space, i_pages))
					  ? M(address_space, i_pages)
					  : M(address_space, page_tree);
	uint64_t root = 0;
	enum mcd_status status = find_form(&walk);

	if (!status)
		status = mcd_field_addr(target, mapping, tree, &root);
	mcd_addrmap_init(&walk.seen, audit->world->arena);
	return status ? status : walk_root(&walk, root);
}
