// SPDX-License-Identifier: GPL-2.0-or-later
/* The references of a memcg to itself: before and after css_free(), with kernel memory and without. */
#include "audit_unit.h"

enum { REFCNT = 300, KMEM_FLAGS = 304, ACTIVE = 1 << 0, DEAD = 1 << 2, DEACT_BIAS = 0x80000000 };

static const struct fake_row rows_kmem[] = {
	FAKE_MEMBER(cgroup_subsys_state, refcnt, 8, 4),
	FAKE_MEMBER(mem_cgroup, kmem_account_flags, KMEM_FLAGS, 8),
	FAKE_MEMBER(percpu_counter, counters, 32, 8),
	FAKE_ENUMERATOR(KMEM_ACCOUNTED_ACTIVE, 0),
	FAKE_ENUMERATOR(KMEM_ACCOUNTED_DEAD, 2),
};
static const struct fake_row rows_refcnt[] = { FAKE_MEMBER(mem_cgroup, refcnt, REFCNT, 4) };

static struct audit_unit unit;

static int start(void **state)
{
	(void)state;
	audit_unit_init(&unit);
	fake_learn(&unit.fake, FAKE_ROWS(rows_kmem));
	unit.world.head.has_kmem = true;
	return 0;
}

static int stop(void **state)
{
	(void)state;
	audit_unit_exit(&unit);
	return 0;
}

static void put(size_t i, uint64_t flags, uint32_t css_refs)
{
	fake_u64(&unit.fake, AUDIT_MEMCG(i) + KMEM_FLAGS, flags);
	fake_u32(&unit.fake, AUDIT_MEMCG(i) + 8, DEACT_BIAS + css_refs);
}

#define DIRECTORY "base 1 - its directory"
#define KMEM "base 1 - its kernel memory as a whole\n"

/* Up to v3.10, in every state of a removed memcg. */
static void with_a_count_of_its_own(void **state)
{
	static const struct {
		uint64_t flags;
		uint32_t css_refs;
		enum mcd_state state;
		unsigned int sources, remarks;
		bool has_sockets;
		const char *pins;
	} table[] = {
		/* the css is gone, and nothing else tells */
		{ 0, 0, MCD_STATE_OFFLINE, 0, 0, false, "" },
		{ 0, 2, MCD_STATE_OFFLINE, 0, 0, false, DIRECTORY ", held by 2 css references\n" },
		{ ACTIVE, 1, MCD_STATE_OFFLINE, 0, 0, true,
		  DIRECTORY ", held by 1 css reference\n" KMEM },
		/* its counter of sockets is still there: somebody is in the directory */
		{ ACTIVE, 0, MCD_STATE_OFFLINE, 0, 0, true, DIRECTORY ", which is open\n" KMEM },
		{ ACTIVE, 0, MCD_STATE_OFFLINE, 0, MCD_FLAG_SOCKETS_APPROX, true, "" },
		/* css_free() has run */
		{ ACTIVE | DEAD, 0, MCD_STATE_OFFLINE, 0, MCD_FLAG_SOCKETS_APPROX, true, KMEM },
		{ ACTIVE | DEAD, 0, MCD_STATE_OFFLINE, 0, 0, false, KMEM },
		{ ACTIVE | DEAD, 0, MCD_STATE_OFFLINE, MCD_SOURCE_LIST, 0, false, KMEM },
		{ ACTIVE, 1, MCD_STATE_OFFLINE, MCD_SOURCE_LIST, 0, false, "" },
		{ ACTIVE, 0, MCD_STATE_RELEASED, MCD_SOURCE_LIST, 0, true, "" },
		{ ACTIVE, 0, MCD_STATE_RELEASED, 0, 0, true, "" },
		/* nothing is removed */
		{ ACTIVE, 1, MCD_STATE_ONLINE, 0, 0, true, DIRECTORY "\n" KMEM },
		{ 0, 1, MCD_STATE_DYING, 0, 0, true, DIRECTORY "\n" },
	};

	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_refcnt));
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct mcd_memcg *memcg = &unit.memcgs[1];

		put(1, table[i].flags, table[i].css_refs);
		memcg->state = table[i].state;
		memcg->sources = table[i].sources;
		memcg->flags = table[i].remarks;
		memcg->tcp_sockets = mcd_figure_none(table[i].has_sockets ? MCD_KNOWN : MCD_NA);
		audit_unit_again(&unit, UNIT_ARENA_BYTES / 2);
		assert_int_equal(mcd_pins_base(&unit.audit), MCD_OK);
		assert_pins(&unit, 1, table[i].pins);
		assert_notes(&unit.world, "");
	}
}

static void with_the_css_count_alone(void **state)
{
	(void)state;
	put(1, ACTIVE, 3);
	put(2, ACTIVE | DEAD, 3);
	put(3, DEAD, 0);
	assert_int_equal(mcd_pins_base(&unit.audit), MCD_OK);
	assert_pins(&unit, 1, "");
	assert_pins(&unit, 2, KMEM);
	assert_pins(&unit, 3, KMEM);
	audit_unit_torture(&unit, mcd_pins_base);
}

static void without_kernel_memory(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_refcnt));
	fake_forget(&unit.fake, M(mem_cgroup, kmem_account_flags));
	put(1, 0, 1);
	put(2, DEAD, 0);
	assert_int_equal(mcd_pins_base(&unit.audit), MCD_ABSENT);
	unit.world.head.has_kmem = false;
	assert_int_equal(mcd_pins_base(&unit.audit), MCD_OK);
	assert_pins(&unit, 1, DIRECTORY ", held by 1 css reference\n");
	assert_pins(&unit, 2, "");
	audit_unit_torture(&unit, mcd_pins_base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(with_a_count_of_its_own, start, stop),
		cmocka_unit_test_setup_teardown(with_the_css_count_alone, start, stop),
		cmocka_unit_test_setup_teardown(without_kernel_memory, start, stop),
	};

	return cmocka_run_group_tests_name("references of the memcg itself", tests, NULL, NULL);
}
