// SPDX-License-Identifier: GPL-2.0-or-later
/* What can be done about a memcg's pages. See verdict.h. */
#include <inttypes.h>

#include "verdict.h"

/* What to do with shared memory, by what it is. */
static const char *const ways[MCD_NR_FILE_KINDS] = {
	[MCD_FILE_PLAIN] = "delete or shrink file",
	[MCD_FILE_TMPFS] = "delete or shrink tmpfs file",
	[MCD_FILE_MEMFD] = "close the memfd",
	[MCD_FILE_SYSV] = "remove the System V segment (ipcrm)",
	[MCD_FILE_ANON_SHM] = "end the tasks that share",
	[MCD_FILE_BLOCK] = "let go of the device",
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
	bool has_anon; /* huge pages or a device's, of no file */
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
static bool is_in_memory_only(struct mcd_drawing *drawing, const struct mcd_tally *tally)
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

static void pile_hugetlb(struct piles *piles, const struct mcd_tally *tally)
{
	if (tally->is_anon)
		piles->has_anon = true;
	else
		pile_shmem(piles, tally);
}

static void pile_device(struct piles *piles, const struct mcd_tally *tally)
{
	if (tally->is_anon)
		piles->has_anon = true;
	else
		pile_kernel(piles, tally);
}

static struct piles sort_pages(struct mcd_drawing *drawing)
{
	static void (*const pile[MCD_NR_PINS])(struct piles *, const struct mcd_tally *) = {
		[MCD_PIN_PAGE_CACHE] = pile_page_cache, [MCD_PIN_SHMEM] = pile_shmem,
		[MCD_PIN_HUGETLB] = pile_hugetlb,	[MCD_PIN_KMEM_PAGE] = pile_kernel,
		[MCD_PIN_DEVICE] = pile_device,
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

static void judge_largest(struct mcd_drawing *drawing, const struct mcd_tally *tally)
{
	const struct mcd_file *file = NULL;
	char name[MCD_FILE_WORDS];
	bool is_open_only;

	if (drawing->audit->is_partial) {
		mcd_draft_add(drawing, MCD_VERDICT_DELETE, "delete or shrink files of tmpfs");
		return;
	}
	drawing->status = mcd_file_describe(drawing->audit, tally->mapping, &file);
	if (drawing->status)
		return;
	is_open_only = file->kind == MCD_FILE_TMPFS && file->is_deleted.known == MCD_KNOWN &&
		       file->is_deleted.value;
	mcd_draft_add(drawing, MCD_VERDICT_DELETE, "%s %s",
		      is_open_only ? "close tmpfs file" : ways[file->kind],
		      mcd_file_words(file, name));
}

/* To which device; a writeback among the pins has said so already. */
static void judge_unwritten(struct mcd_drawing *drawing, const struct mcd_tally *tally,
			    uint64_t bytes)
{
	const struct mcd_file *file = NULL;

	if (drawing->drafts[MCD_VERDICT_WRITEBACK].nr)
		return;
	if (tally && !drawing->audit->is_partial)
		drawing->status = mcd_file_describe(drawing->audit, tally->mapping, &file);
	if (!drawing->status)
		mcd_draft_add(drawing, MCD_VERDICT_WRITEBACK,
			      "writeback pending on device %s: %" PRIu64 " bytes",
			      file && file->dev.known == MCD_KNOWN ? file->dev.text : "unknown",
			      bytes);
}

void mcd_draft_pages(struct mcd_drawing *drawing)
{
	uint64_t page_bytes = drawing->audit->world->target->page_bytes;
	struct piles piles = sort_pages(drawing);

	if (piles.nr_clean)
		mcd_draft_add(drawing, MCD_VERDICT_RECLAIMABLE,
			      "reclaimable: %" PRIu64 " bytes of clean page cache",
			      piles.nr_clean * page_bytes);
	if (piles.nr_mlocked)
		mcd_draft_add(drawing, MCD_VERDICT_HELD, "held by mlock: %" PRIu64 " bytes",
			      piles.nr_mlocked * page_bytes);
	/* Unless the pins have said by whom. */
	if (piles.has_anon && !drawing->drafts[MCD_VERDICT_HELD].nr)
		mcd_draft_add(drawing, MCD_VERDICT_HELD,
			      "held by the task that maps its anonymous memory");
	if (piles.nr_unwritten)
		judge_unwritten(drawing, piles.dirtiest, piles.nr_unwritten * page_bytes);
	if (piles.largest)
		judge_largest(drawing, piles.largest);
	if (piles.nr_to_delete > 1)
		drawing->drafts[MCD_VERDICT_DELETE].nr = piles.nr_to_delete;
	if (piles.nr_fileless)
		mcd_draft_add(drawing, MCD_VERDICT_KERNEL,
			      "held by the kernel: pages that left their file");
	if (piles.nr_kernel)
		mcd_draft_add(drawing, MCD_VERDICT_KERNEL,
			      "held by the kernel: %" PRIu64 " bytes of %s",
			      piles.nr_kernel * page_bytes, mcd_pin_name(piles.kernel_kind));
}
