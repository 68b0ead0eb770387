// SPDX-License-Identifier: GPL-2.0-or-later
/* A target made of literals. See fake_target.h. */
#include "fake_target.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

static struct fake_target *fake_of(struct mcd_target *target)
{
	return (struct fake_target *)target;
}

/* ---- what the kernel knows ---- */

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool is_forgotten(const struct fake_target *fake, const struct fake_row *row)
{
	for (size_t i = 0; i < fake->nr_forgotten; i++) {
		const struct mcd_layout_row *lost = mcd_layout_row(fake->forgotten[i]);

		if (lost->kind == row->kind && is_same(lost->type, row->type) &&
		    is_same(lost->name, row->name))
			return true;
	}
	return false;
}

/* The row that answers a question, from the newest table that has it; NULL: no such thing. */
static const struct fake_row *row_of(const struct fake_target *fake, enum mcd_layout_kind kind,
				     const char *type, const char *name)
{
	for (size_t t = fake->nr_tables; t--;) {
		for (size_t i = 0; i < fake->tables[t].nr; i++) {
			const struct fake_row *row = &fake->tables[t].rows[i];

			if (row->kind == kind && is_same(row->type, type) &&
			    is_same(row->name, name))
				return is_forgotten(fake, row) ? NULL : row;
		}
	}
	return NULL;
}

static enum mcd_status answer(struct mcd_target *target, enum mcd_layout_kind kind,
			      const char *type, const char *name, const struct fake_row **ret)
{
	fake_of(target)->nr_questions++;
	*ret = row_of(fake_of(target), kind, type, name);
	return *ret ? (*ret)->status : MCD_ABSENT;
}

static enum mcd_status value_of(struct mcd_target *target, enum mcd_layout_kind kind,
				const char *type, const char *name, uint64_t *ret)
{
	const struct fake_row *row = NULL;
	enum mcd_status status = answer(target, kind, type, name, &row);

	if (!status)
		*ret = row->value;
	return status;
}

static enum mcd_status fake_symbol(struct mcd_target *target, const char *name, uint64_t *ret)
{
	return value_of(target, MCD_KIND_SYMBOL, NULL, name, ret);
}

/* A struct without a row of its own is there all the same if a member of it is. */
static bool has_member(const struct fake_target *fake, const char *type)
{
	for (size_t t = 0; t < fake->nr_tables; t++)
		for (size_t i = 0; i < fake->tables[t].nr; i++)
			if (fake->tables[t].rows[i].kind == MCD_KIND_MEMBER &&
			    is_same(fake->tables[t].rows[i].type, type))
				return true;
	return false;
}

static enum mcd_status fake_type_size(struct mcd_target *target, const char *type, uint64_t *ret)
{
	enum mcd_status status = value_of(target, MCD_KIND_STRUCT, type, NULL, ret);

	return status == MCD_ABSENT && has_member(fake_of(target), type) ? MCD_OK : status;
}

static enum mcd_status fake_enumerator(struct mcd_target *target, const char *name, uint64_t *ret)
{
	return value_of(target, MCD_KIND_ENUMERATOR, NULL, name, ret);
}

static enum mcd_status fake_member(struct mcd_target *target, const char *type, const char *member,
				   struct mcd_place *ret)
{
	const struct fake_row *row = NULL;
	enum mcd_status status = answer(target, MCD_KIND_MEMBER, type, member, &row);

	if (!status)
		*ret = (struct mcd_place){ .offset = row->value, .size_bytes = row->size_bytes };
	return status;
}

/* ---- memory ---- */

static unsigned char *byte_at(const struct fake_target *fake, uint64_t addr)
{
	for (size_t i = 0; i < fake->nr_segments; i++) {
		const struct fake_segment *segment = &fake->segments[i];

		if (addr - segment->addr < segment->size)
			return &segment->bytes[addr - segment->addr];
	}
	return NULL;
}

