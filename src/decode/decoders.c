// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which decoder fills which facts, and why a fact is n/a: the row of layout.def that its decoder asked
 * for in vain. See world.h.
 */
#include "decode.h"

struct fact {
	size_t known; /* offset of its enum mcd_known, with which figures and texts begin */
	const char *name;
};

#define FACT(member)                                        \
	{                                                   \
		offsetof(struct mcd_memcg, member), #member \
	}

struct decoder {
	enum mcd_status (*decode)(struct mcd_world *world, struct mcd_memcg *memcg);
	struct fact facts[2];
};

static bool is_explained(const struct mcd_head *head, const char *fact)
{
	for (size_t i = 0; i < head->nr_missing; i++)
		if (head->missing[i].fact == fact)
			return true;
	return false;
}

/* Remembers what a fact lacks, the first time that it is n/a for want of a row. */
static enum mcd_status explain(struct mcd_world *world, const struct mcd_memcg *memcg,
			       const struct fact *fact)
{
	const enum mcd_known *known = (const void *)((const char *)memcg + fact->known);
	struct mcd_head *head = &world->head;
	char name[96];
	const char *copy = NULL;

	if (*known != MCD_NA || world->target->missing == MCD_NR_LAYOUT ||
	    is_explained(head, fact->name))
		return MCD_OK;
	copy = mcd_arena_strndup(world->arena,
				 mcd_layout_name(world->target->missing, name, sizeof(name)),
				 sizeof(name));
	if (!copy)
		return mcd_error_set(&world->target->error, MCD_NO_MEMORY, "missing types");
	head->missing[head->nr_missing++] = (struct mcd_missing){ fact->name, copy };
	return MCD_OK;
}

static enum mcd_status run(struct mcd_world *world, struct mcd_memcg *memcg,
			   const struct decoder *decoder)
{
	enum mcd_status status = MCD_OK;

	world->target->missing = MCD_NR_LAYOUT;
	status = decoder->decode(world, memcg);
	for (size_t i = 0; i < 2 && decoder->facts[i].name && !status; i++)
		status = explain(world, memcg, &decoder->facts[i]);
	return status;
}

enum mcd_status mcd_facts_identify(struct mcd_world *world, struct mcd_memcg *memcg)
{
	static const struct decoder decoders[] = {
		{ mcd_decode_css_id, { FACT(css_id) } },
		{ mcd_decode_serial, { FACT(serial) } },
		{ mcd_decode_path, { FACT(path) } },
		{ mcd_decode_name, { { 0 } } },
	};
	enum mcd_status status = MCD_OK;

	for (size_t i = 0; i < sizeof(decoders) / sizeof(decoders[0]) && !status; i++)
		status = run(world, memcg, &decoders[i]);
	return status;
}

enum mcd_status mcd_world_decode(struct mcd_world *world, struct mcd_memcg *memcg)
{
	/* kernel last: it compares with the others. */
	static const struct decoder decoders[] = {
		{ mcd_decode_unions, { { 0 } } },
		{ mcd_decode_refs, { FACT(refs) } },
		{ mcd_decode_swap, { FACT(memory_bytes), FACT(swap_bytes) } },
		{ mcd_decode_limit, { FACT(memory_limit_bytes) } },
		{ mcd_decode_swap_id, { FACT(id) } },
		{ mcd_decode_kmem, { FACT(kmem_bytes) } },
		{ mcd_decode_tcp, { FACT(tcp_bytes), FACT(tcp_sockets) } },
		{ mcd_decode_caches, { { offsetof(struct mcd_memcg, caches_known), "caches" } } },
		{ mcd_decode_kernel, { { 0 } } },
	};
	enum mcd_status status = MCD_OK;

	for (size_t i = 0; i < sizeof(decoders) / sizeof(decoders[0]) && !status; i++)
		if (!memcg->is_decoded)
			status = run(world, memcg, &decoders[i]);
	memcg->is_decoded = !status;
	return status;
}
