/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One struct page from its bytes. There may be billions of them: where everything is in them is asked
 * for once, as struct mcd_page_form, and the first question, who is charged, is inline.
 */
#ifndef MCD_PAGE_H
#define MCD_PAGE_H

#include <string.h>

#include "../accounts.h"
#include "mcd/bytes.h"

/* An integer in struct page, or in the one behind it, of which struct folio has a part. */
struct mcd_page_word {
	size_t at, size; /* a size of 0: the kernel has no such thing */
};

enum { MCD_PAGE_MAPCOUNTS = 4, MCD_PAGE_BYTES_MAX = 256 };

struct mcd_page_form {
	size_t bytes; /* sizeof(struct page) */
	unsigned int word_bytes;
	bool is_big_endian;
	bool is_native; /* words are those of the host, of 8 bytes */
	uint64_t page_bytes;
	struct mcd_page_word flags, owner, mapping, lru, head, slab_cache;
	struct mcd_page_word order; /* of a head: its logarithm, or, in the next one, the number */
	bool is_order_number;	    /* the latter */
	struct mcd_page_word hugetlb; /* of a head: what tells huge pages by hugetlb_value */
	uint64_t hugetlb_mask, hugetlb_value;
	struct mcd_page_word mapcounts[MCD_PAGE_MAPCOUNTS]; /* mapped: one of them is not below 0 */
	/* Bits of flags; 0: the kernel has no such flag. */
	uint64_t pg_head, pg_lru, pg_slab, pg_swapbacked, pg_swapcache;
	uint64_t pg_dirty, pg_writeback, pg_mlocked;
	bool has_flagged_owner; /* bits of page.memcg_data tell what it points to */
	bool is_ref_per_page;	/* a page of several has as many references */
	bool is_slab_charged;	/* slab pages hold references of the memcg whose cache it is */
};

/* Only how large a struct page is, and how its words are read: all that of it which slabs need. */
MCD_MUST_CHECK enum mcd_status mcd_page_form_measure(struct mcd_target *target,
						     struct mcd_page_form *ret);
/* Asks for all that when it is first called. MCD_ABSENT: pages do not say who is charged. */
MCD_MUST_CHECK enum mcd_status mcd_page_form_get(struct mcd_audit *audit,
						 const struct mcd_page_form **ret);

static inline uint64_t mcd_page_word(const struct mcd_page_form *form, const uint8_t *page,
				     struct mcd_page_word word)
{
	return mcd_uint_of_bytes(page + word.at, word.size, form->is_big_endian);
}

/* The same of a word that is as large as a pointer: what every page is asked for. */
static inline uint64_t mcd_page_pointer(const struct mcd_page_form *form, const uint8_t *page,
					struct mcd_page_word word)
{
	uint64_t pointer;

	if (!form->is_native)
		return mcd_page_word(form, page, word);
	memcpy(&pointer, page + word.at, sizeof(pointer));
	return pointer;
}

/*
 * The word that says who is charged: 0: nobody. Its low bits are flags (enum page_memcg_data_flags in
 * include/linux/memcontrol.h, two in v5.11, three since v6.12), which mcd_page_charged() takes off.
 */
static inline uint64_t mcd_page_owner(const struct mcd_page_form *form, const uint8_t *page)
{
	return mcd_page_pointer(form, page, form->owner);
}

static inline uint64_t mcd_page_charged(uint64_t owner)
{
	return owner & ~(uint64_t)7;
}

/* True where the next struct page belongs to this one's description. */
static inline bool mcd_page_is_head(const struct mcd_page_form *form, const uint8_t *page)
{
	return mcd_page_word(form, page, form->flags) & form->pg_head;
}

/*
 * What a charged page is, whose struct page is at `addr`, with the next one behind it in `page` if it is
 * a head and the dump has that (has_next). False where it is none, only a part of one, or a slab of
 * which single objects are charged.
 */
bool mcd_page_parse(const struct mcd_page_form *form, uint64_t addr, const uint8_t *page,
		    bool has_next, bool is_device, struct mcd_page_facts *ret);

#endif
