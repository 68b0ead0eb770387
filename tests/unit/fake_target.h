/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A target made of literals: a kernel's types as tables of rows, its memory as segments of bytes.
 *
 * A test declares what the kernel knows (struct fake_row), maps memory, puts values where the rows
 * say they are, and asks the code under test. Memory that was not mapped is missing from the dump.
 * Reads and polls can be made to fail by number, and every question about types is counted.
 *
 * Setting up never fails quietly: a row or a place that is not there fails the test at once.
 */
#ifndef FAKE_TARGET_H
#define FAKE_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcd/target.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* One thing that a kernel knows; the same four kinds as in layout.def. */
struct fake_row {
	enum mcd_layout_kind kind;
	const char *type;	/* of a struct or member */
	const char *name;	/* of a member, symbol or enumerator */
	uint64_t value;		/* size of a struct, offset of a member, address, enumerator */
	uint64_t size_bytes;	/* of a member */
	enum mcd_status status; /* what asking for it gives; MCD_OK unless said otherwise */
};

#define FAKE_STRUCT(type_, size_)                               \
	{                                                       \
		MCD_KIND_STRUCT, #type_, NULL, size_, 0, MCD_OK \
	}
#define FAKE_MEMBER(type_, member_, offset_, size_)                       \
	{                                                                 \
		MCD_KIND_MEMBER, #type_, #member_, offset_, size_, MCD_OK \
	}
#define FAKE_SYMBOL(name_, addr_)                               \
	{                                                       \
		MCD_KIND_SYMBOL, NULL, #name_, addr_, 0, MCD_OK \
	}
#define FAKE_ENUMERATOR(name_, value_)                               \
	{                                                            \
		MCD_KIND_ENUMERATOR, NULL, #name_, value_, 0, MCD_OK \
	}

struct fake_rows {
	const struct fake_row *rows;
	size_t nr;
};
#define FAKE_ROWS(table) ((struct fake_rows){ table, ARRAY_SIZE(table) })

struct fake_segment {
	uint64_t addr;
	size_t size;
	unsigned char *bytes;
};

struct fake_hole {
	uint64_t addr;
	size_t size;
};

enum {
	FAKE_TABLES_MAX = 8,
	FAKE_SEGMENTS_MAX = 32,
	FAKE_HOLES_MAX = 40,
	FAKE_SHARED_MAX = 48,
	FAKE_PAGE_BYTES = 4096
};

/* Where physical memory is mapped: mcd_read_phys(0) reads here. */
#define FAKE_DIRECT_MAP 0xffff888000000000ULL

struct fake_target {
	struct mcd_target target;		  /* first: callbacks get its address */
	struct fake_rows tables[FAKE_TABLES_MAX]; /* a later table overrides an earlier one */
	size_t nr_tables;
	enum mcd_layout_id forgotten[MCD_NR_LAYOUT]; /* rows that the kernel lacks after all */
	size_t nr_forgotten;
	struct fake_segment segments[FAKE_SEGMENTS_MAX];
	size_t nr_segments;
	struct fake_hole holes[FAKE_HOLES_MAX];
	size_t nr_holes;
	const uint64_t *percpu_offsets;
	unsigned int nr_cpus;
	uint64_t fail_read_at; /* the number of the read that fails, from 1; 0: none does */
	uint64_t fail_every;   /* and every so many reads after it; 0: only that one */
	uint64_t interrupt_at; /* the number of the poll that asks for an end; 0: none does */
	uint64_t failed_addr;  /* of the last read that was made to fail */
	uint64_t nr_reads, nr_polls, nr_questions;
	struct fake_hole shared[FAKE_SHARED_MAX]; /* memory that is not one group's alone */
	size_t nr_shared;
};

/* A 64-bit little-endian kernel without types and memory; fake_exit() frees it. */
void fake_init(struct fake_target *fake);
/* The same with another word: 4 or 8 bytes. */
void fake_init_word(struct fake_target *fake, unsigned int word_bytes, bool is_big_endian);
void fake_exit(struct fake_target *fake);

/* Adds a table of rows, which must outlive the target. */
void fake_learn(struct fake_target *fake, struct fake_rows rows);
/* The kernel's configuration lacks this row. */
void fake_forget(struct fake_target *fake, enum mcd_layout_id id);

/* `size` zeroed bytes at `addr`. */
void fake_map(struct fake_target *fake, uint64_t addr, size_t size);
/* Bytes that are missing from the dump although they are mapped. */
void fake_hole(struct fake_target *fake, uint64_t addr, size_t size);
/* The page at `addr` is missing from the dump. */
void fake_hole_page(struct fake_target *fake, uint64_t addr);

/* Remembers memory whose loss may cost more than one group. */
void fake_share(struct fake_target *fake, uint64_t addr, size_t size);

void fake_bytes(struct fake_target *fake, uint64_t addr, const void *bytes, size_t size);
void fake_text(struct fake_target *fake, uint64_t addr, const char *text);
/* An integer of 1, 2, 4 or 8 bytes in the target's byte order. */
void fake_uint(struct fake_target *fake, uint64_t addr, size_t size, uint64_t value);
void fake_u8(struct fake_target *fake, uint64_t addr, uint8_t value);
void fake_u16(struct fake_target *fake, uint64_t addr, uint16_t value);
void fake_u32(struct fake_target *fake, uint64_t addr, uint32_t value);
void fake_u64(struct fake_target *fake, uint64_t addr, uint64_t value);
/* A long or a pointer. */
void fake_word(struct fake_target *fake, uint64_t addr, uint64_t value);

/* Where a member of the object is, and a value for it, by what the rows say. */
uint64_t fake_at(struct fake_target *fake, uint64_t object, enum mcd_layout_id member);
void fake_put(struct fake_target *fake, uint64_t object, enum mcd_layout_id member, uint64_t value);
/* A member of what is embedded in the object: M(mem_cgroup, memsw), M(res_counter, usage). */
void fake_put_in(struct fake_target *fake, uint64_t object, enum mcd_layout_id member,
		 enum mcd_layout_id inner, uint64_t value);
/* The address of a symbol, the value of an enumerator. */
uint64_t fake_value(struct fake_target *fake, enum mcd_layout_id id);

/* Links the list_heads in this order behind `head`; none makes an empty list. */
void fake_list(struct fake_target *fake, uint64_t head, const uint64_t *nodes, size_t nr);

#endif
