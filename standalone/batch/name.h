/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The name of a dump's stream: its path, normalised and made one file name.
 *
 * "/var/crash/a/vmcore" becomes "%var%crash%a%vmcore.ndjson". Blank components and "." are left out
 * first; "%" and "=" of the path become "=25" and "=3d", so that two paths never share a name, and so
 * does what a terminal, a shell or JSON would not take as it is: control characters, bytes that are
 * not UTF-8, "." or "-" at the beginning. A name that would be too long keeps its beginning and its
 * end around a hash.
 */
#ifndef MCD_BATCH_NAME_H
#define MCD_BATCH_NAME_H

#include "mcd/arena.h"

#define MCD_BATCH_SUFFIX ".ndjson"
#define MCD_BATCH_PARTIAL ".partial"

/* Longest name of a stream; with MCD_BATCH_PARTIAL behind it, it is a file name still. */
enum { MCD_BATCH_NAME_MAX = 255 - (int)sizeof(MCD_BATCH_PARTIAL) + 1 };

/* `path` without blank components, "." and a trailing slash, in the arena; NULL: no memory. */
MCD_MUST_CHECK char *mcd_batch_normalise(const char *path, struct mcd_arena *arena);

/* The name for a normalised path, in the arena; NULL: no memory. It needs no escapes in JSON. */
MCD_MUST_CHECK char *mcd_batch_name(const char *path, struct mcd_arena *arena);

enum { MCD_BATCH_SHORT_BYTES = 304 };

/* `path` for a message, in `ret`: of a long one its beginning and its end, so that there is room. */
const char *mcd_batch_short(const char *path, char ret[MCD_BATCH_SHORT_BYTES]);

#endif
