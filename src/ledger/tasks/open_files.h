/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What open_files.c and open_kind.c share: which of all the files are worth keeping. */
#ifndef MCD_OPEN_FILES_H
#define MCD_OPEN_FILES_H

#include "../accounts.h"
#include "../record.h"

/* Fields of a struct file, in the order of the table in open_kind.c. */
enum mcd_file_field { FILE_OPERATIONS, FILE_PRIVATE, FILE_DENTRY };

struct mcd_open_kinds {
	struct mcd_audit *audit;
	struct mcd_record_form form;	  /* of a struct file */
	struct mcd_addrmap by_operations; /* -> position in the table of open_kind.c */
};

/* open_kind.c: MCD_ABSENT: a file does not tell. */
MCD_MUST_CHECK enum mcd_status mcd_open_kinds_init(struct mcd_open_kinds *kinds,
						   struct mcd_audit *audit);
/* The operations of its kind, SYM(socket_file_ops) and the like; MCD_NR_LAYOUT: another one. */
MCD_MUST_CHECK enum mcd_status mcd_open_kind_of(struct mcd_open_kinds *kinds,
						const struct mcd_record *file,
						enum mcd_layout_id *ret);

#endif
