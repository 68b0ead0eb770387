// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The pages on the lists of the memcgs themselves: what is pinned is found at a cost that grows with it,
 * not with the machine. Missed are those that are on no list: just taken off, or not put there yet, locked
 * into memory, of kernel memory, of hugetlbfs. What is left to explain the scan finds.
 */
#include "lru.h"
#include "memmap.h"
#include "page.h"

enum {
	/*
	 * A page on a list is a read of its own. In its time a scan looks at so many, measured in both
	 * front ends: 40 to 60.
	 */
	SCANNED_PER_READ = 40,
	READS_PER_NODE = 2,
	LISTED_MAX = 1 << 30, /* where there is nothing to scan */
	POLL_EVERY = 512,
};

enum direction { FORWARD, BACKWARD };

struct head {
	size_t account;
	uint64_t addr;
	uint64_t link[2]; /* by direction */
};

struct lru {
	struct mcd_audit *audit;
	struct mcd_lru_form form;
	const struct mcd_page_form *page_form;
	struct head *heads; /* of lists that are not empty */
	size_t nr_heads, capacity;
	uint64_t nr_pages; /* that are on lists, by the kernel's own count */
	uint64_t nr_max;   /* more are not worth it */
	uint64_t nr_seen;
	size_t nr_damaged, nr_lost_nodes;
};

static uint64_t word_at(const struct lru *lru, const uint8_t *bytes)
{
	return mcd_uint_of_bytes(bytes, lru->page_form->word_bytes, lru->page_form->is_big_endian);
}

/* ---- the heads ---- */

static enum mcd_status add_head(struct lru *lru, size_t account, uint64_t addr, uint64_t next,
				uint64_t prev)
{
	lru->heads = mcd_arena_grow(lru->audit->world->arena, lru->heads, lru->nr_heads,
				    &lru->capacity, sizeof(*lru->heads));
	if (!lru->heads)
		return mcd_error_set(&lru->audit->world->target->error, MCD_NO_MEMORY,
				     "lists of pages");
	lru->heads[lru->nr_heads++] = (struct head){ account, addr, { next, prev } };
	return MCD_OK;
}

static enum mcd_status read_node(struct lru *lru, size_t account, uint64_t node, uint8_t *bytes)
{
	const struct mcd_lru_form *form = &lru->form;
	size_t word_bytes = lru->page_form->word_bytes;
	enum mcd_status status = mcd_read(lru->audit->world->target, node, bytes, form->bytes,
					  "mem_cgroup_per_node");

	if (status) {
		lru->nr_lost_nodes++;
		return mcd_is_fatal(status) ? status : MCD_OK;
	}
	for (size_t i = 0; i < form->nr_sizes; i++) {
		int64_t size = (int64_t)word_at(lru, bytes + form->sizes[i]);

		/* It may be below zero for a moment; what is absurd is damage. */
		if (size > 0 && size >> 40 == 0)
			lru->nr_pages += (uint64_t)size;
	}
	for (size_t i = 0; i < form->nr_heads && !status; i++) {
		uint64_t addr = node + form->heads[i];
		uint64_t next = word_at(lru, bytes + form->heads[i]);

		if (next && next != addr)
			status = add_head(lru, account, addr, next,
					  word_at(lru, bytes + form->heads[i] + word_bytes));
	}
	return status;
}

/* All nodes of a memcg; a pointer is NULL where the machine cannot have that node. */
static enum mcd_status read_nodes(struct lru *lru, size_t account, uint8_t *bytes)
{
	const struct mcd_lru_form *form = &lru->form;
	struct mcd_target *target = lru->audit->world->target;
	uint64_t at = lru->audit->accounts[account].memcg->addr + form->nodeinfo_at;
	enum mcd_status status = MCD_OK;

	for (unsigned int i = 0; i < form->nr_nodes && !status; i++, at += target->word_bytes) {
		uint64_t node = 0;

		status = mcd_read_word(target, at, "mem_cgroup.nodeinfo", &node);
		if (!status && node)
			status = read_node(lru, account, node, bytes);
		else if (status && !mcd_is_fatal(status)) {
			lru->nr_lost_nodes++;
			status = MCD_OK;
		}
	}
	return status;
}

static enum mcd_status find_heads(struct lru *lru)
{
	struct mcd_world *world = lru->audit->world;
	uint8_t *bytes = mcd_arena_alloc(world->arena, lru->form.bytes + 1);
	enum mcd_status status = MCD_OK;

	if (!bytes)
		return mcd_error_set(&world->target->error, MCD_NO_MEMORY, "lists of pages");
	for (size_t i = 0; i < lru->audit->nr && !status; i++) {
		status = read_nodes(lru, i, bytes);
		if (!status && i % POLL_EVERY == 0)
			status = mcd_poll(world->target, "memory cgroups with pages", i,
					  lru->audit->nr);
	}
	return status;
}

/* ---- the lists ---- */

