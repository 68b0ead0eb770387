/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a batch tells, in the order of its list whatever the order in which dumps are done:
 * messages, records for the summary, and without --output the streams themselves.
 *
 * Nobody who reads them is waited for here: that is poll()'s, in the loop of the batch.
 */
#ifndef MCD_BATCH_OUTLET_H
#define MCD_BATCH_OUTLET_H

#include <poll.h>

#include "progress.h"
#include "record.h"
#include "standalone/message.h"
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
	size_t nr_interrupted;				/* of the rows */
	size_t nr_passed;				/* walked, and no dumps: without a row */
	size_t nr_earlier;				/* dumps that an earlier batch has done */
	uint64_t nr_dangling, nr_online, nr_unreadable; /* sums */
	int summary_fd;					/* of the summary in the making, or -1 */
	int source_fd;		       /* of the stream that is being copied, or -1 */
	off_t nr_copied;	       /* bytes of it */
	char words[MCD_MESSAGE_BYTES]; /* a message on its way */
	size_t nr_words, nr_said;      /* bytes of it */
	bool is_mute;		       /* no message can be written any more */
	bool is_hurried;
	int64_t give_up_ms; /* the clock's time when a reader has to have read, if hurried */
	bool is_broken;	    /* nothing more can be told */
};

/* What it writes to, for poll(). */
enum { MCD_OUTLET_STREAMS, MCD_OUTLET_WORDS, MCD_NR_OUTLETS };

/* Has room for `nr` dumps, and begins the summary. MCD_NO_MEMORY or MCD_FAULT with the reason. */
MCD_MUST_CHECK enum mcd_status mcd_batch_outlet_init(struct mcd_batch_outlet *outlet,
						     struct mcd_batch_store *store,
						     struct mcd_batch_progress *progress,
						     struct mcd_arena *arena, size_t nr,
						     bool has_directory, struct mcd_error *error);

/* The summary that is not finished stays as it is. */
void mcd_batch_outlet_deinit(struct mcd_batch_outlet *outlet);

/* True while something is to be written: mcd_batch_outlet_attend() wants to be called. */
bool mcd_batch_outlet_is_busy(const struct mcd_batch_outlet *outlet);

/* True while a message is. */
bool mcd_batch_outlet_is_speaking(const struct mcd_batch_outlet *outlet);

/* True if the next dump can be told: it is neither busy, nor has a failure put an end to it. */
bool mcd_batch_outlet_is_ready(const struct mcd_batch_outlet *outlet);

/* Tells the next dump, whose stream is finished, where it is ready. MCD_FAULT with the reason. */
MCD_MUST_CHECK enum mcd_status mcd_batch_outlet_tell(struct mcd_batch_outlet *outlet,
						     const struct mcd_batch_dump *dump,
						     struct mcd_error *error);

/* What to wait for; nothing where it is not busy. */
void mcd_batch_outlet_fill(const struct mcd_batch_outlet *outlet,
			   struct pollfd fds[MCD_NR_OUTLETS]);

/*
 * Writes a little of what is to be written, as much as a pipe that has room takes without waiting.
 * MCD_INTERRUPTED where the reader of the streams went away, MCD_FAULT with the reason.
 */
MCD_MUST_CHECK enum mcd_status mcd_batch_outlet_attend(struct mcd_batch_outlet *outlet,
						       const struct pollfd fds[MCD_NR_OUTLETS],
						       struct mcd_error *error);

/* From here on a reader that reads nothing for a tenth of a second is given up. */
void mcd_batch_outlet_hurry(struct mcd_batch_outlet *outlet);

/* The clock's time when mcd_batch_outlet_attend() has to be called, come what may. */
int64_t mcd_batch_outlet_deadline_ms(const struct mcd_batch_outlet *outlet);

/* Ends the summary and gives it its name; `is_complete`: every dump has its record. */
MCD_MUST_CHECK enum mcd_status mcd_batch_outlet_finish(struct mcd_batch_outlet *outlet,
						       bool is_complete, double seconds,
						       struct mcd_error *error);

/* True if every dump that was told is ok. */
bool mcd_batch_outlet_is_ok(const struct mcd_batch_outlet *outlet);

#endif
