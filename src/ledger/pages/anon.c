// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who maps an anonymous page: its mapping is a struct anon_vma, whose tree of struct anon_vma_chain leads
 * to the vmas, these to the mm, and that to the task that owns it (CONFIG_MEMCG; include/linux/rmap.h).
 */
#include <string.h>

#include "../accounts.h"

enum { DEPTH_MAX = 64 /* of a balanced tree */ };

/* The leftmost node of the tree: the vma that maps the lowest page. */
static enum mcd_status first_node(struct mcd_target *target, uint64_t anon_vma, uint64_t *ret)
{
	uint64_t root = 0, node = 0;
	enum mcd_status status = mcd_field_addr(target, anon_vma, M(anon_vma, rb_root), &root);

	/* A rb_root_cached begins with the rb_root, and both with the pointer to the top. */
	if (!status)
		status = mcd_read_word(target, root, "anon_vma.rb_root", &node);
	*ret = 0;
	for (int depth = 0; node && !status; depth++) {
		if (depth == DEPTH_MAX)
			return mcd_error_set(&target->error, MCD_CORRUPT, "anon_vma.rb_root loops");
		*ret = node;
		status = mcd_field(target, node, M(rb_node, rb_left), &node);
	}
	return status;
}

static enum mcd_status find_owner(struct mcd_target *target, uint64_t anon_vma, uint64_t *ret)
{
	uint64_t node = 0, offset = 0, vma = 0, mm = 0;
	enum mcd_status status = first_node(target, anon_vma, &node);

	if (!status && !node)
		status = MCD_ABSENT;
	if (!status)
		status = mcd_layout_value(target, M(anon_vma_chain, rb), &offset);
	if (!status)
		status = mcd_field(target, node - offset, M(anon_vma_chain, vma), &vma);
	if (!status)
		status = mcd_field(target, vma, M(vm_area_struct, vm_mm), &mm);
	return status ? status : mcd_field(target, mm, M(mm_struct, owner), ret);
}

enum mcd_status mcd_anon_holder(struct mcd_audit *audit, uint64_t anon_vma, unsigned int *ret_pid,
				const char **ret_comm)
{
	uint64_t task = 0;

	enum mcd_status status = find_owner(audit->world->target, anon_vma, &task);

	if (!status && task)
		status = mcd_task_name(audit, task, ret_pid, ret_comm);
	return mcd_is_fatal(status) ? status : MCD_OK;
}
