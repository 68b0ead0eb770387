/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The formats of dumps that are read, and the check of their headers before libkdumpfile sees them. It
 * reads more formats, in which nothing here protects it from what a damaged file says.
 */
#ifndef MCD_HEADERS_H
#define MCD_HEADERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcd/status.h"

struct mcd_dump;

struct mcd_format {
	const char *magic; /* what the file begins with */
	enum mcd_status (*check_headers)(struct mcd_dump *dump, struct mcd_error *error);
	enum mcd_status (*init_guard)(struct mcd_dump *dump);
};

/*
 * Sets dump->format, and in dump->guard what the headers tell. MCD_USAGE, with `error`, where the file
 * is of no such format or libkdumpfile could not bear its headers.
 */
MCD_MUST_CHECK enum mcd_status mcd_headers_check(struct mcd_dump *dump, struct mcd_error *error);
MCD_MUST_CHECK enum mcd_status mcd_headers_check_elf(struct mcd_dump *dump,
						     struct mcd_error *error);
MCD_MUST_CHECK enum mcd_status mcd_headers_check_kdump(struct mcd_dump *dump,
						       struct mcd_error *error);

/* MCD_USAGE: the headers need the file to be at least `needed_bytes` long, and it is not. */
enum mcd_status mcd_headers_lack(const struct mcd_dump *dump, uint64_t needed_bytes,
				 struct mcd_error *error);

/* MCD_USAGE: the headers contradict themselves or the format. */
enum mcd_status mcd_headers_are_damaged(const struct mcd_dump *dump, struct mcd_error *error);

/* Fills `buffer` from the file, with zeroes where that has ended: what libkdumpfile sees there. */
void mcd_headers_read(const struct mcd_dump *dump, uint64_t at, void *buffer, size_t size);

/* Where a range ends; UINT64_MAX where it would wrap. */
uint64_t mcd_headers_end(uint64_t offset, uint64_t size);

#endif
