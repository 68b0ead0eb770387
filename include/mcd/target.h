/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The target: what a dump offers. Start reading here.
 *
 * A target reads kernel memory and answers questions about kernel types. Three implementations exist
 * behind one interface: crash (extensions/memcg_dangling.c), libkdumpfile with DWARF or BTF
 * (standalone/session.c), and a fake made of literals for the unit tests (tests/unit/fake_target.c). Decoders see only this header and layout.h.
 *
 * Addresses are kernel virtual addresses as the dumped kernel used them (KASLR applied). Integers
 * are converted to the host's byte order by the functions below, never by decoders.
 */
#ifndef MCD_TARGET_H
#define MCD_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcd/arena.h"
#include "mcd/layout.h"
#include "mcd/status.h"

struct mcd_target;

/* Where a member is inside its type; members of anonymous structs and unions count as its own. */
struct mcd_place {
	uint64_t offset;     /* bytes from the start of the type */
	uint64_t size_bytes; /* 0 for a flexible or zero-length array */
};

/* How far a long piece of work has come. */
struct mcd_progress {
	const char *what; /* plural noun: "memory cgroups read" */
	size_t nr_done;
	size_t nr_total; /* 0: not known beforehand */
};

/*
 * What an implementation provides. Each callback returns MCD_OK, MCD_FAULT (the dump cannot tell)
 * or MCD_ABSENT (the kernel has no such thing), never longjmps past its caller, and need not set
 * the error text: the functions below do. A question about types that takes long may also end as
 * MCD_INTERRUPTED; it is asked again the next time.
 */
struct mcd_target_ops {
	/* Exactly `size` bytes at `addr`, else MCD_FAULT or MCD_NO_MEMORY and `buffer` undefined. */
	enum mcd_status (*read)(struct mcd_target *target, uint64_t addr, void *buffer,
				size_t size);
	/* The same at a physical address, as the kernel that was dumped counts them. */
	enum mcd_status (*read_phys)(struct mcd_target *target, uint64_t addr, void *buffer,
				     size_t size);
	/* The address of a kernel symbol. */
	enum mcd_status (*symbol)(struct mcd_target *target, const char *name, uint64_t *ret);
	/* sizeof(struct type) in bytes. */
	enum mcd_status (*type_size)(struct mcd_target *target, const char *type, uint64_t *ret);
	/* A member of `struct type`; not a bit-field: the members in layout.def are whole bytes. */
	enum mcd_status (*member)(struct mcd_target *target, const char *type, const char *member,
				  struct mcd_place *ret);
	/* The value of an enumerator, whatever its enumeration is called. */
	enum mcd_status (*enumerator)(struct mcd_target *target, const char *name, uint64_t *ret);
	/* What to add to a per-cpu pointer for `cpu`; MCD_ABSENT beyond the kernel's last cpu. */
	enum mcd_status (*percpu_offset)(struct mcd_target *target, unsigned int cpu,
					 uint64_t *ret);
	/* Called often in long work: may show progress; true asks for an early end. */
	bool (*is_interrupted)(struct mcd_target *target, const struct mcd_progress *progress);
};

/* What has been read from a target since the run began; -u prints it. */
struct mcd_target_stats {
	uint64_t nr_reads;
	uint64_t read_bytes;
};

/* An implementation embeds this as its first member; mcd_target_init() fills it. */
struct mcd_target {
	const struct mcd_target_ops *ops;
	unsigned int word_bytes; /* sizeof(long) of the dumped kernel: 4 or 8 */
	bool is_big_endian;
	uint64_t page_bytes;
	struct mcd_error error; /* of the last call that did not return MCD_OK */
	struct mcd_target_stats stats;
	enum mcd_layout_id missing; /* the row last asked for in vain; MCD_NR_LAYOUT: none was */
	struct mcd_layout_answer answers[MCD_NR_LAYOUT]; /* the cache behind layout.h */
};

/* Prepares a target with an empty cache. `page_bytes` is the dumped kernel's. */
void mcd_target_init(struct mcd_target *target, const struct mcd_target_ops *ops,
		     unsigned int word_bytes, bool is_big_endian, uint64_t page_bytes);

/* A run begins: nothing was read and no row of layout.def relied on; the answers stay. */
void mcd_target_begin(struct mcd_target *target);

/* MCD_INTERRUPTED where the user asked to stop, else MCD_OK. Call it in every long loop. */
MCD_MUST_CHECK enum mcd_status mcd_poll(struct mcd_target *target, const char *what, size_t nr_done,
					size_t nr_total);

/* Reads `size` bytes; `what` names the thing read in the error text. */
MCD_MUST_CHECK enum mcd_status mcd_read(struct mcd_target *target, uint64_t addr, void *buffer,
					size_t size, const char *what);

/* The same at a physical address. */
MCD_MUST_CHECK enum mcd_status mcd_read_phys(struct mcd_target *target, uint64_t addr, void *buffer,
					     size_t size, const char *what);

/* Reads an unsigned integer of 1, 2, 4 or 8 bytes. */
MCD_MUST_CHECK enum mcd_status mcd_read_uint(struct mcd_target *target, uint64_t addr, size_t size,
					     const char *what, uint64_t *ret);

/* Reads an unsigned long, which is also how a pointer is stored. */
MCD_MUST_CHECK enum mcd_status mcd_read_word(struct mcd_target *target, uint64_t addr,
					     const char *what, uint64_t *ret);

/* Reads a long, sign-extended. */
MCD_MUST_CHECK enum mcd_status mcd_read_long(struct mcd_target *target, uint64_t addr,
					     const char *what, int64_t *ret);

enum { MCD_STRING_BYTES_MAX = 4096 }; /* the longest that any caller of the next one wants */

/*
 * Reads a terminated string of at most `max` bytes into `arena`. A string that goes on beyond `max`
 * is MCD_CORRUPT, one that runs into a missing page MCD_FAULT.
 */
MCD_MUST_CHECK enum mcd_status mcd_read_string(struct mcd_target *target, struct mcd_arena *arena,
					       uint64_t addr, size_t max, const char *what,
					       const char **ret);

/*
 * Members, by their row in layout.def: M(mem_cgroup, css). All three return MCD_ABSENT where the
 * kernel has no such member, without reading.
 *
 * mcd_field() reads a member of 1, 2, 4 or 8 bytes as an unsigned integer; mcd_field_signed()
 * sign-extends it; mcd_field_addr() only computes where it is.
 */
MCD_MUST_CHECK enum mcd_status mcd_field(struct mcd_target *target, uint64_t object,
					 enum mcd_layout_id member, uint64_t *ret);
MCD_MUST_CHECK enum mcd_status mcd_field_signed(struct mcd_target *target, uint64_t object,
						enum mcd_layout_id member, int64_t *ret);
MCD_MUST_CHECK enum mcd_status mcd_field_addr(struct mcd_target *target, uint64_t object,
					      enum mcd_layout_id member, uint64_t *ret);

#endif
