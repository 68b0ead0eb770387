// SPDX-License-Identifier: GPL-2.0-or-later
/* Where in a struct page of this kernel is what page.c looks for. */
#include "page.h"

enum {
	PAGE_BYTES_MIN = 32,
	TYPE_SHIFT = 24, /* of PGTY_hugetlb in page_type */
	FLAG_MAX = 64,	 /* of PG_hugetlb in page flags; else it is a bit of page_type */
};

#define TYPE_BASE \
	0xf0000000U /* PAGE_TYPE_BASE: of page_type where it has flags, which are 0 if set */

/* A member of struct page, or of struct folio, in the first or in the second of two struct pages. */
static struct mcd_page_word place(const struct mcd_page_form *form, struct mcd_target *target,
				  enum mcd_layout_id id, bool in_next)
{
	uint64_t offset = 0;
	struct mcd_page_word word = { 0 };

	if (mcd_layout_value(target, id, &offset))
		return word;
	word.at = (size_t)offset + (in_next ? form->bytes : 0);
	word.size = (size_t)mcd_layout_ask(target, id)->size_bytes;
	if (offset > MCD_PAGE_BYTES_MAX || word.size > 8 || !word.size ||
	    word.at + word.size > 2 * form->bytes ||
	    word.at / form->bytes != (word.at + word.size - 1) / form->bytes)
		word.size = 0;
	return word;
}

/* The same of a whole word, the first one of what may be larger. */
static struct mcd_page_word first_word(const struct mcd_page_form *form, struct mcd_target *target,
				       enum mcd_layout_id id)
{
	uint64_t offset = 0;
	struct mcd_page_word word = { 0 };

	if (!mcd_layout_value(target, id, &offset) && offset + form->word_bytes <= form->bytes)
		word = (struct mcd_page_word){ (size_t)offset, form->word_bytes };
	return word;
}

static uint64_t bit(struct mcd_target *target, enum mcd_layout_id id)
{
	uint64_t number = 0;

	return !mcd_layout_value(target, id, &number) && number < 64 ? 1ULL << number : 0;
}

static void ask_flags(struct mcd_page_form *form, struct mcd_target *target)
{
	form->pg_head = bit(target, ENUM(PG_head));
	form->pg_lru = bit(target, ENUM(PG_lru));
	form->pg_slab = bit(target, ENUM(PG_slab));
	form->pg_swapbacked = bit(target, ENUM(PG_swapbacked));
	form->pg_swapcache = bit(target, ENUM(PG_swapcache));
	form->pg_dirty = bit(target, ENUM(PG_dirty));
	form->pg_writeback = bit(target, ENUM(PG_writeback));
	form->pg_mlocked = bit(target, ENUM(PG_mlocked));
}

/* Newest first. What is in the second struct page, struct folio has at its offset from the first one. */
static const struct {
	enum mcd_layout_id member;
	bool in_next, is_number;
} orders[] = {
	{ M(folio, _nr_pages), false, true },
	{ M(folio, _folio_nr_pages), false, true },
	{ M(page, compound_order), true, false },
};

/*
 * Before it had a name of its own, the order was in the second page's lru.prev, last seen in v3.19; parts
 * of a page have the head's address since v4.4.
 */
static void ask_order(struct mcd_page_form *form, struct mcd_target *target)
{
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		form->order = place(form, target, orders[i].member, orders[i].in_next);
		form->is_order_number = orders[i].is_number;
		if (form->order.size)
			return;
	}
	if (!form->head.size)
		form->order = (struct mcd_page_word){ form->bytes + form->lru.at + form->word_bytes,
						      form->word_bytes };
}

static void ask_mapcounts(struct mcd_page_form *form, struct mcd_target *target)
{
	form->mapcounts[0] = place(form, target, M(page, _mapcount), false);
	form->mapcounts[1] = place(form, target, M(page, compound_mapcount), true);
	form->mapcounts[2] = place(form, target, M(folio, _entire_mapcount), false);
	form->mapcounts[3] = place(form, target, M(folio, _large_mapcount), false);
}

/*
 * Huge pages of hugetlbfs are charged since v6.7. Up to v6.9 PG_hugetlb was a flag of the second struct
 * page, then in v6.10 one of page_type, which is 0 if set; PGTY_hugetlb is a type since v6.12.
 */
