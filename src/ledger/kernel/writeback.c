// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Cgroup writeback: for each memcg that dirtied files of a device there is a struct bdi_writeback, which
 * holds a reference to the memcg's css from cgwb_create() to cgwb_release_workfn() (mm/backing-dev.c, since
 * v4.2 or so, seen in v4.4). css_offline() kills it, but an inode keeps the one that it is attached to.
 *
 * All are on bdi.wb_list. A device that is taken away takes its own off that list, while inodes may still
 * keep them: those are on offline_cgwbs, which also has the killed ones of the others.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../accounts.h"

enum { INODES_MAX = 4096 /* more are not counted */, DEVICE_BYTES = 64 /* of dev_name */ };

struct walk {
	struct mcd_audit *audit;
	struct mcd_addrmap seen;
};

/* ---- one of them ---- */

/* Adds the entries of one of its lists of inodes; false where they cannot be counted. */
static bool count_list(struct mcd_target *target, uint64_t wb, enum mcd_layout_id list,
		       uint64_t *count)
{
	uint64_t head = 0, node = 0;
	enum mcd_status status = mcd_field_addr(target, wb, list, &head);

	if (!status)
		status = mcd_read_word(target, head, "bdi_writeback", &node);
	while (!status && node != head && *count < INODES_MAX) {
		++*count;
		status = mcd_read_word(target, node, "bdi_writeback", &node);
	}
	return !status;
}

static bool count_dirty(struct mcd_target *target, uint64_t wb, uint64_t *ret)
{
	static const enum mcd_layout_id lists[] = {
		M(bdi_writeback, b_dirty),
		M(bdi_writeback, b_io),
		M(bdi_writeback, b_more_io),
		M(bdi_writeback, b_dirty_time),
	};
	uint64_t nr = 0;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (!count_list(target, wb, lists[i], &nr))
			return false;
	*ret = nr;
	return true;
}

/* Inodes with nothing to be written are on a list since v5.14; before, their references tell of them. */
static bool count_clean(struct mcd_world *world, uint64_t wb, uint64_t nr_dirty, uint64_t *ret)
{
	uint64_t ref = 0, nr = 0;

	if (mcd_layout_has(world->target, M(bdi_writeback, b_attached)))
		return count_list(world->target, wb, M(bdi_writeback, b_attached), ret);
	if (mcd_field_addr(world->target, wb, M(bdi_writeback, refcnt), &ref) ||
	    mcd_refs_of_percpu_ref(world, ref, &nr))
		return false;
	*ret = nr > nr_dirty ? nr - nr_dirty : 0;
	return true;
}

static const char *amount(uint64_t nr, const char *kind, char ret[48])
{
	if (nr >= INODES_MAX)
		snprintf(ret, 48, ", %d or more %s inodes", INODES_MAX, kind);
	else if (nr)
		snprintf(ret, 48, ", %" PRIu64 " %s inode%s", nr, kind, nr == 1 ? "" : "s");
	else
		*ret = '\0';
	return ret;
}

/* "vda (254:0)", "0:45" */
static enum mcd_status describe_device(struct mcd_audit *audit, uint64_t bdi, const char **ret)
{
	struct mcd_world *world = audit->world;
	struct mcd_text name = { 0 };
	const char *number = NULL;
	char words[2 * DEVICE_BYTES + 512];
	uint64_t addr = 0;
	enum mcd_status status = mcd_bdi_name(audit, bdi, &name), here = MCD_OK;

	if (status)
		return status;
	here = mcd_field_addr(world->target, bdi, M(backing_dev_info, dev_name), &addr);
	if (!here)
		here = mcd_read_string(world->target, world->arena, addr, DEVICE_BYTES,
				       "backing_dev_info.dev_name", &number);
	if (mcd_is_fatal(here))
		return here;
	if (name.known != MCD_KNOWN) {
		*ret = number ? number : "a device without a name";
		return MCD_OK;
	}
	*ret = name.text;
	if (!number || strcmp(number, name.text) == 0)
		return MCD_OK;
	snprintf(words, sizeof(words), "%s (%s)", name.text, number);
	*ret = mcd_arena_strndup(world->arena, words, strlen(words));
	return *ret ? MCD_OK : mcd_error_set(&world->target->error, MCD_NO_MEMORY, "writebacks");
}

static enum mcd_status add_writeback(struct walk *walk, struct mcd_account *account, uint64_t wb,
				     uint64_t bdi)
{
	struct mcd_world *world = walk->audit->world;
	const char *device = NULL;
	char dirty[48], clean[48];
	uint64_t nr_dirty = 0, nr_clean = 0;
	enum mcd_status status = describe_device(walk->audit, bdi, &device);

	if (status)
		return status;
	if (count_dirty(world->target, wb, &nr_dirty) && mcd_is_dangling(account->memcg) &&
	    !count_clean(world, wb, nr_dirty, &nr_clean))
		nr_clean = 0;
	return mcd_pin_add(walk->audit, account, MCD_PIN_WRITEBACK, 1, mcd_figure_none(MCD_NA),
			   "%s%s%s", device, amount(nr_dirty, "dirty", dirty),
			   amount(nr_clean, "clean", clean));
}

