// SPDX-License-Identifier: GPL-2.0-or-later
/* One struct sock: whose reference it holds, if any, and what is charged for it. See socket.h. */
#include <inttypes.h>

#include "mcd/bytes.h"
#include "socket.h"

enum { PROTO_NAME_BYTES = 32 };

static enum mcd_status no_memory(struct mcd_sockets *sockets)
{
	return mcd_error_set(&sockets->audit->world->target->error, MCD_NO_MEMORY, "sockets");
}

/* The memcg that it refers to; 0: none. */
static enum mcd_status owner_of(struct mcd_sockets *sockets, const struct mcd_record *sock,
				uint64_t *ret)
{
	struct mcd_target *target = sockets->audit->world->target;

	*ret = mcd_record_uint(sock, SK_OWNER);
	if (!*ret || mcd_layout_has(target, M(sock, sk_memcg)))
		return MCD_OK;
	return mcd_field(target, *ret, M(cg_proto, memcg), ret);
}

/* Freed ones keep their bytes. Data that is on its way out keeps a sock without references. */
static bool has_reference(const struct mcd_sockets *sockets, const struct mcd_record *sock)
{
	if (!mcd_record_uint(sock, SK_REFCNT) && !mcd_record_uint(sock, SK_WMEM_ALLOC))
		return false;
	/* inet_csk_destroy_sock() has run once both are true. */
	return !sockets->is_put_early || mcd_record_uint(sock, SK_STATE) != TCP_CLOSE ||
	       !(mcd_record_uint(sock, SK_FLAGS) & sockets->dead);
}

static enum mcd_status get_proto(struct mcd_sockets *sockets, uint64_t addr,
				 const struct mcd_proto **ret)
{
	struct mcd_world *world = sockets->audit->world;
	struct mcd_proto proto = { .name = "socket" };
	uint64_t name = 0, counter = 0;
	size_t position = 0;
	bool is_new;
	enum mcd_status status = MCD_OK;

	if (mcd_addrmap_find(&sockets->by_proto, addr, &position)) {
		*ret = &sockets->protos[position];
		return MCD_OK;
	}
	if (!mcd_field_addr(world->target, addr, M(proto, name), &name))
		status = mcd_read_string(world->target, world->arena, name, PROTO_NAME_BYTES,
					 "proto.name", &proto.name);
	if (mcd_is_fatal(status))
		return status;
	proto.is_charged = !mcd_field(world->target, addr, M(proto, memory_allocated), &counter) &&
			   counter;
	sockets->protos = mcd_arena_grow(world->arena, sockets->protos, sockets->nr_protos,
					 &sockets->protos_capacity, sizeof(*sockets->protos));
	if (!sockets->protos ||
	    mcd_addrmap_insert(&sockets->by_proto, addr, sockets->nr_protos, &is_new))
		return no_memory(sockets);
	sockets->protos[sockets->nr_protos] = proto;
	*ret = &sockets->protos[sockets->nr_protos++];
	return MCD_OK;
}

/* An int, or what begins with one. */
static int64_t int_of(const struct mcd_record *sock, enum mcd_sock_field field)
{
	if (!sock->form->has[field])
		return 0;
	return (int32_t)mcd_uint_of_bytes(mcd_sock_bytes(sock, field), sizeof(int32_t),
					  sock->target->is_big_endian);
}

/* What is charged for its buffers: data received, data to be sent, and what was charged in advance. */
static struct mcd_figure bytes_of(const struct mcd_record *sock, const struct mcd_proto *proto)
{
	int64_t bytes = int_of(sock, SK_FORWARD_ALLOC) + int_of(sock, SK_RMEM_ALLOC) +
			int_of(sock, SK_WMEM_QUEUED);

	if (!proto->is_charged)
		return mcd_figure_none(MCD_NA);
	return mcd_figure_count(MCD_OK, (uint64_t)bytes);
}

/* One, and those of its buffers, which are charged by whole pages. */
static uint64_t count_refs(const struct mcd_sockets *sockets, struct mcd_figure bytes)
{
	if (!sockets->holds_pages || bytes.known != MCD_KNOWN || bytes.value > INT64_MAX)
		return 1;
	return 1 + bytes.value / sockets->audit->world->target->page_bytes;
}

static enum mcd_status add_sock(struct mcd_sockets *sockets, struct mcd_account *account,
				const struct mcd_record *sock)
{
	const struct mcd_open_file *holder = NULL;
	const struct mcd_proto *proto = NULL;
	struct mcd_figure bytes;
	char words[MCD_SOCK_WORDS];
	size_t position = 0;
	enum mcd_status status = get_proto(sockets, mcd_record_uint(sock, SK_PROTO), &proto);

	if (!proto)
		return status;
	if (mcd_addrmap_find(&sockets->by_socket, mcd_record_uint(sock, SK_SOCKET), &position))
		holder = &sockets->files[position];
	status = mcd_sock_describe(sockets, sock, proto, holder, words);
	bytes = bytes_of(sock, proto);
	if (!status)
		status = mcd_pin_add(sockets->audit, account, MCD_PIN_SOCKET,
				     count_refs(sockets, bytes), bytes, "%s", words);
	if (!holder)
		holder = mcd_sock_listener(sockets, sock);
	if (!status && holder)
		mcd_pin_hold(account, holder->pid, holder->comm);
	return status;
}