static bool is_missing(const struct fake_target *fake, uint64_t addr)
{
	for (size_t i = 0; i < fake->nr_holes; i++)
		if (addr - fake->holes[i].addr < fake->holes[i].size)
			return true;
	return false;
}

static bool is_injected(const struct fake_target *fake)
{
	uint64_t at = fake->fail_read_at;

	if (!at || fake->nr_reads < at)
		return false;
	return fake->nr_reads == at ||
	       (fake->fail_every && (fake->nr_reads - at) % fake->fail_every == 0);
}

static enum mcd_status fake_read(struct mcd_target *target, uint64_t addr, void *buffer,
				 size_t size)
{
	struct fake_target *fake = fake_of(target);
	unsigned char *to = buffer;

	fake->nr_reads++;
	memset(buffer, 0xa5, size); /* what a failed read leaves must not matter */
	if (is_injected(fake)) {
		fake->failed_addr = addr;
		return MCD_FAULT;
	}
	for (size_t i = 0; i < size; i++) {
		const unsigned char *from = byte_at(fake, addr + i);

		if (!from || is_missing(fake, addr + i))
			return MCD_FAULT;
		to[i] = *from;
	}
	return MCD_OK;
}

static enum mcd_status fake_read_phys(struct mcd_target *target, uint64_t addr, void *buffer,
				      size_t size)
{
	return fake_read(target, FAKE_DIRECT_MAP + addr, buffer, size);
}

static enum mcd_status fake_percpu_offset(struct mcd_target *target, unsigned int cpu,
					  uint64_t *ret)
{
	struct fake_target *fake = fake_of(target);

	if (cpu >= fake->nr_cpus)
		return MCD_ABSENT;
	*ret = fake->percpu_offsets[cpu];
	return MCD_OK;
}

static bool fake_is_interrupted(struct mcd_target *target, const struct mcd_progress *progress)
{
	struct fake_target *fake = fake_of(target);

	assert_non_null(progress->what);
	return ++fake->nr_polls == fake->interrupt_at;
}

static const struct mcd_target_ops fake_ops = {
	.read = fake_read,
	.read_phys = fake_read_phys,
	.symbol = fake_symbol,
	.type_size = fake_type_size,
	.member = fake_member,
	.enumerator = fake_enumerator,
	.percpu_offset = fake_percpu_offset,
	.is_interrupted = fake_is_interrupted,
};

/* ---- declaring a kernel ---- */

void fake_init_word(struct fake_target *fake, unsigned int word_bytes, bool is_big_endian)
{
	memset(fake, 0, sizeof(*fake));
	mcd_target_init(&fake->target, &fake_ops, word_bytes, is_big_endian, FAKE_PAGE_BYTES);
}

void fake_init(struct fake_target *fake)
{
	fake_init_word(fake, 8, false);
}

void fake_exit(struct fake_target *fake)
{
	for (size_t i = 0; i < fake->nr_segments; i++)
		free(fake->segments[i].bytes);
	fake->nr_segments = 0;
}

void fake_learn(struct fake_target *fake, struct fake_rows rows)
{
	assert_true(fake->nr_tables < FAKE_TABLES_MAX);
	fake->tables[fake->nr_tables++] = rows;
}

void fake_forget(struct fake_target *fake, enum mcd_layout_id id)
{
	assert_true(fake->nr_forgotten < MCD_NR_LAYOUT);
	fake->forgotten[fake->nr_forgotten++] = id;
}

void fake_map(struct fake_target *fake, uint64_t addr, size_t size)
{
	unsigned char *bytes = calloc(size, 1);

	assert_non_null(bytes);
	assert_true(fake->nr_segments < FAKE_SEGMENTS_MAX);
	fake->segments[fake->nr_segments++] = (struct fake_segment){ addr, size, bytes };
}

void fake_hole(struct fake_target *fake, uint64_t addr, size_t size)
{
	assert_true(fake->nr_holes < FAKE_HOLES_MAX);
	fake->holes[fake->nr_holes++] = (struct fake_hole){ addr, size };
}

