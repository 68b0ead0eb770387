// SPDX-License-Identifier: GPL-2.0-or-later
/* See pool.h. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inspect.h"
#include "pool.h"
#include "stream.h"
#include "worker.h"

/* A running worker and its dump. */
struct slot {
	struct mcd_batch_worker worker;
	struct mcd_batch_record record;
	size_t index; /* of the dump */
	int stream_fd;
};

/* Of poll(): signals, what is written to, two per slot. */
enum { POLL_SIGNALS, POLL_OUTLETS, POLL_SLOTS = POLL_OUTLETS + MCD_NR_OUTLETS };

/* Of a dump. */
enum state { WAITING, DONE, PASSED_OVER };

struct pool {
	const struct mcd_batch *batch;
	struct slot *slots; /* 0 … nr_running - 1 are in use */
	struct pollfd *fds;
	enum state *states; /* per dump */
	size_t nr_running, nr_begun, nr_told;
	bool is_crowded; /* no room for one more worker until one of them ends */
	bool is_stopping;
	int last_signal; /* the second one that came, or 0 */
	enum mcd_status status;
	struct mcd_error *error;
};

/* ---- the end of a dump ---- */

/* Remembers the first failure, and has everything end. */
static void fail(struct pool *pool, enum mcd_status status)
{
	if (!status)
		return;
	pool->status = status == MCD_INTERRUPTED && pool->status ? pool->status : status;
	pool->is_stopping = true;
	for (size_t i = 0; i < pool->nr_running; i++)
		mcd_batch_worker_stop(&pool->slots[i].worker, MCD_STOP_INTERRUPTED);
}

static void note_done(struct pool *pool, size_t index, const struct mcd_batch_record *record)
{
	pool->states[index] = DONE;
	pool->batch->progress->nr_done++;
	pool->batch->progress->nr_bad += record->class != MCD_CLASS_OK;
}

/* The stream gets its record and its name. */
static void conclude(struct pool *pool, size_t index, int stream_fd,
		     struct mcd_batch_record *record)
{
	const struct mcd_batch_dump *dump = &pool->batch->list->dumps[index];
	struct mcd_batch_store *store = pool->batch->store;
	const char *name = pool->batch->outlet->has_directory ? dump->stream : NULL;
	enum mcd_status status = mcd_batch_stream_finish(store, stream_fd, dump, record, name,
							 pool->error);

	close(stream_fd);
	if (!status)
		status = mcd_batch_store_commit(store, dump->stream, pool->error);
	if (!status)
		note_done(pool, index, record);
	fail(pool, status);
}

/* A file that nobody named and that is no dump leaves nothing. */
static void pass_over(struct pool *pool, size_t index, int stream_fd)
{
	const struct mcd_batch *batch = pool->batch;

	close(stream_fd);
	mcd_batch_store_remove(batch->store, batch->list->dumps[index].stream);
	pool->states[index] = PASSED_OVER;
	batch->outlet->nr_passed++;
	batch->progress->nr_dumps--;
}

/* The last slot takes the place of one that is free. */
static void end_worker(struct pool *pool, size_t i, bool is_given_up)
{
	struct slot slot = pool->slots[i];

	pool->slots[i] = pool->slots[--pool->nr_running];
	pool->is_crowded = false;
	if (mcd_batch_worker_finish(&slot.worker, is_given_up, &slot.record))
		conclude(pool, slot.index, slot.stream_fd, &slot.record);
	else
		pass_over(pool, slot.index, slot.stream_fd);
}

/* ---- the beginning of one ---- */

/* True where an earlier batch has done it, and nothing could come out otherwise today. */
static bool is_left_out(struct pool *pool, size_t index, const struct mcd_batch_file *file,
			struct mcd_batch_record *ret)
{
	const struct mcd_batch *batch = pool->batch;
	const struct mcd_batch_dump *dump = &batch->list->dumps[index];
	bool is_good = false;
	int fd = -1;

