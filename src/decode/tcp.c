// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * TCP buffer memory and sockets of a memcg, in the forms that kernels have had; probed in the order
 * of the table. net/ipv4/tcp_memcontrol.c, include/net/tcp_memcontrol.h, mm/memcontrol.c.
 */
#include "decode.h"

/* v3.3 to v3.12: a struct tcp_memcontrol, bytes in a res_counter, sockets in a percpu_counter. */
static enum mcd_status decode_tcp_memcontrol(struct mcd_world *world, struct mcd_memcg *memcg)
{
	struct mcd_target *target = world->target;
	struct mcd_percpu_counter sockets;
	uint64_t tcp = 0, counter = 0, bytes = 0;
	enum mcd_status status = mcd_field_addr(target, memcg->addr, M(mem_cgroup, tcp_mem), &tcp);

	if (!status)
		status = mcd_field_addr(target, tcp, M(tcp_memcontrol, tcp_memory_allocated),
					&counter);
	if (!status)
		status = mcd_field(target, counter, M(res_counter, usage), &bytes);
	memcg->kernel.tcp_bytes = mcd_figure_from(status, bytes);
	memcg->tcp_bytes = mcd_figure_scale(memcg->kernel.tcp_bytes, 1);

	status = mcd_field_addr(target, tcp, M(tcp_memcontrol, tcp_sockets_allocated), &counter);
	if (status) {
		memcg->tcp_sockets = mcd_figure_from(status, 0);
		return MCD_OK;
	}
	sockets = mcd_percpu_counter_read(world, counter);
	memcg->kernel.tcp_sockets = mcd_percpu_counter_sum(world, &sockets);
	memcg->tcp_sockets = memcg->kernel.tcp_sockets;
	/* tcp_destroy_cgroup() frees the per-cpu part while sockets still count themselves. */
	if (sockets.has_counters && sockets.counters.known == MCD_KNOWN &&
	    !sockets.counters.value) {
		memcg->tcp_sockets = sockets.count;
		memcg->flags |= MCD_FLAG_SOCKETS_APPROX;
	}
	return MCD_OK;
}

/* Since v4.5: a page counter, which only the legacy hierarchy charges. */
static enum mcd_status decode_tcpmem(struct mcd_world *world, struct mcd_memcg *memcg)
{
	return mcd_charge_bytes(world, memcg, M(mem_cgroup, tcpmem), MCD_STAT_SOCK,
				&memcg->tcp_bytes);
}

static const struct {
	enum mcd_layout_id probe;
	enum mcd_status (*decode)(struct mcd_world *world, struct mcd_memcg *memcg);
} forms[] = {
	{ M(mem_cgroup, tcp_mem), decode_tcp_memcontrol },
	{ M(mem_cgroup, tcpmem), decode_tcpmem },
};

/* A sum of approximate parts may come out below zero: then there are no sockets. */
static struct mcd_figure clamp(struct mcd_figure sockets)
{
	if (sockets.known == MCD_KNOWN && (int64_t)sockets.value < 0)
		sockets.value = 0;
	return sockets;
}

enum mcd_status mcd_decode_tcp(struct mcd_world *world, struct mcd_memcg *memcg)
{
	enum mcd_status status = MCD_OK;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]) && world->head.has_tcp; i++) {
		if (mcd_layout_has(world->target, forms[i].probe)) {
			status = forms[i].decode(world, memcg);
			break;
		}
	}
	memcg->tcp_sockets = clamp(memcg->tcp_sockets);
	memcg->kernel.tcp_sockets = clamp(memcg->kernel.tcp_sockets);
	return status;
}
