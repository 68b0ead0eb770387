// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every task: init_task.tasks has the leader of each process (include/linux/sched.h), signal->thread_head all
 * of its threads since v3.14; before, and until v6.6, they are linked to each other by
 * thread_group.
 */
#include <inttypes.h>

#include "tasks.h"

enum { POLL_EVERY = 512 };

struct walk {
	struct mcd_audit *audit;
	mcd_task_visit *visit;
	void *context;
	bool has_heads;	 /* of threads, in signal_struct */
	uint64_t thread; /* offset of a thread's link */
	size_t nr;
};

static enum mcd_status visit_one(struct walk *walk, uint64_t task)
{
	enum mcd_status status = MCD_OK;

	if (walk->nr++ % POLL_EVERY == 0)
		status = mcd_poll(walk->audit->world->target, "tasks looked at", walk->nr, 0);
	return status ? status : walk->visit(walk->context, task);
}

/* Where the list of its threads begins. The list of threads is of those that have not been reaped. */
static enum mcd_status threads_of(struct walk *walk, uint64_t leader, uint64_t *ret)
{
	struct mcd_target *target = walk->audit->world->target;
	uint64_t signal = 0;
	enum mcd_status status = MCD_OK;

	if (!walk->has_heads)
		return mcd_field_addr(target, leader, M(task_struct, thread_group), ret);
	status = mcd_field(target, leader, M(task_struct, signal), &signal);
	return status ? status : mcd_field_addr(target, signal, M(signal_struct, thread_head), ret);
}

/* Most processes have one thread, of which this tells with the fewest reads. */
static enum mcd_status is_alone(struct walk *walk, uint64_t leader, uint64_t head, bool *ret)
{
	uint64_t next = 0;
	enum mcd_status status = mcd_read_word(walk->audit->world->target, head, "list of threads",
					       &next);

	if (!status && walk->has_heads && next == leader + walk->thread)
		status = mcd_read_word(walk->audit->world->target, next, "list of threads", &next);
	*ret = next == head;
	return status;
}

static enum mcd_status visit_others(struct walk *walk, uint64_t leader, uint64_t head)
{
	struct mcd_world *world = walk->audit->world;
	struct mcd_list list;
	enum mcd_status status = mcd_list_collect(world->target, world->arena, head,
						  "list of threads", &list);

	if (!status && list.damage)
		status = mcd_note_list(world, "list of threads", &list);
	for (size_t i = 0; i < list.nr && !status; i++)
		if (list.nodes[i] != leader + walk->thread)
			status = visit_one(walk, list.nodes[i] - walk->thread);
	return status;
}

static enum mcd_status visit_process(struct walk *walk, uint64_t leader)
{
	struct mcd_world *world = walk->audit->world;
	uint64_t head = 0;
	bool alone = true;
	enum mcd_status status = visit_one(walk, leader);

	if (status)
		return status;
	status = threads_of(walk, leader, &head);
	if (!status)
		status = is_alone(walk, leader, head, &alone);
	if (!status && !alone)
		status = visit_others(walk, leader, head);
	if (!status || mcd_is_fatal(status))
		return status;
	return mcd_note_add(world, "threads of task %" PRIx64 ": %s", leader,
			    world->target->error.text);
}

static enum mcd_status find_form(struct walk *walk)
{
	struct mcd_target *target = walk->audit->world->target;

	walk->has_heads = mcd_layout_has(target, M(signal_struct, thread_head));
	return mcd_layout_value(target,
				walk->has_heads ? M(task_struct, thread_node)
						: M(task_struct, thread_group),
				&walk->thread);
}

enum mcd_status mcd_tasks_walk(struct mcd_audit *audit, mcd_task_visit *visit, void *context)
{
	struct mcd_world *world = audit->world;
	struct walk walk = { .audit = audit, .visit = visit, .context = context };
	struct mcd_list list = { 0 };
	uint64_t first = 0, head = 0, link = 0;
	enum mcd_status status = find_form(&walk);

	if (!status)
		status = mcd_layout_value(world->target, SYM(init_task), &first);
	if (!status)
		status = mcd_layout_value(world->target, M(task_struct, tasks), &link);
	if (!status)
		status = mcd_field_addr(world->target, first, M(task_struct, tasks), &head);
	if (!status)
		status = mcd_list_collect(world->target, world->arena, head, "init_task.tasks",
					  &list);
	if (!status && list.damage)
		status = mcd_note_list(world, "init_task.tasks", &list);
	for (size_t i = 0; !status && i < list.nr; i++)
		status = visit_process(&walk, list.nodes[i] - link);
	return status;
}
