/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Results and the error text that goes with them.
 *
 * Every function that can fail returns an enum mcd_status and leaves one line of text in the error
 * context of its target: what was read, which member, which address. Nothing here allocates, prints
 * or exits.
 */
#ifndef MCD_STATUS_H
#define MCD_STATUS_H

#define MCD_MUST_CHECK __attribute__((warn_unused_result))
#define MCD_PRINTF(nr_format, nr_first) __attribute__((format(printf, nr_format, nr_first)))

enum mcd_status {
	MCD_OK,		 /* the out parameter holds the answer */
	MCD_FAULT,	 /* the dump does not have these bytes, or they cannot be reached */
	MCD_ABSENT,	 /* this kernel or its configuration has no such thing */
	MCD_CORRUPT,	 /* the bytes are there but contradict themselves */
	MCD_LIMIT,	 /* a bound of ours was met; what was found until then stands */
	MCD_NO_MEMORY,	 /* our own memory ran out, or the caller's bound on it */
	MCD_INTERRUPTED, /* the user asked to stop, or the reader of our output went away */
	MCD_USAGE,	 /* the command line makes no sense */
};

/* The text of the last failure; `text` is always terminated, and empty before the first one. */
struct mcd_error {
	char text[1024];
};

/* True for the results that end a report; the others become a row, a figure or a note in it. */
#define mcd_is_fatal(status) ((status) == MCD_NO_MEMORY || (status) == MCD_INTERRUPTED)

/* Replaces the text and returns `status`, so that a failure is one statement. */
enum mcd_status mcd_error_set(struct mcd_error *error, enum mcd_status status, const char *format,
			      ...) MCD_PRINTF(3, 4);

#endif
