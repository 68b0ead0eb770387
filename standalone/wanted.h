/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names that somebody will ask for, known before a source of names is read: what a source has of
 * them is kept, all else is passed over. So no index of a kernel's 150,000 symbols or 100,000 types is
 * ever built.
 */
#ifndef MCD_WANTED_H
#define MCD_WANTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	MCD_WANTED_SLOTS = 512,	   /* a power of two, several times the names of any set */
	MCD_WANTED_BYTES_MAX = 63, /* the longest name */
};

struct mcd_wanted {
	const char *name; /* borrowed, not terminated; NULL: a free slot */
	size_t length;
	const char *homes; /* of a type: functions of its compile units, as layout.def has them */
	uint64_t value;	   /* what the source has for it */
	bool is_found;
};

/* Zeroed: an empty set. */
struct mcd_wanted_set {
	struct mcd_wanted slots[MCD_WANTED_SLOTS];
	uint64_t lengths; /* bits: how long its names are, a quick no for many others */
};

/* The entry of a name of `length` bytes, at most MCD_WANTED_BYTES_MAX; a new one if need be. */
struct mcd_wanted *mcd_wanted_add(struct mcd_wanted_set *set, const char *name, size_t length);

/* The entry of the name, or NULL where nobody wants it. */
const struct mcd_wanted *mcd_wanted_find(const struct mcd_wanted_set *set, const char *name,
					 size_t length);

/* Gives a wanted name its value; the first one that a source has stays. */
void mcd_wanted_offer(struct mcd_wanted_set *set, const char *name, size_t length, uint64_t value);

/* False where no wanted name is so long. */
static inline bool mcd_wanted_is_length(const struct mcd_wanted_set *set, size_t length)
{
	return length <= MCD_WANTED_BYTES_MAX && set->lengths >> length & 1;
}

#endif
