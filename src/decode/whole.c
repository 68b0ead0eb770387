// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether the dump had everything of a memcg. See facts.h. */
#include "mcd/facts.h"

static const size_t true_figures[] = {
	offsetof(struct mcd_memcg, css_id),
	offsetof(struct mcd_memcg, serial),
	offsetof(struct mcd_memcg, id),
	offsetof(struct mcd_memcg, refs),
	offsetof(struct mcd_memcg, memory_bytes),
	offsetof(struct mcd_memcg, swap_bytes),
	offsetof(struct mcd_memcg, kmem_bytes),
	offsetof(struct mcd_memcg, tcp_bytes),
	offsetof(struct mcd_memcg, tcp_sockets),
	offsetof(struct mcd_memcg, memory_limit_bytes),
	offsetof(struct mcd_memcg, age.at_least_ms),
	offsetof(struct mcd_memcg, cost_bytes),
};

static const size_t kernel_figures[] = {
	offsetof(struct mcd_memcg, kernel.swap_bytes),
	offsetof(struct mcd_memcg, kernel.tcp_bytes),
	offsetof(struct mcd_memcg, kernel.tcp_sockets),
	offsetof(struct mcd_memcg, kernel.kmem_bytes),
};

#define HAS_UNREADABLE(memcg, figures) \
	has_unreadable(memcg, figures, sizeof(figures) / sizeof((figures)[0]))

static bool has_unreadable(const struct mcd_memcg *memcg, const size_t *figures, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		const void *figure = (const char *)memcg + figures[i];

		if (((const struct mcd_figure *)figure)->known == MCD_UNREADABLE)
			return true;
	}
	return false;
}

static bool has_unreadable_cache(const struct mcd_memcg *memcg)
{
	for (size_t i = 0; i < memcg->nr_caches; i++)
		if (memcg->caches[i].known == MCD_UNREADABLE)
			return true;
	return memcg->caches_known == MCD_UNREADABLE;
}

bool mcd_memcg_is_whole(const struct mcd_memcg *memcg)
{
	return memcg->state != MCD_STATE_UNREADABLE && memcg->path.known != MCD_UNREADABLE &&
	       memcg->name.known != MCD_UNREADABLE && !(memcg->flags & MCD_FLAG_PATH_PARTIAL) &&
	       !HAS_UNREADABLE(memcg, true_figures) && !has_unreadable_cache(memcg);
}

bool mcd_kernel_view_is_whole(const struct mcd_memcg *memcg)
{
	return memcg->kernel.name.known != MCD_UNREADABLE &&
	       !HAS_UNREADABLE(memcg, kernel_figures) && !has_unreadable_cache(memcg);
}
