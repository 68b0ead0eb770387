// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Charged per-cpu memory (mm/percpu.c, mm/percpu-internal.h). A chunk has a vector with a place for every 4
 * bytes; that of an allocation's first ones names its obj_cgroup. Where allocations begin and end stands
 * in a bitmap. Chunks are on lists by free space, up to v5.12 on separate ones if they have a vector.
 */
#include <inttypes.h>

#include "../record.h"
#include "charged.h"
#include "mcd/bytes.h"

enum {
	UNIT_BYTES = 4,	     /* PCPU_MIN_ALLOC_SIZE */
	LISTS_MAX = 1024,    /* pcpu_nr_slots is below 64 */
	PAGES_MAX = 1 << 16, /* of a chunk on one cpu; a unit has a few MB at most */
	PIECE_BYTES = 1 << 16,
};

enum { BOUND_MAP, NR_PAGES, OBJ_EXTS, OBJ_CGROUPS }; /* in the order of the fields */

static const struct mcd_record_field fields[] = {
	MCD_FIELD(pcpu_chunk, bound_map),
	MCD_FIELD(pcpu_chunk, nr_pages),
	MCD_FIELD_OPTIONAL(pcpu_chunk, obj_exts),
	MCD_FIELD_OPTIONAL(pcpu_chunk, obj_cgroups),
};

struct pass {
	struct mcd_charges *charges;
	struct mcd_world *world;
	struct mcd_record_form form;
	uint64_t entry_bytes, objcg_at; /* of the vector */
	size_t class;
	uint64_t nr_cpus; /* possible ones: each has its copy */
	uint8_t *piece;	  /* of the vector */
	uint8_t *bounds;  /* of the chunk, as is the next one */
	uint64_t nr_units;
	size_t bounds_bytes; /* that there is room for */
};

static bool is_bound(const struct pass *pass, uint64_t unit)
{
	const struct mcd_target *target = pass->world->target;
	uint64_t word_bits = 8 * (uint64_t)target->word_bytes;
	uint64_t word = mcd_uint_of_bytes(pass->bounds + unit / word_bits * target->word_bytes,
					  target->word_bytes, target->is_big_endian);

	return word >> unit % word_bits & 1;
}

/* The bytes of the allocation that begins with this unit; up to the next bound, or the chunk's end. */
static uint64_t size_at(const struct pass *pass, uint64_t unit)
{
	uint64_t end = unit + 1;

	while (end < pass->nr_units && !is_bound(pass, end))
		end++;
	return (end - unit) * UNIT_BYTES;
}

static enum mcd_status count(struct pass *pass, uint64_t objcg, uint64_t unit)
{
	size_t owner = 0;
	enum mcd_status status = mcd_objcg_owner(pass->charges, objcg, &owner);

	return status || !owner ? status
				: mcd_charge_add(pass->charges, owner - 1, pass->class, 1,
						 size_at(pass, unit) * pass->nr_cpus);
}

static enum mcd_status visit_piece(struct pass *pass, uint64_t vector, uint64_t first, uint64_t nr)
{
	struct mcd_target *target = pass->world->target;
	enum mcd_status status = mcd_read(target, vector + first * pass->entry_bytes, pass->piece,
					  (size_t)(nr * pass->entry_bytes),
					  "obj_cgroups of a per-cpu chunk");

	for (uint64_t i = 0; i < nr && !status; i++) {
		uint64_t objcg =
			mcd_uint_of_bytes(pass->piece + i * pass->entry_bytes + pass->objcg_at,
					  target->word_bytes, target->is_big_endian);

		if (objcg)
			status = count(pass, objcg, first + i);
	}
	return status;
}

static enum mcd_status read_bounds(struct pass *pass, const struct mcd_record *chunk)
{
	struct mcd_target *target = pass->world->target;
	uint64_t nr_pages = mcd_record_uint(chunk, NR_PAGES),
		 word_bits = 8 * (uint64_t)target->word_bytes;
	size_t bytes;

	if (!nr_pages || nr_pages > PAGES_MAX)
		return mcd_error_set(&target->error, MCD_CORRUPT,
				     "pcpu_chunk: it has %" PRIu64 " pages", nr_pages);
	pass->nr_units = nr_pages * target->page_bytes / UNIT_BYTES;
	bytes = (size_t)((pass->nr_units + word_bits - 1) / word_bits * target->word_bytes);
	if (bytes > pass->bounds_bytes) {
		pass->bounds_bytes = bytes;
		pass->bounds = mcd_arena_alloc(pass->world->arena, bytes);
	}
	if (!pass->bounds)
		return mcd_error_set(&target->error, MCD_NO_MEMORY, "per-cpu memory");
	return mcd_read(target, mcd_record_uint(chunk, BOUND_MAP), pass->bounds, bytes,
			"pcpu_chunk.bound_map");
}

static enum mcd_status visit_chunk(struct pass *pass, uint64_t addr)
{
	struct mcd_target *target = pass->world->target;
	uint64_t nr_per_piece = PIECE_BYTES / pass->entry_bytes, vector = 0;
	struct mcd_record chunk;
	enum mcd_status status = mcd_record_read(target, &pass->form, addr, "pcpu_chunk", &chunk);

