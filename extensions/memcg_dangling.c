// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The crash extension: the command `dangling`, and a target over crash's own functions.
 *
 * The only file that includes crash's defs.h. It keeps crash and the core apart in both directions:
 *  - crash's FATAL errors longjmp; every callback catches them (guard()) and returns a status, so
 *    that no frame of the core is ever skipped;
 *  - SIGINT is blocked while the core runs, polled by its progress hook, and taken off the queue
 *    afterwards, since crash's handler longjmps from wherever it strikes;
 *  - pc->cmd_cleanup frees everything should crash abandon the command all the same.
 * No GETBUF, no hash queues, no do_list: those are one per session and fail by longjmp.
 */
#include <defs.h>

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>

#include "help.h"
#include "mcd/command.h"
#include "mcd/progress.h"

enum { ARENA_BYTES_MAX = 1 << 30 };

/* The target lives as long as the extension is loaded: the kernel's answers do not change. */
struct session {
	struct mcd_target target;
	bool is_ready;
};

/* One run of the command; static, since a longjmp must not lose it. */
struct command_run {
	bool is_active;
	struct mcd_arena arena;
	sigset_t old_mask;
	const char *path; /* of -o, else NULL */
	FILE *file;	  /* the same, once something was written */
	struct mcd_progress_line progress;
	struct timespec started;
};

static struct session session;
static struct command_run current;

/* ---- crash's functions, guarded ---- */

/* Calls `call(argument)`; false where crash gave up with a FATAL error in it. */
static bool guard(void (*call)(void *argument), void *argument)
{
	jmp_buf saved;
	volatile ulonglong flags = pc->flags & IN_FOREACH;
	volatile bool is_done = false;

	memcpy(&saved, &pc->foreach_loop_env, sizeof(saved));
	if (setjmp(pc->foreach_loop_env) == 0) {
		pc->flags |= IN_FOREACH;
		call(argument);
		is_done = true;
	}
	memcpy(&pc->foreach_loop_env, &saved, sizeof(saved));
	pc->flags = (pc->flags & ~IN_FOREACH) | flags;
	return is_done;
}

struct question {
	const char *type, *name;
	uint64_t addr;
	void *buffer;
	size_t size;
	int memory; /* KVADDR or PHYSADDR: what kind of address `addr` is */
	long offset, answer;
	bool is_found;
};

static void call_readmem(void *argument)
{
	struct question *question = argument;

	question->is_found = readmem(question->addr, question->memory, question->buffer,
				     (long)question->size, "dangling", RETURN_ON_ERROR | QUIET);
}

static void call_symbol(void *argument)
{
	struct question *question = argument;
	struct syment *symbol = kernel_symbol_search((char *)question->name);

	question->is_found = symbol != NULL;
	if (symbol)
		question->addr = symbol->value;
}

static void call_struct_size(void *argument)
{
	struct question *question = argument;

	question->answer = STRUCT_SIZE((char *)question->type);
	question->is_found = question->answer >= 0;
}

static void call_member(void *argument)
{
	struct question *question = argument;

	question->offset = MEMBER_OFFSET((char *)question->type, (char *)question->name);
	question->is_found = question->offset >= 0;
	if (question->is_found)
		question->answer = MEMBER_SIZE((char *)question->type, (char *)question->name);
}

static void call_enumerator(void *argument)
{
	struct question *question = argument;

	question->is_found = enumerator_value((char *)question->name, &question->answer);
}

static enum mcd_status ask(void (*call)(void *argument), struct question *question)
{
	if (!guard(call, question))
		return MCD_FAULT;
	return question->is_found ? MCD_OK : MCD_ABSENT;
}

/* ---- the target ---- */

static enum mcd_status target_read(struct mcd_target *target, uint64_t addr, void *buffer,
				   size_t size)
{
	struct question question = {
		.addr = addr, .buffer = buffer, .size = size, .memory = KVADDR
	};

	(void)target;
	return ask(call_readmem, &question) ? MCD_FAULT : MCD_OK;
}

static enum mcd_status target_read_phys(struct mcd_target *target, uint64_t addr, void *buffer,
					size_t size)
{
	struct question question = {
		.addr = addr, .buffer = buffer, .size = size, .memory = PHYSADDR
	};

	(void)target;
	return ask(call_readmem, &question) ? MCD_FAULT : MCD_OK;
}

