// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The allocations that a memcg and its directory keep until they are freed, and that pointers of theirs
 * lead to: mem_cgroup_alloc() and mem_cgroup_free() in mm/memcontrol.c, cgroup_create() and
 * css_free_rwork_fn() in kernel/cgroup/cgroup.c (kernel/cgroup.c up to v4.9). Before v3.16, when a memcg
 * outlived its directory, there is less.
 */
#include <string.h>

#include "cost.h"

enum { PATH_MAX_MEMBERS = 4, REF_FLAGS = 3, REF_IS_DEAD = 1 };

struct part {
	const char *name;
	uint64_t bytes; /* where no type tells */
	uint64_t flags, gone;
	size_t nr_path;
	enum mcd_cost_owner owner;
	enum mcd_layout_id
		path[PATH_MAX_MEMBERS]; /* embedded, or pointers; the last one is a pointer */
	enum mcd_layout_id type, cache; /* what it is, and the slab cache that it has for itself */
	bool is_percpu;
	bool is_statistics; /* some kernels free it when the memcg goes offline */
};

#define PATH(...)                \
	.path = { __VA_ARGS__ }, \
	.nr_path = sizeof((enum mcd_layout_id[]){ __VA_ARGS__ }) / sizeof(enum mcd_layout_id)
#define OF_MEMCG(...) .owner = MCD_COST_OF_MEMCG, PATH(__VA_ARGS__)
#define OF_NODE(...) .owner = MCD_COST_OF_NODE, PATH(__VA_ARGS__)
#define OF_CGROUP(...) .owner = MCD_COST_OF_CGROUP, PATH(__VA_ARGS__)
#define NOTHING MCD_NR_LAYOUT
#define KMALLOC(type_) .type = S(type_), .cache = NOTHING
#define CACHE(type_, cache_) .type = S(type_), .cache = SYM(cache_)
#define PERCPU(type_) .type = S(type_), .cache = NOTHING, .is_percpu = true
#define PERCPU_BYTES(bytes_) .type = NOTHING, .cache = NOTHING, .is_percpu = true, .bytes = bytes_

#define CSS_REF M(mem_cgroup, css), M(cgroup_subsys_state, refcnt)
#define SELF_REF M(cgroup, self), M(cgroup_subsys_state, refcnt)
#define BPF_REF M(cgroup, bpf), M(cgroup_bpf, refcnt)

/*
 * lib/percpu-refcount.c: the per-cpu parts are freed once they are added up, which a kill begins, up to v3.16
 * with a pointer left behind, and since v5.3 again; the flags in the pointer remain. From v3.17 to v5.2 they stay.
 */
#define REF_OF(owner_of, name_, ...)                                                            \
	{ name_, owner_of(__VA_ARGS__, M(percpu_ref, percpu_count_ptr)), PERCPU_BYTES(0),       \
	  .flags = REF_FLAGS },                                                                 \
		{ name_, owner_of(__VA_ARGS__, M(percpu_ref, pcpu_count_ptr)), PERCPU_BYTES(4), \
		  .flags = REF_FLAGS },                                                         \
	{                                                                                       \
		name_, owner_of(__VA_ARGS__, M(percpu_ref, pcpu_count)), PERCPU_BYTES(4),       \
			.gone = REF_IS_DEAD                                                     \
	}

