/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel layouts as data: the rows of layout.def and a cache of this kernel's answers to them.
 *
 * A row is asked for once per target; present and absent are both remembered, since an unknown
 * struct costs crash up to 100 ms each time. Decoders ask for rows, never for a kernel version.
 */
#ifndef MCD_LAYOUT_H
#define MCD_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcd/status.h"

struct mcd_target;

/* The row of a member, a struct, a symbol, an enumerator: M(mem_cgroup, css), S(mem_cgroup), … */
#define M(type, member) MCD_MEMBER_##type##__##member
#define S(type) MCD_STRUCT_##type
#define SYM(name) MCD_SYMBOL_##name
#define ENUM(name) MCD_ENUMERATOR_##name

enum mcd_layout_id {
#define MCD_STRUCT(type, need, history) S(type),
#define MCD_MEMBER(type, member, need, history) M(type, member),
#define MCD_SYMBOL(name, need, history) SYM(name),
#define MCD_ENUMERATOR(name, need, history) ENUM(name),
#define MCD_HOME(name, functions)
#include "mcd/layout.def"
#undef MCD_STRUCT
#undef MCD_MEMBER
#undef MCD_SYMBOL
#undef MCD_ENUMERATOR
#undef MCD_HOME
	MCD_NR_LAYOUT,
};

enum mcd_layout_kind { MCD_KIND_STRUCT, MCD_KIND_MEMBER, MCD_KIND_SYMBOL, MCD_KIND_ENUMERATOR };
enum mcd_layout_need { MCD_OPTIONAL, MCD_REQUIRED };

/* One row of layout.def; all strings are static. */
struct mcd_layout_row {
	enum mcd_layout_kind kind;
	enum mcd_layout_need need;
	const char *type; /* of a member or struct, else NULL */
	const char *name; /* of a member, symbol or enumerator, else NULL */
};

/* Where debuginfo describes a struct or an enumerator; all strings are static. */
struct mcd_home {
	const char *name;      /* the struct's tag, or the enumerator */
	const char *functions; /* of the kernel, separated by blanks, in the order to try */
};

/* This kernel's answer to one row. */
struct mcd_layout_answer {
	bool is_asked;
	bool is_used;	 /* a decoder of this run relied on it being there */
	bool lacks_type; /* of a member: not even its struct is there */
	enum mcd_status
		status;	     /* MCD_OK, MCD_ABSENT, or MCD_FAULT: the type information is damaged */
	uint64_t value;	     /* offset of a member, size of a struct, address, enumerator */
	uint64_t size_bytes; /* of a member; 0 for the others and for flexible arrays */
};

/* The row itself. */
const struct mcd_layout_row *mcd_layout_row(enum mcd_layout_id id);

/* The row as a person writes it, "mem_cgroup.css", into `ret`; returns `ret`. */
const char *mcd_layout_name(enum mcd_layout_id id, char *ret, size_t size);

/* The homes of every struct and enumerator of the table, `*ret_nr` of them. */
const struct mcd_home *mcd_layout_homes(size_t *ret_nr);

/* Asks the target unless the answer is known. The answer belongs to the target. */
const struct mcd_layout_answer *mcd_layout_ask(struct mcd_target *target, enum mcd_layout_id id);

/* True where this kernel has it. */
bool mcd_layout_has(struct mcd_target *target, enum mcd_layout_id id);

/* Says that a fact is n/a for want of this row, the newest of those that would have done. */
void mcd_layout_lack(struct mcd_target *target, enum mcd_layout_id id);

/*
 * The value of a row: offset, size, address or enumerator. Otherwise the answer's status, with an
 * error text that says what is missing.
 */
MCD_MUST_CHECK enum mcd_status mcd_layout_value(struct mcd_target *target, enum mcd_layout_id id,
						uint64_t *ret);

#endif
