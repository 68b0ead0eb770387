// SPDX-License-Identifier: GPL-2.0-or-later
/* See worker.h. What an exit status means is in verdict.c. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "standalone/session.h"
#include "verdict.h"
#include "worker.h"

enum {
	STREAM_FD = 3,	      /* in the worker, right behind standard error */
	TERM_GRACE_MS = 2000, /* to end its stream */
	KILL_GRACE_MS = 5000, /* to leave an uninterruptible sleep */
};

int64_t mcd_batch_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- in the worker ---- */

/*
 * Data, not address space: the dump and its vmlinux are mapped, whatever their size. A core of the
 * worker would fill the disk.
 */
static bool set_limits(const struct mcd_batch_options *options)
{
	const struct rlimit data = { options->memory_limit_bytes, options->memory_limit_bytes };
	const struct rlimit core = { 0, 0 };

	return setrlimit(RLIMIT_DATA, &data) == 0 && setrlimit(RLIMIT_CORE, &core) == 0;
}

/* As a process has them that nobody prepared for a batch. */
static void reset_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM };
	sigset_t none;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		signal(numbers[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Nothing to read, nothing else to write to, and nothing of the batch or of other workers. */
static bool set_files(int stream_fd, int words_fd)
{
	int null_fd = open("/dev/null", O_RDWR);

	return null_fd >= 0 && dup2(null_fd, STDIN_FILENO) >= 0 &&
	       dup2(null_fd, STDOUT_FILENO) >= 0 && dup2(words_fd, STDERR_FILENO) >= 0 &&
	       dup2(stream_fd, STREAM_FD) >= 0 && close_range(STREAM_FD + 1, ~0U, 0) == 0;
}

/*
 * A process group of its own: Ctrl-C at a terminal reaches the batch only, which then asks each
 * worker once. A second signal would kill it before its stream has an end.
 */
static _Noreturn void work(const struct mcd_batch_worker *worker, pid_t batch, int stream_fd,
			   int words_fd)
{
	const struct mcd_request request = {
		.dump = worker->dump->path,
		.vmlinux = worker->dump->vmlinux,
		.debug_dirs = worker->options->debug_dirs,
		.nr_debug_dirs = worker->options->nr_debug_dirs,
	};
	const struct mcd_options options = { .views = MCD_VIEW_JSON };

	setpgid(0, 0);
	/* The batch may have gone before it could take the worker with it. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != batch)
		_exit(MCD_OUTCOME_INTERNAL);
	reset_signals();
	if (!set_files(stream_fd, words_fd) || !set_limits(worker->options))
		_exit(MCD_OUTCOME_INTERNAL);
	_exit((int)mcd_session_report(&request, &options, STREAM_FD));
}

/* ---- in the batch ---- */

static enum mcd_status no_room(const struct mcd_batch_worker *worker, struct mcd_error *error)
{
	return mcd_error_set(error, MCD_FAULT,
			     "%.200s: no worker can be started: %s: try fewer --jobs",
			     worker->dump->path, strerror(errno));
}

/* Kills what cannot be watched. */
static bool watch(struct mcd_batch_worker *worker)
{
	int reason = 0;

	worker->pid_fd = pidfd_open(worker->pid, 0);
	if (worker->pid_fd >= 0)
		return true;
	reason = errno;
	kill(worker->pid, SIGKILL);
	waitpid(worker->pid, NULL, 0);
	errno = reason;
	return false;
}

static bool launch(struct mcd_batch_worker *worker, int stream_fd, int words_fd)
{
	pid_t batch = getpid();

	worker->pid = fork();
	if (worker->pid == 0)
		work(worker, batch, stream_fd, words_fd);
	return worker->pid > 0 && watch(worker);
}

enum mcd_status mcd_batch_worker_start(struct mcd_batch_worker *worker,
				       const struct mcd_batch_dump *dump,
				       const struct mcd_batch_options *options, int stream_fd,
				       struct mcd_error *error)
{
	int words[2] = { -1, -1 };
	enum mcd_status status = MCD_OK;

	*worker = (struct mcd_batch_worker){ .dump = dump,
					     .options = options,
					     .started_ms = mcd_batch_now_ms() };
	worker->next_ms = worker->started_ms + (int64_t)(options->timeout_seconds * 1000);
	if (pipe2(words, O_CLOEXEC))
		return no_room(worker, error);
	if (!launch(worker, stream_fd, words[1])) {
		status = no_room(worker, error);
		worker->pid = 0;
		close(words[0]);
	} else {
		worker->words_fd = words[0];
		fcntl(worker->words_fd, F_SETFL, O_NONBLOCK);
	}
	close(words[1]);
	return status;
}

/* Keeps the first line; whatever follows is read, so that the worker can go on, and dropped. */
static void keep(struct mcd_batch_worker *worker, const char *bytes, size_t size)
{
	for (size_t i = 0; i < size && !worker->has_line; i++) {
		if (bytes[i] == '\n')
			worker->has_line = true;
		else if (worker->nr_words < sizeof(worker->words) - 1)
			worker->words[worker->nr_words++] = bytes[i];
	}
}

void mcd_batch_worker_listen(struct mcd_batch_worker *worker)
{
	char buffer[4096];
	ssize_t got = read(worker->words_fd, buffer, sizeof(buffer));

	if (got > 0) {
		keep(worker, buffer, (size_t)got);
	} else if (got == 0 || errno != EAGAIN) {
		close(worker->words_fd);
		worker->words_fd = -1;
	}
}

static void send_signal(struct mcd_batch_worker *worker, int number, int64_t grace_ms)
{
	/* Not reaped yet, so that the number is its own still. */
	kill(worker->pid, number);
	worker->nr_signals++;
	worker->next_ms = mcd_batch_now_ms() + grace_ms;
}

void mcd_batch_worker_stop(struct mcd_batch_worker *worker, enum mcd_batch_stop stop)
{
	if (worker->stop)
		return;
	worker->stop = stop;
	send_signal(worker, SIGTERM, TERM_GRACE_MS);
}

bool mcd_batch_worker_press(struct mcd_batch_worker *worker)
{
	if (worker->nr_signals == 0)
		mcd_batch_worker_stop(worker, MCD_STOP_TIMEOUT);
	else if (worker->nr_signals == 1)
		send_signal(worker, SIGKILL, KILL_GRACE_MS);
	else
		return true;
	return false;
}

void mcd_batch_worker_kill(struct mcd_batch_worker *worker)
{
	kill(worker->pid, SIGKILL);
}

void mcd_batch_worker_finish(struct mcd_batch_worker *worker, bool is_given_up,
			     struct mcd_batch_record *record)
{
	struct mcd_batch_fate fate = { .stop = worker->stop, .is_given_up = is_given_up };
	struct rusage usage = { 0 };

	if (!is_given_up)
		wait4(worker->pid, &fate.wait_status, 0, &usage);
	while (worker->words_fd >= 0 && !worker->has_line) {
		size_t before = worker->nr_words;

		mcd_batch_worker_listen(worker);
		if (worker->nr_words == before)
			break;
	}
	if (worker->words_fd >= 0)
		close(worker->words_fd);
	close(worker->pid_fd);
	record->seconds = (double)(mcd_batch_now_ms() - worker->started_ms) / 1000;
	record->peak_bytes = (uint64_t)usage.ru_maxrss * 1024;
	fate.words = worker->words;
	mcd_batch_judge(&fate, worker->dump, worker->options, record);
	worker->pid = 0;
}
