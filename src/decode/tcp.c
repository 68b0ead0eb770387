// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * TCP buffer memory and sockets of a memcg, in the forms that kernels have had; probed in the order
 * of the table. net/ipv4/tcp_memcontrol.c, include/net/tcp_memcontrol.h, mm/memcontrol.c.
 */
#include "decode.h"

/* Up to v4.4 mem_cgroup.tcp_mem holds a counter of bytes or pages and a percpu_counter of sockets. */
struct tcp_form {
	enum mcd_layout_id probe, memory, sockets;
	bool is_res_counter; /* whatever the kernel has otherwise: a port of old code may have both */
	enum mcd_status (*decode)(struct mcd_world *world, struct mcd_memcg *memcg,
				  const struct tcp_form *form);
};

static void decode_memory(struct mcd_world *world, struct mcd_memcg *memcg, uint64_t tcp,
			  const struct tcp_form *form)
{
	uint64_t counter = 0;
	enum mcd_status status = mcd_field_addr(world->target, tcp, form->memory, &counter);
	bool pages = !form->is_res_counter && mcd_counters_are_pages(world);

	memcg->tcp_bytes = mcd_figure_from(status, 0);
	memcg->kernel.tcp_bytes = memcg->tcp_bytes;
	if (status)
		return;
	memcg->tcp_bytes = mcd_counter_bytes_at(world, counter, pages);
	memcg->kernel.tcp_bytes = mcd_counter_kernel_bytes_at(world, counter, pages);
}

static void decode_sockets(struct mcd_world *world, struct mcd_memcg *memcg, uint64_t tcp,
			   const struct tcp_form *form)
{
	struct mcd_percpu_counter sockets;
	uint64_t counter = 0;
	enum mcd_status status = mcd_field_addr(world->target, tcp, form->sockets, &counter);

	if (status) {
		memcg->tcp_sockets = mcd_figure_from(status, 0);
		return;
	}
	sockets = mcd_percpu_counter_read(world, counter);
	memcg->kernel.tcp_sockets = mcd_percpu_counter_sum(world, &sockets);
	memcg->tcp_sockets = memcg->kernel.tcp_sockets;
	/*
	 * tcp_destroy_cgroup() frees the per-cpu part: up to v3.12 while sockets still count themselves,
	 * later when the memcg itself is freed. The root's never existed: tcp_proto_cgroup().
	 */
	if (sockets.has_counters && sockets.counters.known == MCD_KNOWN &&
	    !sockets.counters.value && memcg->addr != world->root_addr) {
		memcg->tcp_sockets = sockets.count;
		memcg->flags |= MCD_FLAG_SOCKETS_APPROX;
	}
}

static enum mcd_status decode_tcp_mem(struct mcd_world *world, struct mcd_memcg *memcg,
				      const struct tcp_form *form)
{
	uint64_t tcp = 0;
	enum mcd_status status = mcd_field_addr(world->target, memcg->addr, M(mem_cgroup, tcp_mem),
						&tcp);

	memcg->tcp_bytes = mcd_figure_from(status, 0);
	if (status)
		return MCD_OK;
	decode_memory(world, memcg, tcp, form);
	decode_sockets(world, memcg, tcp, form);
	return MCD_OK;
}

/*
 * Since v4.5: a page counter, which only the legacy hierarchy charges, and since v6.12 exists only where
 * that is built in (CONFIG_MEMCG_V1).
 */
static enum mcd_status decode_tcpmem(struct mcd_world *world, struct mcd_memcg *memcg,
				     const struct tcp_form *form)
{
	(void)form;
	return mcd_charge_bytes(world, memcg, M(mem_cgroup, tcpmem), MCD_STAT_SOCK,
				&memcg->tcp_bytes);
}

/* Up to v3.12 a struct cg_proto has members of the same names, pointers into struct tcp_memcontrol. */
static const struct tcp_form forms[] = {
	{
		.probe = M(tcp_memcontrol, tcp_memory_allocated),
		.memory = M(tcp_memcontrol, tcp_memory_allocated),
		.sockets = M(tcp_memcontrol, tcp_sockets_allocated),
		.is_res_counter = true,
		.decode = decode_tcp_mem,
	},
	{
		.probe = M(mem_cgroup, tcp_mem),
		.memory = M(cg_proto, memory_allocated),
		.sockets = M(cg_proto, sockets_allocated),
		.decode = decode_tcp_mem,
	},
	{ .probe = M(mem_cgroup, tcpmem), .decode = decode_tcpmem },
	{ .probe = ENUM(MEMCG_SOCK), .decode = decode_tcpmem },
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
			status = forms[i].decode(world, memcg, &forms[i]);
			break;
		}
	}
	memcg->tcp_sockets = clamp(memcg->tcp_sockets);
	memcg->kernel.tcp_sockets = clamp(memcg->kernel.tcp_sockets);
	return status;
}
