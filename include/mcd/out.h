/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where reports go: a buffered writer over a callback of the front end.
 *
 * A failed write is remembered and everything after it is dropped, so that reports need not check
 * each call: they ask mcd_out_flush() (or `status`) once per row and stop.
 */
#ifndef MCD_OUT_H
#define MCD_OUT_H

#include <stddef.h>

#include "mcd/status.h"

struct mcd_out {
	/*
	 * Takes `size` bytes; anything but MCD_OK ends the output. Tells the user why, unless the
	 * reader just went away: MCD_INTERRUPTED.
	 */
	enum mcd_status (*write)(void *sink, const char *bytes, size_t size);
	void *sink;
	/* Where it is set, asked whenever the buffer was full: anything but MCD_OK ends the output as well. */
	enum mcd_status (*poll)(void *context);
	void *poll_context;
	enum mcd_status status; /* the first failure, else MCD_OK */
	size_t used;
	char buffer[4096];
};

/* A writer with an empty buffer over `write(sink, …)`. */
void mcd_out_init(struct mcd_out *out,
		  enum mcd_status (*write)(void *sink, const char *bytes, size_t size), void *sink);

/* Hands what is buffered to the front end; returns the first failure so far. */
enum mcd_status mcd_out_flush(struct mcd_out *out);

/* The bytes as they are. */
void mcd_out_bytes(struct mcd_out *out, const char *bytes, size_t size);
void mcd_out_text(struct mcd_out *out, const char *text);

/* Formatted text of at most 511 bytes; meant for numbers and short words, not for names. */
void mcd_out_printf(struct mcd_out *out, const char *format, ...) MCD_PRINTF(2, 3);

/* A name from the dump, made safe for a terminal by mcd_escape(). */
void mcd_out_escaped(struct mcd_out *out, const char *name);

#endif
