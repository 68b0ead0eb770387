// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * NDJSON, as docs/report.schema.json describes it: a head, a record for each memcg, an end. A member
 * of a memcg's record is one row of a table below.
 *
 * The three kinds of nothing: n/a is null, unreadable is the string "unreadable", 0 is 0. Names are
 * escaped as in the text reports, since JSON is UTF-8 and names need not be.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcd/escape.h"
#include "mcd/report.h"
#include "mcd/version.h"

enum { SCHEMA = 1 }; /* grows when what a member means changes, not when members are added */

/* An object in the making; jansson takes NULL for a value and refuses it, so that one check will do. */
struct record {
	json_t *json;
	bool is_whole; /* nothing failed so far */
};

static struct record begin(const char *type)
{
	struct record record = { .json = json_object() };

	record.is_whole = json_object_set_new(record.json, "type", json_string(type)) == 0;
	return record;
}

/* Adds a member; takes `value` over, which is NULL where there was no memory for it. */
static void put(struct record *record, const char *key, json_t *value)
{
	if (json_object_set_new(record->json, key, value))
		record->is_whole = false;
}

/* The record as text that the caller frees, `*ret_size` bytes; NULL where there is no memory. */
static char *text_of(const struct record *record, size_t *ret_size)
{
	/*
	 * Measured first: json_dumps() grows a buffer, and jansson 2.14 loses a key without a word
	 * where that fails.
	 */
	const size_t flags = JSON_COMPACT | JSON_REAL_PRECISION(9);
	size_t size = record->is_whole ? json_dumpb(record->json, NULL, 0, flags) : 0;
	char *text = size ? malloc(size) : NULL;

	*ret_size = size;
	if (text && json_dumpb(record->json, text, size, flags) == size)
		return text;
	free(text);
	return NULL;
}

/* Writes the record as one line and frees it. */
static enum mcd_status finish(struct record *record, struct mcd_out *out)
{
	size_t size = 0;
	char *text = text_of(record, &size);

	json_decref(record->json);
	if (!text)
		return MCD_NO_MEMORY;
	mcd_out_bytes(out, text, size);
	mcd_out_text(out, "\n");
	free(text);
	return MCD_OK;
}

/* ---- values ---- */

static json_t *unreadable(void)
{
	return json_string("unreadable");
}

static json_t *figure_value(struct mcd_figure figure)
{
	if (figure.known == MCD_KNOWN)
		return json_integer((json_int_t)figure.value);
	return figure.known == MCD_NA ? json_null() : unreadable();
}

static json_t *count_value(size_t count)
{
	return json_integer((json_int_t)count);
}

/* Bytes of the kernel or of a command line. */
static json_t *escaped_value(const char *raw)
{
	/* escaping makes four bytes of one at most */
	char *text = malloc(4 * strlen(raw) + MCD_ESCAPE_MAX);
	size_t length = 0, part = 0;
	json_t *value = NULL;

	if (!text)
		return NULL;
	for (; *raw; length += part)
		raw += mcd_escape(raw, text + length, &part);
	value = json_stringn(text, length);
	free(text);
	return value;
}

static json_t *text_value(const struct mcd_text *text)
{
	if (text->known == MCD_KNOWN)
		return escaped_value(text->text);
	return text->known == MCD_NA ? json_null() : unreadable();
}

static bool is_escaped(const struct mcd_text *text)
{
	char escaped[MCD_ESCAPE_MAX];
	size_t length = 0;

	if (text->known != MCD_KNOWN)
		return false;
	for (const char *at = text->text; *at; at += length)
		if (mcd_escape(at, escaped, &length) != length)
			return true;
	return false;
}

/* Appends the value, which it takes over; frees the array and gives NULL where that fails. */
static json_t *with(json_t *array, json_t *value)
{
	if (!json_array_append_new(array, value))
		return array;
	json_decref(array);
	return NULL;
}

static json_t *sources_value(unsigned int sources)
{
	json_t *array = json_array();

	for (unsigned int bit = 1; bit < MCD_SOURCE_END; bit <<= 1)
		if (sources & bit)
			array = with(array, json_string(mcd_source_name(bit)));
	return array;
}

/* ---- a memcg ---- */

static json_t *address(const struct mcd_memcg *memcg)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%" PRIx64, memcg->addr);
	return json_string(text);
}

static json_t *name(const struct mcd_memcg *memcg)
{
	return text_value(&memcg->name);
}

static json_t *path(const struct mcd_memcg *memcg)
{
	return text_value(&memcg->path);
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
	return sources_value(memcg->sources);
}

