// SPDX-License-Identifier: GPL-2.0-or-later
/* What every description of types is asked for. See types.h. */
#include <string.h>

#include "standalone/types/types.h"
#include "standalone/wanted.h"

void mcd_types_want(struct mcd_wanted_set *ret)
{
	size_t nr = 0;
	const struct mcd_home *homes = mcd_layout_homes(&nr);

	for (size_t i = 0; i < nr; i++)
		mcd_wanted_add(ret, homes[i].name, strlen(homes[i].name))->homes =
			homes[i].functions;
}
