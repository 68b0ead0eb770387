// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes ledgers of accounts: everything gets its order, and all of them their sums. See accounts.h. */
#include <stdlib.h>
#include <string.h>

#include "accounts.h"

enum { POLL_EVERY = 128 };

static struct mcd_balance balance_of(const struct mcd_audit *audit,
				     const struct mcd_account *account)
{
	const struct mcd_memcg *memcg = account->memcg;

	if (!mcd_is_dangling(memcg))
		return (struct mcd_balance){ .known = MCD_NA };
	if (memcg->refs.known != MCD_KNOWN)
		return (struct mcd_balance){ .known = memcg->refs.known };
	return (struct mcd_balance){
		.known = MCD_KNOWN,
		.value = mcd_account_rest(account),
		.is_open = audit->is_partial || audit->is_lossy,
	};
}

static uint64_t bytes_of(const struct mcd_pin_row *pin)
{
	return pin->bytes.known == MCD_KNOWN ? pin->bytes.value : 0;
}

/* By kind, then the largest first; what is equal keeps to the words, so that any run prints the same. */
static int compare_pins(const void *a, const void *b)
{
	const struct mcd_pin_row *left = a, *right = b;

	if (left->kind != right->kind)
		return (int)left->kind - (int)right->kind;
	if (bytes_of(left) != bytes_of(right))
		return bytes_of(left) > bytes_of(right) ? -1 : 1;
	if (left->nr_refs != right->nr_refs)
		return left->nr_refs > right->nr_refs ? -1 : 1;
	return strcmp(left->detail, right->detail);
}

static enum mcd_status close_account(struct mcd_audit *audit, struct mcd_account *account)
{
	struct mcd_ledger *ledger = account->memcg->ledger;
	size_t nr = account->nr_pins;

	ledger->unexplained = balance_of(audit, account);
	ledger->pins = mcd_arena_array(audit->world->arena, nr + 1, sizeof(*ledger->pins));
	if (!ledger->pins)
		return mcd_error_set(&audit->world->target->error, MCD_NO_MEMORY, "ledger");
	ledger->nr_pins = nr;
	for (const struct mcd_pin_link *link = account->pins; link; link = link->next)
		ledger->pins[--nr] = link->row;
	qsort(ledger->pins, ledger->nr_pins, sizeof(*ledger->pins), compare_pins);
	return MCD_OK;
}

static void add_pins(const struct mcd_ledger *ledger, struct mcd_audit_summary *summary)
{
	int last = -1;

	for (size_t i = 0; i < ledger->nr_pins; i++) {
		const struct mcd_pin_row *pin = &ledger->pins[i];
		struct mcd_pin_row *total = &summary->totals[pin->kind];

		total->nr_refs += pin->nr_refs;
		if (pin->bytes.known == MCD_KNOWN)
			total->bytes = mcd_figure_known(bytes_of(total) + pin->bytes.value);
		summary->nr_pinned_memcgs[pin->kind] += last != (int)pin->kind;
		last = (int)pin->kind;
	}
}

static void add_up(const struct mcd_ledger *ledger, struct mcd_audit_summary *summary)
{
	int64_t rest = ledger->unexplained.known == MCD_KNOWN ? ledger->unexplained.value : 0;

	add_pins(ledger, summary);
	summary->nr_unexplained_memcgs += rest != 0;
	summary->nr_unexplained_refs += rest > 0 ? rest : 0;
	for (size_t i = 0; i < ledger->nr_verdicts; i++)
		summary->nr_verdict_memcgs[ledger->verdicts[i].kind]++;
}

/* Keeps the file with most slots. */
static enum mcd_status keep_swap_file(void *context, struct mcd_account *account,
				      const struct mcd_file *file, uint64_t nr_slots)
{
	(void)context;
	account->nr_swap_files++;
	if (nr_slots > account->nr_swap_file_slots) {
		account->swap_file = file;
		account->nr_swap_file_slots = nr_slots;
	}
	return MCD_OK;
}

static bool has_swap(const struct mcd_audit *audit)
{
	for (size_t i = 0; i < audit->nr; i++)
		for (const struct mcd_pin_link *link = audit->accounts[i].pins; link;
		     link = link->next)
			if (link->row.kind == MCD_PIN_SWAP)
				return true;
	return false;
}

/* Whose swapped pages they are; without it the verdict on swap only says less. */
static enum mcd_status find_swap_files(struct mcd_audit *audit)
{
	enum mcd_status status = MCD_OK;

	if (!audit->is_partial && has_swap(audit))
		status = mcd_audit_cut_short(audit, mcd_swap_files(audit, keep_swap_file, NULL));
	return mcd_is_fatal(status) ? status : MCD_OK;
}

size_t mcd_ledger_entries(const struct mcd_ledger *ledger)
{
	return 1 + ledger->nr_pins + ledger->nr_files + ledger->nr_charges;
}

static enum mcd_status finish_one(struct mcd_audit *audit, struct mcd_account *account)
{
	enum mcd_status status = mcd_pins_of_pages(audit, account);

	if (!status)
		status = close_account(audit, account);
	return status ? status : mcd_verdicts_draw(audit, account);
}

enum mcd_status mcd_audit_finish(struct mcd_audit *audit, struct mcd_audit_summary *summary)
{
	enum mcd_status status = find_swap_files(audit);
	size_t i = 0, nr_entries = 0;

	if (!status && (audit->wants & MCD_AUDIT_FILES))
		status = mcd_files_list(audit, summary);
	for (; i < audit->nr && !status; i++) {
		if (audit->is_partial && nr_entries > MCD_ENTRIES_WHEN_CUT)
			break;
		status = finish_one(audit, &audit->accounts[i]);
		if (status)
			break;
		add_up(audit->accounts[i].memcg->ledger, summary);
		nr_entries += mcd_ledger_entries(audit->accounts[i].memcg->ledger);
		if (i % POLL_EVERY == 0 && !audit->is_partial)
			status = mcd_audit_cut_short(audit, mcd_poll(audit->world->target,
								     "ledgers made", i, audit->nr));
	}
	summary->nr_finished = i;
	summary->is_partial = audit->is_partial;
	summary->is_lossy = audit->is_lossy;
	summary->is_made = !status && i == audit->nr;
	return status;
}
