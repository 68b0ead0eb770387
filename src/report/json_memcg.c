// SPDX-License-Identifier: GPL-2.0-or-later
/* The record of a memcg. See json.h. */
#include <inttypes.h>
#include <stdio.h>

#include "json.h"

static json_t *address(const struct mcd_memcg *memcg)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%" PRIx64, memcg->addr);
	return json_string(text);
}

static json_t *name(const struct mcd_memcg *memcg)
{
	return mcd_json_text(&memcg->name);
}

static json_t *path(const struct mcd_memcg *memcg)
{
	return mcd_json_text(&memcg->path);
}

static json_t *state(const struct mcd_memcg *memcg)
{
	return json_string(mcd_state_name(memcg->state));
}

static json_t *online(const struct mcd_memcg *memcg)
{
	return json_boolean(memcg->state == MCD_STATE_ONLINE);
}

static json_t *sources(const struct mcd_memcg *memcg)
{
	return mcd_json_sources(memcg->sources);
}

#define FIGURE_MEMBER(member)                                \
	static json_t *member(const struct mcd_memcg *memcg) \
	{                                                    \
		return mcd_json_figure(memcg->member);       \
	}
FIGURE_MEMBER(css_id)
FIGURE_MEMBER(id)
FIGURE_MEMBER(serial)
FIGURE_MEMBER(refs)
FIGURE_MEMBER(memory_bytes)
FIGURE_MEMBER(swap_bytes)
FIGURE_MEMBER(kmem_bytes)
FIGURE_MEMBER(tcp_bytes)
FIGURE_MEMBER(tcp_sockets)

/* No limit is neither a number nor nothing. */
static json_t *memory_limit_bytes(const struct mcd_memcg *memcg)
{
	return memcg->is_memory_unlimited ? json_string("unlimited")
					  : mcd_json_figure(memcg->memory_limit_bytes);
}

static json_t *cache_value(const struct mcd_text *cache_name)
{
	return mcd_json_set(json_object(), "name", mcd_json_text(cache_name));
}

/* Of a damaged list: what is known of it, and a flag; with nothing known it is unreadable. */
static json_t *caches(const struct mcd_memcg *memcg)
{
	json_t *array = NULL;

	if (memcg->caches_known == MCD_NA)
		return json_null();
	if (memcg->caches_known == MCD_UNREADABLE && !memcg->nr_caches)
		return mcd_json_unreadable();
	array = json_array();
	for (size_t i = 0; i < memcg->nr_caches; i++)
		array = mcd_json_with(array, cache_value(&memcg->caches[i]));
	return array;
}

static bool has_escaped(const struct mcd_memcg *memcg)
{
	bool has = mcd_json_is_escaped(&memcg->name) || mcd_json_is_escaped(&memcg->path);

	for (size_t i = 0; i < memcg->nr_caches && !has; i++)
		has = mcd_json_is_escaped(&memcg->caches[i]);
	return has;
}

/* A group may be called "unreadable". */
static bool has_unreadable_name(const struct mcd_memcg *memcg)
{
	return memcg->name.known == MCD_UNREADABLE;
}

static bool has_partial_caches(const struct mcd_memcg *memcg)
{
	return memcg->caches_known == MCD_UNREADABLE && memcg->nr_caches;
}

/* A bound, and what it is from. */
static json_t *age(const struct mcd_memcg *memcg)
{
	const struct mcd_age *of = &memcg->age;
	json_t *object = NULL;

	if (of->at_least_ms.known != MCD_KNOWN)
		return mcd_json_figure(of->at_least_ms);
	object = mcd_json_set(json_object(), "at_least_ms", mcd_json_figure(of->at_least_ms));
	return mcd_json_set(object, "source", json_string(mcd_age_name(of->source)));
}

/* What the text reports say in other ways. */
static const struct {
	const char *name;
	bool (*has)(const struct mcd_memcg *memcg);
} json_flags[] = {
	{ "escaped", has_escaped },
	{ "name-unreadable", has_unreadable_name },
	{ "caches-partial", has_partial_caches },
};

static json_t *flags(const struct mcd_memcg *memcg)
{
	json_t *array = json_array();

	for (unsigned int i = 0; i < MCD_NR_FLAGS; i++)
		if (memcg->flags & (1U << i))
			array = mcd_json_with(array, json_string(mcd_flag_name(1U << i)));
	for (size_t i = 0; i < sizeof(json_flags) / sizeof(json_flags[0]); i++)
		if (json_flags[i].has(memcg))
			array = mcd_json_with(array, json_string(json_flags[i].name));
	return array;
}

static const struct {
	const char *key;
	json_t *(*value)(const struct mcd_memcg *memcg);
} members[] = {
	{ "address", address },
	{ "name", name },
	{ "path", path },
	{ "state", state },
	{ "online", online },
	{ "css_id", css_id },
	{ "id", id },
	{ "serial", serial },
	{ "sources", sources },
	{ "refs", refs },
	{ "memory_bytes", memory_bytes },
	{ "memory_limit_bytes", memory_limit_bytes },
	{ "swap_bytes", swap_bytes },
	{ "kmem_bytes", kmem_bytes },
	{ "tcp_bytes", tcp_bytes },
	{ "tcp_sockets", tcp_sockets },
	{ "caches", caches },
	{ "flags", flags },
};

enum mcd_status mcd_report_json_memcg(struct mcd_out *out, const struct mcd_memcg *memcg,
				      unsigned int parts)
{
	struct mcd_record record = mcd_json_begin("memcg");

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		mcd_json_put(&record, members[i].key, members[i].value(memcg));
	if (parts & MCD_PART_COST)
		mcd_json_put(&record, "cost_bytes", mcd_json_figure(memcg->cost_bytes));
	if (memcg->ledger)
		mcd_json_put_ledger(&record, memcg->ledger, parts);
	if (memcg->ledger && (parts & MCD_PART_PINS))
		mcd_json_put(&record, "age", age(memcg));
	return mcd_json_finish(&record, out);
}
