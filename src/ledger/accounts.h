/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of the audit offer each other. A source of pins is one file and one row of the table
 * in audit.c: it goes over a kernel table once, for all memcgs of the audit, and calls mcd_pin_add()
 * for what it finds. docs/HOWTO-add-a-pin.md goes through one.
 *
 * Functions that return a status fail with MCD_ABSENT where this kernel's types do not let them look,
 * with another status that is not fatal where the dump lacks the table itself, and with a fatal one; the
 * driver makes a note of the first two. What is damaged further down becomes a note, and the walk goes on.
 */
#ifndef MCD_ACCOUNTS_H
#define MCD_ACCOUNTS_H

#include "../decode/decode.h"
#include "mcd/addrmap.h"
#include "mcd/audit.h"
#include "mcd/ledger.h"

struct mcd_pin_link {
	struct mcd_pin_row row;
	struct mcd_pin_link *next;
};

/* The working state of one memcg. */
struct mcd_account {
	struct mcd_memcg *memcg;
	struct mcd_pin_link *pins; /* newest first */
	size_t nr_pins;
	uint64_t nr_refs;		  /* of these pins */
	uint64_t nr_page_refs;		  /* of its tallies */
	size_t first_tally;		  /* position + 1 of the newest; 0: none */
	const struct mcd_file *swap_file; /* the file with most of its swapped pages, or NULL */
	uint64_t nr_swap_file_slots;
	size_t nr_swap_files;
};

/* The pages of one memcg that belong to one object: an inode, or none. */
struct mcd_tally {
	size_t account; /* position of the owner */
	size_t next;	/* position + 1 of the owner's next tally */
	enum mcd_pin kind;
	bool is_anon;	  /* mapping is a struct anon_vma, else a struct address_space */
	uint64_t mapping; /* 0: none */
	uint64_t nr_refs, nr_pages;
	uint64_t nr_dirty, nr_writeback, nr_mapped, nr_mlocked, nr_swapcache; /* pages */
};

struct mcd_tallies {
	struct mcd_tally *items;
	size_t nr, capacity;
	size_t *slots; /* a hash table of positions + 1 */
	size_t nr_slots;
};

struct mcd_open_files;
struct mcd_sockets;
struct mcd_socket_slabs;
struct mcd_charges;
struct mcd_page_form;
struct mcd_memmap;
struct mcd_files;
struct mcd_swap_map;

struct mcd_audit {
	struct mcd_world *world;
	struct mcd_account *accounts; /* in the order of the rows */
	size_t nr;
	struct mcd_addrmap index; /* address of a memcg -> position in accounts */
	unsigned int wants;	  /* bits of enum mcd_audit_want */
	bool is_partial;	  /* interrupted: only what is known already is finished */
	bool is_lossy; /* there are remarks: what holds a reference may be in what the dump lacks */
	bool has_scanned; /* all pages */
	struct mcd_tallies tallies;
	/* Made when they are first asked for: */
	struct mcd_open_files *open_files;
	struct mcd_sockets *sockets;
	struct mcd_socket_slabs *socket_slabs;
	struct mcd_charges *charges;
	struct mcd_page_form *page_form;
	struct mcd_memmap *memmap;
	struct mcd_files *files;
	struct mcd_swap_map *swap_map;
};

/* audit.c: the account of a memcg, or of a css, which is its first member; NULL: not audited. */
struct mcd_account *mcd_account_find(struct mcd_audit *audit, uint64_t memcg);
/*
 * From an interrupt on, what is known is finished and nothing more is looked for: sets is_partial, and
 * returns MCD_OK. Every other status comes back.
 */
MCD_MUST_CHECK enum mcd_status mcd_audit_cut_short(struct mcd_audit *audit, enum mcd_status status);
/* What no pin explains so far; 0 where the references are not known, or the memcg is live. */
int64_t mcd_account_rest(const struct mcd_account *account);

/* pin.c: enters a pin. `format` may be "" where nothing is to be said; MCD_NO_MEMORY alone. */
MCD_MUST_CHECK enum mcd_status mcd_pin_add(struct mcd_audit *audit, struct mcd_account *account,
					   enum mcd_pin kind, uint64_t nr_refs,
					   struct mcd_figure bytes, const char *format, ...)
	MCD_PRINTF(6, 7);
/* Says which task must let go of the newest pin of the account; `comm` lives as long as the arena. */
void mcd_pin_hold(struct mcd_account *account, unsigned int pid, const char *comm);