	if (!batch->options->is_resumed)
		return false;
	fd = mcd_batch_store_read(batch->store, dump->stream);
	if (fd < 0)
		return false;
	is_good = mcd_batch_stream_read(fd, dump, ret, NULL) && mcd_batch_record_is_final(ret) &&
		  mcd_batch_is_same_file(&ret->file, file);
	close(fd);
	return is_good;
}

/* MCD_LIMIT where there is no room for it as long as others run. */
static enum mcd_status start_worker(struct pool *pool, int stream_fd,
				    struct mcd_batch_record *record)
{
	const struct mcd_batch *batch = pool->batch;
	struct slot *slot = &pool->slots[pool->nr_running];
	enum mcd_status status = mcd_batch_worker_start(&slot->worker,
							&batch->list->dumps[pool->nr_begun],
							batch->options, stream_fd, pool->error);

	if (status)
		return pool->nr_running ? MCD_LIMIT : status;
	slot->index = pool->nr_begun;
	slot->stream_fd = stream_fd;
	slot->record = *record;
	pool->nr_running++;
	return MCD_OK;
}

/* Begins the next dump; one that needs no worker is done at once. */
static void begin_next(struct pool *pool)
{
	const struct mcd_batch *batch = pool->batch;
	const struct mcd_batch_dump *dump = &batch->list->dumps[pool->nr_begun];
	struct mcd_batch_record record, earlier;
	bool needs_worker = mcd_batch_inspect(dump, &record);
	enum mcd_status status = MCD_OK;
	int stream_fd = -1;

	if (is_left_out(pool, pool->nr_begun, &record.file, &earlier)) {
		note_done(pool, pool->nr_begun++, &earlier);
		batch->outlet->nr_earlier++;
		return;
	}
	status = mcd_batch_store_create(batch->store, dump->stream, &stream_fd, pool->error);
	if (status) {
		fail(pool, status);
		return;
	}
	if (needs_worker)
		status = start_worker(pool, stream_fd, &record);
	pool->is_crowded = status == MCD_LIMIT;
	if (pool->is_crowded) {
		close(stream_fd);
		return;
	}
	if (status) {
		record.class = MCD_CLASS_INTERNAL;
		memcpy(record.message, pool->error->text, sizeof(pool->error->text));
	}
	if (status || !needs_worker)
		conclude(pool, pool->nr_begun, stream_fd, &record);
	pool->nr_begun++;
}

static bool can_begin(const struct pool *pool)
{
	return !pool->is_stopping && !pool->is_crowded &&
	       pool->nr_running < pool->batch->options->nr_jobs &&
	       pool->nr_begun < pool->batch->list->nr;
}

/* ---- the loop ---- */

static void tell(struct pool *pool)
{
	const struct mcd_batch *batch = pool->batch;

	while (pool->nr_told < pool->nr_begun && pool->states[pool->nr_told] != WAITING &&
	       mcd_batch_outlet_is_ready(batch->outlet)) {
		size_t index = pool->nr_told++;

		if (pool->states[index] == DONE)
			fail(pool, mcd_batch_outlet_tell(batch->outlet, &batch->list->dumps[index],
							 pool->error));
	}
}

