// SPDX-License-Identifier: GPL-2.0-or-later
/* Ledgers as they are finished: balance, order of pins, sums, and what would free a memcg. */
#include <stdio.h>

#include "../../src/ledger/accounts.h"
#include "unit.h"

enum { PINS_MAX = 4, TALLIES_MAX = 3, REFS = 10 };

struct pin {
	enum mcd_pin kind;
	uint64_t nr_refs;
	const char *detail;
	unsigned int pid;
	const char *comm;
	bool is_live;
};

struct ledger_case {
	const char *name;
	enum mcd_state state; /* MCD_STATE_OFFLINE unless said otherwise */

	bool has_no_refs, is_partial;
	struct pin pins[PINS_MAX]; /* until the first without references */
	struct mcd_page_facts pages[TALLIES_MAX];
	const char *verdicts; /* "kind: text", a newline after each */
	const char *kinds;    /* of the pins as they are listed */
	enum mcd_known known;
	int64_t unexplained;
};

#define TASK(pid_, comm_) .pid = pid_, .comm = comm_

static const struct ledger_case cases[] = {
	{ .name = "nothing is found",
	  .verdicts = "unexplained: unexplained: 10 references, possible kernel leak\n",
	  .kinds = "",
	  .known = MCD_KNOWN,
	  .unexplained = 10 },
	{ .name = "one reference is left",
	  .pins = { { MCD_PIN_STOCK, 9, "cpu 0: 3 pages" } },
	  .verdicts = "kernel: held by the kernel: stock, cpu 0: 3 pages\n"
		      "unexplained: unexplained: 1 reference, possible kernel leak\n",
	  .kinds = "stock ",
	  .known = MCD_KNOWN,
	  .unexplained = 1 },
	{ .name = "cut short: what is left says nothing",
	  .is_partial = true,
	  .verdicts = "",
	  .kinds = "",
	  .known = MCD_KNOWN,
	  .unexplained = 10 },
	{ .name = "more pins than references",
	  .pins = { { MCD_PIN_SOCKET, 12, "TCP" } },
	  .verdicts = "kernel: held by the kernel: socket, TCP\n",
	  .kinds = "socket ",
	  .known = MCD_KNOWN,
	  .unexplained = -2 },
	{ .name = "references that are not known",
	  .has_no_refs = true,
	  .pins = { { MCD_PIN_SWAP, 1, "id 3" } },
	  .verdicts = "swapped: swapped: freed by swapin or swapoff\n",
	  .kinds = "swap ",
	  .known = MCD_UNREADABLE },
	{ .name = "a live one needs no verdict",
	  .state = MCD_STATE_ONLINE,
	  .pins = { { MCD_PIN_CHILD, 1, "/a (offline)" } },
	  .verdicts = "",
	  .kinds = "child ",
	  .known = MCD_NA },
	{ .name = "a task with two sockets, and another",
	  .pins = { { MCD_PIN_SOCKET, 1, "b", TASK(7, "nginx") },
		    { MCD_PIN_SOCKET, 1, "a", TASK(7, "nginx") },
		    { MCD_PIN_FSNOTIFY, 8, "inotify", TASK(9, "udevd") } },
	  .verdicts = "held-by-task: held by task 7 nginx: socket, and 1 more\n",
	  .kinds = "socket socket fsnotify ",
	  .known = MCD_KNOWN },
	{ .name = "children, live and dead; pins in the order of their kinds",
	  .pins = { { MCD_PIN_CHILD, 1, "/a (online)", .is_live = true },
		    { MCD_PIN_CHILD, 1, "/b (offline)" },
		    { MCD_PIN_CHILD, 1, "/c (offline)" },
		    { MCD_PIN_SWAP, 7, "id 3" } },
	  .verdicts = "swapped: swapped: freed by swapin or swapoff\n"
		      "held-by-child: held by live child /a (online)\n"
		      "held-by-dead-child: held by removed child /b (offline), and 1 more\n",
	  .kinds = "swap child child child ",
	  .known = MCD_KNOWN },
	{ .name = "huge pages and a device's that somebody maps",
	  .pages = { { .kind = MCD_PIN_HUGETLB,
		       .nr_refs = 1,
		       .nr_pages = 512,
		       .mapping = 0x1000,
		       .is_anon = true },
		     { .kind = MCD_PIN_DEVICE,
		       .nr_refs = 9,
		       .nr_pages = 9,
		       .mapping = 0x2000,
		       .is_anon = true } },
	  .verdicts = "held-by-task: held by the task that maps its anonymous memory\n",
	  .kinds = "hugetlb device ",
	  .known = MCD_KNOWN },
	{ .name = "clean page cache",
	  .pages = { { .kind = MCD_PIN_PAGE_CACHE, .nr_refs = 10, .nr_pages = 10 } },
	  .verdicts = "reclaimable: reclaimable: 40960 bytes of clean page cache\n",
	  .kinds = "page-cache ",
	  .known = MCD_KNOWN },
	{ .name = "page cache that is dirty, and some that is locked",
	  .pages = { { .kind = MCD_PIN_PAGE_CACHE, .nr_refs = 4, .nr_pages = 4, .is_dirty = true },
		     { .kind = MCD_PIN_PAGE_CACHE,
		       .nr_refs = 6,
		       .nr_pages = 6,
		       .is_mlocked = true } },
	  .verdicts = "held-by-task: held by mlock: 24576 bytes\n"
		      "writeback: writeback pending on device unknown: 16384 bytes\n",
	  .kinds = "page-cache ",
	  .known = MCD_KNOWN },
	{ .name = "kernel pages, and anonymous ones of nobody",
	  .pages = { { .kind = MCD_PIN_KMEM_PAGE, .nr_refs = 4, .nr_pages = 4 },
		     { .kind = MCD_PIN_ANON, .nr_refs = 6, .nr_pages = 6 } },
	  .verdicts = "held-by-task: held by the task that maps its anonymous memory\n"
		      "kernel: held by the kernel: 16384 bytes of kmem-page (page tables, stacks, "
		      "pipes: go with "
		      "their task or pipe)\n",
	  .kinds = "anon kmem-page ",
	  .known = MCD_KNOWN },
};

