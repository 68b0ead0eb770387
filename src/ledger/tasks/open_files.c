// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What tasks hold open: the tables of all files_structs (include/linux/fdtable.h), from which only those
 * kinds of files are kept that can refer to a memcg (open_kind.c). See accounts.h.
 *
 * Files that no task has in a table are not found here: those in flight in a unix socket (SCM_RIGHTS), or
 * registered with io_uring.
 */
#include <inttypes.h>
#include <string.h>

#include "mcd/bytes.h"
#include "open_files.h"
#include "tasks.h"

enum {
	FDS_MAX = 1 << 24,  /* in a table; sysctl_nr_open allows 1 << 20 unless it is raised */
	FDS_PER_READ = 512, /* pointers */
};

enum { T_MAX, T_FD }; /* fields of an fdtable */

struct mcd_open_files {
	enum mcd_status status; /* of the walk, and its text */
	const char *reason;
	struct mcd_open_file *items;
	size_t nr, capacity;
};

struct walk {
	struct mcd_audit *audit;
	struct mcd_open_files *files;
	struct mcd_open_kinds kinds;
	struct mcd_record_form table_form;
	struct mcd_addrmap tables; /* files_structs that were looked at */
	struct mcd_addrmap seen;   /* files that were kept */
	size_t nr_lost_tables, nr_lost_files;
};

/* The task whose table it is; who it is is asked when the first file is kept. */
struct holder {
	uint64_t task;
	bool is_named;
	unsigned int pid;
	const char *comm;
};

static enum mcd_status no_memory(struct walk *walk)
{
	return mcd_error_set(&walk->audit->world->target->error, MCD_NO_MEMORY, "open files");
}

/* ---- tables ---- */

static enum mcd_status keep(struct walk *walk, struct holder *holder,
			    const struct mcd_record *record, enum mcd_layout_id kind, uint64_t fd)
{
	struct mcd_open_files *files = walk->files;
	bool is_new;
	enum mcd_status status = mcd_addrmap_insert(&walk->seen, record->addr, 0, &is_new);

	if (status)
		return no_memory(walk);
	if (!is_new)
		return MCD_OK;
	if (!holder->is_named)
		status = mcd_task_name(walk->audit, holder->task, &holder->pid, &holder->comm);
	if (mcd_is_fatal(status))
		return status;
	holder->is_named = true;
	files->items = mcd_arena_grow(walk->audit->world->arena, files->items, files->nr,
				      &files->capacity, sizeof(*files->items));
	if (!files->items)
		return no_memory(walk);
	files->items[files->nr++] = (struct mcd_open_file){
		.file = record->addr,
		.operations = kind,
		.private_data = mcd_record_uint(record, FILE_PRIVATE),
		.pid = holder->pid,
		.fd = (int)fd,
		.comm = holder->comm ? holder->comm : "?",
	};
	return MCD_OK;
}

static enum mcd_status look_at(struct walk *walk, struct holder *holder, uint64_t file, uint64_t fd)
{
	struct mcd_record record;
	enum mcd_layout_id kind = MCD_NR_LAYOUT;
	enum mcd_status status = mcd_record_read(walk->audit->world->target, &walk->kinds.form,
						 file, "file", &record);

	if (status && !mcd_is_fatal(status)) {
		walk->nr_lost_files++;
		return MCD_OK;
	}
	if (!status)
		status = mcd_open_kind_of(&walk->kinds, &record, &kind);
	return status || kind == MCD_NR_LAYOUT ? status : keep(walk, holder, &record, kind, fd);
}

/* What cannot be read ends the table: a hostile one may claim to have millions. */
static enum mcd_status look_at_some(struct walk *walk, struct holder *holder, uint64_t array,
				    uint64_t first, uint64_t nr)
{
	struct mcd_target *target = walk->audit->world->target;
	size_t word_bytes = target->word_bytes;
	unsigned char bytes[FDS_PER_READ * sizeof(uint64_t)];
	enum mcd_status status = mcd_poll(target, "open files found", walk->files->nr, 0);

	if (!status)
		status = mcd_read(target, array + first * word_bytes, bytes, nr * word_bytes,
				  "fdtable.fd");
	for (uint64_t i = 0; i < nr && !status; i++) {
		uint64_t file = mcd_uint_of_bytes(bytes + i * word_bytes, word_bytes,
						  target->is_big_endian);

		if (file)
			status = look_at(walk, holder, file, first + i);
	}
	return status;
}

