// SPDX-License-Identifier: GPL-2.0-or-later
/* See outlet.h. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "outlet.h"
#include "standalone/message.h"
#include "stream.h"

#define SUMMARY "batch.ndjson"

enum mcd_status mcd_batch_outlet_init(struct mcd_batch_outlet *outlet,
				      struct mcd_batch_store *store,
				      struct mcd_batch_progress *progress, struct mcd_arena *arena,
				      size_t nr, bool has_directory, struct mcd_error *error)
{
	*outlet = (struct mcd_batch_outlet){
		.store = store,
		.progress = progress,
		.has_directory = has_directory,
		.rows = mcd_arena_array(arena, nr + 1, sizeof(*outlet->rows)),
		.summary_fd = -1,
		.source_fd = -1,
	};
	if (!outlet->rows)
		return mcd_error_set(error, MCD_NO_MEMORY, "no memory for the summary");
	if (!has_directory)
		return MCD_OK;
	mcd_batch_store_remove(store, SUMMARY);
	return mcd_batch_store_create(store, SUMMARY, &outlet->summary_fd, error);
}

void mcd_batch_outlet_deinit(struct mcd_batch_outlet *outlet)
{
	if (outlet->summary_fd >= 0)
		close(outlet->summary_fd);
	if (outlet->source_fd >= 0)
		close(outlet->source_fd);
}

bool mcd_batch_outlet_is_busy(const struct mcd_batch_outlet *outlet)
{
	return outlet->source_fd >= 0;
}

bool mcd_batch_outlet_is_ready(const struct mcd_batch_outlet *outlet)
{
	return outlet->source_fd < 0 && !outlet->is_broken;
}

static void count(struct mcd_batch_outlet *outlet, const struct mcd_batch_dump *dump,
		  const struct mcd_batch_record *record)
{
	outlet->rows[outlet->nr_rows++] = (struct mcd_batch_row){
		.dump = dump,
		.class = record->class,
		.seconds = record->seconds,
		.peak_bytes = record->peak_bytes,
		.dangling = record->dangling,
		.online = record->online,
	};
	outlet->nr_of_class[record->class]++;
	outlet->nr_dangling += record->dangling.value;
	outlet->nr_online += record->online.value;
	outlet->nr_unreadable += record->unreadable.value;
}

static enum mcd_status lost(struct mcd_batch_outlet *outlet, const struct mcd_batch_dump *dump,
			    struct mcd_error *error)
{
	outlet->is_broken = true;
	return mcd_error_set(error, MCD_FAULT,
			     "%.100s: %.100s is gone or was changed: run again with --resume",
			     outlet->store->path, dump->stream);
}

enum mcd_status mcd_batch_outlet_tell(struct mcd_batch_outlet *outlet,
				      const struct mcd_batch_dump *dump, struct mcd_error *error)
{
	int fd = mcd_batch_store_read(outlet->store, dump->stream);
	enum mcd_status status = MCD_OK;
	struct mcd_batch_record record;
	char *line = NULL;

	if (fd < 0)
		return lost(outlet, dump, error);
	if (!mcd_batch_stream_read(fd, dump, &record, &line)) {
		close(fd);
		return lost(outlet, dump, error);
	}
	count(outlet, dump, &record);
	if (record.class != MCD_CLASS_OK) {
		mcd_batch_progress_clear(outlet->progress);
		mcd_message("%s", record.message);
	}
	if (outlet->has_directory) {
		close(fd);
		status = mcd_batch_store_write(outlet->store, outlet->summary_fd, line,
					       strlen(line), error);
		outlet->is_broken = status;
	} else {
		outlet->source_fd = fd;
		outlet->nr_copied = 0;
	}
	free(line);
	return status;
}

/* The stream is copied, or cannot be, and is not needed any more. */
static void end_copy(struct mcd_batch_outlet *outlet)
{
	close(outlet->source_fd);
	outlet->source_fd = -1;
	mcd_batch_store_remove(outlet->store, outlet->rows[outlet->nr_rows - 1].dump->stream);
}

static enum mcd_status break_off(struct mcd_batch_outlet *outlet, struct mcd_error *error)
{
	enum mcd_status status = errno == EPIPE ? MCD_INTERRUPTED : MCD_FAULT;

	mcd_error_set(error, status, "standard output: %s", strerror(errno));
	outlet->is_broken = true;
	end_copy(outlet);
	return status;
}

enum mcd_status mcd_batch_outlet_copy(struct mcd_batch_outlet *outlet, struct mcd_error *error)
{
	char buffer[PIPE_BUF];
	ssize_t size = pread(outlet->source_fd, buffer, sizeof(buffer), outlet->nr_copied);

	if (size > 0)
		size = write(STDOUT_FILENO, buffer, (size_t)size);
	if (size < 0 && errno != EINTR && errno != EAGAIN)
		return break_off(outlet, error);
	if (size > 0)
		outlet->nr_copied += size;
	if (size == 0)
		end_copy(outlet);
	return MCD_OK;
}

/* The last record of the summary: sums of what is known, and dumps per class. */
static json_t *make_end(const struct mcd_batch_outlet *outlet, bool is_complete, double seconds)
{
	json_t *classes = json_object();

	for (unsigned int i = 0; i < MCD_NR_CLASSES; i++)
		if (json_object_set_new(classes, mcd_batch_class_name(i),
					json_integer((json_int_t)outlet->nr_of_class[i])))
			return NULL;
	return json_pack("{s:s, s:b, s:I, s:I, s:n, s:I, s:f, s:[], s:I, s:o}", "type", "end",
			 "complete", is_complete, "dangling", (json_int_t)outlet->nr_dangling,
			 "online", (json_int_t)outlet->nr_online, "shown", "unreadable",
			 (json_int_t)outlet->nr_unreadable, "seconds", seconds, "notes", "dumps",
			 (json_int_t)outlet->nr_rows, "classes", classes);
}

enum mcd_status mcd_batch_outlet_finish(struct mcd_batch_outlet *outlet, bool is_complete,
					double seconds, struct mcd_error *error)
{
	enum mcd_status status = MCD_OK;
	json_t *end = NULL;
	char *line = NULL;

	if (!outlet->has_directory)
		return MCD_OK;
	end = make_end(outlet, is_complete, seconds);
	line = mcd_batch_line(end);
	if (line)
		status = mcd_batch_store_write(outlet->store, outlet->summary_fd, line,
					       strlen(line), error);
	else
		status = mcd_error_set(error, MCD_NO_MEMORY, "no memory for the summary");
	free(line);
	json_decref(end);
	return status ? status : mcd_batch_store_commit(outlet->store, SUMMARY, error);
}

bool mcd_batch_outlet_is_ok(const struct mcd_batch_outlet *outlet)
{
	return outlet->nr_of_class[MCD_CLASS_OK] == outlet->nr_rows;
}
