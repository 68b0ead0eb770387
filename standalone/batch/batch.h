/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `dangling batch`: the report of many dumps, each by a worker process of its own, so that a bad
 * dump cannot hurt another. docs/BATCH.md tells what it writes.
 */
#ifndef MCD_BATCH_H
#define MCD_BATCH_H

/*
 * Runs the command; argv[0] is "batch". SIGPIPE has to be ignored. Returns the exit status of the
 * program: 0 every dump is ok, 6 one is not or the batch was interrupted, 2 usage, 7 internal.
 */
int mcd_batch_main(int argc, char **argv);

#endif