static enum mcd_status walk_table(struct walk *walk, struct holder *holder, uint64_t files)
{
	struct mcd_target *target = walk->audit->world->target;
	struct mcd_record table;
	uint64_t addr = 0, nr = 0;
	enum mcd_status status = mcd_field(target, files, M(files_struct, fdt), &addr);

	if (!status)
		status = mcd_record_read(target, &walk->table_form, addr, "fdtable", &table);
	if (!status)
		nr = mcd_record_uint(&table, T_MAX);
	if (!status && nr > FDS_MAX)
		status = mcd_error_set(&target->error, MCD_CORRUPT, "fdtable.max_fds");
	for (uint64_t i = 0; i < nr && !status; i += FDS_PER_READ)
		status = look_at_some(walk, holder, mcd_record_uint(&table, T_FD), i,
				      nr - i < FDS_PER_READ ? nr - i : FDS_PER_READ);
	return status;
}

static enum mcd_status visit_task(void *context, uint64_t task)
{
	struct walk *walk = context;
	struct holder holder = { .task = task };
	uint64_t files = 0;
	bool is_new = false;
	enum mcd_status status = mcd_field(walk->audit->world->target, task, M(task_struct, files),
					   &files);

	/* A zombie has none; most threads share their leader's. */
	if (!status && files && mcd_addrmap_insert(&walk->tables, files, 0, &is_new))
		return no_memory(walk);
	if (!status && is_new)
		status = walk_table(walk, &holder, files);
	if (mcd_is_fatal(status))
		return status;
	walk->nr_lost_tables += status != MCD_OK;
	return MCD_OK;
}

/* ---- all of it, once ---- */

static enum mcd_status compile(struct walk *walk)
{
	static const struct mcd_record_field fields[] = {
		[T_MAX] = MCD_FIELD(fdtable, max_fds),
		[T_FD] = MCD_FIELD(fdtable, fd),
	};
	struct mcd_target *target = walk->audit->world->target;
	uint64_t unused = 0;
	enum mcd_status status = mcd_open_kinds_init(&walk->kinds, walk->audit);

	if (!status)
		status = mcd_record_compile(target, fields, sizeof(fields) / sizeof(fields[0]),
					    &walk->table_form);
	if (!status)
		status = walk->table_form.status;
	if (!status)
		status = mcd_layout_value(target, M(task_struct, files), &unused);
	return status ? status : mcd_layout_value(target, M(files_struct, fdt), &unused);
}

static enum mcd_status find_all(struct walk *walk)
{
	struct mcd_world *world = walk->audit->world;
	enum mcd_status status = compile(walk);

	mcd_addrmap_init(&walk->tables, world->arena);
	mcd_addrmap_init(&walk->seen, world->arena);
	if (!status)
		status = mcd_tasks_walk(walk->audit, visit_task, walk);
	if (!status && walk->nr_lost_tables)
		status = mcd_note_add(world, "open files of %zu tasks cannot be read",
				      walk->nr_lost_tables);
	if (!status && walk->nr_lost_files)
		status = mcd_note_add(world, "%zu open files cannot be read", walk->nr_lost_files);
	return status;
}

enum mcd_status mcd_open_files_get(struct mcd_audit *audit, const struct mcd_open_file **ret,
				   size_t *ret_nr)
{
	struct mcd_error *error = &audit->world->target->error;

	if (!audit->open_files) {
		struct mcd_open_files *files = mcd_arena_alloc(audit->world->arena, sizeof(*files));
		struct walk walk = { .audit = audit, .files = files };

		if (!files)
			return no_memory(&walk);
		files->status = find_all(&walk);
		if (mcd_is_fatal(files->status))
			return files->status;
		files->reason = mcd_arena_strndup(audit->world->arena, error->text,
						  strlen(error->text));
		if (!files->reason)
			return no_memory(&walk);
		audit->open_files = files;
	}
	*ret = audit->open_files->items;
	*ret_nr = audit->open_files->nr;
	if (!audit->open_files->status)
		return MCD_OK;
	return mcd_error_set(error, audit->open_files->status, "%s", audit->open_files->reason);
}
