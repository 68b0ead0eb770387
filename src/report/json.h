/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NDJSON, as docs/report.schema.json describes it: a head, records, an end. A member of a memcg's record is
 * one row of the table in json_memcg.c.
 *
 * The three kinds of nothing: n/a is null, unreadable is the string "unreadable", 0 is 0. Names are
 * escaped as in the text reports, since JSON is UTF-8 and names need not be.
 */
#ifndef MCD_JSON_H
#define MCD_JSON_H

#include <jansson.h>

#include "mcd/report.h"

/* An object in the making; jansson takes NULL for a value and refuses it, so that one check will do. */
struct mcd_record {
	json_t *json;
	bool is_whole; /* nothing failed so far */
};

struct mcd_record mcd_json_begin(const char *type);
/* Adds a member; takes `value` over, which is NULL where there was no memory for it. */
void mcd_json_put(struct mcd_record *record, const char *key, json_t *value);
/* Writes the record as one line and frees it; fails with MCD_NO_MEMORY alone. */
MCD_MUST_CHECK enum mcd_status mcd_json_finish(struct mcd_record *record, struct mcd_out *out);

/* Values; NULL where there is no memory. */
json_t *mcd_json_unreadable(void);
json_t *mcd_json_figure(struct mcd_figure figure);
json_t *mcd_json_count(size_t count);
/* Bytes of the kernel or of a command line. */
json_t *mcd_json_escaped(const char *raw);
json_t *mcd_json_text(const struct mcd_text *text);
bool mcd_json_is_escaped(const struct mcd_text *text);
/* Appends the value, which it takes over; frees the array and gives NULL where that fails. */
json_t *mcd_json_with(json_t *array, json_t *value);
/* The same of an object's member. */
json_t *mcd_json_set(json_t *object, const char *key, json_t *value);
json_t *mcd_json_sources(unsigned int sources);

/* json_ledger.c: what the parts of a ledger add to a memcg's record. */
void mcd_json_put_ledger(struct mcd_record *record, const struct mcd_ledger *ledger,
			 unsigned int parts);

#endif
