// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What would free a memcg, drawn from its pins: one verdict of a kind, which names the first of what is
 * in the way and says how many more there are.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "accounts.h"

enum { WORDS_BYTES = 4608 /* a path and some words */ };

/* A verdict in the making. */
struct draft {
	const char *words;
	size_t nr;	  /* of things in the way; 0: none is */
	unsigned int pid; /* of the last one */
};

struct drawing {
	struct mcd_audit *audit;
	const struct mcd_account *account;
	struct draft drafts[MCD_NR_VERDICTS];
	enum mcd_status status;
};

static const char *keep(struct drawing *drawing, const char *words)
{
	const char *copy = mcd_arena_strndup(drawing->audit->world->arena, words, strlen(words));

	if (!copy)
		drawing->status = mcd_error_set(&drawing->audit->world->target->error,
						MCD_NO_MEMORY, "verdicts");
	return copy;
}

/* The first is what is told. */
static void MCD_PRINTF(3, 4)
	add(struct drawing *drawing, enum mcd_verdict_kind kind, const char *format, ...)
{
	struct draft *draft = &drawing->drafts[kind];
	char words[WORDS_BYTES];
	va_list args;

	if (draft->nr++)
		return;
	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	draft->words = keep(drawing, words);
}

/* ---- pages ---- */

/* What to do with shared memory, by what it is. */
static const char *const ways[MCD_NR_FILE_KINDS] = {
	[MCD_FILE_PLAIN] = "delete or shrink file",
	[MCD_FILE_TMPFS] = "delete or shrink tmpfs file",
	[MCD_FILE_MEMFD] = "close the memfd",
	[MCD_FILE_SYSV] = "remove the System V segment (ipcrm)",
	[MCD_FILE_ANON_SHM] = "end the tasks that share",
	[MCD_FILE_BLOCK] = "release the device",
	[MCD_FILE_UNKNOWN] = "delete the file with",
};

/* Pages of a memcg by what can be done about them. */
struct piles {
	uint64_t nr_clean, nr_unwritten, nr_mlocked, nr_fileless;
	enum mcd_pin kernel_kind; /* of kernel pages, if any */
	uint64_t nr_kernel;
	const struct mcd_tally *dirtiest; /* the file with most pages to write */
	const struct mcd_tally *largest;  /* the file that must be deleted */
	size_t nr_to_delete;
};

static void pile_shmem(struct piles *piles, const struct mcd_tally *tally)
{
	if (!tally->mapping) {
		piles->nr_fileless += tally->nr_pages;
		return;
	}
	piles->nr_to_delete++;
	if (!piles->largest || mcd_tally_is_larger(tally, piles->largest))
		piles->largest = tally;
}

/* A file whose pages cannot be written: of ramfs, in which they count as dirty. */
static bool is_in_memory_only(struct drawing *drawing, const struct mcd_tally *tally)
{
	const struct mcd_file *file = NULL;

	if (!tally->nr_dirty || !tally->mapping || drawing->audit->is_partial)
		return false;
	drawing->status = mcd_file_describe(drawing->audit, tally->mapping, &file);
	return !drawing->status && file->kind == MCD_FILE_TMPFS;
}

/* Clean pages go when there is need; dirty ones once they are written; locked ones stay. */
static void pile_page_cache(struct piles *piles, const struct mcd_tally *tally)
{
	uint64_t nr_unwritten = tally->nr_dirty + tally->nr_writeback;

	piles->nr_mlocked += tally->nr_mlocked;
	piles->nr_unwritten += nr_unwritten;
	if (tally->nr_pages > tally->nr_mlocked + nr_unwritten)
		piles->nr_clean += tally->nr_pages - tally->nr_mlocked - nr_unwritten;
	if (nr_unwritten && tally->mapping &&
	    (!piles->dirtiest || tally->nr_dirty > piles->dirtiest->nr_dirty))
		piles->dirtiest = tally;
}

static void pile_kernel(struct piles *piles, const struct mcd_tally *tally)
{
	piles->nr_kernel += tally->nr_pages;
	piles->kernel_kind = tally->kind;
}