static enum mcd_status look_at(struct walk *walk, uint64_t wb)
{
	struct mcd_world *world = walk->audit->world;
	struct mcd_account *account = NULL;
	uint64_t css = 0, bdi = 0;
	bool is_new;
	enum mcd_status status = mcd_addrmap_insert(&walk->seen, wb, 0, &is_new);

	if (status)
		return mcd_error_set(&world->target->error, status, "writebacks");
	if (!is_new)
		return MCD_OK;
	status = mcd_field(world->target, wb, M(bdi_writeback, memcg_css), &css);
	if (!status)
		account = mcd_account_find(walk->audit, css);
	if (!status && account)
		status = mcd_field(world->target, wb, M(bdi_writeback, bdi), &bdi);
	if (status)
		return mcd_is_fatal(status) ? status
					    : mcd_note_add(world, "writeback %" PRIx64 ": %s", wb,
							   world->target->error.text);
	/* Each device has one of its own, for the root memcg, which is not counted. */
	if (!account || account->memcg->addr == world->root_addr)
		return MCD_OK;
	return add_writeback(walk, account, wb, bdi);
}

/* ---- where they are ---- */

static enum mcd_status collect(struct mcd_world *world, uint64_t head, const char *what,
			       struct mcd_list *ret)
{
	enum mcd_status status = mcd_list_collect(world->target, world->arena, head, what, ret);

	return !status && ret->damage ? mcd_note_list(world, what, ret) : status;
}

static enum mcd_status look_at_all(struct walk *walk, uint64_t head, enum mcd_layout_id member,
				   const char *what)
{
	struct mcd_target *target = walk->audit->world->target;
	struct mcd_list list;
	uint64_t link = 0;
	enum mcd_status status = mcd_layout_value(target, member, &link);

	if (!status)
		status = collect(walk->audit->world, head, what, &list);
	for (size_t i = 0; !status && i < list.nr; i++) {
		status = look_at(walk, list.nodes[i] - link);
		if (!status && i % 256 == 0)
			status = mcd_poll(target, "writebacks read", walk->seen.nr, 0);
	}
	return status;
}

static enum mcd_status walk_device(struct walk *walk, uint64_t bdi)
{
	struct mcd_world *world = walk->audit->world;
	uint64_t head = 0;
	enum mcd_status status = mcd_field_addr(world->target, bdi, M(backing_dev_info, wb_list),
						&head);

	if (!status)
		status = look_at_all(walk, head, M(bdi_writeback, bdi_node), "bdi.wb_list");
	if (!status || mcd_is_fatal(status))
		return status;
	return mcd_note_add(world, "writebacks of bdi %" PRIx64 ": %s", bdi,
			    world->target->error.text);
}

static enum mcd_status walk_devices(struct walk *walk)
{
	struct mcd_world *world = walk->audit->world;
	struct mcd_list list;
	uint64_t head = 0, link = 0, unused = 0;
	enum mcd_status status = mcd_layout_value(world->target, SYM(bdi_list), &head);

	if (!status)
		status = mcd_layout_value(world->target, M(backing_dev_info, bdi_list), &link);
	if (!status)
		status = mcd_layout_value(world->target, M(bdi_writeback, bdi_node), &unused);
	if (!status)
		status = collect(world, head, "bdi_list", &list);
	for (size_t i = 0; !status && i < list.nr; i++)
		status = walk_device(walk, list.nodes[i] - link);
	return status;
}

/* "writeback, cgroup: release dying cgwbs by switching attached inodes" (v5.14) made the list. */
static enum mcd_status walk_offline(struct walk *walk)
{
	struct mcd_target *target = walk->audit->world->target;
	uint64_t head = 0;

	if (!mcd_layout_has(target, M(bdi_writeback, offline_node)))
		return MCD_OK;

	enum mcd_status status = mcd_layout_value(target, SYM(offline_cgwbs), &head);

	return status ? status
		      : look_at_all(walk, head, M(bdi_writeback, offline_node), "offline_cgwbs");
}

enum mcd_status mcd_pins_writeback(struct mcd_audit *audit)
{
	struct walk walk = { .audit = audit };
	enum mcd_status status = MCD_OK;

	mcd_addrmap_init(&walk.seen, audit->world->arena);
	status = walk_devices(&walk);
	return status ? status : walk_offline(&walk);
}
