// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Cpu masks (kernel/cpu.c, include/linux/cpumask.h) and percpu_counter (lib/percpu_counter.c).
 */
#include "decode.h"

enum { CPUMASK_BYTES_MAX = 8192 / 8 }; /* the largest NR_CPUS of any architecture */

/* The mask itself since v4.5 (4b804c85dc37), a pointer to it before. */
static enum mcd_status mask_addr(struct mcd_world *world, enum mcd_layout_id mask,
				 enum mcd_layout_id pointer, uint64_t *ret)
{
	uint64_t addr = 0;

	if (!mcd_layout_value(world->target, mask, ret))
		return MCD_OK;

	enum mcd_status status = mcd_layout_value(world->target, pointer, &addr);

	return status ? status : mcd_read_word(world->target, addr, "cpu mask", ret);
}

/* Appends the cpus in one word of the mask. */
static enum mcd_status add_word(struct mcd_world *world, uint64_t word, unsigned int first_cpu,
				unsigned int *numbers, uint64_t *offsets, size_t *nr)
{
	struct mcd_target *target = world->target;

	for (unsigned int bit = 0; bit < 8 * target->word_bytes; bit++) {
		if (!(word >> bit & 1))
			continue;

		enum mcd_status status = target->ops->percpu_offset(target, first_cpu + bit,
								    &offsets[*nr]);

		if (status)
			return status;
		numbers[(*nr)++] = first_cpu + bit;
	}
	return MCD_OK;
}

static enum mcd_status read_cpus(struct mcd_world *world, enum mcd_layout_id mask,
				 enum mcd_layout_id pointer, struct mcd_cpus *ret)
{
	struct mcd_target *target = world->target;
	uint64_t addr = 0, size = 0;
	enum mcd_status status = mask_addr(world, mask, pointer, &addr);

	if (!status)
		status = mcd_layout_value(target, S(cpumask), &size);
	if (!status && size > CPUMASK_BYTES_MAX)
		status = MCD_CORRUPT;
	if (status)
		return status;

	unsigned int *numbers = mcd_arena_array(world->arena, (size_t)size * 8, sizeof(*numbers));
	uint64_t *offsets = mcd_arena_array(world->arena, (size_t)size * 8, sizeof(*offsets));

	if (!numbers || !offsets)
		return MCD_NO_MEMORY;
	for (uint64_t at = 0; at + target->word_bytes <= size && !status;
	     at += target->word_bytes) {
		uint64_t word = 0;

		status = mcd_read_word(target, addr + at, "cpu mask", &word);
		if (!status)
			status = add_word(world, word, (unsigned int)at * 8, numbers, offsets,
					  &ret->nr);
	}
	ret->numbers = numbers;
	ret->offsets = offsets;
	return status;
}

/* A mask that the dump lacks is unreadable, and only no memory is a failure. */
static enum mcd_status fill_cpus(struct mcd_world *world, enum mcd_layout_id mask,
				 enum mcd_layout_id pointer, struct mcd_cpus *ret)
{
	enum mcd_status status = read_cpus(world, mask, pointer, ret);

	ret->known = status ? MCD_UNREADABLE : MCD_KNOWN;
	if (mcd_is_fatal(status))
		return mcd_error_set(&world->target->error, status, "cpu masks");
	return MCD_OK;
}

enum mcd_status mcd_cpus_read(struct mcd_world *world)
{
	enum mcd_status status = fill_cpus(world, SYM(__cpu_online_mask), SYM(cpu_online_mask),
					   &world->online);

	return status ? status
		      : fill_cpus(world, SYM(__cpu_possible_mask), SYM(cpu_possible_mask),
				  &world->possible);
}

struct mcd_percpu_counter mcd_percpu_counter_read(struct mcd_world *world, uint64_t addr)
{
	struct mcd_percpu_counter counter = { 0 };
	int64_t count = 0;
	uint64_t counters = 0;
	enum mcd_status status = mcd_field_signed(world->target, addr, M(percpu_counter, count),
						  &count);

	counter.count = mcd_figure_from(status, (uint64_t)count);
	counter.has_counters = mcd_layout_has(world->target, M(percpu_counter, counters));
	if (counter.has_counters) {
		status = mcd_field(world->target, addr, M(percpu_counter, counters), &counters);
		counter.counters = mcd_figure_from(status, counters);
	}
	return counter;
}

struct mcd_figure mcd_percpu_counter_sum(struct mcd_world *world,
					 const struct mcd_percpu_counter *counter)
{
	struct mcd_figure sum = counter->count;
	const struct mcd_cpus *online = &world->online;

	if (!counter->has_counters || sum.known != MCD_KNOWN)
		return sum;
	if (counter->counters.known != MCD_KNOWN || online->known != MCD_KNOWN)
		return mcd_figure_none(MCD_UNREADABLE);
	for (size_t i = 0; i < online->nr; i++) {
		uint64_t part = 0;

		if (mcd_read_uint(world->target, counter->counters.value + online->offsets[i], 4,
				  "percpu_counter", &part))
			return mcd_figure_none(MCD_UNREADABLE);
		sum.value += (uint64_t)(int64_t)(int32_t)part;
	}
	return sum;
}
