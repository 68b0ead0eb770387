// SPDX-License-Identifier: GPL-2.0-or-later
/* See audit_unit.h. */
#include "audit_unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_STEP = 997, LINES_BYTES = 16384 };

static const uint64_t percpu_offsets[AUDIT_CPUS] = { AUDIT_PERCPU, AUDIT_PERCPU + FAKE_PAGE_BYTES };
static const unsigned int cpu_numbers[AUDIT_CPUS] = { 0, 5 };

static const struct fake_row rows_css[] = {
	FAKE_MEMBER(mem_cgroup, css, 0, 200),
};

void audit_unit_again(struct audit_unit *unit, size_t arena_bytes)
{
	enum mcd_status status = MCD_OK;

	mcd_arena_deinit(&unit->arena);
	mcd_arena_init(&unit->arena, UNIT_ARENA_BYTES);
	memset(unit->accounts, 0, AUDIT_MEMCGS * sizeof(*unit->accounts));
	unit->world.notes = unit->world.last_note = NULL;
	unit->audit = (struct mcd_audit){
		.world = &unit->world,
		.accounts = unit->accounts,
		.nr = AUDIT_MEMCGS,
		.wants = MCD_AUDIT_PINS,
	};
	mcd_addrmap_init(&unit->audit.index, &unit->arena);
	for (size_t i = 0; i < AUDIT_MEMCGS && !status; i++) {
		bool is_new;

		unit->accounts[i].memcg = &unit->memcgs[i];
		status = mcd_addrmap_insert(&unit->audit.index, AUDIT_MEMCG(i), i, &is_new);
	}
	assert_int_equal(status, MCD_OK);
	unit->arena.limit_bytes = unit->arena.used_bytes + arena_bytes;
	unit->fake.nr_reads = unit->fake.nr_polls = 0;
}

void audit_unit_init_word(struct audit_unit *unit, unsigned int word_bytes, bool is_big_endian)
{
	memset(unit, 0, sizeof(*unit));
	unit->accounts = calloc(AUDIT_MEMCGS, sizeof(*unit->accounts));
	assert_non_null(unit->accounts);
	fake_init_word(&unit->fake, word_bytes, is_big_endian);
	fake_learn(&unit->fake, FAKE_ROWS(rows_css));
	fake_map(&unit->fake, AUDIT_MEMCG(0), AUDIT_MEMCGS * AUDIT_MEMCG_BYTES);
	fake_map(&unit->fake, AUDIT_PERCPU, AUDIT_CPUS * FAKE_PAGE_BYTES);
	unit->fake.percpu_offsets = percpu_offsets;
	unit->fake.nr_cpus = AUDIT_CPUS;
	mcd_arena_init(&unit->arena, UNIT_ARENA_BYTES);
	mcd_world_init(&unit->world, &unit->fake.target, &unit->arena);
	unit->world.possible = (struct mcd_cpus){
		.known = MCD_KNOWN,
		.numbers = cpu_numbers,
		.offsets = percpu_offsets,
		.nr = AUDIT_CPUS,
	};
	for (size_t i = 0; i < AUDIT_MEMCGS; i++)
		unit->memcgs[i] = (struct mcd_memcg){
			.addr = AUDIT_MEMCG(i),
			.state = MCD_STATE_OFFLINE,
			.is_decoded = true,
			.refs = { MCD_KNOWN, 1 },
		};
	audit_unit_again(unit, UNIT_ARENA_BYTES / 2);
}

void audit_unit_init(struct audit_unit *unit)
{
	audit_unit_init_word(unit, 8, false);
}

void audit_unit_exit(struct audit_unit *unit)
{
	free(unit->accounts);
	fake_exit(&unit->fake);
	mcd_arena_deinit(&unit->arena);
}

/* ---- pins ---- */

static void print_pin(char *text, const struct mcd_pin_row *row)
{
	char bytes[24] = "-";

	if (row->bytes.known == MCD_KNOWN)
		snprintf(bytes, sizeof(bytes), "%llu", (unsigned long long)row->bytes.value);
	snprintf(text, LINES_BYTES, "%s %llu %s %s\n", mcd_pin_name(row->kind),
		 (unsigned long long)row->nr_refs, bytes, row->detail);
}

void assert_pins(const struct audit_unit *unit, size_t i, const char *expected)
{
	static char lines[LINES_BYTES], line[LINES_BYTES];
	uint64_t nr_refs = 0;

	lines[0] = '\0';
	for (const struct mcd_pin_link *link = unit->accounts[i].pins; link; link = link->next) {
		print_pin(line, &link->row);
		assert_true(strlen(line) + strlen(lines) < sizeof(lines));
		memmove(lines + strlen(line), lines, strlen(lines) + 1);
		memcpy(lines, line, strlen(line));
		nr_refs += link->row.nr_refs;
	}
	assert_string_equal(lines, expected);
	assert_int_equal(unit->accounts[i].nr_refs, nr_refs);
}

/* ---- torture ---- */

static void assert_no_more_than(const struct audit_unit *unit, const uint64_t *nr_refs)
{
	for (size_t i = 0; i < AUDIT_MEMCGS; i++)
		assert_true(unit->accounts[i].nr_refs <= nr_refs[i]);
}

static void fail_reads(struct audit_unit *unit, enum mcd_status (*collect)(struct mcd_audit *),
		       const uint64_t *nr_refs)
{
	for (uint64_t at = 1;; at++) {
		unit->fake.fail_read_at = at;
		audit_unit_again(unit, UNIT_ARENA_BYTES / 2);

		enum mcd_status status = collect(&unit->audit);

		assert_false(mcd_is_fatal(status));
		assert_no_more_than(unit, nr_refs);
		if (unit->fake.nr_reads < at)
			break;
	}
	unit->fake.fail_read_at = 0;
}

static void interrupt(struct audit_unit *unit, enum mcd_status (*collect)(struct mcd_audit *),
		      const uint64_t *nr_refs)
{
	for (uint64_t at = 1;; at++) {
		unit->fake.interrupt_at = at;
		audit_unit_again(unit, UNIT_ARENA_BYTES / 2);

		enum mcd_status status = collect(&unit->audit);

		assert_no_more_than(unit, nr_refs);
		if (unit->fake.nr_polls < at) {
			assert_int_equal(status, MCD_OK);
			break;
		}
		assert_int_equal(status, MCD_INTERRUPTED);
	}
	unit->fake.interrupt_at = 0;
}

static void starve(struct audit_unit *unit, enum mcd_status (*collect)(struct mcd_audit *),
		   const uint64_t *nr_refs)
{
	enum mcd_status status = MCD_NO_MEMORY;

	for (size_t bytes = 0; status; bytes += ARENA_STEP) {
		audit_unit_again(unit, bytes);
		status = collect(&unit->audit);
		assert_true(status == MCD_OK || status == MCD_NO_MEMORY);
		assert_no_more_than(unit, nr_refs);
	}
}

void audit_unit_torture(struct audit_unit *unit, enum mcd_status (*collect)(struct mcd_audit *))
{
	uint64_t nr_refs[AUDIT_MEMCGS];

	audit_unit_again(unit, UNIT_ARENA_BYTES / 2);
	assert_int_equal(collect(&unit->audit), MCD_OK);
	assert_true(unit->fake.nr_polls > 0);
	for (size_t i = 0; i < AUDIT_MEMCGS; i++)
		nr_refs[i] = unit->accounts[i].nr_refs;
	fail_reads(unit, collect, nr_refs);
	interrupt(unit, collect, nr_refs);
	starve(unit, collect, nr_refs);
}
