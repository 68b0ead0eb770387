// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reference count that keeps a memcg: up to v3.10 mem_cgroup.refcnt, an atomic_t; since then that of
 * the css, a percpu_ref (lib/percpu-refcount.c, include/linux/percpu-refcount.h).
 */
#include "decode.h"

/*
 * The low bits of the per-cpu pointer. Bit 0 says that the count is no longer kept per cpu, under two
 * names: PCPU_REF_DEAD up to v3.17, __PERCPU_REF_ATOMIC since v3.18, which has DEAD as bit 1.
 */
enum { REF_IS_ATOMIC = 1, REF_WAS_KILLED = 1, REF_IS_DEAD = 2, REF_FLAGS = 3, REF_FLAG_BITS = 2 };

/* The forms of a percpu_ref, newest first. Per-cpu parts are as wide as the count itself. */
static const struct ref_form {
	enum mcd_layout_id pointer; /* to the per-cpu parts, with the flags */
	enum mcd_layout_id data; /* to what holds the count; MCD_NR_LAYOUT: the percpu_ref does */
	enum mcd_layout_id count;
	unsigned int dead; /* the flag that percpu_ref_kill() sets */
} forms[] = {
	{ M(percpu_ref, percpu_count_ptr), M(percpu_ref, data), M(percpu_ref_data, count),
	  REF_IS_DEAD },
	{ M(percpu_ref, percpu_count_ptr), MCD_NR_LAYOUT, M(percpu_ref, count), REF_IS_DEAD },
	{ M(percpu_ref, pcpu_count_ptr), MCD_NR_LAYOUT, M(percpu_ref, count), REF_WAS_KILLED },
	{ M(percpu_ref, pcpu_count), MCD_NR_LAYOUT, M(percpu_ref, count), REF_WAS_KILLED },
};

/* What has none lacks the newest. */
static const struct ref_form *find_form(struct mcd_target *target)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (mcd_layout_has(target, forms[i].pointer) &&
		    (forms[i].data == MCD_NR_LAYOUT || mcd_layout_has(target, forms[i].data)))
			return &forms[i];
	return &forms[0];
}

/* Adds the per-cpu parts: unsigned, and each by itself may have wrapped below zero. */
static enum mcd_status add_percpu(struct mcd_world *world, uint64_t percpu, size_t size,
				  uint64_t *sum)
{
	const struct mcd_cpus *possible = &world->possible;

	if (!percpu || possible->known != MCD_KNOWN)
		return MCD_FAULT;
	for (size_t i = 0; i < possible->nr; i++) {
		uint64_t part = 0;
		enum mcd_status status = mcd_read_uint(world->target, percpu + possible->offsets[i],
						       size, "percpu_ref", &part);

		if (status)
			return status;
		*sum += part;
	}
	return MCD_OK;
}

/*
 * Whether the bias, the highest bit of a count of `bits` bits, is in. Puts that see the new mode before
 * the parts are added up take the count below the bias, so that its bit alone does not tell; half of it
 * is more than anything has references.
 */
static bool has_bias(uint64_t count, unsigned int bits)
{
	return count >> (bits - 2);
}

/* Takes the bias off and adds the per-cpu parts. */
static enum mcd_status sum_percpu(struct mcd_world *world, uint64_t percpu, unsigned int bits,
				  uint64_t *count)
{
	enum mcd_status status = MCD_OK;

	*count -= (uint64_t)1 << (bits - 1);
	status = add_percpu(world, percpu, bits / 8, count);
	*count &= UINT64_MAX >> (64 - bits);
	if (!status && has_bias(*count, bits))
		status = mcd_error_set(&world->target->error, MCD_CORRUPT,
				       "percpu_ref with more puts than gets");
	return status;
}

/*
 * The count carries a bias until a switch to atomic mode has added up the per-cpu parts. Then, up to
 * v3.16, they are freed, with a pointer left to where they were: they are read only while the bias is in.
 */
