// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The figures as the facility's own code computes them: swap is memsw − kmem modulo 2^64, whatever
 * else is charged. name.c and tcp.c fill the rest, which that code reads from the same places.
 */
#include "decode.h"

enum mcd_status mcd_decode_kernel(struct mcd_world *world, struct mcd_memcg *memcg)
{
	struct mcd_kernel_view *kernel = &memcg->kernel;

	if (!(memcg->sources & MCD_SOURCE_LIST))
		return MCD_OK;
	kernel->kmem_bytes = mcd_counter_kernel_bytes(world, memcg->addr, M(mem_cgroup, kmem));
	if (world->head.has_swap)
		kernel->swap_bytes = mcd_figure_minus(
			mcd_counter_kernel_bytes(world, memcg->addr, M(mem_cgroup, memsw)),
			world->head.has_kmem ? kernel->kmem_bytes : mcd_figure_known(0));
	if (!mcd_figure_equal(kernel->swap_bytes, memcg->swap_bytes))
		memcg->flags |= MCD_FLAG_SWAP_DIFFERS;
	if (!mcd_figure_equal(kernel->tcp_sockets, memcg->tcp_sockets))
		memcg->flags |= MCD_FLAG_SOCKETS_DIFFER;
	return MCD_OK;
}