/*
 * tally.c: counts a page, or a folio of `page->nr_pages`, for the account that it is charged to;
 * mcd_tallies_reset() forgets all of them, before the pages are counted in another way.
 */
struct mcd_page_facts {
	uint64_t addr; /* of struct page, the head's */
	enum mcd_pin kind;
	uint64_t mapping; /* this and is_anon as in struct mcd_tally */
	uint64_t nr_refs, nr_pages;
	bool is_anon, is_dirty, is_writeback, is_mapped, is_mlocked, is_swapcache;
};
MCD_MUST_CHECK enum mcd_status mcd_tally_add(struct mcd_audit *audit, struct mcd_account *account,
					     const struct mcd_page_facts *page);
void mcd_tallies_reset(struct mcd_audit *audit);
/* By pages; what is equal has an order too, so that every view names the same. */
bool mcd_tally_is_larger(const struct mcd_tally *tally, const struct mcd_tally *other);

/*
 * The sources, each in the file of its name; rows of the table in audit.c.
 */
MCD_MUST_CHECK enum mcd_status mcd_pins_base(struct mcd_audit *audit);
MCD_MUST_CHECK enum mcd_status mcd_pins_child(struct mcd_audit *audit);
MCD_MUST_CHECK enum mcd_status mcd_pins_swap(struct mcd_audit *audit);
MCD_MUST_CHECK enum mcd_status mcd_pins_stock(struct mcd_audit *audit);
MCD_MUST_CHECK enum mcd_status mcd_pins_writeback(struct mcd_audit *audit);
MCD_MUST_CHECK enum mcd_status mcd_pins_slab_cache(struct mcd_audit *audit);
MCD_MUST_CHECK enum mcd_status mcd_pins_bpf_map(struct mcd_audit *audit);
MCD_MUST_CHECK enum mcd_status mcd_pins_task(struct mcd_audit *audit);
MCD_MUST_CHECK enum mcd_status mcd_pins_mm(struct mcd_audit *audit);
MCD_MUST_CHECK enum mcd_status mcd_pins_socket(struct mcd_audit *audit);
/*
 * stock.c: whether each page that is charged holds a reference, and not each folio, or nothing but what the
 * charge is for.
 */
bool mcd_charges_hold_pages(struct mcd_target *target);
/* What that leaves, from all slabs of sockets: socket_slab.c. */
MCD_MUST_CHECK enum mcd_status mcd_pins_socket_slab(struct mcd_audit *audit);
MCD_MUST_CHECK enum mcd_status mcd_pins_fsnotify(struct mcd_audit *audit);
/* Pages on the memcgs' own lists (lru.c); all pages (scan.c), which starts the tallies anew. */
MCD_MUST_CHECK enum mcd_status mcd_pages_by_lru(struct mcd_audit *audit);
MCD_MUST_CHECK enum mcd_status mcd_pages_by_scan(struct mcd_audit *audit);

/*
 * memmap.c: the array of struct page. mcd_memmap_scan() reads it front to back and gives `visit` every
 * stretch that the dump has; mcd_memmap_pfn() is the number of a page, MCD_CORRUPT where there is none
 * at that address.
 */
struct mcd_page_stretch {
	uint64_t addr;	      /* of the first struct page */
	uint64_t pfn;	      /* its number */
	const uint8_t *bytes; /* nr times sizeof(struct page), valid during the call */
	size_t nr;
	bool is_device; /* they describe a device's memory */
};
typedef enum mcd_status mcd_page_visit(void *context, const struct mcd_page_stretch *stretch);
MCD_MUST_CHECK enum mcd_status mcd_memmap_scan(struct mcd_audit *audit, mcd_page_visit *visit,
					       void *context);
/*
 * Who will want to look at all pages too rides on the scan of scan.c, so that the array is read once for all
 * of them. Each fills `ret`, unless it has no wish for it, or cannot, which it tells when its own turn comes.
 * socket_slab.c, charged_page.c.
 */
struct mcd_page_rider {
	mcd_page_visit *visit;
	void *context; /* lives as long as the audit */
};
MCD_MUST_CHECK enum mcd_status mcd_socket_slabs_ride(struct mcd_audit *audit,
						     struct mcd_page_rider *ret);
MCD_MUST_CHECK enum mcd_status mcd_charges_ride(struct mcd_audit *audit,
						struct mcd_page_rider *ret);

MCD_MUST_CHECK enum mcd_status mcd_memmap_pfn(struct mcd_audit *audit, uint64_t page,
					      uint64_t *ret);
