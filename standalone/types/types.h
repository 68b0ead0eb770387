/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the kernel's types are described: DWARF of a vmlinux, or BTF in the dump.
 *
 * Each answers the three questions of target.h about types, with its statuses: MCD_OK, MCD_ABSENT,
 * MCD_FAULT (the description is damaged) or MCD_INTERRUPTED.
 */
#ifndef MCD_TYPES_H
#define MCD_TYPES_H

#include <stddef.h>
#include <stdint.h>

#include "mcd/status.h"
#include "mcd/target.h"
#include "standalone/wanted.h"

struct mcd_dump;
struct mcd_image;
struct mcd_symbols;
struct mcd_types;

struct mcd_types_ops {
	const char *name; /* as NDJSON's head calls it: "dwarf", "btf" */
	enum mcd_status (*type_size)(struct mcd_types *types, const char *type, uint64_t *ret);
	enum mcd_status (*member)(struct mcd_types *types, const char *type, const char *member,
				  struct mcd_place *ret);
	enum mcd_status (*enumerator)(struct mcd_types *types, const char *name, uint64_t *ret);
	void (*close)(struct mcd_types *types);
};

/* A description embeds this as its first member. */
struct mcd_types {
	const struct mcd_types_ops *ops;
};

/* What is asked for: a struct and an enumerator may have the same name. */
struct mcd_types_wanted {
	struct mcd_wanted_set structs;	   /* value: where its source describes it */
	struct mcd_wanted_set enumerators; /* value: its value */
};

/* Adds the structs and enumerators of layout.def, with their homes, to empty sets. */
void mcd_types_want(struct mcd_types_wanted *ret);

/*
 * The DWARF of `image`, found through the home functions of layout.def, whose addresses `symbols`
 * has. Both are borrowed until close. MCD_OK with `*ret` set; MCD_ABSENT, MCD_FAULT or
 * MCD_NO_MEMORY with the reason in `error`.
 */
MCD_MUST_CHECK enum mcd_status mcd_types_from_dwarf(struct mcd_image *image,
						    const struct mcd_symbols *symbols,
						    struct mcd_types **ret,
						    struct mcd_error *error);

/*
 * The kernel's own BTF in the dump's memory (CONFIG_DEBUG_INFO_BTF): between __start_BTF and __stop_BTF,
 * in the first kernels that had it between _binary__btf_vmlinux_bin_start and _end. As above.
 */
MCD_MUST_CHECK enum mcd_status mcd_types_from_btf(struct mcd_dump *dump,
						  const struct mcd_symbols *symbols,
						  struct mcd_types **ret, struct mcd_error *error);

#endif