static void ask_hugetlb(struct mcd_page_form *form, struct mcd_target *target)
{
	struct mcd_page_word type = place(form, target, M(page, page_type), false);
	uint64_t value = 0;

	if (!mcd_layout_value(target, ENUM(PGTY_hugetlb), &value)) {
		form->hugetlb = type;
		form->hugetlb_mask = 0xffULL << TYPE_SHIFT;
		form->hugetlb_value = value << TYPE_SHIFT;
	} else if (mcd_layout_value(target, ENUM(PG_hugetlb), &value)) {
		return;
	} else if (value < FLAG_MAX) {
		form->hugetlb = (struct mcd_page_word){ form->bytes + form->flags.at,
							form->word_bytes };
		form->hugetlb_mask = form->hugetlb_value = 1ULL << value;
	} else {
		form->hugetlb = type;
		form->hugetlb_mask = TYPE_BASE | value;
		form->hugetlb_value = TYPE_BASE;
	}
}

/*
 * Who is charged, and with how many references. Up to v5.8 a page held as many as it has pages of the
 * base size; 1a3e1f40962c (v5.9) made that one, when pages came to have vectors of obj_cgroup as well.
 */
static void ask_owner(struct mcd_page_form *form, struct mcd_target *target)
{
	form->owner = place(form, target, M(page, memcg_data), false);
	form->has_flagged_owner = form->owner.size;
	if (form->owner.size)
		return;
	form->owner = place(form, target, M(page, mem_cgroup), false);
	form->is_ref_per_page = !mcd_layout_has(target, M(page, obj_cgroups));
}

static bool makes_sense(const struct mcd_page_form *form)
{
	return form->owner.size == form->word_bytes && form->owner.at < form->bytes &&
	       form->flags.size && form->mapping.size && form->lru.size &&
	       form->lru.at + 2 * form->lru.size <= form->bytes;
}

enum mcd_status mcd_page_form_measure(struct mcd_target *target, struct mcd_page_form *ret)
{
	uint64_t bytes = 0;
	enum mcd_status status = mcd_layout_value(target, S(page), &bytes);

	if (status)
		return status;
	if (bytes < PAGE_BYTES_MIN || bytes > MCD_PAGE_BYTES_MAX)
		return mcd_error_set(&target->error, MCD_CORRUPT,
				     "struct page of %u bytes makes no sense", (unsigned int)bytes);
	*ret = (struct mcd_page_form){
		.bytes = (size_t)bytes,
		.word_bytes = target->word_bytes,
		.is_big_endian = target->is_big_endian,
		.page_bytes = target->page_bytes,
	};
	ret->is_native = ret->word_bytes == 8 &&
			 ret->is_big_endian == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	return MCD_OK;
}

static enum mcd_status compile(struct mcd_audit *audit, struct mcd_page_form *form)
{
	struct mcd_target *target = audit->world->target;
	enum mcd_status status = mcd_page_form_measure(target, form);

	if (status)
		return status;
	form->flags = first_word(form, target, M(page, flags));
	form->mapping = first_word(form, target, M(page, mapping));
	form->lru = first_word(form, target, M(page, lru));
	form->head = first_word(form, target, M(page, compound_head));
	ask_owner(form, target);
	if (!makes_sense(form))
		return mcd_error_set(&target->error, MCD_ABSENT,
				     "struct page does not tell who is charged");
	ask_flags(form, target);
	ask_order(form, target);
	ask_mapcounts(form, target);
	if (audit->world->head.can_pin[MCD_PIN_HUGETLB])
		ask_hugetlb(form, target);
	form->is_slab_charged = audit->world->head.can_pin[MCD_PIN_SLAB_CACHE];
	if (form->is_slab_charged)
		form->slab_cache = first_word(form, target, M(page, slab_cache));
	return MCD_OK;
}

enum mcd_status mcd_page_form_get(struct mcd_audit *audit, const struct mcd_page_form **ret)
{
	enum mcd_status status = MCD_OK;
	struct mcd_page_form *form = audit->page_form;

	if (!form) {
		form = mcd_arena_alloc(audit->world->arena, sizeof(*form));
		status = form ? compile(audit, form)
			      : mcd_error_set(&audit->world->target->error, MCD_NO_MEMORY,
					      "page structures");
	}
	if (!status)
		*ret = audit->page_form = form;
	return status;
}