static struct piles sort_pages(struct drawing *drawing)
{
	static void (*const pile[MCD_NR_PINS])(struct piles *, const struct mcd_tally *) = {
		[MCD_PIN_PAGE_CACHE] = pile_page_cache, [MCD_PIN_SHMEM] = pile_shmem,
		[MCD_PIN_HUGETLB] = pile_shmem,		[MCD_PIN_KMEM_PAGE] = pile_kernel,
		[MCD_PIN_DEVICE] = pile_kernel,
	};
	const struct mcd_tallies *tallies = &drawing->audit->tallies;
	struct piles piles = { 0 };

	for (size_t at = drawing->account->first_tally; at && !drawing->status;) {
		const struct mcd_tally *tally = &tallies->items[at - 1];

		at = tally->next;
		if (tally->kind == MCD_PIN_PAGE_CACHE && is_in_memory_only(drawing, tally))
			pile_shmem(&piles, tally);
		else if (pile[tally->kind])
			pile[tally->kind](&piles, tally);
	}
	return piles;
}

static void judge_largest(struct drawing *drawing, const struct mcd_tally *tally)
{
	const struct mcd_file *file = NULL;
	char name[MCD_FILE_WORDS];
	bool is_open_only;

	if (drawing->audit->is_partial) {
		add(drawing, MCD_VERDICT_DELETE, "delete or shrink files of tmpfs");
		return;
	}
	drawing->status = mcd_file_describe(drawing->audit, tally->mapping, &file);
	if (drawing->status)
		return;
	is_open_only = file->kind == MCD_FILE_TMPFS && file->is_deleted.known == MCD_KNOWN &&
		       file->is_deleted.value;
	add(drawing, MCD_VERDICT_DELETE, "%s %s",
	    is_open_only ? "close tmpfs file" : ways[file->kind], mcd_file_words(file, name));
}

/* To which device; a writeback among the pins has said so already. */
static void judge_unwritten(struct drawing *drawing, const struct mcd_tally *tally, uint64_t bytes)
{
	const struct mcd_file *file = NULL;

	if (drawing->drafts[MCD_VERDICT_WRITEBACK].nr)
		return;
	if (tally && !drawing->audit->is_partial)
		drawing->status = mcd_file_describe(drawing->audit, tally->mapping, &file);
	if (!drawing->status)
		add(drawing, MCD_VERDICT_WRITEBACK,
		    "writeback pending on device %s: %" PRIu64 " bytes",
		    file && file->dev.known == MCD_KNOWN ? file->dev.text : "unknown", bytes);
}

static void judge_pages(struct drawing *drawing)
{
	uint64_t page_bytes = drawing->audit->world->target->page_bytes;
	struct piles piles = sort_pages(drawing);

	if (piles.nr_clean)
		add(drawing, MCD_VERDICT_RECLAIMABLE,
		    "reclaimable: %" PRIu64 " bytes of clean page cache",
		    piles.nr_clean * page_bytes);
	if (piles.nr_mlocked)
		add(drawing, MCD_VERDICT_HELD, "held by mlock: %" PRIu64 " bytes",
		    piles.nr_mlocked * page_bytes);
	if (piles.nr_unwritten)
		judge_unwritten(drawing, piles.dirtiest, piles.nr_unwritten * page_bytes);
	if (piles.largest)
		judge_largest(drawing, piles.largest);
	if (piles.nr_to_delete > 1)
		drawing->drafts[MCD_VERDICT_DELETE].nr = piles.nr_to_delete;
	if (piles.nr_fileless)
		add(drawing, MCD_VERDICT_KERNEL, "held by the kernel: pages that left their file");
	if (piles.nr_kernel)
		add(drawing, MCD_VERDICT_KERNEL, "held by the kernel: %" PRIu64 " bytes of %s",
		    piles.nr_kernel * page_bytes, mcd_pin_name(piles.kernel_kind));
}

/* ---- other pins ---- */