static enum mcd_status target_symbol(struct mcd_target *target, const char *name, uint64_t *ret)
{
	struct question question = { .name = name };
	enum mcd_status status = ask(call_symbol, &question);

	(void)target;
	*ret = question.addr;
	return status;
}

static enum mcd_status target_type_size(struct mcd_target *target, const char *type, uint64_t *ret)
{
	struct question question = { .type = type };
	enum mcd_status status = ask(call_struct_size, &question);

	(void)target;
	*ret = (uint64_t)question.answer;
	return status;
}

static enum mcd_status target_member(struct mcd_target *target, const char *type,
				     const char *member, struct mcd_place *ret)
{
	struct question question = { .type = type, .name = member };
	enum mcd_status status = ask(call_member, &question);

	(void)target;
	ret->offset = (uint64_t)question.offset;
	ret->size_bytes = (uint64_t)question.answer;
	return status;
}

static enum mcd_status target_enumerator(struct mcd_target *target, const char *name, uint64_t *ret)
{
	struct question question = { .name = name };
	enum mcd_status status = ask(call_enumerator, &question);

	(void)target;
	*ret = (uint64_t)question.answer;
	return status;
}

/* Without CONFIG_SMP there is one cpu, and per-cpu data is ordinary data. */
static enum mcd_status target_percpu_offset(struct mcd_target *target, unsigned int cpu,
					    uint64_t *ret)
{
	bool is_smp = kt->flags & PER_CPU_OFF;

	(void)target;
	if (cpu >= (is_smp ? NR_CPUS : 1))
		return MCD_ABSENT;
	*ret = is_smp ? (uint64_t)kt->__per_cpu_offset[cpu] : 0;
	return MCD_OK;
}

static bool target_is_interrupted(struct mcd_target *target, const struct mcd_progress *progress)
{
	sigset_t pending;

	(void)target;
	mcd_progress_show(&current.progress, progress);
	return sigpending(&pending) == 0 && sigismember(&pending, SIGINT) == 1;
}

static const struct mcd_target_ops ops = {
	.read = target_read,
	.read_phys = target_read_phys,
	.symbol = target_symbol,
	.type_size = target_type_size,
	.member = target_member,
	.enumerator = target_enumerator,
	.percpu_offset = target_percpu_offset,
	.is_interrupted = target_is_interrupted,
};

/* ---- output ---- */

/* Not crash's error(): that copies its text into redirected output. */
static void say(void *context, const char *text)
{
	(void)context;
	mcd_progress_clear(&current.progress);
	fprintf(stderr, "dangling: %s\n", text);
}

static void say_errno(const char *what)
{
	mcd_progress_clear(&current.progress);
	fprintf(stderr, "dangling: %s: %s\n", what, strerror(errno));
}

/* The stream to write to: crash's, or the file of -o, which is not touched before there is a report. */
static FILE *output_stream(void)
{
	if (!current.path)
		return fp;
	if (!current.file)
		current.file = fopen(current.path, "w");
	if (!current.file)
		say_errno(current.path);
	return current.file;
}

static enum mcd_status write_out(void *sink, const char *bytes, size_t size)
{
	FILE *stream = output_stream();

	(void)sink;
	if (!stream)
		return MCD_FAULT;
	if (!current.path)
		mcd_progress_stop(&current.progress);
	if (fwrite(bytes, 1, size, stream) == size && fflush(stream) == 0)
		return MCD_OK;
	/* crash ignores SIGPIPE: a pager that was left shows up as a failed write. */
	if (errno == EPIPE)
		return MCD_INTERRUPTED;
	say_errno(current.path ? current.path : "output");
	return MCD_FAULT;
}

/* ---- the command ---- */

/* Undoes everything that begin() did, however the command ended. */
static void cleanup(void *argument)
{
	const struct timespec no_wait = { 0 };
	sigset_t interrupt;

	(void)argument;
	if (!current.is_active)
		return;
	current.is_active = false;
	pc->cmd_cleanup = NULL;
	pc->cmd_cleanup_arg = NULL;
	mcd_progress_clear(&current.progress);
	if (current.file && fclose(current.file) != 0)
		say_errno(current.path);
	mcd_arena_deinit(&current.arena);
	sigemptyset(&interrupt);
	sigaddset(&interrupt, SIGINT);
	while (sigtimedwait(&interrupt, NULL, &no_wait) == SIGINT)
		;
	sigprocmask(SIG_SETMASK, &current.old_mask, NULL);
}

