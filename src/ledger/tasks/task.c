// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tasks that are still in it: what cgroups a task is in is a struct css_set, which holds a reference to each
 * css since "cgroup: make css_sets pin the associated csses" (v4.4): find_css_set(), put_css_set_locked() in
 * kernel/cgroup/cgroup.c. A task that has exited keeps its css_set until it is reaped, and the last
 * reference to it is gone, while its directory can be removed. So does a cgroup namespace.
 *
 * Those of a memcg are on cgroup.e_csets of its directory, where also those of another css are that the
 * controller had there before, or has since.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tasks.h"

enum { POLL_EVERY = 256, WORDS_BYTES = 128 };

/* A css_set, and the tasks in it. */
struct set {
	uint64_t addr;
	struct mcd_account *account;
	size_t nr_processes;
	unsigned int last_pid; /* threads of one process come one after the other */
	uint64_t task;	       /* the first one, and what is known of it */
	unsigned int pid;
	const char *comm;
	bool is_zombie;
};

struct walk {
	struct mcd_audit *audit;
	uint64_t controller;	      /* its number in the two arrays */
	uint64_t heads, links, csses; /* offsets: e_csets; e_cset_node, subsys */
	struct set *sets;
	size_t nr, capacity;
	struct mcd_addrmap index; /* css_set -> sets */
};

static enum mcd_status no_memory(struct walk *walk)
{
	return mcd_error_set(&walk->audit->world->target->error, MCD_NO_MEMORY, "css_sets");
}

/* ---- the css_sets ---- */

static enum mcd_status keep(struct walk *walk, struct mcd_account *account, uint64_t set)
{
	struct mcd_target *target = walk->audit->world->target;
	uint64_t css = 0;
	bool is_new;
	enum mcd_status status = mcd_read_word(target, set + walk->csses, "css_set.subsys", &css);

	if (status)
		return mcd_is_fatal(status)
			       ? status
			       : mcd_note_add(walk->audit->world, "css_set %" PRIx64 ": %s", set,
					      target->error.text);
	if (css != account->memcg->addr)
		return MCD_OK;
	walk->sets = mcd_arena_grow(walk->audit->world->arena, walk->sets, walk->nr,
				    &walk->capacity, sizeof(*walk->sets));
	if (!walk->sets || mcd_addrmap_insert(&walk->index, set, walk->nr, &is_new))
		return no_memory(walk);
	if (is_new)
		walk->sets[walk->nr++] = (struct set){ .addr = set, .account = account };
	return MCD_OK;
}

/* Most lists are empty: one read tells. */
static enum mcd_status find_sets(struct walk *walk, struct mcd_account *account)
{
	struct mcd_world *world = walk->audit->world;
	struct mcd_figure cgroup = mcd_css_cgroup(world, account->memcg);
	uint64_t head = cgroup.value + walk->heads, next = 0;
	struct mcd_list list;
	enum mcd_status status = MCD_FAULT;

	if (cgroup.known == MCD_NA)
		return MCD_OK;
	if (cgroup.known == MCD_KNOWN)
		status = mcd_read_word(world->target, head, "cgroup.e_csets", &next);
	if (!status && (next == head || !next))
		return MCD_OK;
	if (!status)
		status = mcd_list_collect(world->target, world->arena, head, "cgroup.e_csets",
					  &list);
	if (!status && list.damage)
		status = mcd_note_list(world, "cgroup.e_csets", &list);
	for (size_t i = 0; !status && i < list.nr; i++)
		status = keep(walk, account, list.nodes[i] - walk->links);
	if (!status || mcd_is_fatal(status))
		return status;
	return mcd_note_add(world, "tasks of memcg %" PRIx64 ": %s", account->memcg->addr,
			    world->target->error.text);
}

static enum mcd_status find_all_sets(struct walk *walk)
{
	struct mcd_audit *audit = walk->audit;
	enum mcd_status status = MCD_OK;

	for (size_t i = 0; i < audit->nr && !status; i++) {
		struct mcd_account *account = &audit->accounts[i];

		if (account->memcg->addr != audit->world->root_addr &&
		    (!mcd_is_dangling(account->memcg) || mcd_account_rest(account)))
			status = find_sets(walk, account);
		if (!status && i % POLL_EVERY == 0)
			status = mcd_poll(audit->world->target, "memory cgroups audited", i,
					  audit->nr);
	}
	return status;
}

/* ---- the tasks in them ---- */

static enum mcd_status visit(void *context, uint64_t task)
{
	struct walk *walk = context;
	struct mcd_target *target = walk->audit->world->target;
	struct set *set = NULL;
	const char *comm = NULL;
	unsigned int pid = 0;
	uint64_t addr = 0, state = 0;
	size_t position = 0;
	enum mcd_status status = mcd_field(target, task, M(task_struct, cgroups), &addr);

