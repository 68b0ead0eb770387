// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes files of the pages that were counted: those of each memcg, and of all together. See accounts.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../accounts.h"

const char *mcd_file_words(const struct mcd_file *file, char ret[MCD_FILE_WORDS])
{
	bool is_deleted = file->is_deleted.known == MCD_KNOWN && file->is_deleted.value;

	if (file->path.known == MCD_KNOWN)
		snprintf(ret, MCD_FILE_WORDS, "%s%s", file->path.text,
			 is_deleted ? " (deleted)" : "");
	else if (file->ino.known == MCD_KNOWN && file->dev.known == MCD_KNOWN)
		snprintf(ret, MCD_FILE_WORDS, "inode %" PRIu64 " of %s", file->ino.value,
			 file->dev.text);
	else
		snprintf(ret, MCD_FILE_WORDS, "inode at %" PRIx64, file->inode_addr);
	return ret;
}

static int compare_files(const void *a, const void *b)
{
	const struct mcd_file *left = a, *right = b;

	int names = 0;

	if (left->bytes != right->bytes)
		return left->bytes > right->bytes ? -1 : 1;
	if (left->path.known == MCD_KNOWN && right->path.known == MCD_KNOWN)
		names = strcmp(left->path.text, right->path.text);
	if (names)
		return names;
	return left->inode_addr < right->inode_addr ? -1 : left->inode_addr > right->inode_addr;
}

static void count(struct mcd_file *file, const struct mcd_tally *tally, uint64_t page_bytes)
{
	file->nr_refs += tally->nr_refs;
	file->nr_pages += tally->nr_pages;
	file->bytes += tally->nr_pages * page_bytes;
	file->nr_dirty += tally->nr_dirty;
	file->nr_writeback += tally->nr_writeback;
	file->nr_mapped += tally->nr_mapped;
	file->nr_mlocked += tally->nr_mlocked;
}

/* An anonymous page belongs to no file. */
static bool has_file(const struct mcd_tally *tally)
{
	return tally->mapping && !tally->is_anon && tally->kind != MCD_PIN_ANON;
}

/* The files of one memcg; the pages of a file are all of one kind. */
static enum mcd_status list_files(struct mcd_audit *audit, struct mcd_account *account)
{
	struct mcd_ledger *ledger = account->memcg->ledger;
	uint64_t page_bytes = audit->world->target->page_bytes;
	enum mcd_status status = MCD_OK;
	size_t nr = 0;

	for (size_t at = account->first_tally; at; at = audit->tallies.items[at - 1].next)
		nr++;
	ledger->files = mcd_arena_array(audit->world->arena, nr + 1, sizeof(*ledger->files));
	if (!ledger->files)
		return mcd_error_set(&audit->world->target->error, MCD_NO_MEMORY, "files");
	for (size_t at = account->first_tally; at && !status;) {
		const struct mcd_tally *tally = &audit->tallies.items[at - 1];
		const struct mcd_file *file = NULL;

		at = tally->next;
		if (!has_file(tally))
			continue;
		status = mcd_file_describe(audit, tally->mapping, &file);
		if (status)
			break;
		ledger->files[ledger->nr_files] = *file;
		count(&ledger->files[ledger->nr_files++], tally, page_bytes);
	}
	qsort(ledger->files, ledger->nr_files, sizeof(*ledger->files), compare_files);
	return status;
}

/* A file of the whole audit, and how many memcgs have pages of it. */
struct shared {
	struct mcd_file file;
	size_t nr_memcgs;
};

static int compare_shared(const void *a, const void *b)
{
	return compare_files(&((const struct shared *)a)->file, &((const struct shared *)b)->file);
}

/* Adds the tallies up by file; `*nr` of them in the end. */
static enum mcd_status share(struct mcd_audit *audit, struct shared *all, size_t *nr)
{
	uint64_t page_bytes = audit->world->target->page_bytes;
	struct mcd_addrmap index;
	enum mcd_status status = MCD_OK;

	mcd_addrmap_init(&index, audit->world->arena);
	for (size_t i = 0; i < audit->tallies.nr && !status; i++) {
		const struct mcd_tally *tally = &audit->tallies.items[i];
		const struct mcd_file *file = NULL;
		size_t position = *nr;
		bool is_new;

		if (!has_file(tally))
			continue;
		status = mcd_addrmap_insert(&index, tally->mapping, *nr, &is_new);
		if (!status && is_new)
			status = mcd_file_describe(audit, tally->mapping, &file);
		if (status)
			break;
		if (is_new)
			all[(*nr)++] = (struct shared){ .file = *file };
		else if (!mcd_addrmap_find(&index, tally->mapping, &position))
			continue;
		count(&all[position].file, tally, page_bytes);
		all[position].nr_memcgs++;
	}
	return status;
}

static enum mcd_status list_shared(struct mcd_audit *audit, struct mcd_audit_summary *summary)
{
	struct mcd_arena *arena = audit->world->arena;
	size_t max = audit->tallies.nr + 1, nr = 0;
	struct shared *all = mcd_arena_array(arena, max, sizeof(*all));
	enum mcd_status status = all ? share(audit, all, &nr) : MCD_NO_MEMORY;

	if (!status)
		summary->files = mcd_arena_array(arena, nr + 1, sizeof(*summary->files));
	if (!status)
		summary->nr_memcgs_of_file = mcd_arena_array(arena, nr + 1,
							     sizeof(*summary->nr_memcgs_of_file));
	if (status || !summary->files || !summary->nr_memcgs_of_file)
		return mcd_error_set(&audit->world->target->error, MCD_NO_MEMORY, "files");
	qsort(all, nr, sizeof(*all), compare_shared);
	for (size_t i = 0; i < nr; i++) {
		summary->files[i] = all[i].file;
		summary->nr_memcgs_of_file[i] = all[i].nr_memcgs;
	}
	summary->nr_files = nr;
	return MCD_OK;
}

enum mcd_status mcd_files_list(struct mcd_audit *audit, struct mcd_audit_summary *summary)
{
	enum mcd_status status = MCD_OK;

	for (size_t i = 0; i < audit->nr && !status; i++)
		status = list_files(audit, &audit->accounts[i]);
	return status ? status : list_shared(audit, summary);
}
