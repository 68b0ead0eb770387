// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Usage counters and their limits: res_counter in bytes up to v3.18 (include/linux/res_counter.h),
 * page_counter in pages since v3.19 (3e32cb2e0a12, include/linux/page_counter.h).
 */
#include "decode.h"

/* The forms of a counter. */
struct counter_form {
	enum mcd_layout_id usage, limit;
};
static const struct counter_form bytes = { M(res_counter, usage), M(res_counter, limit) };
static const struct counter_form pages = { M(page_counter, usage), M(page_counter, max) };
/* Up to v4.17. */
static const struct counter_form older_pages = { M(page_counter, count), M(page_counter, limit) };

/* Both eras have kmem and memsw; only page counters come with a member named memory. */
bool mcd_counters_are_pages(struct mcd_world *world)
{
	return mcd_layout_has(world->target, M(mem_cgroup, memory));
}

static const struct counter_form *find_form(struct mcd_target *target, bool counts_pages)
{
	if (!counts_pages)
		return &bytes;
	return mcd_layout_has(target, older_pages.usage) ? &older_pages : &pages;
}

/* The bytes that one unit of a counter stands for. */
static uint64_t unit_bytes(struct mcd_target *target, bool counts_pages)
{
	return counts_pages ? target->page_bytes : 1;
}

/* A counter as it is stored. */
static struct mcd_figure read_usage(struct mcd_target *target, uint64_t counter, bool counts_pages)
{
	const struct counter_form *form = find_form(target, counts_pages);
	int64_t usage = 0;
	enum mcd_status status = mcd_field_signed(target, counter, form->usage, &usage);

	return mcd_figure_from(status, (uint64_t)usage);
}

struct mcd_figure mcd_counter_bytes_at(struct mcd_world *world, uint64_t counter, bool counts_pages)
{
	return mcd_figure_scale(read_usage(world->target, counter, counts_pages),
				unit_bytes(world->target, counts_pages));
}

struct mcd_figure mcd_counter_kernel_bytes_at(struct mcd_world *world, uint64_t counter,
					      bool counts_pages)
{
	struct mcd_figure usage = read_usage(world->target, counter, counts_pages);

	usage.value *= unit_bytes(world->target, counts_pages);
	return usage;
}

struct mcd_figure mcd_counter_bytes(struct mcd_world *world, uint64_t memcg,
				    enum mcd_layout_id member)
{
	uint64_t counter = 0;
	enum mcd_status status = mcd_field_addr(world->target, memcg, member, &counter);

	return status ? mcd_figure_from(status, 0)
		      : mcd_counter_bytes_at(world, counter, mcd_counters_are_pages(world));
}

struct mcd_figure mcd_counter_kernel_bytes(struct mcd_world *world, uint64_t memcg,
					   enum mcd_layout_id member)
{
	uint64_t counter = 0;
	enum mcd_status status = mcd_field_addr(world->target, memcg, member, &counter);

	return status ? mcd_figure_from(status, 0)
		      : mcd_counter_kernel_bytes_at(world, counter, mcd_counters_are_pages(world));
}

/* The counter of user memory: memory since v3.19, res before. */
static enum mcd_layout_id user_memory(struct mcd_world *world)
{
	return mcd_counters_are_pages(world) ? M(mem_cgroup, memory) : M(mem_cgroup, res);
}

struct mcd_figure mcd_counter_memory(struct mcd_world *world, uint64_t memcg)
{
	return mcd_counter_bytes(world, memcg, user_memory(world));
}

/*
 * No limit at all: PAGE_COUNTER_MAX, LONG_MAX pages on 32 bits and LONG_MAX bytes on 64, beyond which no
 * page counter goes; or, in bytes, RESOURCE_MAX (LLONG_MAX, up to v3.12; written to the kernel's file it
 * comes out as 2^63) and RES_COUNTER_MAX (ULLONG_MAX), between which nothing is a limit.
 */
static uint64_t unlimited(struct mcd_target *target, bool counts_pages)
{
	if (counts_pages && target->word_bytes == 4)
		return INT32_MAX;
	return INT64_MAX / unit_bytes(target, counts_pages);
}

/* User memory's limit as it is stored. */
static enum mcd_status read_limit(struct mcd_world *world, uint64_t memcg, uint64_t *ret)
{
	struct mcd_target *target = world->target;
	const struct counter_form *form = find_form(target, mcd_counters_are_pages(world));
	uint64_t counter = 0;
	enum mcd_status status = mcd_field_addr(target, memcg, user_memory(world), &counter);

	return status ? status : mcd_field(target, counter, form->limit, ret);
}

enum mcd_status mcd_decode_limit(struct mcd_world *world, struct mcd_memcg *memcg)
{
	bool counts_pages = mcd_counters_are_pages(world);
	uint64_t max = unlimited(world->target, counts_pages), limit = 0;
	enum mcd_status status = read_limit(world, memcg->addr, &limit);

	if (!status && counts_pages && limit > max)
		status = MCD_CORRUPT;
	memcg->is_memory_unlimited = !status && limit >= max;
	if (memcg->is_memory_unlimited)
		status = MCD_ABSENT;
	memcg->memory_limit_bytes = mcd_figure_scale(mcd_figure_from(status, limit),
						     unit_bytes(world->target, counts_pages));
	return MCD_OK;
}
