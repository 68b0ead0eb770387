// SPDX-License-Identifier: GPL-2.0-or-later
/* What can be done about a memcg's pages. See verdict.h. */
#include <inttypes.h>
#include <stdio.h>

#include "verdict.h"

enum { WAY_BYTES = 128 };

/* What to do with shared memory, by what it is. */
static const char *const ways[MCD_NR_FILE_KINDS] = {
	[MCD_FILE_PLAIN] = "delete or shrink file",
	[MCD_FILE_TMPFS] = "delete or shrink",
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

	if (!tally->nr_dirty || !tally->mapping)
		return false;
	drawing->status = mcd_file_describe(drawing->audit, tally->mapping, &file);
	return file && file->kind == MCD_FILE_TMPFS;
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

static struct piles sort_pages(struct mcd_drawing *drawing)
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
		/* Their pins tell who has to let go of them. */
		if (tally->is_anon)
			continue;
		if (tally->kind == MCD_PIN_PAGE_CACHE && is_in_memory_only(drawing, tally))
			pile_shmem(&piles, tally);
		else if (pile[tally->kind])
			pile[tally->kind](&piles, tally);
	}
	return piles;
}

/* "delete or shrink tmpfs file": the words before its name. */
static void say_way(const struct mcd_file *file, char *words, size_t size)
{
	bool is_deleted = file->is_deleted.known == MCD_KNOWN && file->is_deleted.value;

	if (file->kind != MCD_FILE_TMPFS)
		snprintf(words, size, "%s", ways[file->kind]);
	else
		snprintf(words, size, "%s %s file", is_deleted ? "close" : ways[file->kind],
			 file->fs.known == MCD_KNOWN ? file->fs.text : "tmpfs");
}

static void judge_largest(struct mcd_drawing *drawing, const struct mcd_tally *tally)
{
	const struct mcd_file *file = NULL;
	char name[MCD_FILE_WORDS], way[WAY_BYTES];

	drawing->status = mcd_file_describe(drawing->audit, tally->mapping, &file);
	if (!drawing->status && !file)
		mcd_draft_add(drawing, MCD_VERDICT_DELETE, "delete or shrink files of tmpfs");
	if (!file)
		return;
	say_way(file, way, sizeof(way));
	mcd_draft_add(drawing, MCD_VERDICT_DELETE, "%s %s", way, mcd_file_words(file, name));
}

/* To which device; a writeback among the pins has said so already. */
static void judge_unwritten(struct mcd_drawing *drawing, const struct mcd_tally *tally,
			    uint64_t bytes)
{
	const struct mcd_file *file = NULL;

	if (drawing->drafts[MCD_VERDICT_WRITEBACK].nr)
		return;
	if (tally)
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
	if (piles.nr_unwritten)
		judge_unwritten(drawing, piles.dirtiest, piles.nr_unwritten * page_bytes);
	if (piles.largest)
		judge_largest(drawing, piles.largest);
	if (piles.nr_to_delete > 1 && !drawing->audit->is_partial)
		drawing->drafts[MCD_VERDICT_DELETE].nr = piles.nr_to_delete;
	if (piles.nr_fileless)
		mcd_draft_add(drawing, MCD_VERDICT_KERNEL,
			      "held by the kernel: pages that left their file");
	if (piles.nr_kernel)
		mcd_draft_add(drawing, MCD_VERDICT_KERNEL,
			      "held by the kernel: %" PRIu64 " bytes of %s%s",
			      piles.nr_kernel * page_bytes, mcd_pin_name(piles.kernel_kind),
			      piles.kernel_kind == MCD_PIN_KMEM_PAGE
				      ? " (page tables, stacks, pipes: go with their task or pipe)"
				      : "");
}
