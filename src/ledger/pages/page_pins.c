// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes pins of the pages that were counted, one of each kind that a memcg has. See accounts.h. */
#include <stdio.h>

#include "../accounts.h"

enum { WORDS_BYTES = 4608 }; /* a path and some words */

/* What the tallies of one kind add up to. */
struct sum {
	uint64_t nr_refs, nr_pages, nr_swapcache;
	size_t nr_objects;	      /* with a mapping of their own */
	const struct mcd_tally *most; /* of the object with most pages */
};

static struct sum sum_of(const struct mcd_audit *audit, const struct mcd_account *account,
			 enum mcd_pin kind)
{
	struct sum sum = { 0 };

	for (size_t at = account->first_tally; at;) {
		const struct mcd_tally *tally = &audit->tallies.items[at - 1];

		at = tally->next;
		if (tally->kind != kind)
			continue;
		sum.nr_refs += tally->nr_refs;
		sum.nr_pages += tally->nr_pages;
		sum.nr_swapcache += tally->nr_swapcache;
		if (!tally->mapping)
			continue;
		sum.nr_objects++;
		if (!sum.most || mcd_tally_is_larger(tally, sum.most))
			sum.most = tally;
	}
	return sum;
}

/* Pages of files: which, or the largest of them. */
static enum mcd_status describe_files(struct mcd_audit *audit, const struct sum *sum,
				      struct mcd_pin_row *pin, char words[WORDS_BYTES])
{
	const struct mcd_file *file = NULL;
	char name[MCD_FILE_WORDS];
	enum mcd_status status = MCD_OK;

	(void)pin;
	if (!sum->most) {
		snprintf(words, WORDS_BYTES, "no longer in a file");
		return MCD_OK;
	}
	status = mcd_file_describe(audit, sum->most->mapping, &file);
	if (status)
		return status;
	if (!file)
		snprintf(words, WORDS_BYTES, "%zu files, not named", sum->nr_objects);
	else if (sum->nr_objects > 1)
		snprintf(words, WORDS_BYTES, "%s and %zu more", mcd_file_words(file, name),
			 sum->nr_objects - 1);
	else
		snprintf(words, WORDS_BYTES, "%s", mcd_file_words(file, name));
	return MCD_OK;
}

/* Anonymous pages: who maps them. */
static enum mcd_status describe_anon(struct mcd_audit *audit, const struct sum *sum,
				     struct mcd_pin_row *pin, char words[WORDS_BYTES])
{
	enum mcd_status status = MCD_OK;

	if (sum->most && !audit->is_partial)
		status = mcd_audit_cut_short(audit, mcd_anon_holder(audit, sum->most->mapping,
								    &pin->pid, &pin->comm));
	if (pin->comm)
		snprintf(words, WORDS_BYTES, "mapped by %u (%s)", pin->pid, pin->comm);
	return status;
}

/* Huge pages, and a device's, are of either sort. */
static enum mcd_status describe_either(struct mcd_audit *audit, const struct sum *sum,
				       struct mcd_pin_row *pin, char words[WORDS_BYTES])
{
	if (sum->most && sum->most->is_anon)
		return describe_anon(audit, sum, pin, words);
	return describe_files(audit, sum, pin, words);
}

static enum mcd_status describe_nothing(struct mcd_audit *audit, const struct sum *sum,
					struct mcd_pin_row *pin, char words[WORDS_BYTES])
{
	(void)audit;
	(void)sum;
	(void)pin;
	(void)words;
	return MCD_OK;
}

static const struct {
	enum mcd_pin kind;
	enum mcd_status (*describe)(struct mcd_audit *audit, const struct sum *sum,
				    struct mcd_pin_row *pin, char words[WORDS_BYTES]);
} page_kinds[] = {
	{ MCD_PIN_PAGE_CACHE, describe_files },	  { MCD_PIN_SHMEM, describe_files },
	{ MCD_PIN_ANON, describe_anon },	  { MCD_PIN_HUGETLB, describe_either },
	{ MCD_PIN_DEVICE, describe_either },	  { MCD_PIN_KMEM_PAGE, describe_nothing },
	{ MCD_PIN_SLAB_CACHE, describe_nothing },
};

enum mcd_status mcd_pins_of_pages(struct mcd_audit *audit, struct mcd_account *account)
{
	uint64_t page_bytes = audit->world->target->page_bytes;
	enum mcd_status status = MCD_OK;

	for (size_t i = 0; i < sizeof(page_kinds) / sizeof(page_kinds[0]) && !status; i++) {
		enum mcd_pin kind = page_kinds[i].kind;
		struct sum sum = sum_of(audit, account, kind);
		struct mcd_pin_row pin = { 0 };
		char words[WORDS_BYTES] = "";

		if (!sum.nr_pages)
			continue;
		status = page_kinds[i].describe(audit, &sum, &pin, words);
		if (!status)
			status = mcd_pin_add(audit, account, kind, sum.nr_refs,
					     mcd_figure_known(sum.nr_pages * page_bytes), "%s",
					     words);
		if (status)
			continue;
		mcd_pin_hold(account, pin.pid, pin.comm);
		account->pins->row.is_anon = sum.most && sum.most->is_anon;
	}
	account->nr_page_refs = 0; /* they are among the pins now */
	return status;
}
