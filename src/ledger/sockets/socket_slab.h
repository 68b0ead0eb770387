/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The slab caches that socks are made of: what socket_cache.c finds out for socket_slab.c. */
#ifndef MCD_SOCKET_SLAB_H
#define MCD_SOCKET_SLAB_H

#include "socket.h"

/* A slab cache in which socks may be. */
struct mcd_sock_cache {
	uint64_t object_bytes, first_at; /* from one to the next; of the first in its slab */
	bool is_kmalloc;
};

/* A protocol, as it makes socks. */
struct mcd_sock_maker {
	const char *name;
	uint64_t cache, sock_bytes; /* cache: 0: kmalloc() */
};

struct mcd_sock_caches {
	struct mcd_sockets *sockets;
	struct mcd_addrmap by_maker; /* struct proto -> makers */
	struct mcd_sock_maker *makers;
	size_t nr_makers, makers_capacity;
	struct mcd_addrmap by_cache; /* struct kmem_cache -> caches */
	struct mcd_sock_cache *caches;
	size_t nr_caches, caches_capacity;
	uint64_t lowest, highest; /* of their addresses */
};

/* socket_cache.c: finds all of them. */
MCD_MUST_CHECK enum mcd_status mcd_sock_caches_find(struct mcd_sockets *sockets,
						    struct mcd_sock_caches *ret);

#endif
