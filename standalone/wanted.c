// SPDX-License-Identifier: GPL-2.0-or-later
/* See wanted.h. */
#include <string.h>

#include "standalone/wanted.h"

static size_t hash_of(const char *name, size_t length)
{
	uint32_t hash = 2166136261U; /* FNV-1a */

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)name[i]) * 16777619U;
	return hash;
}

/* Which slot the name has, or the free one where it would go; a set is never full. */
static size_t slot_of(const struct mcd_wanted_set *set, const char *name, size_t length)
{
	size_t i = hash_of(name, length) & (MCD_WANTED_SLOTS - 1);

	while (set->slots[i].name &&
	       (set->slots[i].length != length || memcmp(set->slots[i].name, name, length) != 0))
		i = (i + 1) & (MCD_WANTED_SLOTS - 1);
	return i;
}

struct mcd_wanted *mcd_wanted_add(struct mcd_wanted_set *set, const char *name, size_t length)
{
	struct mcd_wanted *slot = &set->slots[slot_of(set, name, length)];

	slot->name = name;
	slot->length = length;
	set->lengths |= 1ULL << length;
	return slot;
}

const struct mcd_wanted *mcd_wanted_find(const struct mcd_wanted_set *set, const char *name,
					 size_t length)
{
	const struct mcd_wanted *slot;

	if (!mcd_wanted_is_length(set, length))
		return NULL;
	slot = &set->slots[slot_of(set, name, length)];
	return slot->name ? slot : NULL;
}

void mcd_wanted_offer(struct mcd_wanted_set *set, const char *name, size_t length, uint64_t value)
{
	struct mcd_wanted *slot;

	if (!mcd_wanted_is_length(set, length))
		return;
	slot = &set->slots[slot_of(set, name, length)];
	if (!slot->name || slot->is_found)
		return;
	slot->value = value;
	slot->is_found = true;
}
