/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The `dump` record of a batch: how one dump went, as docs/report.schema.json has it. */
#ifndef MCD_BATCH_RECORD_H
#define MCD_BATCH_RECORD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "list.h"
#include "mcd/facts.h"

enum mcd_batch_class {
	MCD_CLASS_OK,
	MCD_CLASS_PARTIAL,
	MCD_CLASS_UNREADABLE,
	MCD_CLASS_NO_TYPES,
	MCD_CLASS_NO_MEMCG,
	MCD_CLASS_TIMEOUT,
	MCD_CLASS_MEMORY,
	MCD_CLASS_INTERNAL,
	MCD_NR_CLASSES,
};

/* What tells that a file is the one it was. */
struct mcd_batch_file {
	bool is_known;
	uint64_t device, inode, size_bytes;
	int64_t mtime_ns;
};

/* How one dump went. */
struct mcd_batch_record {
	enum mcd_batch_class class;
	bool is_interrupted; /* by the batch's own end, so that it is nobody's fault */
	char message[1024];  /* raw; "" is none */
	double seconds;
	uint64_t peak_bytes; /* of the worker's memory; 0: there was none */
	struct mcd_batch_file file;
	struct mcd_figure dangling, online, unreadable; /* of the stream's end */
};

/* "ok", "no-types", …; static. */
const char *mcd_batch_class_name(enum mcd_batch_class class);

/*
 * The record as JSON: the caller's reference, or NULL: no memory. `stream` is its file's name or
 * NULL, `head` the first record of its stream or NULL.
 */
MCD_MUST_CHECK json_t *mcd_batch_record_make(const struct mcd_batch_dump *dump,
					     const struct mcd_batch_record *record,
					     const char *stream, const json_t *head);

/* Reads one back. False where it is not a record of `dump` as mcd_batch_record_make() has it. */
MCD_MUST_CHECK bool mcd_batch_record_parse(const json_t *json, const struct mcd_batch_dump *dump,
					   struct mcd_batch_record *ret);

/*
 * True where running the dump again cannot change the answer: it was not interrupted, and neither a
 * limit, a defect nor a vmlinux that was not at hand stood in the way.
 */
bool mcd_batch_record_is_final(const struct mcd_batch_record *record);

/* `name` of an object as a figure; n/a where it is null or not there. */
struct mcd_figure mcd_batch_figure(const json_t *object, const char *name);

/* The reverse: a new reference, or NULL: no memory. */
json_t *mcd_batch_figure_make(struct mcd_figure figure);

/* One line with its newline, to be freed by the caller; NULL: no memory. Also for NULL. */
MCD_MUST_CHECK char *mcd_batch_line(const json_t *json);

#endif
