// SPDX-License-Identifier: GPL-2.0-or-later
/* See producers.h. Patterns are found by hash; rows stay where they are until they are sorted. */
#include "producers.h"

#include <stdlib.h>
#include <string.h>

#include "mcd/fold.h"

/* ---- sums ---- */

static void add(struct mcd_figure *sum, struct mcd_figure figure)
{
	if (figure.known != MCD_KNOWN) {
		if (sum->known == MCD_NA)
			sum->known = figure.known;
		return;
	}
	sum->value = sum->known == MCD_KNOWN ? sum->value + figure.value : figure.value;
	sum->known = MCD_KNOWN;
}

static void widen(struct mcd_figure *first, struct mcd_figure *last, struct mcd_figure serial)
{
	if (serial.known != MCD_KNOWN) {
		add(first, serial);
		add(last, serial);
		return;
	}
	if (first->known != MCD_KNOWN || serial.value < first->value)
		*first = serial;
	if (last->known != MCD_KNOWN || serial.value > last->value)
		*last = serial;
}

static void add_ledger(struct mcd_producer *producer, const struct mcd_ledger *ledger)
{
	const struct mcd_figure nothing = { .known = MCD_KNOWN };

	add(&producer->bytes, nothing);
	for (size_t i = 0; i < ledger->nr_pins; i++) {
		const struct mcd_pin_row *pin = &ledger->pins[i];

		producer->pins[pin->kind].nr_refs += pin->nr_refs;
		add(&producer->pins[pin->kind].bytes, pin->bytes);
		if (pin->bytes.known == MCD_KNOWN)
			add(&producer->bytes, pin->bytes);
	}
	if (ledger->unexplained.known == MCD_KNOWN && ledger->unexplained.value > 0 &&
	    !ledger->unexplained.is_open)
		producer->nr_unexplained_refs += ledger->unexplained.value;
}

static void add_memcg(struct mcd_producer *producer, const struct mcd_memcg *memcg)
{
	producer->nr_memcgs++;
	add(&producer->refs, memcg->refs);
	widen(&producer->first_serial, &producer->last_serial, memcg->serial);
	if (memcg->ledger)
		add_ledger(producer, memcg->ledger);
}

/* ---- patterns ---- */

struct collector {
	struct mcd_arena *arena;
	struct mcd_producers *producers;
	size_t capacity;
	size_t *slots;	 /* positions in producers, from 1; 0: free */
	size_t nr_slots; /* a power of two, twice as many as there can be patterns at least */
	char *scratch;
	size_t scratch_bytes;
	size_t nameless[MCD_UNREADABLE + 1]; /* of those without a pattern, by what became of it */
};

/* FNV-1a. */
static uint64_t hash_of(const char *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return hash ^ hash >> 32;
}

/* What identifies a memcg: the facility's copy of the name, where the path is gone. */
static const struct mcd_text *text_of(const struct mcd_memcg *memcg)
{
	return memcg->path.known == MCD_KNOWN || memcg->name.known == MCD_NA ? &memcg->path
									     : &memcg->name;
}

static enum mcd_status append(struct collector *collector, const struct mcd_text *pattern,
			      const struct mcd_text *example, size_t *slot)
{
	struct mcd_producers *producers = collector->producers;
	struct mcd_producer *rows = mcd_arena_grow(collector->arena, producers->rows, producers->nr,
						   &collector->capacity, sizeof(*rows));

	if (!rows)
		return MCD_NO_MEMORY;
	producers->rows = rows;
	rows[producers->nr++] = (struct mcd_producer){ .pattern = *pattern, .example = *example };
	*slot = producers->nr;
	return MCD_OK;
}

/* The pattern in the scratch buffer, which grows to the longest path. */
static enum mcd_status fold(struct collector *collector, const char *path)
{
	size_t bytes = strlen(path) + 1;

	if (bytes > collector->scratch_bytes) {
		collector->scratch_bytes = bytes > collector->scratch_bytes * 2
						   ? bytes
						   : collector->scratch_bytes * 2;
		collector->scratch = mcd_arena_alloc(collector->arena, collector->scratch_bytes);
	}
	if (!collector->scratch)
		return MCD_NO_MEMORY;
	mcd_fold_path(path, collector->scratch);
	return MCD_OK;
}

/* The slot of the pattern in the scratch buffer, or the free one where it belongs. */
static size_t *slot_of(const struct collector *collector)
{
	size_t i = (size_t)hash_of(collector->scratch);

	for (;; i++) {
		size_t *slot = &collector->slots[i & (collector->nr_slots - 1)];

		if (!*slot || strcmp(collector->producers->rows[*slot - 1].pattern.text,
				     collector->scratch) == 0)
			return slot;
	}
}

static enum mcd_status find(struct collector *collector, const struct mcd_memcg *memcg, size_t *ret)
{
	const struct mcd_text *text = text_of(memcg);
	struct mcd_text pattern = { .known = text->known };
	size_t *slot = &collector->nameless[text->known];
	enum mcd_status status = MCD_OK;

	if (text->known == MCD_KNOWN) {
		status = fold(collector, text->text);
		if (status)
			return status;
		slot = slot_of(collector);
	}
	if (!*slot && text->known == MCD_KNOWN) {
		pattern.text = mcd_arena_strndup(collector->arena, collector->scratch,
						 strlen(collector->scratch));
		if (!pattern.text)
			return MCD_NO_MEMORY;
	}
	if (!*slot)
		status = append(collector, &pattern, text, slot);
	*ret = *slot - 1;
	return status;
}

/* ---- the order ---- */

/* What has no pattern comes last. */
static int by_pattern(const struct mcd_text *a, const struct mcd_text *b)
{
	if (a->known == MCD_KNOWN && b->known == MCD_KNOWN)
		return strcmp(a->text, b->text);
	if (a->known == MCD_KNOWN || b->known == MCD_KNOWN)
		return a->known == MCD_KNOWN ? -1 : 1;
	return (int)a->known - (int)b->known;
}

static int by_memcgs(const void *left, const void *right)
{
	const struct mcd_producer *a = left, *b = right;

	if (a->nr_memcgs != b->nr_memcgs)
		return a->nr_memcgs < b->nr_memcgs ? 1 : -1;
	if (a->bytes.value != b->bytes.value)
		return a->bytes.value < b->bytes.value ? 1 : -1;
	return by_pattern(&a->pattern, &b->pattern);
}

enum mcd_status mcd_producers_collect(struct mcd_arena *arena, struct mcd_memcg *const *rows,
				      size_t nr_rows, struct mcd_producers *ret)
{
	struct collector collector = { .arena = arena, .producers = ret, .nr_slots = 64 };

	*ret = (struct mcd_producers){ .nr = 0 };
	while (collector.nr_slots < nr_rows * 2)
		collector.nr_slots *= 2;
	collector.slots = mcd_arena_array(arena, collector.nr_slots, sizeof(*collector.slots));
	if (!collector.slots)
		return MCD_NO_MEMORY;
	for (size_t i = 0; i < nr_rows; i++) {
		size_t at = 0;
		enum mcd_status status = find(&collector, rows[i], &at);

		if (status)
			return status;
		add_memcg(&ret->rows[at], rows[i]);
	}
	if (ret->nr)
		qsort(ret->rows, ret->nr, sizeof(*ret->rows), by_memcgs);
	return MCD_OK;
}
