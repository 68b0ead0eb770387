// SPDX-License-Identifier: GPL-2.0-or-later
/* See worker.h. What an exit status means is in verdict.c. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "name.h"
#include "sniff.h"
#include "standalone/message.h"
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
	const struct rlimit core = { 0, 0 };
	rlim_t bytes = options->memory_limit_bytes;
	struct rlimit data;

	/* A narrower limit of the machine's own holds too. */
	if (getrlimit(RLIMIT_DATA, &data))
		return false;
	data.rlim_max = data.rlim_max < bytes ? data.rlim_max : bytes;
	data.rlim_cur = data.rlim_max;
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

	if (dup2(words_fd, STDERR_FILENO) < 0 || null_fd < 0 || dup2(null_fd, STDIN_FILENO) < 0 ||
	    dup2(null_fd, STDOUT_FILENO) < 0 || dup2(stream_fd, STREAM_FD) < 0)
		return false;
	closefrom(STREAM_FD + 1);
	return true;
}

static _Noreturn void give_up(const struct mcd_batch_worker *worker, const char *what)
{
	mcd_message("%s: %s: %s", worker->dump->path, what, strerror(errno));
	_exit(MCD_OUTCOME_INTERNAL);
}

/* The vmlinux of a dump that was come upon in a directory may lie beside it. */
static enum mcd_outcome report_walked(struct mcd_request *request,
				      const struct mcd_batch_options *options)
{
	const char *slash = strrchr(request->dump, '/');
	size_t length = slash ? (size_t)(slash - request->dump) : 0;
	char *dir = slash ? strndup(request->dump, length) : strdup(".");
	const struct mcd_options json = { .views = MCD_VIEW_JSON | options->views };
	enum mcd_outcome outcome = MCD_OUTCOME_MEMORY;

	if (!dir)
		return outcome;
	options->debug_dirs[request->nr_debug_dirs++] = dir;
	outcome = mcd_session_report(request, &json, STREAM_FD);
	free(dir);
	return outcome;
}

/*
 * A process group of its own: Ctrl-C at a terminal reaches the batch only, which then asks each
 * worker once. A second signal would kill it before its stream has an end.
 */
static _Noreturn void work(const struct mcd_batch_worker *worker, pid_t batch, int stream_fd,
			   int words_fd)
{
	const struct mcd_options json = { .views = MCD_VIEW_JSON | worker->options->views };
	struct mcd_request request = {
		.dump = worker->dump->path,
		.vmlinux = worker->dump->vmlinux,
		.symbols = worker->dump->symbols,
		.debug_dirs = worker->options->debug_dirs,
		.nr_debug_dirs = worker->options->nr_debug_dirs,
	};
	bool may_be_dump = true;

	setpgid(0, 0);
	if (!set_files(stream_fd, words_fd))
		give_up(worker, "its worker cannot have its files");
	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		give_up(worker, "its worker cannot be tied to the batch");
	/* The batch may have gone before it could take the worker with it: nobody listens. */
	if (getppid() != batch)
		_exit(MCD_OUTCOME_INTERNAL);
	reset_signals();
	if (!set_limits(worker->options))
		give_up(worker, "its worker cannot be limited");
	/* Waits, as the session does not, for whoever holds a lease on the file. */
	may_be_dump = mcd_batch_may_be_dump(request.dump);
	if (!worker->dump->is_walked)
		_exit((int)mcd_session_report(&request, &json, STREAM_FD));
	if (!may_be_dump)
		_exit(MCD_BATCH_NO_DUMP);
	_exit((int)report_walked(&request, worker->options));
}

/* ---- in the batch ---- */

static enum mcd_status no_room(const struct mcd_batch_worker *worker, struct mcd_error *error)
{
	char name[MCD_BATCH_SHORT_BYTES];

	return mcd_error_set(error, MCD_FAULT, "%s: no worker can be started: %s: try fewer --jobs",
			     mcd_batch_short(worker->dump->path, name), strerror(errno));
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

bool mcd_batch_worker_finish(struct mcd_batch_worker *worker, bool is_given_up,
			     struct mcd_batch_record *record)
{
	struct mcd_batch_fate fate = { .stop = worker->stop, .is_given_up = is_given_up };
	struct rusage usage = { 0 };
	pid_t pid = worker->pid;

	if (!is_given_up)
		fate.is_lost = wait4(pid, &fate.wait_status, 0, &usage) != pid;
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
	worker->pid = 0;
	return mcd_batch_judge(&fate, worker->dump, worker->options, record);
}
