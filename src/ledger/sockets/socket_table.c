// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * TCP's table of connections, tcp_hashinfo.ehash (include/net/inet_hashtables.h), which all network
 * namespaces share unless net.ipv4.tcp_child_ehash_entries says otherwise (v6.1). See socket.h.
 *
 * Its chains also have what is less than a struct sock: connections in TIME_WAIT, and, since v4.4, requests
 * for one. The links are hlist_nulls: an odd value ends a chain.
 */
#include <inttypes.h>

#include "mcd/bytes.h"
#include "socket.h"

enum {
	BUCKETS_MAX = 1 << 24,
	CHAIN_MAX = 1 << 16, /* most have one entry or none */
	BYTES_PER_READ = 4096,
	POLL_EVERY = 256,
};

struct table {
	struct mcd_sockets *sockets;
	uint64_t addr, nr, bucket_bytes;
	uint64_t node; /* offset of a sock's link */
	size_t nr_entries, nr_lost;
};

static enum mcd_status find_table(struct table *table)
{
	struct mcd_target *target = table->sockets->audit->world->target;
	uint64_t info = 0, mask = 0;
	enum mcd_status status = mcd_layout_value(target, SYM(tcp_hashinfo), &info);

	if (!status)
		status = mcd_field(target, info, M(inet_hashinfo, ehash), &table->addr);
	if (!status)
		status = mcd_field(target, info, M(inet_hashinfo, ehash_mask), &mask);
	if (!status)
		status = mcd_layout_value(target, S(inet_ehash_bucket), &table->bucket_bytes);
	if (status)
		return status;
	table->nr = mask + 1;
	table->node = table->sockets->form.places[SK_NODE].offset;
	if (table->nr > BUCKETS_MAX || table->bucket_bytes < target->word_bytes ||
	    table->bucket_bytes > BYTES_PER_READ)
		return mcd_error_set(&target->error, MCD_CORRUPT,
				     "tcp_hashinfo: %" PRIu64 " buckets", table->nr);
	return table->sockets->form.has[SK_NODE]
		       ? MCD_OK
		       : mcd_error_set(&target->error, MCD_ABSENT, "sock_common.skc_nulls_node");
}

/* What is less than a sock may end where the dump has no page behind it: it still leads on. */
static enum mcd_status visit(struct table *table, uint64_t node, uint64_t *next)
{
	struct mcd_sockets *sockets = table->sockets;
	struct mcd_target *target = sockets->audit->world->target;
	struct mcd_record sock;
	uint64_t state = 0;
	enum mcd_status status = mcd_record_read(target, &sockets->form, node - table->node, "sock",
						 &sock);

	if (status)
		return mcd_is_fatal(status) ? status
					    : mcd_read_word(target, node, "skc_nulls_node", next);
	*next = mcd_record_pointer(&sock, SK_NODE, 0);
	state = mcd_record_uint(&sock, SK_STATE);
	if (state == TCP_TIME_WAIT || state == TCP_NEW_SYN_RECV)
		return MCD_OK;
	return mcd_sock_count(sockets, &sock);
}

static enum mcd_status walk_chain(struct table *table, uint64_t node)
{
	struct mcd_target *target = table->sockets->audit->world->target;
	enum mcd_status status = MCD_OK;

	for (size_t nr = 0; node && !(node & 1) && !status; nr++) {
		if (nr == CHAIN_MAX)
			return mcd_error_set(&target->error, MCD_CORRUPT,
					     "tcp_hashinfo: a chain loops");
		status = visit(table, node, &node);
		if (!status && ++table->nr_entries % POLL_EVERY == 0)
			status = mcd_poll(target, "connections looked at", table->nr_entries, 0);
	}
	if (!status || mcd_is_fatal(status))
		return status;
	table->nr_lost++;
	return MCD_OK;
}

static enum mcd_status walk_some(struct table *table, uint64_t first, uint64_t nr)
{
	struct mcd_target *target = table->sockets->audit->world->target;
	unsigned char bytes[BYTES_PER_READ];
	enum mcd_status status = mcd_read(target, table->addr + first * table->bucket_bytes, bytes,
					  nr * table->bucket_bytes, "tcp_hashinfo.ehash");

	if (status && !mcd_is_fatal(status)) {
		table->nr_lost += nr;
		return MCD_OK;
	}
	for (uint64_t i = 0; i < nr && !status; i++)
		status = walk_chain(table,
				    mcd_uint_of_bytes(bytes + i * table->bucket_bytes,
						      target->word_bytes, target->is_big_endian));
	return status;
}

enum mcd_status mcd_sockets_of_tcp(struct mcd_sockets *sockets)
{
	struct mcd_world *world = sockets->audit->world;
	struct table table = { .sockets = sockets };
	enum mcd_status status = find_table(&table);
	uint64_t nr_per_read = status ? 0 : BYTES_PER_READ / table.bucket_bytes;

	for (uint64_t i = 0; i < table.nr && !status; i += nr_per_read) {
		uint64_t left = table.nr - i;

		status = mcd_poll(world->target, "connections looked at", table.nr_entries, 0);
		if (!status)
			status = walk_some(&table, i, left < nr_per_read ? left : nr_per_read);
	}
	if (!status && table.nr_lost)
		status = mcd_note_add(world,
				      "%zu of %" PRIu64 " chains of tcp_hashinfo are damaged",
				      table.nr_lost, table.nr);
	return status;
}
