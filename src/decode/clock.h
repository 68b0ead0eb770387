/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What time it was when the dump was made, by the clocks of which memcgs keep times. */
#ifndef MCD_CLOCK_H
#define MCD_CLOCK_H

#include "decode.h"

/* A clock whose status is not MCD_OK is not there, or cannot be read. */
struct mcd_clock {
	enum mcd_status jiffies_status, sched_status, wall_status;
	uint64_t jiffies;  /* jiffies_64 */
	uint64_t hz;	   /* jiffies a second */
	uint64_t uptime;   /* in jiffies; a machine that slept counted none */
	uint64_t sched_ns; /* a recent time of sched_clock() */
	int64_t wall_seconds;
};

/* Reads all of them; fails only with a fatal status. */
MCD_MUST_CHECK enum mcd_status mcd_clock_read(struct mcd_world *world, struct mcd_clock *ret);

/*
 * Milliseconds between a time and the dump, as many as are certain. MCD_ABSENT: none are. MCD_CORRUPT: the time
 * is one before the kernel was started. Else the status of the clock.
 *
 * In jiffies, `size` bytes of them; of 4 the result lacks whole rounds. A time that is not yet, by a second at
 * most, tells nothing.
 */
MCD_MUST_CHECK enum mcd_status mcd_clock_since_jiffies(const struct mcd_clock *clock,
						       uint64_t jiffies, uint64_t size,
						       uint64_t *ret_ms);
/* By sched_clock(). */
MCD_MUST_CHECK enum mcd_status mcd_clock_since_sched(const struct mcd_clock *clock, uint64_t ns,
						     uint64_t *ret_ms);
/* In full seconds of CLOCK_REALTIME. */
MCD_MUST_CHECK enum mcd_status mcd_clock_since_wall(const struct mcd_clock *clock, int64_t seconds,
						    uint64_t *ret_ms);

#endif
