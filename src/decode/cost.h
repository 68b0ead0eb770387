/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the accounting of a memcg's own memory is made of; see cost.c. */
#ifndef MCD_COST_H
#define MCD_COST_H

#include "decode.h"
#include "mcd/space.h"

/* kmalloc.c: the caches of kmalloc(), and what an allocation of so many bytes takes of one. */
struct mcd_kmalloc_size {
	uint64_t object_bytes; /* the most that it is for */
	uint64_t bytes;	       /* what it takes */
};

struct mcd_kmalloc {
	uint64_t page_bytes;
	struct mcd_kmalloc_size sizes[26];
	size_t nr; /* 0: the dump does not tell, a rule stands in for them */
};

void mcd_kmalloc_probe(struct mcd_target *target, struct mcd_kmalloc *ret);
uint64_t mcd_kmalloc_bytes(const struct mcd_kmalloc *kmalloc, uint64_t bytes);
/* The same of the cache that a symbol points to; `bytes` in whole words where it is not known. */
uint64_t mcd_slab_bytes(struct mcd_target *target, enum mcd_layout_id cache, uint64_t bytes);

/* What an allocation hangs on; each is read in one go. */
enum mcd_cost_owner {
	MCD_COST_OF_MEMCG,
	MCD_COST_OF_NODE, /* struct mem_cgroup_per_node */
	MCD_COST_OF_CGROUP,
	MCD_NR_COST_OWNERS,
};

/* An allocation that a pointer leads to, as this kernel has it. */
struct mcd_cost_form {
	enum mcd_cost_owner owner;
	size_t nr_hops;
	uint64_t hops[3]; /* where the pointers on the way are: in the owner, in what the one before leads to */
	uint64_t bytes; /* of one, on one cpu */
	size_t nr_cpus; /* 0: it is not per cpu */
	size_t row;	/* in the cost */
	uint64_t flags; /* bits of the pointer that are none of the address */
	uint64_t gone;	/* bits that say that it was freed */
	bool is_statistics;
};

enum { MCD_COST_FORMS_MAX = 48, MCD_COST_ROWS_MAX = 48 };

struct mcd_cost_forms {
	struct mcd_cost_form forms[MCD_COST_FORMS_MAX];
	size_t nr;
	bool lacks_cpus; /* what is per cpu cannot be counted */
};

/* The working state of an accounting. */
struct mcd_accountant {
	struct mcd_world *world;
	struct mcd_cost *cost;
	struct mcd_kmalloc kmalloc;
	struct mcd_cost_forms forms;
	size_t nr_nodes; /* slots of mem_cgroup.nodeinfo */
	uint64_t nodeinfo_at;
	uint64_t memcg_bytes, node_bytes; /* what the structures themselves take */
	struct mcd_addrmap cgroups;	  /* that were accounted: several memcgs may share one */
};

/* A structure of the kernel, read at once; member by member where it cannot be. */
struct mcd_cost_object {
	uint64_t addr;
	size_t size;		      /* bytes that were read */
	unsigned char bytes[1 << 14]; /* no structure of these is larger */
};

/* One memcg's account. */
struct mcd_cost_account {
	struct mcd_accountant *accountant;
	struct mcd_cost_object *object; /* of the owner at hand */
	uint64_t bytes;
	bool is_unreadable; /* something could not be looked at */
	bool has_freed_stats;
};

/* cost_parts.c: the forms of this kernel; fails with MCD_INTERRUPTED only. */
MCD_MUST_CHECK enum mcd_status mcd_cost_compile(struct mcd_accountant *accountant);
/* The row of that name, made if need be. */
size_t mcd_cost_row(struct mcd_cost *cost, const char *name, size_t nr_cpus);

/*
 * cost_object.c: makes `addr` the object at hand, which the others read. mcd_cost_member() is MCD_ABSENT where
 * the object's type has no such member.
 */
void mcd_cost_load(struct mcd_cost_account *account, enum mcd_layout_id type, uint64_t addr);
MCD_MUST_CHECK enum mcd_status mcd_cost_word(const struct mcd_cost_account *account,
					     uint64_t offset, uint64_t *ret);
MCD_MUST_CHECK enum mcd_status mcd_cost_member(const struct mcd_cost_account *account,
					       enum mcd_layout_id member, uint64_t *ret);
/* Enters `nr` allocations of so many bytes; what a read that was not MCD_OK leaves is a gap. */
void mcd_cost_enter(struct mcd_cost_account *account, const char *name, uint64_t nr,
		    uint64_t bytes);
void mcd_cost_miss(struct mcd_cost_account *account, enum mcd_status status);
/* Enters what pointers of the object at hand, which is such an owner, lead to. */
void mcd_cost_enter_parts(struct mcd_cost_account *account, enum mcd_cost_owner owner);

/* cost_node.c: a struct mem_cgroup_per_node and what hangs on it. */
void mcd_cost_enter_node(struct mcd_cost_account *account, uint64_t node);

#endif
