// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reference count that keeps a memcg.
 * lib/percpu-refcount.c, include/linux/percpu-refcount.h; up to v3.10 mem_cgroup.refcnt.
 */
#include "decode.h"

/* The low bits of percpu_ref.percpu_count_ptr (v3.18). */
enum { PERCPU_REF_ATOMIC = 1, PERCPU_REF_DEAD = 2, PERCPU_REF_FLAGS = 3 };

/* Σ of the per-cpu counts, unsigned longs that may be negative one by one. */
static enum mcd_status add_percpu(struct mcd_world *world, uint64_t percpu, uint64_t *sum)
{
	const struct mcd_cpus *possible = &world->possible;

	if (possible->known != MCD_KNOWN)
		return MCD_FAULT;
	for (size_t i = 0; i < possible->nr; i++) {
		int64_t part = 0;
		enum mcd_status status = mcd_read_long(world->target, percpu + possible->offsets[i],
						       "percpu_ref.percpu_count_ptr", &part);

		if (status)
			return status;
		*sum += (uint64_t)part;
	}
	return MCD_OK;
}

/*
 * Since v5.10 (2b0d3d3e4fcf) the count lives in percpu_ref_data. It carries a bias of
 * 1UL << (BITS_PER_LONG - 1) until a switch to atomic mode has added up the per-cpu parts.
 */
static enum mcd_status read_percpu_ref(struct mcd_world *world, uint64_t ref, uint64_t *ret)
{
	struct mcd_target *target = world->target;
	uint64_t pointer = 0, data = 0;
	int64_t count = 0;
	enum mcd_status status = mcd_field(target, ref, M(percpu_ref, percpu_count_ptr), &pointer);

	if (!status)
		status = mcd_field(target, ref, M(percpu_ref, data), &data);
	if (status)
		return status;
	if (!data) { /* percpu_ref_exit() ran and left the count above the flag bits */
		*ret = pointer >> 2;
		return MCD_OK;
	}
	status = mcd_field_signed(target, data, M(percpu_ref_data, count), &count);
	*ret = (uint64_t)count;
	if (status || ((pointer & PERCPU_REF_ATOMIC) && count >= 0))
		return status;
	*ret -= (uint64_t)1 << (8 * target->word_bytes - 1);
	status = add_percpu(world, pointer & ~(uint64_t)PERCPU_REF_FLAGS, ret);
	if (target->word_bytes == 4)
		*ret &= UINT32_MAX;
	return status;
}

/* CSS_NO_REF: the root of a hierarchy is never counted. */
static bool is_uncounted(struct mcd_world *world, uint64_t css)
{
	uint64_t mask = 0, flags = 0;

	return !mcd_layout_value(world->target, ENUM(CSS_NO_REF), &mask) &&
	       !mcd_field(world->target, css, M(cgroup_subsys_state, flags), &flags) &&
	       (flags & mask);
}

enum mcd_status mcd_decode_refs(struct mcd_world *world, struct mcd_memcg *memcg)
{
	struct mcd_target *target = world->target;
	uint64_t css = 0, ref = 0, refs = 0;
	enum mcd_status status = MCD_OK;

	if (mcd_layout_has(target, M(mem_cgroup, refcnt))) {
		status = mcd_field(target, memcg->addr, M(mem_cgroup, refcnt), &refs);
		memcg->refs = mcd_figure_count(status, refs);
		return MCD_OK;
	}
	status = mcd_field_addr(target, memcg->addr, M(mem_cgroup, css), &css);
	if (!status && is_uncounted(world, css))
		status = MCD_ABSENT;
	if (!status)
		status = mcd_field_addr(target, css, M(cgroup_subsys_state, refcnt), &ref);
	if (!status)
		status = read_percpu_ref(world, ref, &refs);
	memcg->refs = mcd_figure_count(status, refs);
	return MCD_OK;
}
