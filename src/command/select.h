/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which memcgs a MEMCG argument means: a path, an address or a css id. */
#ifndef MCD_SELECT_H
#define MCD_SELECT_H

#include "mcd/arena.h"
#include "mcd/facts.h"
#include "mcd/status.h"

enum mcd_selector_kind { MCD_SELECT_PATH, MCD_SELECT_ADDRESS, MCD_SELECT_CSS_ID };

struct mcd_selector {
	enum mcd_selector_kind kind;
	const char *text; /* as given */
	uint64_t number;  /* of an address or id */
	bool has_match;	  /* set by mcd_selector_matches() */
	bool is_unlisted; /* its match is not on the list that -k prints */
};

/* MCD_USAGE with a reason in `error` where `text` is none of the three. */
MCD_MUST_CHECK enum mcd_status mcd_selector_parse(const char *text, struct mcd_selector *ret,
						  struct mcd_error *error);

/* Compares paths as the kernel has them and as reports escape them; corpses may share one. */
bool mcd_selector_matches(struct mcd_selector *selector, const struct mcd_memcg *memcg);

#endif