static enum mcd_status count_page(struct lru *lru, const struct head *head, uint64_t addr,
				  uint8_t *page)
{
	const struct mcd_page_form *form = lru->page_form;
	struct mcd_account *account = &lru->audit->accounts[head->account];
	struct mcd_page_facts facts;
	bool has_next;

	/* On its way to another memcg's list: the scan decides. */
	if (mcd_page_charged(mcd_page_owner(form, page)) != account->memcg->addr)
		return MCD_OK;
	has_next = mcd_page_is_head(form, page) &&
		   !mcd_read(lru->audit->world->target, addr + form->bytes, page + form->bytes,
			     form->bytes, "page structure");
	if (!mcd_page_parse(form, addr, page, has_next, false, &facts))
		return MCD_OK;
	return mcd_tally_add(lru->audit, account, &facts);
}

/* One way along a list. */
struct walk {
	enum direction direction;
	uint64_t end;  /* where it ends: the head, or where another walk came */
	uint64_t last; /* the last good node */
	bool is_damaged;
};

/* Ends early where a node cannot be read, or does not point back to the one before: so none comes twice. */
static enum mcd_status walk(struct lru *lru, const struct head *head, struct walk *walk)
{
	const struct mcd_page_form *form = lru->page_form;
	struct mcd_target *target = lru->audit->world->target;
	uint64_t at = head->link[walk->direction];
	enum mcd_status status = MCD_OK;

	walk->last = head->addr;
	for (; at != walk->end && !status && lru->nr_seen <= lru->nr_max; lru->nr_seen++) {
		uint8_t page[2 * MCD_PAGE_BYTES_MAX];
		uint64_t link[2];

		status = mcd_read(target, at - form->lru.at, page, form->bytes, "page structure");
		walk->is_damaged = status;
		if (status)
			return mcd_is_fatal(status) ? status : MCD_OK;
		link[FORWARD] = word_at(lru, page + form->lru.at);
		link[BACKWARD] = word_at(lru, page + form->lru.at + form->word_bytes);
		walk->is_damaged = link[!walk->direction] != walk->last;
		if (walk->is_damaged)
			return MCD_OK;
		status = count_page(lru, head, at - form->lru.at, page);
		if (!status && lru->nr_seen % POLL_EVERY == 0)
			status = mcd_poll(target, "pages on lists", lru->nr_seen, lru->nr_pages);
		walk->last = at;
		at = link[walk->direction];
	}
	return status;
}

/* What is behind a break is found from the other end. */
static enum mcd_status walk_all(struct lru *lru)
{
	enum mcd_status status = MCD_OK;

	for (size_t i = 0; i < lru->nr_heads && !status; i++) {
		struct walk ahead = { .direction = FORWARD, .end = lru->heads[i].addr };

		status = walk(lru, &lru->heads[i], &ahead);
		if (!status && ahead.is_damaged) {
			struct walk back = { .direction = BACKWARD, .end = ahead.last };

			lru->nr_damaged++;
			status = walk(lru, &lru->heads[i], &back);
		}
	}
	return status;
}

static enum mcd_status note_damage(struct lru *lru)
{
	struct mcd_world *world = lru->audit->world;
	enum mcd_status status = MCD_OK;

	if (lru->nr_damaged)
		status = mcd_note_add(world, "lists of pages: %zu of %zu are damaged",
				      lru->nr_damaged, lru->nr_heads);
	if (!status && lru->nr_lost_nodes)
		status = mcd_note_add(world, "lists of pages: %zu are not in the dump",
				      lru->nr_lost_nodes);
	return status;
}

/* ---- */

/* How many reads a scan is worth; MCD_ABSENT and the like: there will be none. */
static enum mcd_status set_budget(struct lru *lru)
{
	uint64_t nr_pages = 0;
	enum mcd_status status = mcd_memmap_count(lru->audit, &nr_pages);

	lru->nr_max = status ? LISTED_MAX : nr_pages / SCANNED_PER_READ;
	return status;
}

static enum mcd_status walk_lists(struct lru *lru, bool *is_too_much)
{
	enum mcd_status status = set_budget(lru);
	bool can_scan = !status;
	uint64_t nr_heads = READS_PER_NODE * (uint64_t)lru->audit->nr * lru->form.nr_nodes;

	if (mcd_is_fatal(status))
		return status;
	*is_too_much = can_scan && nr_heads > lru->nr_max;
	if (*is_too_much)
		return MCD_OK;
	status = find_heads(lru);
	if (can_scan)
		lru->nr_max -= nr_heads;
	*is_too_much = can_scan && lru->nr_pages > lru->nr_max;
	if (!status && !*is_too_much)
		status = walk_all(lru);
	*is_too_much |= can_scan && lru->nr_seen > lru->nr_max;
	return status;
}

enum mcd_status mcd_pages_by_lru(struct mcd_audit *audit)
{
	struct lru lru = { .audit = audit };
	bool is_too_much = false;
	enum mcd_status status;

	if (audit->wants & MCD_AUDIT_SCAN) /* which is to come */
		return MCD_OK;
	status = mcd_page_form_get(audit, &lru.page_form);
	if (!status)
		status = mcd_lru_form_make(audit, &lru.form);
	if (status == MCD_ABSENT)
		return mcd_pages_by_scan(audit);
	if (!status)
		status = walk_lists(&lru, &is_too_much);
	if (status)
		return status;
	return is_too_much ? mcd_pages_by_scan(audit) : note_damage(&lru);
}