	if (!status && !mcd_addrmap_find(&walk->index, addr, &position))
		return MCD_OK;
	if (!status)
		status = mcd_task_name(walk->audit, task, &pid, &comm);
	if (status)
		return mcd_is_fatal(status) ? status : MCD_OK;
	set = &walk->sets[position];
	if (set->nr_processes && set->last_pid == pid)
		return MCD_OK;
	set->last_pid = pid;
	if (set->nr_processes++)
		return MCD_OK;
	set->task = task;
	set->pid = pid;
	set->comm = comm;
	/* EXIT_ZOMBIE and EXIT_DEAD, which have changed their numbers; 0: it has not exited. */
	set->is_zombie = !mcd_field(target, task, M(task_struct, exit_state), &state) && state;
	return MCD_OK;
}

/* A zombie is let go of by its parent alone. */
static enum mcd_status find_parent(struct walk *walk, struct set *set, char words[WORDS_BYTES])
{
	uint64_t parent = 0;
	unsigned int pid = 0;
	const char *comm = NULL;
	enum mcd_status status = mcd_field(walk->audit->world->target, set->task,
					   M(task_struct, real_parent), &parent);

	*words = '\0';
	if (!status)
		status = mcd_task_name(walk->audit, parent, &pid, &comm);
	if (status)
		return mcd_is_fatal(status) ? status : MCD_OK;
	snprintf(words, WORDS_BYTES, ", to be reaped by %u (%s)", pid, comm);
	set->pid = pid;
	set->comm = comm;
	return MCD_OK;
}

static enum mcd_status add_set(struct walk *walk, struct set *set)
{
	struct mcd_figure none = mcd_figure_none(MCD_NA);
	char what[WORDS_BYTES], parent[WORDS_BYTES] = "", others[WORDS_BYTES] = "";
	enum mcd_status status = MCD_OK;

	if (!set->nr_processes)
		return mcd_pin_add(walk->audit, set->account, MCD_PIN_TASK, 1, none,
				   "a css_set without tasks, as a cgroup namespace has one");
	snprintf(what, sizeof(what), "%s%u (%s)", set->is_zombie ? "zombie " : "", set->pid,
		 set->comm);
	if (set->is_zombie)
		status = find_parent(walk, set, parent);
	if (set->nr_processes > 1)
		snprintf(others, sizeof(others), ", and %zu more", set->nr_processes - 1);
	if (!status)
		status = mcd_pin_add(walk->audit, set->account, MCD_PIN_TASK, 1, none, "%s%s%s",
				     what, parent, others);
	if (!status)
		mcd_pin_hold(set->account, set->pid, set->comm);
	return status;
}

/* ---- all of it ---- */

/* Of an array by controller of what is `size` bytes. */
static enum mcd_status place_in(struct walk *walk, enum mcd_layout_id array, size_t size,
				uint64_t *ret)
{
	struct mcd_target *target = walk->audit->world->target;
	enum mcd_status status = mcd_layout_value(target, array, ret);

	if (!status && walk->controller >= mcd_layout_ask(target, array)->size_bytes / size)
		status = mcd_error_set(&target->error, MCD_CORRUPT,
				       "memory is no controller's number");
	*ret += walk->controller * size;
	return status;
}

static enum mcd_status find_form(struct walk *walk)
{
	size_t word_bytes = walk->audit->world->target->word_bytes;
	enum mcd_status status = mcd_ids_controller(walk->audit->world, &walk->controller);

	if (!status)
		status = place_in(walk, M(cgroup, e_csets), 2 * word_bytes, &walk->heads);
	if (!status)
		status = place_in(walk, M(css_set, e_cset_node), 2 * word_bytes, &walk->links);
	if (!status)
		status = place_in(walk, M(css_set, subsys), word_bytes, &walk->csses);
	return status;
}

enum mcd_status mcd_pins_task(struct mcd_audit *audit)
{
	struct walk walk = { .audit = audit };
	enum mcd_status status = find_form(&walk), named = MCD_OK;

	mcd_addrmap_init(&walk.index, audit->world->arena);
	if (!status)
		status = find_all_sets(&walk);
	if (!status && walk.nr)
		named = mcd_tasks_walk(audit, visit, &walk);
	if (mcd_is_fatal(named))
		return named;
	if (named)
		status = mcd_note_add(audit->world, "tasks are not known: %s",
				      audit->world->target->error.text);
	for (size_t i = 0; i < walk.nr && !status; i++)
		status = add_set(&walk, &walk.sets[i]);
	return status;
}