	if (!status)
		vector = mcd_record_uint(&chunk, pass->form.has[OBJ_EXTS] ? OBJ_EXTS : OBJ_CGROUPS);
	/* The first chunk has none, nor have those whose memory is not charged. */
	if (!status && !vector)
		return MCD_OK;
	if (!status)
		status = read_bounds(pass, &chunk);
	for (uint64_t at = 0; at < pass->nr_units && !status; at += nr_per_piece) {
		uint64_t nr = pass->nr_units - at;

		status = mcd_poll(target, "per-cpu chunks looked at", (size_t)at,
				  (size_t)pass->nr_units);
		if (!status)
			status = visit_piece(pass, vector, at,
					     nr < nr_per_piece ? nr : nr_per_piece);
	}
	if (!status || mcd_is_fatal(status))
		return status;
	pass->charges->nr_lost++;
	return MCD_OK;
}

static enum mcd_status visit_list(struct pass *pass, uint64_t head, uint64_t link)
{
	struct mcd_list list = { .nr = 0 };
	enum mcd_status status = mcd_list_collect(pass->world->target, pass->world->arena, head,
						  "pcpu_chunk_lists", &list);

	if (!status && list.damage) {
		pass->charges->nr_lost += !list.is_complete;
		status = mcd_note_list(pass->world, "pcpu_chunk_lists", &list);
	}
	for (size_t i = 0; i < list.nr && !status; i++)
		status = visit_chunk(pass, list.nodes[i] - link);
	if (!status || mcd_is_fatal(status))
		return status;
	pass->charges->nr_lost += status != MCD_ABSENT;
	return MCD_OK;
}

/* pcpu_nr_slots of each type; there are types while PCPU_NR_CHUNK_TYPES is there to count them. */
static enum mcd_status count_lists(struct mcd_target *target, uint64_t *ret)
{
	uint64_t addr = 0, nr = 0, nr_types = 1;
	enum mcd_status status = mcd_layout_value(target, SYM(pcpu_nr_slots), &addr);

	if (!status)
		status = mcd_read_uint(target, addr, 4, "pcpu_nr_slots", &nr);
	if (!status && mcd_layout_has(target, ENUM(PCPU_NR_CHUNK_TYPES)))
		status = mcd_layout_value(target, ENUM(PCPU_NR_CHUNK_TYPES), &nr_types);
	if (!status && (!nr || !nr_types || nr_types > LISTS_MAX || nr > LISTS_MAX / nr_types))
		return mcd_error_set(&target->error, MCD_CORRUPT,
				     "there are %" PRIu64 " times %" PRIu64
				     " lists of per-cpu chunks",
				     nr_types, nr);
	*ret = nr * nr_types;
	return status;
}

static enum mcd_status compile(struct pass *pass)
{
	struct mcd_target *target = pass->world->target;
	enum mcd_status status =
		mcd_record_compile(target, fields, sizeof(fields) / sizeof(fields[0]), &pass->form);

	pass->entry_bytes = target->word_bytes;
	if (!status && pass->form.has[OBJ_EXTS]) {
		status = mcd_layout_value(target, S(pcpuobj_ext), &pass->entry_bytes);
		if (!status)
			status = mcd_layout_value(target, M(pcpuobj_ext, cgroup), &pass->objcg_at);
	}
	if (!status && (pass->objcg_at + target->word_bytes > pass->entry_bytes ||
			pass->entry_bytes > PIECE_BYTES))
		status = mcd_error_set(&target->error, MCD_CORRUPT,
				       "pcpuobj_ext: there is no obj_cgroup in it");
	if (!status && pass->world->possible.known != MCD_KNOWN)
		status = mcd_error_set(&target->error, MCD_FAULT,
				       "the mask of possible cpus cannot be read");
	if (status)
		return status;
	pass->nr_cpus = pass->world->possible.nr;
	pass->piece = mcd_arena_alloc(pass->world->arena, PIECE_BYTES);
	return pass->piece ? mcd_charge_kind(pass->charges, "percpu", &pass->class)
			   : mcd_error_set(&target->error, MCD_NO_MEMORY, "per-cpu memory");
}

enum mcd_status mcd_charges_of_percpu(struct mcd_charges *charges)
{
	struct pass pass = { .charges = charges, .world = charges->audit->world };
	struct mcd_target *target = pass.world->target;
	uint64_t symbol = 0, lists = 0, nr = 0, link = 0;
	enum mcd_status status = compile(&pass);

	if (!status)
		status = mcd_layout_value(target, M(pcpu_chunk, list), &link);
	if (!status)
		status = mcd_layout_value(target, SYM(pcpu_chunk_lists), &symbol);
	if (!status)
		status = mcd_read_word(target, symbol, "pcpu_chunk_lists", &lists);
	if (!status)
		status = count_lists(target, &nr);
	for (uint64_t i = 0; i < nr && !status; i++)
		status = visit_list(&pass, lists + i * 2 * target->word_bytes, link);
	return status;
}