#define FIGURE_MEMBER(member)                                \
	static json_t *member(const struct mcd_memcg *memcg) \
	{                                                    \
		return figure_value(memcg->member);          \
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
					  : figure_value(memcg->memory_limit_bytes);
}

static json_t *cache_value(const struct mcd_text *cache_name)
{
	json_t *cache = json_object();

	if (!json_object_set_new(cache, "name", text_value(cache_name)))
		return cache;
	json_decref(cache);
	return NULL;
}

/* Of a damaged list: what is known of it, and a flag; with nothing known it is unreadable. */
static json_t *caches(const struct mcd_memcg *memcg)
{
	json_t *array = NULL;

	if (memcg->caches_known == MCD_NA)
		return json_null();
	if (memcg->caches_known == MCD_UNREADABLE && !memcg->nr_caches)
		return unreadable();
	array = json_array();
	for (size_t i = 0; i < memcg->nr_caches; i++)
		array = with(array, cache_value(&memcg->caches[i]));
	return array;
}

static bool has_escaped(const struct mcd_memcg *memcg)
{
	bool has = is_escaped(&memcg->name) || is_escaped(&memcg->path);

	for (size_t i = 0; i < memcg->nr_caches && !has; i++)
		has = is_escaped(&memcg->caches[i]);
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
			array = with(array, json_string(mcd_flag_name(1U << i)));
	for (size_t i = 0; i < sizeof(json_flags) / sizeof(json_flags[0]); i++)
		if (json_flags[i].has(memcg))
			array = with(array, json_string(json_flags[i].name));
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

enum mcd_status mcd_report_json_memcg(struct mcd_out *out, const struct mcd_memcg *memcg)
{
	struct record record = begin("memcg");

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		put(&record, members[i].key, members[i].value(memcg));
	return finish(&record, out);
}

/* ---- head and end ---- */

static json_t *capabilities_value(const struct mcd_head *head)
{
	json_t *object = json_object();

	for (int pin = 0; pin < MCD_NR_PINS; pin++) {
		if (!json_object_set_new(object, mcd_pin_name(pin),
					 json_boolean(head->can_pin[pin])))
			continue;
		json_decref(object);
		return NULL;
	}
	return object;
}

enum mcd_status mcd_report_json_head(struct mcd_out *out, const struct mcd_report *report)
{
	const struct mcd_origin *origin = report->origin;
	const struct mcd_head *head = report->head;
	struct record record = begin("head");

	put(&record, "schema", json_integer(SCHEMA));
	put(&record, "tool", json_string("memcg-dangling"));
	put(&record, "version", json_string(MCD_VERSION));
	put(&record, "front_end", json_string(origin->front_end));
	put(&record, "types", json_string(origin->types));
	put(&record, "dump", origin->dump ? escaped_value(origin->dump) : json_null());
	put(&record, "release", text_value(&report->identity->release));
	put(&record, "build_id", text_value(&report->identity->build_id));
	put(&record, "arch", text_value(&report->identity->arch));
	put(&record, "hierarchy", json_string(mcd_hierarchy_name(head->hierarchy)));
	put(&record, "facility", json_boolean(head->facility != MCD_FACILITY_NONE));
	put(&record, "sources", sources_value(head->sources));
	put(&record, "capabilities", capabilities_value(head));
	put(&record, "nr_dying_descendants", figure_value(head->nr_dying_descendants));
	put(&record, "nr_dying_subsys", figure_value(head->nr_dying_subsys));
	return finish(&record, out);
}

static json_t *notes_value(const struct mcd_note *notes)
{
	json_t *array = json_array();

	for (const struct mcd_note *note = notes; note; note = note->next)
		array = with(array, escaped_value(note->text));
	return array;
}

static json_t *missing_value(const struct mcd_head *head)
{
	json_t *array = json_array();

	for (size_t i = 0; i < head->nr_missing; i++)
		array = with(array, json_pack("{s:s, s:s}", "fact", head->missing[i].fact, "probe",
					      head->missing[i].probe));
	return array;
}

enum mcd_status mcd_report_json_end(struct mcd_out *out, const struct mcd_head *head,
				    const struct mcd_ending *ending)
{
	struct record record = begin("end");

	put(&record, "complete", json_boolean(ending->is_complete));
	put(&record, "dangling", count_value(head->nr_dangling));
	put(&record, "online", count_value(head->nr_online));
	put(&record, "dying", count_value(head->nr_dying));
	put(&record, "shown", count_value(ending->nr_shown));
	put(&record, "unreadable", count_value(head->nr_unreadable));
	put(&record, "seconds", json_real(ending->seconds));
	put(&record, "notes", notes_value(ending->notes));
	put(&record, "missing", missing_value(head));
	return finish(&record, out);
}
