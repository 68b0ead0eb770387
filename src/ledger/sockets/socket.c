// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sockets. Each holds a reference to the memcg of the task that made it:
 *
 *   since v4.8 or so, seen in v4.10: every struct sock, from sk_alloc() to sk_prot_free(), later
 *     mem_cgroup_sk_alloc() and mem_cgroup_sk_free() in there; a connection that waits to be accepted has
 *     its listener's up to v4.13, and since v4.14 none;
 *   before: those of TCP alone, from tcp_init_sock() to tcp_v4_destroy_sock(), which is called some time
 *     before the sock itself is freed: sock_update_memcg(), sock_release_memcg().
 *
 * On the unified hierarchy the pages of their buffers are charged like others, mem_cgroup_charge_skmem(), so
 * that each of them holds a reference, too, up to v5.8. On the legacy hierarchy only groups with a limit of TCP
 * memory take part. First those that tasks have open are looked at, then TCP's own table, which has what nobody
 * has open: connections that were closed and still have data, or were not accepted yet. Others are left to the
 * scan: socket_slab.c.
 */
#include "socket.h"

enum { POLL_EVERY = 512 };

static enum mcd_status no_memory(struct mcd_sockets *sockets)
{
	return mcd_error_set(&sockets->audit->world->target->error, MCD_NO_MEMORY, "sockets");
}

/* ---- those that are open ---- */

static enum mcd_status keep_listener(struct mcd_sockets *sockets, const struct mcd_record *sock,
				     const struct mcd_open_file *file)
{
	if (mcd_record_uint(sock, SK_STATE) != TCP_LISTEN)
		return MCD_OK;
	sockets->listeners = mcd_arena_grow(sockets->audit->world->arena, sockets->listeners,
					    sockets->nr_listeners, &sockets->listeners_capacity,
					    sizeof(*sockets->listeners));
	if (!sockets->listeners)
		return no_memory(sockets);
	sockets->listeners[sockets->nr_listeners++] = (struct mcd_listener){
		mcd_record_uint(sock, SK_NET), mcd_record_uint(sock, SK_LOCAL_PORT), file
	};
	return MCD_OK;
}

static enum mcd_status count_open(struct mcd_sockets *sockets, const struct mcd_open_file *file)
{
	struct mcd_world *world = sockets->audit->world;
	struct mcd_record sock;
	uint64_t addr = 0;
	enum mcd_status status = mcd_field(world->target, file->private_data, M(socket, sk), &addr);

	/* Between socket() and its end, and between close() and its end, it has none. */
	if (!status && !addr)
		return MCD_OK;
	if (!status)
		status = mcd_record_read(world->target, &sockets->form, addr, "sock", &sock);
	if (!status) {
		status = keep_listener(sockets, &sock, file);
		return status ? status : mcd_sock_count(sockets, &sock);
	}
	if (mcd_is_fatal(status))
		return status;
	return mcd_note_add(world, "socket of task %u, fd %d: %s", file->pid, file->fd,
			    world->target->error.text);
}

static enum mcd_status index_files(struct mcd_sockets *sockets)
{
	enum mcd_status status = mcd_open_files_get(sockets->audit, &sockets->files,
						    &sockets->nr_files);
	bool is_new;

	for (size_t i = 0; i < sockets->nr_files && !status; i++)
		if (sockets->files[i].operations == SYM(socket_file_ops) &&
		    mcd_addrmap_insert(&sockets->by_socket, sockets->files[i].private_data, i,
				       &is_new))
			status = no_memory(sockets);
	return status;
}

static enum mcd_status count_all_open(struct mcd_sockets *sockets)
{
	struct mcd_target *target = sockets->audit->world->target;
	enum mcd_status status = index_files(sockets);

	for (size_t i = 0; i < sockets->nr_files && !status; i++) {
		if (sockets->files[i].operations == SYM(socket_file_ops))
			status = count_open(sockets, &sockets->files[i]);
		if (!status && i % POLL_EVERY == 0)
			status = mcd_poll(target, "open sockets read", i, sockets->nr_files);
	}
	return status;
}

/* ---- all of it ---- */

enum mcd_status mcd_sockets_get(struct mcd_audit *audit, struct mcd_sockets **ret)
{
	struct mcd_target *target = audit->world->target;
	struct mcd_arena *arena = audit->world->arena;
	struct mcd_sockets *sockets = audit->sockets;
	enum mcd_status status = MCD_OK;

	if (!sockets) {
		sockets = mcd_arena_alloc(arena, sizeof(*sockets));
		if (!sockets)
			return mcd_error_set(&target->error, MCD_NO_MEMORY, "sockets");
		sockets->audit = audit;
		mcd_addrmap_init(&sockets->seen, arena);
		mcd_addrmap_init(&sockets->by_socket, arena);
		mcd_addrmap_init(&sockets->by_proto, arena);
		status = mcd_sock_compile(sockets);
		if (status)
			return status;
		audit->sockets = sockets;
	}
	if (sockets->form.status)
		return mcd_error_set(&target->error, sockets->form.status,
				     "struct sock is of no known form");
	*ret = sockets;
	return MCD_OK;
}

bool mcd_sockets_are_wanted(const struct mcd_audit *audit)
{
	for (size_t i = 0; i < audit->nr; i++)
		if (mcd_account_rest(&audit->accounts[i]))
			return true;
	return audit->wants & MCD_AUDIT_SCAN;
}

/* Where tasks cannot be looked at, the table still can. */
enum mcd_status mcd_pins_socket(struct mcd_audit *audit)
{
	struct mcd_sockets *sockets = NULL;
	enum mcd_status status = mcd_sockets_get(audit, &sockets), open = MCD_OK;

	if (!sockets)
		return status;
	open = count_all_open(sockets);
	if (mcd_is_fatal(open) || !mcd_sockets_are_wanted(audit))
		return open;
	if (open)
		status = mcd_note_add(audit->world, "who has sockets open is not known: %s",
				      audit->world->target->error.text);
	return status ? status : mcd_sockets_of_tcp(sockets);
}
