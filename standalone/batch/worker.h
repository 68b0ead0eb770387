/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One worker: a process of its own that reports one dump, within limits of time and memory.
 *
 * It dies with the batch, whatever happens to that. It is asked to end first (SIGTERM, so that it
 * ends its stream itself), killed a little later, and given up if even that does not help.
 */
#ifndef MCD_BATCH_WORKER_H
#define MCD_BATCH_WORKER_H

#include <sys/types.h>

#include "record.h"

/* Why a worker has to end early. */
enum mcd_batch_stop { MCD_STOP_NOT, MCD_STOP_TIMEOUT, MCD_STOP_INTERRUPTED };

/* A whole message: mcd_error's text, escaped. */
enum { MCD_BATCH_WORDS_BYTES = 4 * sizeof(struct mcd_error) + 64 };

struct mcd_batch_worker {
	pid_t pid; /* 0: there is none */
	int pid_fd, words_fd;
	const struct mcd_batch_dump *dump;
	const struct mcd_batch_options *options;
	int64_t started_ms, next_ms; /* when it began; when patience with it ends */
	enum mcd_batch_stop stop;
	unsigned int nr_signals;	   /* sent so far */
	char words[MCD_BATCH_WORDS_BYTES]; /* the first line it says, terminated once it is done */
	size_t nr_words;
	bool has_line;
};

/* Milliseconds of a clock that only goes forward. */
int64_t mcd_batch_now_ms(void);

/*
 * Forks a worker that writes its stream to `stream_fd`, which stays the caller's. MCD_FAULT with
 * the reason where the system has no room for another one.
 */
MCD_MUST_CHECK enum mcd_status mcd_batch_worker_start(struct mcd_batch_worker *worker,
						      const struct mcd_batch_dump *dump,
						      const struct mcd_batch_options *options,
						      int stream_fd, struct mcd_error *error);

/* Takes what there is in words_fd, without waiting; closes it, and makes it -1, at its end. */
void mcd_batch_worker_listen(struct mcd_batch_worker *worker);

/* Asks it to end, because of `stop`; does nothing where that was done before. */
void mcd_batch_worker_stop(struct mcd_batch_worker *worker, enum mcd_batch_stop stop);

/* What next_ms stands for has come. True where all means are exhausted: give it up. */
MCD_MUST_CHECK bool mcd_batch_worker_press(struct mcd_batch_worker *worker);

/* Kills it at once. */
void mcd_batch_worker_kill(struct mcd_batch_worker *worker);

/*
 * Ends the bookkeeping of a worker that has ended (its pid_fd can be read) or is given up, and says
 * in `record` how it went: class, message, seconds, memory. False where there is nothing to say: the
 * file was come upon in a directory and is no dump.
 */
MCD_MUST_CHECK bool mcd_batch_worker_finish(struct mcd_batch_worker *worker, bool is_given_up,
					    struct mcd_batch_record *record);

#endif
