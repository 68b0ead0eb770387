// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What would free a memcg, drawn from its pins: one verdict of a kind, which names the first of what is
 * in the way and says how many more there are.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "verdict.h"

enum { WORDS_BYTES = 4608 /* a path and some words */ };

static const char *keep(struct mcd_drawing *drawing, const char *words)
{
	const char *copy = mcd_arena_strndup(drawing->audit->world->arena, words, strlen(words));

	if (!copy)
		drawing->status = mcd_error_set(&drawing->audit->world->target->error,
						MCD_NO_MEMORY, "verdicts");
	return copy;
}

/* The first is what is told. */
void mcd_draft_add(struct mcd_drawing *drawing, enum mcd_verdict_kind kind, const char *format, ...)
{
	struct mcd_draft *draft = &drawing->drafts[kind];
	char words[WORDS_BYTES];
	va_list args;

	if (draft->nr++)
		return;
	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	draft->words = keep(drawing, words);
}

/* By a task where that is known, else by the kernel, which lets go by itself. */
static void judge_holder(struct mcd_drawing *drawing, const struct mcd_pin_row *pin)
{
	struct mcd_draft *draft = &drawing->drafts[MCD_VERDICT_HELD];

	if (!pin->comm) {
		mcd_draft_add(drawing, MCD_VERDICT_KERNEL, "held by the kernel: %s%s%s",
			      mcd_pin_name(pin->kind), *pin->detail ? ", " : "", pin->detail);
	} else if (!draft->nr || draft->pid != pin->pid) {
		mcd_draft_add(drawing, MCD_VERDICT_HELD, "held by task %u %s: %s", pin->pid,
			      pin->comm, mcd_pin_name(pin->kind));
		draft->pid = pin->pid;
	}
}

static void judge_anon(struct mcd_drawing *drawing, const struct mcd_pin_row *pin)
{
	if (pin->comm)
		judge_holder(drawing, pin);
	else if (!drawing->drafts[MCD_VERDICT_HELD].nr)
		mcd_draft_add(drawing, MCD_VERDICT_HELD,
			      "held by the task that maps its anonymous memory");
}

/* Those of files are judged file by file. */
static void judge_either(struct mcd_drawing *drawing, const struct mcd_pin_row *pin)
{
	if (pin->is_anon)
		judge_anon(drawing, pin);
}

static void judge_swap(struct mcd_drawing *drawing, const struct mcd_pin_row *pin)
{
	const struct mcd_account *account = drawing->account;
	char name[MCD_FILE_WORDS];

	(void)pin;
	if (!account->swap_file)
		mcd_draft_add(drawing, MCD_VERDICT_SWAPPED, "swapped: freed by swapin or swapoff");
	else if (account->nr_swap_files == 1)
		mcd_draft_add(drawing, MCD_VERDICT_SWAPPED,
			      "swapped: freed by swapin, swapoff, or by deleting %s",
			      mcd_file_words(account->swap_file, name));
	else
		mcd_draft_add(drawing, MCD_VERDICT_SWAPPED,
			      "swapped: freed by swapin, swapoff, or by deleting %s and %zu more",
			      mcd_file_words(account->swap_file, name), account->nr_swap_files - 1);
}

static void judge_child(struct mcd_drawing *drawing, const struct mcd_pin_row *pin)
{
	if (pin->is_live)
		mcd_draft_add(drawing, MCD_VERDICT_CHILD, "held by live child %s", pin->detail);
	else
		mcd_draft_add(drawing, MCD_VERDICT_DEAD_CHILD, "held by removed child %s",
			      pin->detail);
}

static void judge_writeback(struct mcd_drawing *drawing, const struct mcd_pin_row *pin)
{
	mcd_draft_add(drawing, MCD_VERDICT_WRITEBACK, "writeback pending on %s", pin->detail);
}

static void judge_pins(struct mcd_drawing *drawing)
{
	static void (*const judges[MCD_NR_PINS])(struct mcd_drawing *,
						 const struct mcd_pin_row *) = {
		[MCD_PIN_ANON] = judge_anon,	   [MCD_PIN_SWAP] = judge_swap,
		[MCD_PIN_SOCKET] = judge_holder,   [MCD_PIN_CHILD] = judge_child,
		[MCD_PIN_FSNOTIFY] = judge_holder, [MCD_PIN_WRITEBACK] = judge_writeback,
		[MCD_PIN_STOCK] = judge_holder,	   [MCD_PIN_BPF_MAP] = judge_holder,
		[MCD_PIN_TASK] = judge_holder,	   [MCD_PIN_SLAB_CACHE] = judge_holder,
		[MCD_PIN_BASE] = judge_holder,	   [MCD_PIN_HUGETLB] = judge_either,
		[MCD_PIN_DEVICE] = judge_either,
	};
	const struct mcd_ledger *ledger = drawing->account->memcg->ledger;

	for (size_t i = 0; i < ledger->nr_pins; i++)
		if (judges[ledger->pins[i].kind])
			judges[ledger->pins[i].kind](drawing, &ledger->pins[i]);
	if (ledger->unexplained.known == MCD_KNOWN && ledger->unexplained.value > 0 &&
	    !ledger->unexplained.is_open)
		mcd_draft_add(drawing, MCD_VERDICT_UNEXPLAINED,
			      "unexplained: %" PRId64 " reference%s, possible kernel leak",
			      ledger->unexplained.value, ledger->unexplained.value == 1 ? "" : "s");
}

/* "…, and 3 more" where there are. */
static const char *finish(struct mcd_drawing *drawing, const struct mcd_draft *draft)
{
	char words[WORDS_BYTES + 32];

	if (draft->nr == 1 || drawing->status)
		return draft->words;
	snprintf(words, sizeof(words), "%s, and %zu more", draft->words, draft->nr - 1);
	return keep(drawing, words);
}

static void list(struct mcd_drawing *drawing)
{
	struct mcd_ledger *ledger = drawing->account->memcg->ledger;

	ledger->verdicts = mcd_arena_array(drawing->audit->world->arena, MCD_NR_VERDICTS,
					   sizeof(*ledger->verdicts));
	if (!ledger->verdicts) {
		drawing->status = mcd_error_set(&drawing->audit->world->target->error,
						MCD_NO_MEMORY, "verdicts");
		return;
	}
	for (int kind = 0; kind < MCD_NR_VERDICTS; kind++)
		if (drawing->drafts[kind].nr)
			ledger->verdicts[ledger->nr_verdicts++] = (struct mcd_verdict){
				kind, finish(drawing, &drawing->drafts[kind])
			};
}

/* Of what dangles: a live memcg has no need of one. */
enum mcd_status mcd_verdicts_draw(struct mcd_audit *audit, struct mcd_account *account)
{
	struct mcd_drawing drawing = { .audit = audit, .account = account };

	if (!mcd_is_dangling(account->memcg))
		return MCD_OK;
	judge_pins(&drawing);
	mcd_draft_pages(&drawing);
	if (!drawing.status)
		list(&drawing);
	return drawing.status;
}
