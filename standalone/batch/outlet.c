// SPDX-License-Identifier: GPL-2.0-or-later
/* See outlet.h. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "outlet.h"
#include "stream.h"
#include "worker.h"

#define SUMMARY "batch.ndjson"

enum { PATIENCE_MS = 100 };

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

bool mcd_batch_outlet_is_speaking(const struct mcd_batch_outlet *outlet)
{
	return outlet->nr_said < outlet->nr_words;
}

bool mcd_batch_outlet_is_busy(const struct mcd_batch_outlet *outlet)
{
	return outlet->source_fd >= 0 || mcd_batch_outlet_is_speaking(outlet);
}

bool mcd_batch_outlet_is_ready(const struct mcd_batch_outlet *outlet)
{
	return !mcd_batch_outlet_is_busy(outlet) && !outlet->is_broken;
}

/* ---- time ---- */

/* Something was written, or is to be from now on. */
static void be_patient(struct mcd_batch_outlet *outlet)
{
	outlet->give_up_ms = mcd_batch_now_ms() + PATIENCE_MS;
}

void mcd_batch_outlet_hurry(struct mcd_batch_outlet *outlet)
{
	outlet->is_hurried = true;
	be_patient(outlet);
}

int64_t mcd_batch_outlet_deadline_ms(const struct mcd_batch_outlet *outlet)
{
	return outlet->is_hurried && mcd_batch_outlet_is_busy(outlet) ? outlet->give_up_ms
								      : INT64_MAX;
}

/* ---- messages ---- */

static void say(struct mcd_batch_outlet *outlet, const char *text)
{
	if (outlet->is_mute)
		return;
	outlet->nr_words = mcd_message_line(text, outlet->words);
	outlet->nr_said = 0;
}

/* The records say the same. */
static void fall_silent(struct mcd_batch_outlet *outlet)
{
	outlet->is_mute = true;
	outlet->nr_said = outlet->nr_words;
}

static void speak(struct mcd_batch_outlet *outlet)
{
	size_t left = outlet->nr_words - outlet->nr_said;
	ssize_t written = 0;

	mcd_batch_progress_clear(outlet->progress);
	written = write(STDERR_FILENO, outlet->words + outlet->nr_said,
			left < PIPE_BUF ? left : PIPE_BUF);
	if (written > 0) {
		outlet->nr_said += (size_t)written;
		be_patient(outlet);
	} else if (written < 0 && errno != EINTR && errno != EAGAIN) {
		fall_silent(outlet);
	}
}

/* ---- records and streams ---- */

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
	outlet->nr_interrupted += record->is_interrupted;
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
	be_patient(outlet);
	if (record.class != MCD_CLASS_OK)
		say(outlet, record.message);
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

static enum mcd_status copy(struct mcd_batch_outlet *outlet, struct mcd_error *error)
{
	char buffer[PIPE_BUF];
	ssize_t size = pread(outlet->source_fd, buffer, sizeof(buffer), outlet->nr_copied);

	if (size > 0)
		size = write(STDOUT_FILENO, buffer, (size_t)size);
	if (size < 0 && errno != EINTR && errno != EAGAIN)
		return break_off(outlet, error);
	if (size > 0) {
		outlet->nr_copied += size;
		be_patient(outlet);
	}
	if (size == 0)
		end_copy(outlet);
	return MCD_OK;
}

static void give_up(struct mcd_batch_outlet *outlet)
{
	fall_silent(outlet);
	if (outlet->source_fd < 0)
		return;
	outlet->is_broken = true;
	end_copy(outlet);
}

void mcd_batch_outlet_fill(const struct mcd_batch_outlet *outlet, struct pollfd fds[MCD_NR_OUTLETS])
{
	bool is_speaking = mcd_batch_outlet_is_speaking(outlet);

	fds[MCD_OUTLET_STREAMS] = (struct pollfd){
		.fd = outlet->source_fd >= 0 ? STDOUT_FILENO : -1,
		.events = POLLOUT,
	};
	fds[MCD_OUTLET_WORDS] = (struct pollfd){
		.fd = is_speaking ? STDERR_FILENO : -1,
		.events = POLLOUT,
	};
}

enum mcd_status mcd_batch_outlet_attend(struct mcd_batch_outlet *outlet,
					const struct pollfd fds[MCD_NR_OUTLETS],
					struct mcd_error *error)
{
	enum mcd_status status = MCD_OK;

	if (fds[MCD_OUTLET_WORDS].revents)
		speak(outlet);
	else if (fds[MCD_OUTLET_STREAMS].revents)
		status = copy(outlet, error);
	if (mcd_batch_outlet_deadline_ms(outlet) <= mcd_batch_now_ms())
		give_up(outlet);
	return status;
}

/* The last record of the summary: sums of what is known, and dumps per class. */
static json_t *make_end(const struct mcd_batch_outlet *outlet, bool is_complete, double seconds)
{
	json_t *classes = json_object();

	for (unsigned int i = 0; i < MCD_NR_CLASSES; i++)
		if (json_object_set_new(classes, mcd_batch_class_name(i),
					json_integer((json_int_t)outlet->nr_of_class[i])))
			return NULL;
	return json_pack("{s:s, s:b, s:I, s:I, s:n, s:n, s:I, s:f, s:[], s:[], s:I, s:o}", "type",
			 "end", "complete", is_complete, "dangling",
			 (json_int_t)outlet->nr_dangling, "online", (json_int_t)outlet->nr_online,
			 "dying", "shown", "unreadable", (json_int_t)outlet->nr_unreadable,
			 "seconds", seconds, "notes", "missing", "dumps",
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
