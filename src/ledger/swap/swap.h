/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What swap.c and swap_files.c share: the tables that say whom each swap slot is charged to. */
#ifndef MCD_SWAP_H
#define MCD_SWAP_H

#include "../accounts.h"

enum {
	MCD_SWAP_AREAS_MAX = 32, /* 1 << MAX_SWAPFILES_SHIFT */
	MCD_SWAP_ID_BYTES = 2,
};
#define MCD_SWAP_SLOTS_MAX ((uint64_t)1 << 36) /* of an area; 256 TB */

/* A swap file or partition. */
struct mcd_swap_area {
	uint64_t info;	   /* of struct swap_info_struct; 0: unreadable */
	uint64_t table;	   /* what leads to the ids; 0: there are none */
	uint64_t nr_slots; /* that the table has room for */
};

struct mcd_swap_map;

/* How ids are kept: in chunks of map->ids_per_chunk. */
struct mcd_swap_form {
	/* Fills an area, whose `info` is known. */
	enum mcd_status (*find_table)(struct mcd_swap_map *map, size_t type,
				      struct mcd_swap_area *area);
	/* Reads the bytes of a chunk. */
	enum mcd_status (*read)(struct mcd_swap_map *map, const struct mcd_swap_area *area,
				uint64_t chunk, unsigned char *bytes, size_t size);
	bool is_packed; /* two ids in each word of 32 bits, the first in its lower half */
};

/* swap_map.c: all areas, by the type in a swap entry, and the chunk that was read last. */
struct mcd_swap_map {
	struct mcd_audit *audit;
	const struct mcd_swap_form *form;
	struct mcd_swap_area areas[MCD_SWAP_AREAS_MAX];
	size_t nr_areas;
	size_t ids_per_chunk;
	unsigned char *bytes; /* of a chunk, as they are in the dump */
	uint16_t *chunk;      /* the same as ids */
	bool has_chunk;	      /* … of this area, from this slot on */
	size_t chunk_area;
	uint64_t chunk_first;
	size_t nr_unreadable; /* chunks */
};

/* swap_form.c: which form this kernel has, and how much of it a chunk is; MCD_ABSENT: none that is known. */
MCD_MUST_CHECK enum mcd_status mcd_swap_form_find(struct mcd_target *target,
						  const struct mcd_swap_form **ret,
						  size_t *ret_ids_per_chunk);

/*
 * Found when it is first asked for. MCD_ABSENT where this kernel keeps ids in a way that is not known; an
 * area that cannot be read has a note and no table.
 */
MCD_MUST_CHECK enum mcd_status mcd_swap_map_get(struct mcd_audit *audit, struct mcd_swap_map **ret);

/* Gives `visit` all ids of an area, piece by piece. What cannot be read is left out, with a note. */
typedef enum mcd_status mcd_swap_ids_visit(void *context, const uint16_t *ids, size_t nr);
MCD_MUST_CHECK enum mcd_status mcd_swap_map_walk(struct mcd_swap_map *map, size_t area,
						 mcd_swap_ids_visit *visit, void *context);

/* The id of one slot; 0: of nobody. */
MCD_MUST_CHECK enum mcd_status mcd_swap_map_id(struct mcd_swap_map *map, size_t area, uint64_t slot,
					       uint16_t *ret);

/* "/dev/vda2"; n/a, unreadable: what it is called cannot be told. */
MCD_MUST_CHECK enum mcd_status mcd_swap_area_name(struct mcd_swap_map *map, size_t area,
						  struct mcd_text *ret);

/* swap.c: accounts by the id that swap slots carry: position + 1 by id, or NULL where none has one. */
MCD_MUST_CHECK enum mcd_status mcd_swap_owners(struct mcd_audit *audit, uint32_t **ret);

/* page_tree.c: the swap entries in a file's tree of pages; of so many slots one behind the other. */
struct mcd_swap_entry {
	size_t area;
	uint64_t slot, nr_slots;
};
typedef enum mcd_status mcd_swap_entry_visit(void *context, const struct mcd_swap_entry *entry);
MCD_MUST_CHECK enum mcd_status mcd_page_tree_walk(struct mcd_audit *audit, uint64_t mapping,
						  mcd_swap_entry_visit *visit, void *context);

#endif
