/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every task of the machine. */
#ifndef MCD_TASKS_H
#define MCD_TASKS_H

#include "../accounts.h"

/*
 * tasks.c: calls `visit` for every thread that has not been reaped, zombies among them, those of a process
 * one after the other, its leader first, processes in the order in which they were made. `visit` fails with
 * a fatal status only; the walk also where the list of processes cannot be found.
 */
typedef enum mcd_status mcd_task_visit(void *context, uint64_t task);
MCD_MUST_CHECK enum mcd_status mcd_tasks_walk(struct mcd_audit *audit, mcd_task_visit *visit,
					      void *context);

#endif
