// SPDX-License-Identifier: GPL-2.0-or-later
/* What a task is called: pid and comm (include/linux/sched.h). See accounts.h. */
#include <string.h>

#include "../accounts.h"

enum { COMM_BYTES = 16 }; /* TASK_COMM_LEN */

enum mcd_status mcd_task_name(struct mcd_audit *audit, uint64_t task, unsigned int *ret_pid,
			      const char **ret_comm)
{
	struct mcd_target *target = audit->world->target;
	char comm[COMM_BYTES + 1] = "";
	uint64_t tgid = 0, addr = 0;
	enum mcd_status status = mcd_field(target, task, M(task_struct, tgid), &tgid);

	if (!status)
		status = mcd_field_addr(target, task, M(task_struct, comm), &addr);
	if (!status)
		status = mcd_read(target, addr, comm, COMM_BYTES, "task_struct.comm");
	if (status)
		return status;
	*ret_pid = (unsigned int)tgid;
	*ret_comm = mcd_arena_strndup(audit->world->arena, comm, strlen(comm));
	if (!*ret_comm)
		return mcd_error_set(&target->error, MCD_NO_MEMORY, "task names");
	return MCD_OK;
}