void fake_hole_page(struct fake_target *fake, uint64_t addr)
{
	fake_hole(fake, addr - addr % FAKE_PAGE_BYTES, FAKE_PAGE_BYTES);
}

void fake_share(struct fake_target *fake, uint64_t addr, size_t size)
{
	assert_true(fake->nr_shared < FAKE_SHARED_MAX);
	fake->shared[fake->nr_shared++] = (struct fake_hole){ addr, size };
}

void fake_bytes(struct fake_target *fake, uint64_t addr, const void *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char *to = byte_at(fake, addr + i);

		assert_non_null(to);
		*to = ((const unsigned char *)bytes)[i];
	}
}

void fake_text(struct fake_target *fake, uint64_t addr, const char *text)
{
	fake_bytes(fake, addr, text, strlen(text) + 1);
}

void fake_uint(struct fake_target *fake, uint64_t addr, size_t size, uint64_t value)
{
	unsigned char bytes[8];

	assert_in_range(size, 1, sizeof(bytes));
	for (size_t i = 0; i < size; i++)
		bytes[fake->target.is_big_endian ? size - 1 - i : i] = (unsigned char)(value >>
										       (8 * i));
	fake_bytes(fake, addr, bytes, size);
}

void fake_u8(struct fake_target *fake, uint64_t addr, uint8_t value)
{
	fake_uint(fake, addr, 1, value);
}

void fake_u16(struct fake_target *fake, uint64_t addr, uint16_t value)
{
	fake_uint(fake, addr, 2, value);
}

void fake_u32(struct fake_target *fake, uint64_t addr, uint32_t value)
{
	fake_uint(fake, addr, 4, value);
}

void fake_u64(struct fake_target *fake, uint64_t addr, uint64_t value)
{
	fake_uint(fake, addr, 8, value);
}

void fake_word(struct fake_target *fake, uint64_t addr, uint64_t value)
{
	fake_uint(fake, addr, fake->target.word_bytes, value);
}

/* The row behind an id, whether or not the configuration lacks it: memory is laid out before. */
static const struct fake_row *known_row(struct fake_target *fake, enum mcd_layout_id id)
{
	const struct mcd_layout_row *asked = mcd_layout_row(id);
	const struct fake_row *row = NULL;
	size_t nr_forgotten = fake->nr_forgotten;

	fake->nr_forgotten = 0;
	row = row_of(fake, asked->kind, asked->type, asked->name);
	fake->nr_forgotten = nr_forgotten;
	if (!row)
		fail_msg("the fake kernel has no row for %s %s", asked->type ? asked->type : "",
			 asked->name ? asked->name : "");
	return row;
}

uint64_t fake_value(struct fake_target *fake, enum mcd_layout_id id)
{
	return known_row(fake, id)->value;
}

uint64_t fake_at(struct fake_target *fake, uint64_t object, enum mcd_layout_id member)
{
	return object + fake_value(fake, member);
}

void fake_put(struct fake_target *fake, uint64_t object, enum mcd_layout_id member, uint64_t value)
{
	const struct fake_row *row = known_row(fake, member);

	fake_uint(fake, object + row->value, row->size_bytes, value);
}

void fake_put_in(struct fake_target *fake, uint64_t object, enum mcd_layout_id member,
		 enum mcd_layout_id inner, uint64_t value)
{
	fake_put(fake, fake_at(fake, object, member), inner, value);
}

static void link_nodes(struct fake_target *fake, uint64_t from, uint64_t to)
{
	fake_word(fake, from, to);
	fake_word(fake, to + fake->target.word_bytes, from);
}

void fake_list(struct fake_target *fake, uint64_t head, const uint64_t *nodes, size_t nr)
{
	uint64_t last = head;

	for (size_t i = 0; i < nr; i++) {
		link_nodes(fake, last, nodes[i]);
		last = nodes[i];
	}
	link_nodes(fake, last, head);
}
