/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stream of one dump as a file: [head, memcg, …] dump, end.
 *
 * A worker writes head to end and may stop anywhere. Only both ends of the file are looked at, so
 * that what this costs does not grow with the stream.
 */
#ifndef MCD_BATCH_STREAM_H
#define MCD_BATCH_STREAM_H

#include "record.h"
#include "store.h"

/*
 * Makes what a worker left in `fd` whole: cuts off half a line, puts the dump's record before the
 * worker's end, and an end that says "complete":false where there is none. Fills in the record's
 * figures; a record of class ok without an end becomes internal. `stream` as for
 * mcd_batch_record_make(). MCD_FAULT or MCD_NO_MEMORY with the reason.
 */
MCD_MUST_CHECK enum mcd_status mcd_batch_stream_finish(struct mcd_batch_store *store, int fd,
						       const struct mcd_batch_dump *dump,
						       struct mcd_batch_record *record,
						       const char *stream, struct mcd_error *error);

/*
 * The record of a finished stream, and where `ret_line` is not NULL its line, to be freed by the
 * caller. False where the file is no finished stream of this dump.
 */
MCD_MUST_CHECK bool mcd_batch_stream_read(int fd, const struct mcd_batch_dump *dump,
					  struct mcd_batch_record *ret, char **ret_line);

#endif