enum mcd_status mcd_refs_of_percpu_ref(struct mcd_world *world, uint64_t ref, uint64_t *ret)
{
	struct mcd_target *target = world->target;
	const struct ref_form *form = find_form(target);
	uint64_t pointer = 0, data = ref;
	enum mcd_status status = mcd_field(target, ref, form->pointer, &pointer);

	if (!status && form->data != MCD_NR_LAYOUT)
		status = mcd_field(target, ref, form->data, &data);
	if (status)
		return status;
	if (!data) { /* percpu_ref_exit() ran and left the count above the flag bits */
		*ret = pointer >> REF_FLAG_BITS;
		return MCD_OK;
	}
	status = mcd_field(target, data, form->count, ret);
	if (status)
		return status;

	unsigned int bits = 8 * (unsigned int)mcd_layout_ask(target, form->count)->size_bytes;

	if ((pointer & REF_IS_ATOMIC) && !has_bias(*ret, bits))
		return MCD_OK;
	return sum_percpu(world, pointer & ~(uint64_t)REF_FLAGS, bits, ret);
}

/* Up to v3.10 the css counts in an atomic_t: css_refcnt() in kernel/cgroup.c. */
static bool is_atomic(struct mcd_world *world)
{
	return mcd_layout_ask(world->target, M(cgroup_subsys_state, refcnt))->size_bytes ==
	       sizeof(int32_t);
}

static enum mcd_status refcnt_addr(struct mcd_world *world, uint64_t memcg, uint64_t *ret)
{
	uint64_t css = 0;
	enum mcd_status status = mcd_field_addr(world->target, memcg, M(mem_cgroup, css), &css);

	if (status)
		return status;
	return mcd_field_addr(world->target, css, M(cgroup_subsys_state, refcnt), ret);
}

/*
 * Kernels of 2013 that had mem_cgroup.refcnt no longer and percpu_ref not yet kept the memcg by the
 * atomic_t, to which rmdir adds CSS_DEACT_BIAS, INT_MIN, so that css_tryget() fails.
 */
enum mcd_status mcd_refs_of_css(struct mcd_world *world, uint64_t memcg, uint64_t *ret)
{
	uint64_t ref = 0;
	enum mcd_status status = refcnt_addr(world, memcg, &ref);

	if (status)
		return status;
	if (!is_atomic(world))
		return mcd_refs_of_percpu_ref(world, ref, ret);
	status = mcd_read_uint(world->target, ref, sizeof(int32_t), "css.refcnt", ret);
	*ret &= INT32_MAX;
	return status;
}

enum mcd_status mcd_refs_are_killed(struct mcd_world *world, uint64_t memcg, bool *ret)
{
	const struct ref_form *form = find_form(world->target);
	uint64_t ref = 0, value = 0;
	enum mcd_status status = refcnt_addr(world, memcg, &ref);

	if (status)
		return status;
	if (is_atomic(world)) {
		status = mcd_read_uint(world->target, ref, sizeof(int32_t), "css.refcnt", &value);
		*ret = value > INT32_MAX;
	} else {
		status = mcd_field(world->target, ref, form->pointer, &value);
		*ret = value & form->dead;
	}
	return status;
}

/* The root of a hierarchy is never counted: CSS_NO_REF, up to v3.15 CSS_ROOT. */
static bool is_uncounted(struct mcd_world *world, uint64_t css)
{
	enum mcd_layout_id bit = mcd_layout_has(world->target, ENUM(CSS_NO_REF)) ? ENUM(CSS_NO_REF)
										 : ENUM(CSS_ROOT);
	uint64_t mask = 0, flags = 0;

	return !mcd_layout_value(world->target, bit, &mask) &&
	       !mcd_field(world->target, css, M(cgroup_subsys_state, flags), &flags) &&
	       (flags & mask);
}

enum mcd_status mcd_decode_refs(struct mcd_world *world, struct mcd_memcg *memcg)
{
	struct mcd_target *target = world->target;
	uint64_t css = 0, refs = 0;
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
		status = mcd_refs_of_css(world, memcg->addr, &refs);
	memcg->refs = mcd_figure_count(status, refs);
	return MCD_OK;
}