/* In the order of the report. Where two would be the same allocation, the first one counts. */
static const struct part parts[] = {
	{ "memcg_vmstats", OF_MEMCG(M(mem_cgroup, vmstats)), KMALLOC(memcg_vmstats) },
	{ "memcg_vmstats_percpu", OF_MEMCG(M(mem_cgroup, vmstats_percpu)),
	  PERCPU(memcg_vmstats_percpu), .is_statistics = true },
	{ "memcg_vmstats_percpu", OF_MEMCG(M(mem_cgroup, vmstats_local)),
	  PERCPU(memcg_vmstats_percpu) },
	{ "mem_cgroup_stat_cpu", OF_MEMCG(M(mem_cgroup, stat_cpu)), PERCPU(mem_cgroup_stat_cpu) },
	{ "mem_cgroup_stat_cpu", OF_MEMCG(M(mem_cgroup, stat)), PERCPU(mem_cgroup_stat_cpu) },
	{ "memcg1_events_percpu", OF_MEMCG(M(mem_cgroup, events_percpu)),
	  PERCPU(memcg1_events_percpu) },
	/* the events of fprop_global, and sockets: struct percpu_counter */
	{ "percpu_counter",
	  OF_MEMCG(M(mem_cgroup, cgwb_domain), M(wb_domain, completions), M(fprop_global, events),
		   M(percpu_counter, counters)),
	  PERCPU_BYTES(4) },
	{ "percpu_counter",
	  OF_MEMCG(M(mem_cgroup, tcp_mem), M(cg_proto, sockets_allocated),
		   M(percpu_counter, counters)),
	  PERCPU_BYTES(4) },
	{ "lruvec_stats", OF_NODE(M(mem_cgroup_per_node, lruvec_stats)), KMALLOC(lruvec_stats) },
	{ "lruvec_stats_percpu", OF_NODE(M(mem_cgroup_per_node, lruvec_stats_percpu)),
	  PERCPU(lruvec_stats_percpu), .is_statistics = true },
	{ "lruvec_stat", OF_NODE(M(mem_cgroup_per_node, lruvec_stat_local)), PERCPU(lruvec_stat) },
	{ "batched_lruvec_stat", OF_NODE(M(mem_cgroup_per_node, lruvec_stat_cpu)),
	  PERCPU(batched_lruvec_stat) },
	{ "lruvec_stat", OF_NODE(M(mem_cgroup_per_node, lruvec_stat_cpu)), PERCPU(lruvec_stat) },
	{ "obj_cgroup", OF_MEMCG(M(mem_cgroup, orig_objcg)), KMALLOC(obj_cgroup) },
	{ "obj_cgroup", OF_NODE(M(mem_cgroup_per_node, orig_objcg)), KMALLOC(obj_cgroup) },
	{ "percpu_ref_data", OF_MEMCG(CSS_REF, M(percpu_ref, data)), KMALLOC(percpu_ref_data) },
	{ "percpu_ref_data", OF_CGROUP(SELF_REF, M(percpu_ref, data)), KMALLOC(percpu_ref_data) },
	/* gone with the last socket that its programs are for */
	{ "percpu_ref_data", OF_CGROUP(BPF_REF, M(percpu_ref, data)), KMALLOC(percpu_ref_data) },
	{ "percpu_ref_data",
	  OF_MEMCG(M(mem_cgroup, orig_objcg), M(obj_cgroup, refcnt), M(percpu_ref, data)),
	  KMALLOC(percpu_ref_data) },
	{ "percpu_ref_data",
	  OF_NODE(M(mem_cgroup_per_node, orig_objcg), M(obj_cgroup, refcnt), M(percpu_ref, data)),
	  KMALLOC(percpu_ref_data) },
	REF_OF(OF_MEMCG, "percpu_ref", CSS_REF),
	REF_OF(OF_CGROUP, "percpu_ref", SELF_REF),
	REF_OF(OF_CGROUP, "percpu_ref", BPF_REF),
	{ "css_rstat_cpu", OF_MEMCG(M(mem_cgroup, css), M(cgroup_subsys_state, rstat_cpu)),
	  PERCPU(css_rstat_cpu) },
	{ "css_rstat_cpu", OF_CGROUP(M(cgroup, self), M(cgroup_subsys_state, rstat_cpu)),
	  PERCPU(css_rstat_cpu) },
	{ "cgroup_rstat_cpu", OF_CGROUP(M(cgroup, rstat_cpu)), PERCPU(cgroup_rstat_cpu) },
	{ "cgroup_rstat_base_cpu", OF_CGROUP(M(cgroup, rstat_base_cpu)),
	  PERCPU(cgroup_rstat_base_cpu) },
	/* embedded up to v6.0 */
	{ "psi_group", OF_CGROUP(M(cgroup, psi)), KMALLOC(psi_group) },
	{ "psi_group_cpu", OF_CGROUP(M(cgroup, psi), M(psi_group, pcpu)), PERCPU(psi_group_cpu) },
	{ "kernfs_node", OF_CGROUP(M(cgroup, kn)), CACHE(kernfs_node, kernfs_node_cache) },
	{ "kernfs_iattrs", OF_CGROUP(M(cgroup, kn), M(kernfs_node, iattr)),
	  CACHE(kernfs_iattrs, kernfs_iattrs_cache) },
	{ "dentry", OF_CGROUP(M(cgroup, dentry)), CACHE(dentry, dentry_cache) },
	{ "inode", OF_CGROUP(M(cgroup, dentry), M(dentry, d_inode)), CACHE(inode, inode_cachep) },
};

