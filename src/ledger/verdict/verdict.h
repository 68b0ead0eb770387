/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A memcg's verdicts in the making; see verdict.c. */
#ifndef MCD_VERDICT_H
#define MCD_VERDICT_H

#include "../accounts.h"

/* What is said of one kind. */
struct mcd_draft {
	const char *words;
	size_t nr;	  /* of things in the way; 0: none is */
	unsigned int pid; /* of the last one */
};

struct mcd_drawing {
	struct mcd_audit *audit;
	const struct mcd_account *account;
	struct mcd_draft drafts[MCD_NR_VERDICTS];
	enum mcd_status status;
};

/* Counts one more thing in the way; the first of a kind is what is told. */
void MCD_PRINTF(3, 4) mcd_draft_add(struct mcd_drawing *drawing, enum mcd_verdict_kind kind,
				    const char *format, ...);

/* pages.c: what the tallies of pages say. */
void mcd_draft_pages(struct mcd_drawing *drawing);

#endif
