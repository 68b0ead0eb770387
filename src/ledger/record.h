/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Members of a struct that are wanted together: where they are is asked once, and each object is read
 * once, since a read costs about as much for a few hundred bytes as for eight.
 */
#ifndef MCD_RECORD_H
#define MCD_RECORD_H

#include "mcd/target.h"

enum { MCD_RECORD_FIELDS_MAX = 20, MCD_RECORD_BYTES_MAX = 2048 };

/* A member, or, where `inner` is not MCD_NR_LAYOUT, a member of what is embedded in it. */
struct mcd_record_field {
	enum mcd_layout_id outer, inner;
	bool is_needed; /* without it, none of the records can be read */
};
#define MCD_FIELD(type, member)                      \
	{                                            \
		M(type, member), MCD_NR_LAYOUT, true \
	}
#define MCD_FIELD_IN(outer, inner) \
	{                          \
		outer, inner, true \
	}
#define MCD_FIELD_OPTIONAL(type, member)              \
	{                                             \
		M(type, member), MCD_NR_LAYOUT, false \
	}

struct mcd_record_form {
	enum mcd_status status; /* why there are no such records; MCD_ABSENT: a field is not known */
	struct mcd_place places[MCD_RECORD_FIELDS_MAX]; /* from the start of the struct */
	bool has[MCD_RECORD_FIELDS_MAX];
	uint64_t first; /* where in the struct the bytes begin that are read */
	size_t nr_bytes;
};

/* One object's bytes; form and target are borrowed. */
struct mcd_record {
	struct mcd_target *target;
	const struct mcd_record_form *form;
	uint64_t addr;
	unsigned char bytes[MCD_RECORD_BYTES_MAX];
};

/* Asks where the fields are, at most MCD_RECORD_FIELDS_MAX; fails only with MCD_INTERRUPTED. */
MCD_MUST_CHECK enum mcd_status mcd_record_compile(struct mcd_target *target,
						  const struct mcd_record_field *fields, size_t nr,
						  struct mcd_record_form *ret);

/* Reads the object at `addr`; form->status where that is none. */
MCD_MUST_CHECK enum mcd_status mcd_record_read(struct mcd_target *target,
					       const struct mcd_record_form *form, uint64_t addr,
					       const char *what, struct mcd_record *ret);

/* A field as an unsigned integer; 0 where the form lacks it. */
uint64_t mcd_record_uint(const struct mcd_record *record, size_t field);
/* A pointer within a field, by its number: 1 is the second of struct list_head or hlist_bl_node. */
uint64_t mcd_record_pointer(const struct mcd_record *record, size_t field, size_t number);

#endif
