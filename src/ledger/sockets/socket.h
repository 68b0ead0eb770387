/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files about sockets share: a struct sock as the bytes of its interesting members, and which of
 * them have been counted.
 */
#ifndef MCD_SOCKET_H
#define MCD_SOCKET_H

#include "../accounts.h"
#include "../record.h"

/* Fields of a struct sock, in the order of the table in sock.c. */
enum mcd_sock_field {
	SK_OWNER,  /* sk_memcg, or sk_cgrp */
	SK_SOCKET, /* struct socket; 0: nobody can have it open */
	SK_PROTO,  /* the protocol that made it: sk_prot may be replaced */
	SK_REFCNT,
	SK_WMEM_ALLOC,
	SK_STATE,
	SK_FAMILY,
	SK_FLAGS,
	SK_NODE, /* hlist_nulls_node in its protocol's table */
	SK_NET,
	SK_FORWARD_ALLOC,
	SK_RMEM_ALLOC,
	SK_WMEM_QUEUED,
	SK_LOCAL_IP,
	SK_REMOTE_IP,
	SK_LOCAL_PORT, /* in the order of the machine's bytes; the other one is not */
	SK_REMOTE_PORT,
	SK_LOCAL_IP6,
	SK_REMOTE_IP6,
};

/* sk_state: include/net/tcp_states.h; numbers that users know from /proc/net/tcp. */
enum { TCP_TIME_WAIT = 6, TCP_CLOSE = 7, TCP_LISTEN = 10, TCP_NEW_SYN_RECV = 12 };
/* sk_family: include/linux/socket.h. */
enum { AF_OF_UNIX = 1, AF_OF_INET = 2, AF_OF_INET6 = 10 };

/* A protocol: struct proto. */
struct mcd_proto {
	const char *name; /* "TCP" */
	bool is_charged;  /* memory of its buffers is */
};

/* A socket that waits for connections, and who has it open. */
struct mcd_listener {
	uint64_t net, port;
	const struct mcd_open_file *file;
};

struct mcd_sockets {
	struct mcd_audit *audit;
	struct mcd_record_form form;
	bool is_put_early;	      /* its reference is given back before the sock itself */
	bool holds_pages;	      /* and each page of its buffers holds a reference, too */
	uint64_t dead;		      /* bit of SK_FLAGS: closed by its task; 0: not known */
	struct mcd_addrmap seen;      /* socks that were counted */
	struct mcd_addrmap by_socket; /* struct socket -> files */
	const struct mcd_open_file *files;
	size_t nr_files;
	struct mcd_listener *listeners;
	size_t nr_listeners, listeners_capacity;
	struct mcd_addrmap by_proto; /* -> protos */
	struct mcd_proto *protos;
	size_t nr_protos, protos_capacity;
};

/* socket.c: made when it is first asked for. MCD_ABSENT: a sock does not tell whose it is. */
MCD_MUST_CHECK enum mcd_status mcd_sockets_get(struct mcd_audit *audit, struct mcd_sockets **ret);
/* Whether references are left to explain. */
bool mcd_sockets_are_wanted(const struct mcd_audit *audit);

/* sock.c: asks where all that is. */
MCD_MUST_CHECK enum mcd_status mcd_sock_compile(struct mcd_sockets *sockets);
/* Whose account a sock's reference belongs to; NULL: it has none, or another memcg's. */
MCD_MUST_CHECK enum mcd_status mcd_sock_account(struct mcd_sockets *sockets,
						const struct mcd_record *sock,
						struct mcd_account **ret);
/* Enters the sock at sock->addr, 0 where that is not known, unless it was entered before. */
MCD_MUST_CHECK enum mcd_status mcd_sock_enter(struct mcd_sockets *sockets,
					      struct mcd_account *account,
					      const struct mcd_record *sock);
/* Both. */
MCD_MUST_CHECK enum mcd_status mcd_sock_count(struct mcd_sockets *sockets,
					      const struct mcd_record *sock);

static inline const unsigned char *mcd_sock_bytes(const struct mcd_record *sock,
						  enum mcd_sock_field field)
{
	return sock->bytes + (sock->form->places[field].offset - sock->form->first);
}

/* socket_table.c: those that TCP has in its table of connections. */
MCD_MUST_CHECK enum mcd_status mcd_sockets_of_tcp(struct mcd_sockets *sockets);

/* socket_words.c: what a sock is, for people, into `ret`; its holder is NULL where no task is known. */
enum { MCD_SOCK_WORDS = 512 };
MCD_MUST_CHECK enum mcd_status mcd_sock_describe(struct mcd_sockets *sockets,
						 const struct mcd_record *sock,
						 const struct mcd_proto *proto,
						 const struct mcd_open_file *holder,
						 char ret[MCD_SOCK_WORDS]);
/* Who has the socket open that a connection waits at to be accepted; NULL: nobody known, or it does not wait. */
const struct mcd_open_file *mcd_sock_listener(const struct mcd_sockets *sockets,
					      const struct mcd_record *sock);

#endif