enum mcd_status mcd_sock_compile(struct mcd_sockets *sockets)
{
	struct mcd_target *target = sockets->audit->world->target;
	bool has_common_flags = mcd_layout_has(target, M(sock_common, skc_flags));
#define COMMON(member)                                              \
	{                                                           \
		M(sock, __sk_common), M(sock_common, member), false \
	}
	const struct mcd_record_field fields[] = {
		[SK_OWNER] = { mcd_layout_has(target, M(sock, sk_memcg)) ? M(sock, sk_memcg)
									 : M(sock, sk_cgrp),
			       MCD_NR_LAYOUT, true },
		[SK_SOCKET] = MCD_FIELD(sock, sk_socket),
		[SK_PROTO] = MCD_FIELD(sock, sk_prot_creator),
		[SK_REFCNT] = MCD_FIELD_IN(M(sock, __sk_common), M(sock_common, skc_refcnt)),
		[SK_WMEM_ALLOC] = MCD_FIELD(sock, sk_wmem_alloc),
		[SK_STATE] = MCD_FIELD_IN(M(sock, __sk_common), M(sock_common, skc_state)),
		[SK_FAMILY] = COMMON(skc_family),
		[SK_FLAGS] = { has_common_flags ? M(sock, __sk_common) : M(sock, sk_flags),
			       has_common_flags ? M(sock_common, skc_flags) : MCD_NR_LAYOUT,
			       false },
		[SK_NODE] = COMMON(skc_nulls_node),
		[SK_NET] = COMMON(skc_net),
		[SK_FORWARD_ALLOC] = MCD_FIELD_OPTIONAL(sock, sk_forward_alloc),
		[SK_RMEM_ALLOC] = MCD_FIELD_OPTIONAL(sock, sk_backlog),
		[SK_WMEM_QUEUED] = MCD_FIELD_OPTIONAL(sock, sk_wmem_queued),
		[SK_LOCAL_IP] = COMMON(skc_rcv_saddr),
		[SK_REMOTE_IP] = COMMON(skc_daddr),
		[SK_LOCAL_PORT] = COMMON(skc_num),
		[SK_REMOTE_PORT] = COMMON(skc_dport),
		[SK_LOCAL_IP6] = COMMON(skc_v6_rcv_saddr),
		[SK_REMOTE_IP6] = COMMON(skc_v6_daddr),
	};
	uint64_t bit = 0;
#undef COMMON

	/* Up to v4.4 they are charged apart on either. */
	sockets->holds_pages = sockets->audit->world->head.charges == MCD_HIERARCHY_V2 &&
			       mcd_charges_hold_pages(target);
	sockets->is_put_early = mcd_layout_has(target, SYM(sock_release_memcg));
	if (!mcd_layout_value(target, ENUM(SOCK_DEAD), &bit) && bit < 64)
		sockets->dead = 1ULL << bit;
	return mcd_record_compile(target, fields, sizeof(fields) / sizeof(fields[0]),
				  &sockets->form);
}

enum mcd_status mcd_sock_account(struct mcd_sockets *sockets, const struct mcd_record *sock,
				 struct mcd_account **ret)
{
	struct mcd_world *world = sockets->audit->world;
	uint64_t memcg = 0;
	enum mcd_status status = has_reference(sockets, sock) ? owner_of(sockets, sock, &memcg)
							      : MCD_OK;

	*ret = NULL;
	if (status)
		return mcd_is_fatal(status) ? status
					    : mcd_note_add(world, "socket %" PRIx64 ": %s",
							   sock->addr, world->target->error.text);
	if (memcg != world->root_addr)
		*ret = mcd_account_find(sockets->audit, memcg);
	return MCD_OK;
}

enum mcd_status mcd_sock_enter(struct mcd_sockets *sockets, struct mcd_account *account,
			       const struct mcd_record *sock)
{
	bool is_new = true;

	if (sock->addr && mcd_addrmap_insert(&sockets->seen, sock->addr, 0, &is_new))
		return no_memory(sockets);
	return is_new ? add_sock(sockets, account, sock) : MCD_OK;
}

enum mcd_status mcd_sock_count(struct mcd_sockets *sockets, const struct mcd_record *sock)
{
	struct mcd_account *account = NULL;
	enum mcd_status status = mcd_sock_account(sockets, sock, &account);

	return status || !account ? status : mcd_sock_enter(sockets, account, sock);
}