/* Milliseconds until a worker's time is over, or a reader's; -1: nobody's ever is. */
static int patience(const struct pool *pool)
{
	int64_t first = mcd_batch_outlet_deadline_ms(pool->batch->outlet), left = 0;

	for (size_t i = 0; i < pool->nr_running; i++) {
		int64_t next = pool->slots[i].worker.next_ms;

		first = next < first ? next : first;
	}
	if (first == INT64_MAX)
		return -1;
	left = first - mcd_batch_now_ms();
	return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

static nfds_t fill_fds(struct pool *pool)
{
	struct pollfd *fds = pool->fds;

	fds[POLL_SIGNALS] = (struct pollfd){ .fd = pool->batch->signals->fd, .events = POLLIN };
	mcd_batch_outlet_fill(pool->batch->outlet, fds + POLL_OUTLETS);
	for (size_t i = 0; i < pool->nr_running; i++) {
		const struct mcd_batch_worker *worker = &pool->slots[i].worker;
		struct pollfd *own = &fds[POLL_SLOTS + 2 * i];

		own[0] = (struct pollfd){ .fd = worker->pid_fd, .events = POLLIN };
		own[1] = (struct pollfd){ .fd = worker->words_fd, .events = POLLIN };
	}
	return POLL_SLOTS + 2 * pool->nr_running;
}

/* The first signal asks for an end, with what there is; the second does not ask. */
static void take_signal(struct pool *pool)
{
	int number = mcd_batch_signals_take(pool->batch->signals);

	if (!number)
		return;
	if (pool->is_stopping)
		pool->last_signal = number;
	mcd_batch_outlet_hurry(pool->batch->outlet);
	fail(pool, MCD_INTERRUPTED);
}

static void attend(struct pool *pool)
{
	int64_t now = mcd_batch_now_ms();

	/* Backwards, since the last one takes the place of one that ends. */
	for (size_t i = pool->nr_running; i-- > 0;) {
		struct mcd_batch_worker *worker = &pool->slots[i].worker;
		const struct pollfd *own = &pool->fds[POLL_SLOTS + 2 * i];
		bool has_ended = own[0].revents, is_given_up = false;

		if (own[1].revents)
			mcd_batch_worker_listen(worker);
		if (!has_ended && worker->next_ms <= now)
			is_given_up = mcd_batch_worker_press(worker);
		if (has_ended || is_given_up)
			end_worker(pool, i, is_given_up);
	}
}

static void wait_and_attend(struct pool *pool)
{
	nfds_t nr = fill_fds(pool);
	int ready = poll(pool->fds, nr, can_begin(pool) ? 0 : patience(pool));

	if (ready < 0 && errno != EINTR)
		fail(pool, mcd_error_set(pool->error, MCD_FAULT, "poll: %s", strerror(errno)));
	if (ready < 0)
		return;
	if (pool->fds[POLL_SIGNALS].revents)
		take_signal(pool);
	fail(pool,
	     mcd_batch_outlet_attend(pool->batch->outlet, pool->fds + POLL_OUTLETS, pool->error));
	attend(pool);
}

/* True when nothing is left to wait for; everything that can be told has been. */
static bool is_over(const struct pool *pool)
{
	bool is_idle = !pool->nr_running && !can_begin(pool) &&
		       !mcd_batch_outlet_is_busy(pool->batch->outlet);

	return is_idle || pool->last_signal;
}

static void loop(struct pool *pool)
{
	struct mcd_batch_progress *progress = pool->batch->progress;

	for (;;) {
		if (can_begin(pool))
			begin_next(pool);
		tell(pool);
		progress->nr_running = pool->nr_running;
		if (!mcd_batch_outlet_is_speaking(pool->batch->outlet))
			mcd_batch_progress_draw(progress);
		if (is_over(pool))
			break;
		wait_and_attend(pool);
	}
	for (size_t i = 0; i < pool->nr_running; i++)
		mcd_batch_worker_kill(&pool->slots[i].worker);
	mcd_batch_progress_clear(progress);
}

/* ---- set-up ---- */

static bool init(struct pool *pool)
{
	size_t nr_jobs = pool->batch->options->nr_jobs;

	pool->slots = calloc(nr_jobs, sizeof(*pool->slots));
	pool->fds = calloc(POLL_SLOTS + 2 * nr_jobs, sizeof(*pool->fds));
	pool->states = calloc(pool->batch->list->nr + 1, sizeof(*pool->states));
	return pool->slots && pool->fds && pool->states;
}

static void deinit(struct pool *pool)
{
	free(pool->slots);
	free(pool->fds);
	free(pool->states);
}

enum mcd_status mcd_batch_pool_run(const struct mcd_batch *batch, int *ret_signal,
				   struct mcd_error *error)
{
	struct pool pool = { .batch = batch, .error = error };

	if (init(&pool))
		loop(&pool);
	else
		pool.status = mcd_error_set(error, MCD_NO_MEMORY, "no room for the workers");
	*ret_signal = pool.last_signal;
	deinit(&pool);
	return pool.status;
}
