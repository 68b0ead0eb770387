/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An audit of memcgs made by hand over a fake target, for tests of one source of pins: what it found is
 * compared as text, and its reads, polls and allocations are made to fail one after the other.
 */
#ifndef AUDIT_UNIT_H
#define AUDIT_UNIT_H

#include "../../src/ledger/accounts.h"
#include "unit.h"

enum { AUDIT_MEMCGS = 6, AUDIT_MEMCG_BYTES = 0x1000, AUDIT_CPUS = 2 };

#define AUDIT_MEMCG(i) (UINT64_C(0xffff888001000000) + (i)*AUDIT_MEMCG_BYTES)
#define AUDIT_PERCPU UINT64_C(0xffff888002000000) /* a page for each cpu */

struct audit_unit {
	struct fake_target fake;
	struct mcd_arena arena;
	struct mcd_world world;
	struct mcd_memcg memcgs[AUDIT_MEMCGS];
	struct mcd_account *accounts; /* AUDIT_MEMCGS of them */
	struct mcd_audit audit;
};

/*
 * Empty memcgs, all of them removed, in memory that is mapped, and two possible cpus, 0 and 5. The kernel
 * knows nothing but offset 0 of mem_cgroup.css.
 */
void audit_unit_init(struct audit_unit *unit);
/* The same with another word. */
void audit_unit_init_word(struct audit_unit *unit, unsigned int word_bytes, bool is_big_endian);
void audit_unit_exit(struct audit_unit *unit);

/* Forgets what was found and what was read, and begins with an arena of so many bytes. */
void audit_unit_again(struct audit_unit *unit, size_t arena_bytes);

/* Pins of memcg `i` in the order in which they were added, a line each: "swap 1 12288 3 slots". */
void assert_pins(const struct audit_unit *unit, size_t i, const char *expected);

/*
 * Runs `collect` with each read failed, each poll interrupted, and in arenas of every size: it must not
 * find more than undisturbed, and tell what it was that ended it.
 */
void audit_unit_torture(struct audit_unit *unit, enum mcd_status (*collect)(struct mcd_audit *));

#endif
