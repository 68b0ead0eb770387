// SPDX-License-Identifier: GPL-2.0-or-later
/* The words that reports use for verdicts and files. See ledger.h. */
#include "mcd/ledger.h"

static const struct {
	const char *name, *words;
} verdicts[MCD_NR_VERDICTS] = {
	[MCD_VERDICT_RECLAIMABLE] = { "reclaimable", "reclaimable page cache" },
	[MCD_VERDICT_DELETE] = { "delete", "files of tmpfs and shared memory to delete or shrink" },
	[MCD_VERDICT_SWAPPED] = { "swapped", "swapped pages" },
	[MCD_VERDICT_HELD] = { "held-by-task", "held by tasks" },
	[MCD_VERDICT_CHILD] = { "held-by-child", "held by live children" },
	[MCD_VERDICT_DEAD_CHILD] = { "held-by-dead-child", "held by removed children" },
	[MCD_VERDICT_WRITEBACK] = { "writeback", "writeback pending" },
	[MCD_VERDICT_KERNEL] = { "kernel", "held by the kernel itself" },
	[MCD_VERDICT_UNEXPLAINED] = { "unexplained", "unexplained references" },
};

const char *mcd_verdict_name(enum mcd_verdict_kind kind)
{
	return verdicts[kind].name;
}

const char *mcd_verdict_words(enum mcd_verdict_kind kind)
{
	return verdicts[kind].words;
}

const char *mcd_file_kind_name(enum mcd_file_kind kind)
{
	static const char *const names[MCD_NR_FILE_KINDS] = {
		[MCD_FILE_PLAIN] = "file",	  [MCD_FILE_TMPFS] = "tmpfs",
		[MCD_FILE_MEMFD] = "memfd",	  [MCD_FILE_SYSV] = "sysv",
		[MCD_FILE_ANON_SHM] = "anon-shm", [MCD_FILE_BLOCK] = "block-device",
		[MCD_FILE_UNKNOWN] = "unknown",
	};

	return names[kind];
}
