/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports: facts in, text out. A report knows nothing of kernels and reads no dump.
 */
#ifndef MCD_REPORT_H
#define MCD_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcd/facts.h"
#include "mcd/out.h"

/* Everything that a report may print; all pointers are borrowed. */
struct mcd_report {
	const struct mcd_head *head;
	struct mcd_memcg *const *rows; /* decoded, in the order to print */
	size_t nr_rows;
	size_t nr_selected; /* rows that a --limit left out included */
	bool is_search;	    /* the user named memcgs: none found is not none dangling */
	const struct mcd_probe *probes;
	size_t nr_probes;
	const struct mcd_note *notes;
	uint64_t nr_reads, read_bytes; /* what this run asked of the dump */
};

/* The kernel's own file, byte for byte: raw names, no newline after "0 kmem bytes". */
void mcd_report_kernel(struct mcd_out *out, const struct mcd_report *report);

/* The same facts as they are true, one block of lines per memcg. */
void mcd_report_text(struct mcd_out *out, const struct mcd_report *report);

/* One line per memcg under capital headers; bytes are plain numbers, addresses bare hex. */
void mcd_report_list(struct mcd_out *out, const struct mcd_report *report);

/* Raw unions and sources per memcg, every disagreement, every probe. */
void mcd_report_unions(struct mcd_out *out, const struct mcd_report *report);

#endif