static void begin(void)
{
	sigset_t interrupt;

	current = (struct command_run){ .is_active = true };
	sigemptyset(&interrupt);
	sigaddset(&interrupt, SIGINT);
	sigprocmask(SIG_BLOCK, &interrupt, &current.old_mask);
	mcd_arena_init(&current.arena, ARENA_BYTES_MAX);
	pc->cmd_cleanup = cleanup;
	pc->cmd_cleanup_arg = NULL;
	clock_gettime(CLOCK_MONOTONIC, &current.started);
	mcd_progress_begin(&current.progress);
	if (!session.is_ready)
		mcd_target_init(&session.target, &ops, sizeof(long),
				__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__, machdep->pagesize);
	session.is_ready = true;
}

static enum mcd_status parse(struct mcd_options *ret)
{
	struct mcd_error *error = &session.target.error;
	char **argv = mcd_arena_array(&current.arena, (size_t)argcnt + 1, sizeof(*argv));
	enum mcd_status status = MCD_OK;

	if (!argv)
		return mcd_error_set(error, MCD_NO_MEMORY, "command line");
	memcpy(argv, args, (size_t)argcnt * sizeof(*argv));
	status = mcd_options_parse(argcnt, argv, MCD_AT_PROMPT, &current.arena, ret, error);
	return status ? status : mcd_options_take_operands(ret, error);
}

/* True of the files that crash reads from; NULL is none. */
static bool is_input(const char *path)
{
	const char *const inputs[] = { pc->dumpfile, pc->namelist, pc->namelist_debug };

	for (size_t i = 0; path && i < sizeof(inputs) / sizeof(inputs[0]); i++)
		if (inputs[i] && mcd_is_same_file(path, inputs[i]))
			return true;
	return false;
}

static void execute(const struct mcd_options *options)
{
	struct mcd_out out;
	const struct mcd_command command = {
		.target = &session.target,
		.arena = &current.arena,
		.origin = {
			.front_end = "crash",
			.types = "crash",
			.types_from = "crash",
			.dump = pc->dumpfile,
			.started = current.started,
		},
		.options = options,
		.out = &out,
		.say = say,
	};

	/* There gdb was never started, and asking it for a type would end the session. */
	if (pc->flags & MINIMAL_MODE) {
		say(NULL, "crash runs in minimal mode, which has no types: start it without "
			  "--minimal");
		return;
	}
	if (is_input(options->output)) {
		say(NULL, "the report is made from the file of -o: write it to another");
		return;
	}
	current.path = options->output;
	mcd_out_init(&out, write_out, NULL);
	switch (mcd_command_run(&command)) {
	case MCD_OUTCOME_COMPLETE:
	case MCD_OUTCOME_PARTIAL:
	case MCD_OUTCOME_NO_MATCH:
		/* An empty report is one too: no stale file may pass for it. */
		(void)output_stream();
		break;
	default:
		break;
	}
}

static void cmd_dangling(void)
{
	struct mcd_options options = { 0 };
	enum mcd_status status = MCD_OK;

	begin();
	status = parse(&options);
	if (!status)
		execute(&options);
	else
		say(NULL, session.target.error.text);
	cleanup(NULL);
	if (status == MCD_USAGE)
		cmd_usage(pc->curcmd, SYNOPSIS); /* longjmps to the prompt */
}

static struct command_table_entry command_table[] = {
	{ "dangling", cmd_dangling, help_dangling, MINIMAL },
	{ NULL, NULL, NULL, 0 },
};

/* defs.h changes without notice and has no version: refuse another crash than the one built for. */
static void __attribute__((constructor)) load(void)
{
	if (strcmp(build_version, MCD_CRASH_VERSION) != 0) {
		fprintf(stderr,
			"memcg_dangling.so: built for crash %s, this is crash %s: rebuild it with "
			"this crash's defs.h (make CRASH=DIR)\n",
			MCD_CRASH_VERSION, build_version);
		return;
	}
	register_extension(command_table);
}

static void __attribute__((destructor)) unload(void)
{
	cleanup(NULL);
}