_Static_assert(sizeof(parts) / sizeof(parts[0]) <= MCD_COST_FORMS_MAX, "room for each part");

size_t mcd_cost_row(struct mcd_cost *cost, const char *name, size_t nr_cpus)
{
	size_t row = 0;

	while (row < cost->nr_rows && strcmp(cost->rows[row].name, name) != 0)
		row++;
	if (row == cost->nr_rows)
		cost->rows[cost->nr_rows++] = (struct mcd_cost_row){ .name = name,
								     .nr_cpus = nr_cpus };
	return row;
}

static bool is_pointer(struct mcd_target *target, enum mcd_layout_id member)
{
	return mcd_layout_ask(target, member)->size_bytes == target->word_bytes;
}

/* Where the pointers are; MCD_ABSENT where this kernel has no such path. */
static enum mcd_status find_hops(struct mcd_target *target, const struct part *part,
				 struct mcd_cost_form *form)
{
	uint64_t at = 0;

	for (size_t i = 0; i < part->nr_path; i++) {
		uint64_t offset = 0;

		if (!mcd_layout_has(target, part->path[i]))
			return MCD_ABSENT;
		if (mcd_layout_value(target, part->path[i], &offset))
			return MCD_ABSENT;
		at += offset;
		if (is_pointer(target, part->path[i])) {
			form->hops[form->nr_hops++] = at;
			at = 0;
		} else if (i + 1 == part->nr_path) {
			return MCD_ABSENT; /* in that kernel it is embedded */
		}
	}
	return MCD_OK;
}

static enum mcd_status find_bytes(struct mcd_accountant *accountant, const struct part *part,
				  struct mcd_cost_form *form)
{
	struct mcd_target *target = accountant->world->target;
	uint64_t bytes = part->bytes ? part->bytes : target->word_bytes;

	if (part->type != NOTHING &&
	    (!mcd_layout_has(target, part->type) || mcd_layout_value(target, part->type, &bytes)))
		return MCD_ABSENT;
	if (!part->is_percpu)
		bytes = part->cache == NOTHING ? mcd_kmalloc_bytes(&accountant->kmalloc, bytes)
					       : mcd_slab_bytes(target, part->cache, bytes);
	form->bytes = bytes;
	return MCD_OK;
}

static bool is_same(const struct mcd_cost_form *a, const struct mcd_cost_form *b)
{
	return a->owner == b->owner && a->nr_hops == b->nr_hops &&
	       memcmp(a->hops, b->hops, a->nr_hops * sizeof(a->hops[0])) == 0;
}

static bool is_there(const struct mcd_cost_forms *forms, const struct mcd_cost_form *form)
{
	for (size_t i = 0; i < forms->nr; i++)
		if (is_same(&forms->forms[i], form))
			return true;
	return false;
}

static void add(struct mcd_accountant *accountant, const struct part *part)
{
	const struct mcd_cpus *possible = &accountant->world->possible;
	struct mcd_cost_forms *forms = &accountant->forms;
	struct mcd_cost_form form = {
		.owner = part->owner,
		.flags = part->flags,
		.gone = part->gone,
		.is_statistics = part->is_statistics,
	};

	if (find_hops(accountant->world->target, part, &form) ||
	    find_bytes(accountant, part, &form) || is_there(forms, &form))
		return;
	if (part->is_percpu && possible->known != MCD_KNOWN) {
		forms->lacks_cpus = true;
		return;
	}
	form.nr_cpus = part->is_percpu ? possible->nr : 0;
	form.row = mcd_cost_row(accountant->cost, part->name, form.nr_cpus);
	forms->forms[forms->nr++] = form;
}

enum mcd_status mcd_cost_compile(struct mcd_accountant *accountant)
{
	enum mcd_status status = MCD_OK;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && !status; i++) {
		add(accountant, &parts[i]);
		status = mcd_poll(accountant->world->target, "parts of memory cgroups", i, 0);
	}
	return status;
}
