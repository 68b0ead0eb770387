// SPDX-License-Identifier: GPL-2.0-or-later
/* What every description of types is asked for. See types.h. */
#include <string.h>

#include "standalone/types/types.h"

static bool is_enumerator(const char *name)
{
	for (enum mcd_layout_id id = 0; id < MCD_NR_LAYOUT; id++) {
		const struct mcd_layout_row *row = mcd_layout_row(id);

		if (row->kind == MCD_KIND_ENUMERATOR && strcmp(row->name, name) == 0)
			return true;
	}
	return false;
}

void mcd_types_want(struct mcd_types_wanted *ret)
{
	size_t nr = 0;
	const struct mcd_home *homes = mcd_layout_homes(&nr);

	for (size_t i = 0; i < nr; i++) {
		struct mcd_wanted_set *set = is_enumerator(homes[i].name) ? &ret->enumerators
									  : &ret->structs;

		mcd_wanted_add(set, homes[i].name, strlen(homes[i].name))->homes =
			homes[i].functions;
	}
}