/* By a task where that is known, else by the kernel, which lets go by itself. */
static void judge_holder(struct drawing *drawing, const struct mcd_pin_row *pin)
{
	struct draft *draft = &drawing->drafts[MCD_VERDICT_HELD];

	if (!pin->comm) {
		add(drawing, MCD_VERDICT_KERNEL, "held by the kernel: %s%s%s",
		    mcd_pin_name(pin->kind), *pin->detail ? ", " : "", pin->detail);
	} else if (!draft->nr || draft->pid != pin->pid) {
		add(drawing, MCD_VERDICT_HELD, "held by task %u %s: %s", pin->pid, pin->comm,
		    mcd_pin_name(pin->kind));
		draft->pid = pin->pid;
	}
}

static void judge_anon(struct drawing *drawing, const struct mcd_pin_row *pin)
{
	if (pin->comm)
		judge_holder(drawing, pin);
	else
		add(drawing, MCD_VERDICT_HELD, "held by the task that maps its anonymous memory");
}

static void judge_swap(struct drawing *drawing, const struct mcd_pin_row *pin)
{
	const struct mcd_account *account = drawing->account;
	char name[MCD_FILE_WORDS];

	(void)pin;
	if (!account->swap_file)
		add(drawing, MCD_VERDICT_SWAPPED, "swapped: freed by swapin or swapoff");
	else if (account->nr_swap_files == 1)
		add(drawing, MCD_VERDICT_SWAPPED,
		    "swapped: freed by swapin, swapoff, or by deleting %s",
		    mcd_file_words(account->swap_file, name));
	else
		add(drawing, MCD_VERDICT_SWAPPED,
		    "swapped: freed by swapin, swapoff, or by deleting %s and %zu more",
		    mcd_file_words(account->swap_file, name), account->nr_swap_files - 1);
}

static void judge_child(struct drawing *drawing, const struct mcd_pin_row *pin)
{
	if (pin->is_live)
		add(drawing, MCD_VERDICT_CHILD, "held by live child %s", pin->detail);
	else
		add(drawing, MCD_VERDICT_DEAD_CHILD, "held by removed child %s", pin->detail);
}

static void judge_writeback(struct drawing *drawing, const struct mcd_pin_row *pin)
{
	add(drawing, MCD_VERDICT_WRITEBACK, "writeback pending on %s", pin->detail);
}

static void judge_pins(struct drawing *drawing)
{
	static void (*const judges[MCD_NR_PINS])(struct drawing *, const struct mcd_pin_row *) = {
		[MCD_PIN_ANON] = judge_anon,	   [MCD_PIN_SWAP] = judge_swap,
		[MCD_PIN_SOCKET] = judge_holder,   [MCD_PIN_CHILD] = judge_child,
		[MCD_PIN_FSNOTIFY] = judge_holder, [MCD_PIN_WRITEBACK] = judge_writeback,
		[MCD_PIN_STOCK] = judge_holder,	   [MCD_PIN_BPF_MAP] = judge_holder,
		[MCD_PIN_TASK] = judge_holder,	   [MCD_PIN_SLAB_CACHE] = judge_holder,
		[MCD_PIN_BASE] = judge_holder,
	};
	const struct mcd_ledger *ledger = drawing->account->memcg->ledger;

	for (size_t i = 0; i < ledger->nr_pins; i++)
		if (judges[ledger->pins[i].kind])
			judges[ledger->pins[i].kind](drawing, &ledger->pins[i]);
	if (ledger->unexplained.known == MCD_KNOWN && ledger->unexplained.value > 0 &&
	    !drawing->audit->is_partial)
		add(drawing, MCD_VERDICT_UNEXPLAINED,
		    "unexplained: %" PRId64 " reference%s, possible kernel leak",
		    ledger->unexplained.value, ledger->unexplained.value == 1 ? "" : "s");
}

/* "…, and 3 more" where there are. */
static const char *finish(struct drawing *drawing, const struct draft *draft)
{
	char words[WORDS_BYTES + 32];

	if (draft->nr == 1 || drawing->status)
		return draft->words;
	snprintf(words, sizeof(words), "%s, and %zu more", draft->words, draft->nr - 1);
	return keep(drawing, words);
}

static void list(struct drawing *drawing)
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
	struct drawing drawing = { .audit = audit, .account = account };

	if (!mcd_is_dangling(account->memcg))
		return MCD_OK;
	judge_pins(&drawing);
	judge_pages(&drawing);
	if (!drawing.status)
		list(&drawing);
	return drawing.status;
}