struct fixture {
	struct fake_target fake;
	struct mcd_arena arena;
	struct mcd_world world;
	struct mcd_memcg memcg;
	struct mcd_ledger ledger;
	struct mcd_account account;
	struct mcd_audit audit;
};

static void init(struct fixture *fixture, const struct ledger_case *this_case)
{
	enum mcd_state state = this_case->state ? this_case->state : MCD_STATE_OFFLINE;

	*fixture = (struct fixture){ 0 };
	mcd_arena_init(&fixture->arena, UNIT_ARENA_BYTES);
	fake_init(&fixture->fake);
	fixture->world.arena = &fixture->arena;
	fixture->world.target = &fixture->fake.target;
	fixture->memcg = (struct mcd_memcg){
		.state = state,
		.refs = { this_case->has_no_refs ? MCD_UNREADABLE : MCD_KNOWN, REFS },
		.ledger = &fixture->ledger,
	};
	fixture->account.memcg = &fixture->memcg;
	fixture->audit = (struct mcd_audit){
		.world = &fixture->world,
		.accounts = &fixture->account,
		.nr = 1,
		.wants = MCD_AUDIT_PINS | MCD_AUDIT_FILES,
		.is_partial = this_case->is_partial,
	};
}

static void enter(struct fixture *fixture, const struct ledger_case *this_case)
{
	for (size_t i = 0; i < PINS_MAX && this_case->pins[i].nr_refs; i++) {
		const struct pin *pin = &this_case->pins[i];

		assert_int_equal(mcd_pin_add(&fixture->audit, &fixture->account, pin->kind,
					     pin->nr_refs, (struct mcd_figure){ 0 }, "%s",
					     pin->detail),
				 MCD_OK);
		mcd_pin_hold(&fixture->account, pin->pid, pin->comm);
		fixture->account.pins->row.is_live = pin->is_live;
	}
	for (size_t i = 0; i < TALLIES_MAX && this_case->pages[i].nr_refs; i++)
		assert_int_equal(mcd_tally_add(&fixture->audit, &fixture->account,
					       &this_case->pages[i]),
				 MCD_OK);
}

static void assert_ledger(const struct mcd_ledger *ledger, const struct ledger_case *this_case)
{
	char verdicts[1024] = "", kinds[256] = "";
	size_t used = 0;

	for (size_t i = 0; i < ledger->nr_verdicts; i++)
		used += (size_t)snprintf(verdicts + used, sizeof(verdicts) - used, "%s: %s\n",
					 mcd_verdict_name(ledger->verdicts[i].kind),
					 ledger->verdicts[i].text);
	used = 0;
	for (size_t i = 0; i < ledger->nr_pins; i++)
		used += (size_t)snprintf(kinds + used, sizeof(kinds) - used, "%s ",
					 mcd_pin_name(ledger->pins[i].kind));
	assert_string_equal(verdicts, this_case->verdicts);
	assert_string_equal(kinds, this_case->kinds);
	assert_int_equal(ledger->unexplained.known, this_case->known);
	if (this_case->known == MCD_KNOWN)
		assert_int_equal(ledger->unexplained.value, this_case->unexplained);
}

static void a_ledger_is_finished(void **state)
{
	const struct ledger_case *this_case = *state;
	struct mcd_audit_summary summary = { 0 };
	struct fixture fixture;

	init(&fixture, this_case);
	enter(&fixture, this_case);
	assert_int_equal(mcd_audit_finish(&fixture.audit, &summary), MCD_OK);
	assert_ledger(&fixture.ledger, this_case);
	assert_int_equal(summary.nr_files, 0);
	assert_int_equal(summary.nr_unexplained_memcgs,
			 this_case->known == MCD_KNOWN && this_case->unexplained != 0);
	assert_int_equal(summary.nr_unexplained_refs,
			 this_case->unexplained > 0 ? this_case->unexplained : 0);
	fake_exit(&fixture.fake);
	mcd_arena_deinit(&fixture.arena);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(cases)];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		tests[i] = (struct CMUnitTest){ .name = cases[i].name,
						.test_func = a_ledger_is_finished,
						.initial_state = (void *)&cases[i] };
	return cmocka_run_group_tests_name("finished ledgers", tests, NULL, NULL);
}
