/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a batch tells, in the order of its list whatever the order in which dumps are done:
 * messages, records for the summary, and without --output the streams themselves.
 */
#ifndef MCD_BATCH_OUTLET_H
#define MCD_BATCH_OUTLET_H

#include "progress.h"
#include "record.h"
#include "store.h"

/* What stays of a dump for the table. */
struct mcd_batch_row {
	const struct mcd_batch_dump *dump;
	enum mcd_batch_class class;
	double seconds;
	uint64_t peak_bytes;
	struct mcd_figure dangling, online;
};

struct mcd_batch_outlet {
	struct mcd_batch_store *store;
	struct mcd_batch_progress *progress;
	bool has_directory; /* else streams go to standard output */
	struct mcd_batch_row *rows;
	size_t nr_rows; /* in order: the dumps before it are told */
	size_t nr_of_class[MCD_NR_CLASSES];
	uint64_t nr_dangling, nr_online, nr_unreadable; /* sums */
	int summary_fd;					/* of the summary in the making, or -1 */
	int source_fd;	 /* of the stream that is being copied, or -1 */
	off_t nr_copied; /* bytes of it */
	bool is_broken;	 /* nothing more can be told */
};

/* Has room for `nr` dumps, and begins the summary. MCD_NO_MEMORY or MCD_FAULT with the reason. */
MCD_MUST_CHECK enum mcd_status mcd_batch_outlet_init(struct mcd_batch_outlet *outlet,
						     struct mcd_batch_store *store,
						     struct mcd_batch_progress *progress,
						     struct mcd_arena *arena, size_t nr,
						     bool has_directory, struct mcd_error *error);

/* The summary that is not finished stays as it is. */
void mcd_batch_outlet_deinit(struct mcd_batch_outlet *outlet);

/* True while a stream is being copied: mcd_batch_outlet_copy() wants to be called. */
bool mcd_batch_outlet_is_busy(const struct mcd_batch_outlet *outlet);

/* True if the next dump can be told: it is neither busy, nor has a failure put an end to it. */
bool mcd_batch_outlet_is_ready(const struct mcd_batch_outlet *outlet);

/* Tells the next dump, whose stream is finished, where it is ready. MCD_FAULT with the reason. */
MCD_MUST_CHECK enum mcd_status mcd_batch_outlet_tell(struct mcd_batch_outlet *outlet,
						     const struct mcd_batch_dump *dump,
						     struct mcd_error *error);

/*
 * Copies a little of the stream, as much as a pipe that has room takes without waiting.
 * MCD_INTERRUPTED where the reader went away, MCD_FAULT with the reason.
 */
MCD_MUST_CHECK enum mcd_status mcd_batch_outlet_copy(struct mcd_batch_outlet *outlet,
						     struct mcd_error *error);

/* Ends the summary and gives it its name; `is_complete`: every dump has its record. */
MCD_MUST_CHECK enum mcd_status mcd_batch_outlet_finish(struct mcd_batch_outlet *outlet,
						       bool is_complete, double seconds,
						       struct mcd_error *error);

/* True if every dump that was told is ok. */
bool mcd_batch_outlet_is_ok(const struct mcd_batch_outlet *outlet);

#endif
