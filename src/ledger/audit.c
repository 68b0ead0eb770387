// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The driver of the audit: runs the sources of pins, cheap ones first, and those whose cost grows with
 * the machine only while references are left to explain. See audit.h.
 */
#include "accounts.h"

/* When a source is asked. */
enum when {
	ALWAYS,	      /* its cost grows with what is pinned */
	FOR_THE_REST, /* only while some memcg's references are not explained, or a scan was asked for */
	FOR_CHARGES, /* only where what is charged without a reference was asked for */
};

struct source {
	const char *what; /* plural noun, for remarks */
	enum when when;
	unsigned int
		kinds; /* bits by enum mcd_pin: asked where the kernel can pin with any; 0: always */
	enum mcd_status (*collect)(struct mcd_audit *audit);
};

#define KIND(pin) (1U << MCD_PIN_##pin)
#define PAGES                                                                         \
	(KIND(PAGE_CACHE) | KIND(SHMEM) | KIND(ANON) | KIND(HUGETLB) | KIND(DEVICE) | \
	 KIND(KMEM_PAGE))

static const struct source sources[] = {
	{ "references of the memcg itself", ALWAYS, KIND(BASE), mcd_pins_base },
	{ "children", ALWAYS, KIND(CHILD), mcd_pins_child },
	{ "swap slots", ALWAYS, KIND(SWAP), mcd_pins_swap },
	{ "stocks of cpus", ALWAYS, KIND(STOCK), mcd_pins_stock },
	{ "writebacks", ALWAYS, KIND(WRITEBACK), mcd_pins_writeback },
	{ "tasks", ALWAYS, KIND(TASK), mcd_pins_task },
	{ "address spaces", ALWAYS, KIND(TASK), mcd_pins_mm },
	{ "slab caches", ALWAYS, KIND(SLAB_CACHE), mcd_pins_slab_cache },
	{ "bpf maps", ALWAYS, KIND(BPF_MAP), mcd_pins_bpf_map },
	{ "pages on lists", ALWAYS, PAGES, mcd_pages_by_lru },
	{ "sockets", FOR_THE_REST, KIND(SOCKET), mcd_pins_socket },
	{ "inotify and fanotify groups", FOR_THE_REST, KIND(FSNOTIFY), mcd_pins_fsnotify },
	{ "pages", FOR_THE_REST, PAGES, mcd_pages_by_scan },
	{ "sockets of no table", FOR_THE_REST, KIND(SOCKET), mcd_pins_socket_slab },
	{ "charges", FOR_CHARGES, 0, mcd_charges_find },
};

struct mcd_account *mcd_account_find(struct mcd_audit *audit, uint64_t memcg)
{
	size_t position = 0;

	return mcd_addrmap_find(&audit->index, memcg, &position) ? &audit->accounts[position]
								 : NULL;
}

enum mcd_status mcd_audit_cut_short(struct mcd_audit *audit, enum mcd_status status)
{
	if (status != MCD_INTERRUPTED)
		return status;
	audit->is_partial = true;
	return MCD_OK;
}

int64_t mcd_account_rest(const struct mcd_account *account)
{
	const struct mcd_memcg *memcg = account->memcg;

	if (!mcd_is_dangling(memcg) || memcg->refs.known != MCD_KNOWN)
		return 0;
	return (int64_t)(memcg->refs.value - account->nr_refs - account->nr_page_refs);
}

static bool has_rest(const struct mcd_audit *audit)
{
	for (size_t i = 0; i < audit->nr; i++)
		if (mcd_account_rest(&audit->accounts[i]))
			return true;
	return false;
}

static bool is_wanted(const struct mcd_audit *audit, const struct source *source)
{
	const struct mcd_head *head = &audit->world->head;
	bool can_pin = false;

	if (source->when == FOR_CHARGES)
		return audit->wants & MCD_AUDIT_SLAB;
	for (int pin = 0; pin < MCD_NR_PINS; pin++)
		can_pin |= head->can_pin[pin] && (source->kinds & (1U << pin));
	if (!can_pin || !(audit->wants & MCD_AUDIT_PINS))
		return false;
	return source->when == ALWAYS || (audit->wants & MCD_AUDIT_SCAN) || has_rest(audit);
}

/* What a source cannot look at is told, and the others go on. */
static enum mcd_status run(struct mcd_audit *audit, const struct source *source)
{
	enum mcd_status status = is_wanted(audit, source) ? source->collect(audit) : MCD_OK;

	if (!status || mcd_is_fatal(status))
		return status;
	return mcd_note_add(audit->world, "%s are not in the ledger: %s", source->what,
			    audit->world->target->error.text);
}

static enum mcd_status open_accounts(struct mcd_audit *audit, struct mcd_memcg *const *rows)
{
	struct mcd_world *world = audit->world;
	enum mcd_status status = MCD_OK;

	mcd_addrmap_init(&audit->index, world->arena);
	audit->accounts = mcd_arena_array(world->arena, audit->nr + 1, sizeof(*audit->accounts));
	if (!audit->accounts)
		status = MCD_NO_MEMORY;
	for (size_t i = 0; i < audit->nr && !status; i++) {
		bool is_new;

		audit->accounts[i].memcg = rows[i];
		rows[i]->ledger = mcd_arena_alloc(world->arena, sizeof(*rows[i]->ledger));
		status = rows[i]->ledger
				 ? mcd_addrmap_insert(&audit->index, rows[i]->addr, i, &is_new)
				 : MCD_NO_MEMORY;
	}
	return status ? mcd_error_set(&world->target->error, status, "ledger") : MCD_OK;
}

enum mcd_status mcd_audit(struct mcd_world *world, struct mcd_memcg *const *rows, size_t nr_rows,
			  unsigned int wants, struct mcd_audit_summary *ret)
{
	struct mcd_audit audit = { .world = world, .nr = nr_rows, .wants = wants };
	enum mcd_status status = open_accounts(&audit, rows);

	*ret = (struct mcd_audit_summary){ .nr_memcgs = nr_rows };
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]) && !status; i++)
		status = run(&audit, &sources[i]);
	status = mcd_audit_cut_short(&audit, status);
	audit.is_lossy = world->notes || world->head.nr_notes_left_out;
	if (!status)
		status = mcd_audit_finish(&audit, ret);
	if (!status && audit.is_partial)
		status = mcd_error_set(&world->target->error, MCD_INTERRUPTED, "interrupted");
	return status;
}
