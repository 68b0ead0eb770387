/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every test program needs: cmocka with the headers that it wants first, an arena, a captured
 * output, and one run of the whole command.
 */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_target.h"
#include "mcd/command.h"

enum { UNIT_ARENA_BYTES = 64 << 20, CAPTURE_BYTES = 64 * 1024 };

/* Compares a figure: known with a value, or one of the two kinds of nothing. */
#define assert_known(figure, value_)                         \
	do {                                                 \
		assert_int_equal((figure).known, MCD_KNOWN); \
		assert_int_equal((figure).value, (value_));  \
	} while (0)
#define assert_na(figure) assert_int_equal((figure).known, MCD_NA)
#define assert_unreadable(figure) assert_int_equal((figure).known, MCD_UNREADABLE)

/* Text that was written, terminated; too much of it fails the test. */
struct capture {
	size_t used;
	char text[CAPTURE_BYTES];
};

/* A sink of struct mcd_out. */
enum mcd_status capture_write(void *sink, const char *bytes, size_t size);

/* One run of the command, as a front end would make it. */
struct run_result {
	enum mcd_outcome outcome;
	struct capture out;  /* the report */
	struct capture said; /* what the user was told, a newline after each line */
};

/* How a run is disturbed; zeroes: not at all. */
struct run_limits {
	size_t arena_bytes; /* 0: plenty */
	size_t sink_bytes;  /* the output fails once it has got so many; 0: never */
};

/* Runs `words`, e.g. "-k -n 1 /a"; a blank separates arguments. Operands are MEMCGs. */
void run_command(struct fake_target *fake, const char *words, struct run_result *ret);
void run_command_limited(struct fake_target *fake, const char *words,
			 const struct run_limits *limits, struct run_result *ret);

/* Runs `words` and compares the report and the outcome. */
void assert_report(struct fake_target *fake, const char *words, enum mcd_outcome outcome,
		   const char *report);

/* Compares the remarks about the dump, a newline after each. */
struct mcd_world;
void assert_notes(const struct mcd_world *world, const char *expected);

/* The part of a -u report between its head and its probes; cuts `text` off there. */
const char *unions_rows(char *text);

#endif
