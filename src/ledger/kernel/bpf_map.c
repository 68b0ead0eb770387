// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * BPF maps, which are charged to the memcg of who made them, and from v5.11 to v5.19 hold a reference to
 * its css as long as they live: bpf_map_save_memcg() and bpf_map_release_memcg() in
 * kernel/bpf/syscall.c. Since v6.0 they hold an obj_cgroup instead.
 */
#include <inttypes.h>

#include "../accounts.h"

enum { NAME_BYTES_MAX = 64 }; /* BPF_OBJ_NAME_LEN is 16 */

/* enum bpf_map_type in include/uapi/linux/bpf.h, which never changes, in the words of bpftool. */
static const char *const types[] = {
	[1] = "hash",
	[2] = "array",
	[3] = "prog_array",
	[4] = "perf_event_array",
	[5] = "percpu_hash",
	[6] = "percpu_array",
	[7] = "stack_trace",
	[8] = "cgroup_array",
	[9] = "lru_hash",
	[10] = "lru_percpu_hash",
	[11] = "lpm_trie",
	[12] = "array_of_maps",
	[13] = "hash_of_maps",
	[14] = "devmap",
	[15] = "sockmap",
	[16] = "cpumap",
	[17] = "xskmap",
	[18] = "sockhash",
	[19] = "cgroup_storage",
	[20] = "reuseport_sockarray",
	[21] = "percpu_cgroup_storage",
	[22] = "queue",
	[23] = "stack",
	[24] = "sk_storage",
	[25] = "devmap_hash",
	[26] = "struct_ops",
	[27] = "ringbuf",
	[28] = "inode_storage",
	[29] = "task_storage",
	[30] = "bloom_filter",
};

static const char *type_name(struct mcd_world *world, uint64_t map)
{
	uint64_t type = 0;

	if (mcd_field(world->target, map, M(bpf_map, map_type), &type) ||
	    type >= sizeof(types) / sizeof(types[0]) || !types[type])
		return "of unknown type";
	return types[type];
}

/* Of a map without a name that is "". */
static enum mcd_status read_name(struct mcd_world *world, uint64_t map, const char **ret)
{
	uint64_t addr = 0;
	enum mcd_status status = mcd_field_addr(world->target, map, M(bpf_map, name), &addr);

	*ret = "";
	if (!status)
		status = mcd_read_string(world->target, world->arena, addr, NAME_BYTES_MAX,
					 "bpf_map.name", ret);
	return mcd_is_fatal(status) ? status : MCD_OK;
}

static enum mcd_status add_map(struct mcd_audit *audit, const struct mcd_id *id)
{
	struct mcd_world *world = audit->world;
	struct mcd_account *account = NULL;
	const char *name = "";
	uint64_t memcg = 0;
	enum mcd_status status = mcd_field(world->target, id->pointer, M(bpf_map, memcg), &memcg);

	if (status)
		return mcd_note_add(world, "bpf map %" PRIu64 ": %s", id->id,
				    world->target->error.text);
	account = mcd_account_find(audit, memcg);
	if (!account)
		return MCD_OK;
	status = read_name(world, id->pointer, &name);
	if (status)
		return status;
	return mcd_pin_add(audit, account, MCD_PIN_BPF_MAP, 1, mcd_figure_none(MCD_NA),
			   "map %" PRIu64 "%s%s, %s", id->id, *name ? " " : "", name,
			   type_name(world, id->pointer));
}

enum mcd_status mcd_pins_bpf_map(struct mcd_audit *audit)
{
	struct mcd_world *world = audit->world;
	struct mcd_idtree tree;
	uint64_t idr = 0;
	enum mcd_status status = mcd_layout_value(world->target, SYM(map_idr), &idr);

	if (status)
		return status;
	status = mcd_idtree_collect(world, idr, "map_idr", MCD_IDTREE_IDR, &tree);
	if (status == MCD_ABSENT)
		return mcd_error_set(&world->target->error, status, "map_idr is of no known form");
	for (size_t i = 0; i < tree.nr && !status; i++) {
		status = add_map(audit, &tree.ids[i]);
		if (!status && i % 256 == 0)
			status = mcd_poll(world->target, "bpf maps read", i, tree.nr);
	}
	return status;
}
