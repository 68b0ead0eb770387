// SPDX-License-Identifier: GPL-2.0-or-later
/* What a struct page tells of the page. See page.h; include/linux/mm_types.h, page-flags.h. */
#include "page.h"

enum {
	OWNER_IS_VECTOR = 1,  /* obj_cgroups in v5.9, MEMCG_DATA_OBJCGS, MEMCG_DATA_OBJEXTS */
	OWNER_IS_KERNEL = 2,  /* MEMCG_DATA_KMEM */
	MAPPING_IS_ANON = 1,  /* PAGE_MAPPING_ANON; with the other: KSM */
	MAPPING_IS_OTHER = 2, /* PAGE_MAPPING_KSM, then _MOVABLE; alone: a driver's own */
	MAPPING_FLAGS = 3,
	ORDER_MAX = 24, /* 16 GB in pages of 4 kB, or 64 kB more */
};

/* Of a page that is not a head 1. What makes no sense is taken for one page: the owner is right. */
static uint64_t count_pages(const struct mcd_page_form *form, const uint8_t *page, bool has_next)
{
	uint64_t order;

	if (!has_next || !form->order.size || !mcd_page_is_head(form, page))
		return 1;
	order = mcd_page_word(form, page, form->order);
	if (form->is_order_number)
		return order && order <= 1ULL << ORDER_MAX ? order : 1;
	order &= 0xff;
	return order <= ORDER_MAX ? 1ULL << order : 1;
}

/*
 * Struct pages of huge pages that say nothing are given back, and the first page of them is seen in their
 * place again (HUGETLB_PAGE_OPTIMIZE_VMEMMAP): a head that its neighbour does not know is none. See
 * page_fixed_fake_head().
 */
static bool is_part(const struct mcd_page_form *form, uint64_t addr, const uint8_t *page,
		    bool has_next)
{
	uint64_t head;

	if (!form->head.size)
		return false;
	if (mcd_page_word(form, page, form->head) & 1)
		return true;
	if (!has_next || addr % form->page_bytes || !mcd_page_is_head(form, page))
		return false;
	head = mcd_page_word(form, page + form->bytes, form->head);
	return head & 1 && head - 1 != addr;
}

static bool is_hugetlb(const struct mcd_page_form *form, const uint8_t *page, bool has_next)
{
	if (!form->hugetlb.size || !has_next || !mcd_page_is_head(form, page))
		return false;
	return (mcd_page_word(form, page, form->hugetlb) & form->hugetlb_mask) ==
	       form->hugetlb_value;
}

static bool is_mapped(const struct mcd_page_form *form, const uint8_t *page, bool has_next)
{
	bool is_large = has_next && mcd_page_is_head(form, page);

	for (int i = 0; i < MCD_PAGE_MAPCOUNTS; i++) {
		struct mcd_page_word count = form->mapcounts[i];

		if (count.size != 4 || (count.at >= form->bytes && !is_large))
			continue;
		if ((int32_t)mcd_page_word(form, page, count) >= 0)
			return true;
	}
	return false;
}

/*
 * Without flags in its owner, a kernel's page has no mapping and is on no list. Pages that were cut off
 * their file are on one, and those in the swap cache alone are backed by swap.
 */
static enum mcd_pin kind_of(const struct mcd_page_form *form, uint64_t flags, uint64_t owner,
			    uint64_t mapping)
{
	if (flags & form->pg_slab)
		return MCD_PIN_SLAB_CACHE;
	if (form->has_flagged_owner && (owner & OWNER_IS_KERNEL))
		return MCD_PIN_KMEM_PAGE;
	if (mapping & MAPPING_IS_ANON)
		return MCD_PIN_ANON;
	if (flags & form->pg_swapbacked)
		return mapping ? MCD_PIN_SHMEM : MCD_PIN_ANON;
	if (mapping & MAPPING_IS_OTHER)
		return MCD_PIN_KMEM_PAGE;
	return mapping || (flags & form->pg_lru) || form->has_flagged_owner ? MCD_PIN_PAGE_CACHE
									    : MCD_PIN_KMEM_PAGE;
}

/* A file's address_space, an anon_vma; a slab's and a merged page's words there are others. */
static uint64_t object_of(enum mcd_pin kind, uint64_t mapping)
{
	if (kind == MCD_PIN_SLAB_CACHE || kind == MCD_PIN_KMEM_PAGE ||
	    (mapping & MAPPING_FLAGS) >= MAPPING_IS_OTHER)
		return 0;
	return mapping & ~(uint64_t)MAPPING_FLAGS;
}

bool mcd_page_parse(const struct mcd_page_form *form, uint64_t addr, const uint8_t *page,
		    bool has_next, bool is_device, struct mcd_page_facts *ret)
{
	uint64_t flags = mcd_page_word(form, page, form->flags);
	uint64_t owner = mcd_page_owner(form, page);
	uint64_t mapping = mcd_page_word(form, page, form->mapping);
	enum mcd_pin kind = kind_of(form, flags, owner, mapping);

	if ((owner & OWNER_IS_VECTOR) || is_part(form, addr, page, has_next))
		return false;
	if (is_device)
		kind = MCD_PIN_DEVICE;
	else if (is_hugetlb(form, page, has_next))
		kind = MCD_PIN_HUGETLB;
	*ret = (struct mcd_page_facts){
		.addr = addr,
		.kind = kind,
		.mapping = object_of(kind, mapping),
		.is_anon = object_of(kind, mapping) && (mapping & MAPPING_IS_ANON),
		.nr_pages = count_pages(form, page, has_next),
		.is_dirty = flags & form->pg_dirty,
		.is_writeback = flags & form->pg_writeback,
		.is_mlocked = flags & form->pg_mlocked,
		.is_swapcache = (flags & form->pg_swapcache) && (flags & form->pg_swapbacked),
		.is_mapped = kind != MCD_PIN_SLAB_CACHE && kind != MCD_PIN_KMEM_PAGE &&
			     is_mapped(form, page, has_next),
	};
	ret->nr_refs = form->is_ref_per_page ? ret->nr_pages : 1;
	return true;
}
