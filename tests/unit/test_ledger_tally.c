// SPDX-License-Identifier: GPL-2.0-or-later
/* Pages added up by memcg and object: many of both, in any order, and anew after a reset. */
#include "../../src/ledger/accounts.h"
#include "unit.h"

enum { NR_ACCOUNTS = 300, NR_MAPPINGS = 20, NR_ROUNDS = 3, MAPPING = 0x1000, STEP = 0x40 };

struct fixture {
	struct fake_target fake;
	struct mcd_arena arena;
	struct mcd_world world;
	struct mcd_account accounts[NR_ACCOUNTS];
	struct mcd_audit audit;
};

static struct fixture fixture;

static int start(void **state)
{
	(void)state;
	fixture = (struct fixture){ 0 };
	mcd_arena_init(&fixture.arena, UNIT_ARENA_BYTES);
	fixture.world.arena = &fixture.arena;
	fixture.world.target = &fixture.fake.target;
	fixture.audit.world = &fixture.world;
	fixture.audit.accounts = fixture.accounts;
	fixture.audit.nr = NR_ACCOUNTS;
	return 0;
}

static int stop(void **state)
{
	(void)state;
	mcd_arena_deinit(&fixture.arena);
	return 0;
}

static struct mcd_page_facts page(size_t mapping)
{
	return (struct mcd_page_facts){
		.kind = mapping % 2 ? MCD_PIN_SHMEM : MCD_PIN_PAGE_CACHE,
		.mapping = MAPPING + mapping * STEP,
		.nr_refs = 1,
		.nr_pages = 4,
		.is_dirty = mapping == 3,
		.is_mapped = mapping == 4,
	};
}

static void count_all(void)
{
	for (size_t i = 0; i < NR_ROUNDS * NR_MAPPINGS * NR_ACCOUNTS; i++) {
		const struct mcd_page_facts facts = page(i / NR_ACCOUNTS % NR_MAPPINGS);

		assert_int_equal(mcd_tally_add(&fixture.audit, &fixture.accounts[i % NR_ACCOUNTS],
					       &facts),
				 MCD_OK);
	}
}

static void assert_tally(const struct mcd_tally *tally, size_t account)
{
	size_t mapping = (tally->mapping - MAPPING) / STEP;

	assert_int_equal(tally->account, account);
	assert_int_equal(tally->kind, page(mapping).kind);
	assert_int_equal(tally->nr_refs, NR_ROUNDS);
	assert_int_equal(tally->nr_pages, 4 * NR_ROUNDS);
	assert_int_equal(tally->nr_dirty, mapping == 3 ? 4 * NR_ROUNDS : 0);
	assert_int_equal(tally->nr_mapped, mapping == 4 ? 4 * NR_ROUNDS : 0);
	assert_int_equal(tally->nr_writeback + tally->nr_mlocked + tally->nr_swapcache, 0);
}

static void every_object_has_one_tally_in_each_memcg(void **state)
{
	(void)state;
	count_all();
	assert_int_equal(fixture.audit.tallies.nr, NR_ACCOUNTS * NR_MAPPINGS);
	for (size_t i = 0; i < NR_ACCOUNTS; i++) {
		size_t nr = 0;

		assert_int_equal(fixture.accounts[i].nr_page_refs, NR_ROUNDS * NR_MAPPINGS);
		for (size_t at = fixture.accounts[i].first_tally; at; nr++) {
			assert_tally(&fixture.audit.tallies.items[at - 1], i);
			at = fixture.audit.tallies.items[at - 1].next;
		}
		assert_int_equal(nr, NR_MAPPINGS);
	}
}

static void a_reset_forgets_all(void **state)
{
	(void)state;
	count_all();
	mcd_tallies_reset(&fixture.audit);
	for (size_t i = 0; i < NR_ACCOUNTS; i++) {
		assert_int_equal(fixture.accounts[i].nr_page_refs, 0);
		assert_int_equal(fixture.accounts[i].first_tally, 0);
	}
	every_object_has_one_tally_in_each_memcg(state);
}

/* Wherever memory ends, that is told, and nothing is counted twice for it. */
static void no_memory_is_told(void **state)
{
	const struct mcd_page_facts facts = page(0);

	(void)state;
	for (size_t bytes = 0; bytes < 8192; bytes += 512) {
		mcd_arena_deinit(&fixture.arena);
		mcd_arena_init(&fixture.arena, bytes);
		mcd_tallies_reset(&fixture.audit);
		if (mcd_tally_add(&fixture.audit, &fixture.accounts[0], &facts) == MCD_OK)
			assert_int_equal(fixture.accounts[0].nr_page_refs, 1);
		else
			assert_int_equal(fixture.accounts[0].nr_page_refs, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_object_has_one_tally_in_each_memcg, start,
						stop),
		cmocka_unit_test_setup_teardown(a_reset_forgets_all, start, stop),
		cmocka_unit_test_setup_teardown(no_memory_is_told, start, stop),
	};

	return cmocka_run_group_tests_name("tallies", tests, NULL, NULL);
}
