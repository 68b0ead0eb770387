// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Those who watch files: a struct fsnotify_group holds a reference to the memcg of the task that made it,
 * which its events are charged to, from inotify_new_group() or fanotify_init() to
 * fsnotify_final_destroy_group() (fs/notify, since v4.19). It lives as long as the file that stands for it.
 */
#include <inttypes.h>

#include "../accounts.h"

enum { POLL_EVERY = 512 };

static enum mcd_status look_at(struct mcd_audit *audit, const struct mcd_open_file *file)
{
	struct mcd_world *world = audit->world;
	struct mcd_account *account = NULL;
	const char *what = file->operations == SYM(inotify_fops) ? "inotify" : "fanotify";
	uint64_t memcg = 0;
	enum mcd_status status = mcd_field(world->target, file->private_data,
					   M(fsnotify_group, memcg), &memcg);

	if (status)
		return mcd_is_fatal(status)
			       ? status
			       : mcd_note_add(world, "%s of task %u, fd %d: %s", what, file->pid,
					      file->fd, world->target->error.text);
	account = mcd_account_find(audit, memcg);
	if (!account || memcg == world->root_addr)
		return MCD_OK;
	status = mcd_pin_add(audit, account, MCD_PIN_FSNOTIFY, 1, mcd_figure_none(MCD_NA),
			     "%s, held by %u (%s) fd %d", what, file->pid, file->comm, file->fd);
	if (!status)
		mcd_pin_hold(account, file->pid, file->comm);
	return status;
}

enum mcd_status mcd_pins_fsnotify(struct mcd_audit *audit)
{
	const struct mcd_open_file *files = NULL;
	size_t nr = 0;
	enum mcd_status status = mcd_open_files_get(audit, &files, &nr);

	for (size_t i = 0; i < nr && !status; i++) {
		if (files[i].operations != SYM(socket_file_ops))
			status = look_at(audit, &files[i]);
		if (!status && i % POLL_EVERY == 0)
			status = mcd_poll(audit->world->target, "open files read", i, nr);
	}
	return status;
}
