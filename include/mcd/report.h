/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports: facts in, text out. A report knows nothing of kernels and reads no dump.
 */
#ifndef MCD_REPORT_H
#define MCD_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "mcd/facts.h"
#include "mcd/ledger.h"
#include "mcd/out.h"
#include "mcd/producer.h"
#include "mcd/space.h"

/* What a front end knows of its run, and the only thing in which two of them may differ. */
struct mcd_origin {
	const char *front_end;	 /* "crash" or "standalone" */
	const char *types;	 /* where types are from: "crash", "dwarf" or "btf" */
	const char *types_from;	 /* the same for people: "crash", "DWARF of PATH" */
	const char *dump;	 /* the file, as the user named it; NULL: a live system's memory */
	struct timespec started; /* CLOCK_MONOTONIC: the command, or the process */
};

/* Everything that a report may print; all pointers are borrowed. */
struct mcd_report {
	const struct mcd_origin *origin;
	const struct mcd_head *head;
	const struct mcd_identity *identity; /* of JSON and raw unions; else NULL */
	struct mcd_memcg *const *rows;	     /* decoded, in the order to print */
	size_t nr_rows;
	size_t nr_selected; /* rows that a --limit left out included */
	const struct mcd_audit_summary
		*audit; /* of what the ledgers of all selected rows add up to */
	const struct mcd_producers *producers; /* of all selected rows; NULL: not asked for */
	const struct mcd_cost *cost;	       /* of all selected rows; NULL: not looked at */
	const struct mcd_id_space *ids;	       /* of the whole machine; NULL: not looked at */
	size_t limit;			       /* of rows in views that are not of memcgs */
	bool has_unexplained;		       /* a list has a column for what no pin explains */
	bool has_cost;			       /* and one for what each memcg takes by itself */
	bool is_search; /* the user named memcgs: none found is not none dangling */
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

/* The ledger of each memcg: its pins, what they leave unexplained, what would free it; and all of them. */
void mcd_report_pins(struct mcd_out *out, const struct mcd_report *report);

/* The files whose pages hold references, of all selected memcgs together, the largest first. */
void mcd_report_files(struct mcd_out *out, const struct mcd_report *report);

/* What is charged without holding a reference, by slab cache, for each memcg. */
void mcd_report_slab(struct mcd_out *out, const struct mcd_report *report);

/* Who leaves memcgs behind: selected memcgs added up by the pattern of their paths, the most first. */
void mcd_report_producers(struct mcd_out *out, const struct mcd_report *report);

/* The memory that the selected memcgs take by themselves, by structure and in total. */
void mcd_report_cost(struct mcd_out *out, const struct mcd_report *report);

/* The space of ids: who has them, how that compares with directories, and how many are left. */
void mcd_report_ids(struct mcd_out *out, const struct mcd_report *report);

/* Raw unions and sources per memcg, every disagreement, every probe. */
void mcd_report_unions(struct mcd_out *out, const struct mcd_report *report);

/* How a run ended. */
struct mcd_ending {
	bool is_complete; /* neither interrupted nor damaged: everything that was asked for is there */
	size_t nr_shown;
	double seconds;		      /* since the origin's start */
	const struct mcd_note *notes; /* everything that the user was told, in order */
};

/* Bits: what the record of a memcg has beside its facts. */
enum mcd_part {
	MCD_PART_PINS = 1,
	MCD_PART_FILES = 2,
	MCD_PART_CHARGES = 4,
	MCD_PART_COST = 8,
};

/*
 * NDJSON as docs/report.schema.json has it, one object a line: a head (the rows are not looked at),
 * each row, each producer, and the end once it is known how the run ended. A record is made whole or not at all.
 * All fail with MCD_NO_MEMORY only; that the output failed is told by its own status.
 */
MCD_MUST_CHECK enum mcd_status mcd_report_json_head(struct mcd_out *out,
						    const struct mcd_report *report);
MCD_MUST_CHECK enum mcd_status
mcd_report_json_memcg(struct mcd_out *out, const struct mcd_memcg *memcg, unsigned int parts);
MCD_MUST_CHECK enum mcd_status mcd_report_json_producer(struct mcd_out *out,
							const struct mcd_producer *producer);
/* What the ledgers add up to, what the memcgs cost, and the ids of the machine: between the rows and the end. */
MCD_MUST_CHECK enum mcd_status mcd_report_json_audit(struct mcd_out *out,
						     const struct mcd_audit_summary *audit);
MCD_MUST_CHECK enum mcd_status mcd_report_json_cost(struct mcd_out *out,
						    const struct mcd_cost *cost);
MCD_MUST_CHECK enum mcd_status mcd_report_json_ids(struct mcd_out *out,
						   const struct mcd_id_space *ids);
MCD_MUST_CHECK enum mcd_status mcd_report_json_end(struct mcd_out *out, const struct mcd_head *head,
						   const struct mcd_ending *ending);

#endif