/* Reads from the memory that the page with this number describes. */
MCD_MUST_CHECK enum mcd_status mcd_memmap_read(struct mcd_audit *audit, uint64_t pfn,
					       uint64_t offset, void *buffer, size_t size,
					       const char *what);

/*
 * open_files.c: what tasks hold open of the kinds that can pin a memcg, each file once, with the first
 * task that has it; walked when this is first called.
 */
struct mcd_open_file {
	uint64_t file;		       /* of struct file */
	enum mcd_layout_id operations; /* which f_op it has: SYM(socket_file_ops), … */
	uint64_t private_data; /* of struct file: struct socket, struct fsnotify_group, … */
	unsigned int pid;      /* of the thread group, in the initial namespace */
	int fd;
	const char *comm; /* raw, terminated */
};
MCD_MUST_CHECK enum mcd_status mcd_open_files_get(struct mcd_audit *audit,
						  const struct mcd_open_file **ret, size_t *ret_nr);

/*
 * A file as everything but its pages, by its struct address_space; described once, `*ret` is borrowed. NULL
 * where the audit was cut short before that.
 */
MCD_MUST_CHECK enum mcd_status mcd_file_describe(struct mcd_audit *audit, uint64_t mapping,
						 const struct mcd_file **ret);
/*
 * What else is named in this way; n/a where it has no name, unreadable where that is lost. All fail only
 * with a fatal status.
 * mount_way.c: an open file, by its struct file: "/var/swap", "/var/swap (deleted)"
 */
MCD_MUST_CHECK enum mcd_status mcd_path_of_file(struct mcd_audit *audit, uint64_t file,
						struct mcd_text *ret);
/* block.c: a struct block_device: "vda1"; a struct backing_dev_info: its disk, "vda", or "btrfs-1". */
MCD_MUST_CHECK enum mcd_status mcd_block_name(struct mcd_audit *audit, uint64_t bdev,
					      struct mcd_text *ret);
MCD_MUST_CHECK enum mcd_status mcd_bdi_name(struct mcd_audit *audit, uint64_t bdi,
					    struct mcd_text *ret);

/*
 * swap_files.c: the files of tmpfs whose swapped pages are charged to an audited memcg: `visit` is
 * called once for each file and account.
 */
typedef enum mcd_status mcd_swap_file_visit(void *context, struct mcd_account *account,
					    const struct mcd_file *file, uint64_t nr_slots);
MCD_MUST_CHECK enum mcd_status mcd_swap_files(struct mcd_audit *audit, mcd_swap_file_visit *visit,
					      void *context);

/*
 * charged.c: what is charged through obj_cgroups, or sits in caches of the memcg's own, into the
 * ledgers themselves.
 */
MCD_MUST_CHECK enum mcd_status mcd_charges_find(struct mcd_audit *audit);

/* task_name.c: the pid of a task's thread group in the initial namespace, and its name. */
MCD_MUST_CHECK enum mcd_status mcd_task_name(struct mcd_audit *audit, uint64_t task,
					     unsigned int *ret_pid, const char **ret_comm);

/* anon.c: a task that maps pages of this struct anon_vma; `*comm` stays NULL where none is found. */
MCD_MUST_CHECK enum mcd_status mcd_anon_holder(struct mcd_audit *audit, uint64_t anon_vma,
					       unsigned int *ret_pid, const char **ret_comm);

/* page_pins.c, files.c: tallies become pins, and files of each memcg and of all. */
MCD_MUST_CHECK enum mcd_status mcd_pins_of_pages(struct mcd_audit *audit,
						 struct mcd_account *account);
MCD_MUST_CHECK enum mcd_status mcd_files_list(struct mcd_audit *audit,
					      struct mcd_audit_summary *summary);
/* A file in words, "/tmp/x (deleted)" or "inode 7 of 1:0", into `ret`; returns `ret`. */
enum { MCD_FILE_WORDS = 4352 };
const char *mcd_file_words(const struct mcd_file *file, char ret[MCD_FILE_WORDS]);

/* verdict.c: what would free the memcg, of its finished ledger. */
MCD_MUST_CHECK enum mcd_status mcd_verdicts_draw(struct mcd_audit *audit,
						 struct mcd_account *account);

/* finish.c: all that, pins in their order, and the sums of all ledgers. */
MCD_MUST_CHECK enum mcd_status mcd_audit_finish(struct mcd_audit *audit,
						struct mcd_audit_summary *summary);

#endif
