/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a memcg keeps the lists of its pages: what lru_form.c finds out for lru.c. */
#ifndef MCD_LRU_H
#define MCD_LRU_H

#include "../accounts.h"

/* Offsets in what a memcg has on a node, of which `bytes` hold all of them. */
struct mcd_lru_form {
	uint64_t nodeinfo_at; /* in struct mem_cgroup: pointers by node, nr_nodes of them */
	unsigned int nr_nodes;
	size_t bytes;
	uint32_t *heads; /* struct list_head */
	size_t nr_heads;
	uint32_t *sizes; /* longs: how many pages are on lists, by zone and kind */
	size_t nr_sizes;
};

/* MCD_ABSENT where the kernel's types do not tell. */
MCD_MUST_CHECK enum mcd_status mcd_lru_form_make(struct mcd_audit *audit, struct mcd_lru_form *ret);

/* How many places arrays by node have that may be in use. */
unsigned int mcd_nodes_count(struct mcd_target *target);

#endif
