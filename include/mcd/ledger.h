/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ledger as plain facts: what holds the references of a memcg, one pin a row, and what is left
 * over. The audit (audit.h) fills it, reports print it. All pointers live as long as the report's arena.
 */
#ifndef MCD_LEDGER_H
#define MCD_LEDGER_H

#include "mcd/facts.h"

/* What one thing, or many of a kind, hold. */
struct mcd_pin_row {
	enum mcd_pin kind;
	uint64_t nr_refs;
	struct mcd_figure bytes; /* of memory or swap; n/a where it has no size */
	const char *detail;	 /* raw: names of the kernel are in it; never NULL */
	/* Who must let go of it; comm is NULL where that is no task. */
	unsigned int pid;
	const char *comm; /* raw */
	bool is_live;	  /* of a child: it was not removed */
	bool is_anon;	  /* of pages, the most of them: they are in no file */
};

/* How pins and references compare. */
struct mcd_balance {
	enum mcd_known known; /* n/a: a live memcg, which tasks and its directory hold too */
	int64_t value;	      /* references without a pin; below zero: pins beyond the references */
	/* Cut short, or something is damaged: what is above zero may only not have been found. */
	bool is_open;
};

/* What a file is to those who must get rid of it. */
enum mcd_file_kind {
	MCD_FILE_PLAIN,
	MCD_FILE_TMPFS,	   /* of a mounted tmpfs: stays until it is deleted */
	MCD_FILE_MEMFD,	   /* memfd_create() */
	MCD_FILE_SYSV,	   /* shmget() */
	MCD_FILE_ANON_SHM, /* MAP_SHARED | MAP_ANONYMOUS, and what drivers keep so */
	MCD_FILE_BLOCK,	  /* a block device's own pages: its file system's metadata, or raw reads */
	MCD_FILE_UNKNOWN, /* its inode cannot be read */
	MCD_NR_FILE_KINDS,
};

/* A file whose pages are charged to a memcg. */
struct mcd_file {
	uint64_t inode_addr; /* of struct inode */
	enum mcd_file_kind kind;
	/*
	 * As a user would type it; else it begins with "mnt:[4026532200]/" (of that mount namespace),
	 * "ext4:/" (mounted nowhere), or "?/" (lost from there up). The name that was, where it is
	 * deleted; a block device's name; n/a: none is in memory.
	 */
	struct mcd_text path;
	struct mcd_text fs;    /* the type: "ext4"; of a block device what is on it, else "bdev" */
	struct mcd_text dev;   /* "253:1" */
	struct mcd_figure ino; /* inode number, of shmget() the segment's id; n/a: block devices */
	struct mcd_figure is_deleted; /* 0 or 1; n/a: it never was in a directory */
	/* Of this memcg alone; pages of the base size. */
	uint64_t nr_refs, nr_pages, bytes, nr_dirty, nr_writeback, nr_mapped, nr_mlocked;
};

/* What is charged to a memcg without holding a reference to it. */
struct mcd_charge_row {
	const char *kind;     /* "slab", "percpu"; static */
	struct mcd_text name; /* of the slab cache; n/a where it is none */
	uint64_t nr_objects, bytes;
};

/* What would free the memcg, and what is in the way. */
enum mcd_verdict_kind {
	MCD_VERDICT_RECLAIMABLE,
	MCD_VERDICT_DELETE,	/* or shrink a file of tmpfs */
	MCD_VERDICT_SWAPPED,	/* until it is swapped in, or deleted */
	MCD_VERDICT_HELD,	/* by a task */
	MCD_VERDICT_CHILD,	/* by a live child */
	MCD_VERDICT_DEAD_CHILD, /* by a dead one, whose own verdict tells more */
	MCD_VERDICT_WRITEBACK,
	MCD_VERDICT_KERNEL, /* what the kernel gives back by itself */
	MCD_VERDICT_UNEXPLAINED,
	MCD_NR_VERDICTS,
};

struct mcd_verdict {
	enum mcd_verdict_kind kind;
	const char *text; /* raw, as above */
};

/* The ledger of one memcg. */
struct mcd_ledger {
	struct mcd_pin_row *pins; /* by kind, then by bytes, largest first */
	size_t nr_pins;
	struct mcd_balance unexplained;
	struct mcd_file *files; /* by bytes, largest first; filled where files are asked for */
	size_t nr_files;
	struct mcd_charge_row *charges; /* by bytes; filled where slabs are asked for */
	size_t nr_charges;
	enum mcd_known charges_known;
	struct mcd_verdict *verdicts; /* in the order of enum mcd_verdict_kind */
	size_t nr_verdicts;
};

/* Of all audited memcgs together. */
struct mcd_audit_summary {
	bool is_made;
	bool is_partial;    /* cut short: what is unexplained may only not have been looked for */
	bool is_lossy;	    /* something is damaged: it may only not be in the dump */
	size_t nr_finished; /* of the memcgs: their ledgers are made */
	size_t nr_memcgs, nr_unexplained_memcgs;
	/* The files of all of them, by bytes; filled where files are asked for. */
	struct mcd_file *files;
	size_t *nr_memcgs_of_file; /* by position in files */
	size_t nr_files;
	struct mcd_pin_row totals[MCD_NR_PINS];	   /* by kind */
	size_t nr_pinned_memcgs[MCD_NR_PINS];	   /* how many have such a pin */
	size_t nr_verdict_memcgs[MCD_NR_VERDICTS]; /* how many have such a verdict */
	int64_t nr_unexplained_refs;		   /* summed over those above zero */
};

/* "reclaimable", "delete", …; static. */
const char *mcd_verdict_name(enum mcd_verdict_kind kind);
/* The same for people; static. */
const char *mcd_verdict_words(enum mcd_verdict_kind kind);
/* "file", "tmpfs", …; static. */
const char *mcd_file_kind_name(enum mcd_file_kind kind);

#endif
