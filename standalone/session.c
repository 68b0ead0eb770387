// SPDX-License-Identifier: GPL-2.0-or-later
/* See session.h. */
#include <stdlib.h>

#include "mcd/progress.h"
#include "standalone/dump/dump.h"
#include "standalone/interrupt.h"
#include "standalone/kernel.h"
#include "standalone/message.h"
#include "standalone/output.h"
#include "standalone/session.h"

enum { ARENA_BYTES_MAX = 1 << 30, NR_CPUS_MAX = 1 << 16 };

struct mcd_session {
	struct mcd_target target; /* first: the callbacks get it */
	struct mcd_dump dump;
	struct mcd_kernel kernel;
	struct mcd_arena arena; /* of what lives as long as the session */
	uint64_t nr_cpus;	/* 0: not asked yet */
	struct timespec started;
	struct mcd_progress_line progress;
	struct mcd_output output; /* of the command that runs */
	const char *symbols;	  /* borrowed: the System.map that was read, or NULL */
	bool has_told_flaw;
};

/* ---- the target ---- */

static struct mcd_session *session_of(struct mcd_target *target)
{
	return (struct mcd_session *)target;
}

static enum mcd_status target_read(struct mcd_target *target, uint64_t addr, void *buffer,
				   size_t size)
{
	return mcd_dump_read(&session_of(target)->dump, addr, buffer, size);
}

static enum mcd_status target_read_phys(struct mcd_target *target, uint64_t addr, void *buffer,
					size_t size)
{
	return mcd_dump_read_phys(&session_of(target)->dump, addr, buffer, size);
}

static enum mcd_status target_symbol(struct mcd_target *target, const char *name, uint64_t *ret)
{
	return mcd_symbols_find(&session_of(target)->kernel.symbols, name, ret) ? MCD_OK
										: MCD_ABSENT;
}

static enum mcd_status target_type_size(struct mcd_target *target, const char *type, uint64_t *ret)
{
	struct mcd_types *types = session_of(target)->kernel.types;

	return types->ops->type_size(types, type, ret);
}

static enum mcd_status target_member(struct mcd_target *target, const char *type,
				     const char *member, struct mcd_place *ret)
{
	struct mcd_types *types = session_of(target)->kernel.types;

	return types->ops->member(types, type, member, ret);
}

static enum mcd_status target_enumerator(struct mcd_target *target, const char *name, uint64_t *ret)
{
	struct mcd_types *types = session_of(target)->kernel.types;

	return types->ops->enumerator(types, name, ret);
}

/*
 * How many entries of __per_cpu_offset may be looked at: nr_cpu_ids, an unsigned int (kernel/smp.c), or
 * where that is a constant (CONFIG_FORCE_NR_CPUS) as many as a mask has bits.
 */
static uint64_t count_cpus(struct mcd_session *session)
{
	uint64_t addr = 0, nr = 0, mask_bytes = 0;

	if (mcd_symbols_find(&session->kernel.symbols, "nr_cpu_ids", &addr) &&
	    mcd_dump_read_uint(&session->dump, addr, 4, &nr) && nr <= NR_CPUS_MAX)
		return nr;
	if (mcd_layout_value(&session->target, S(cpumask), &mask_bytes))
		return NR_CPUS_MAX;
	return mask_bytes < NR_CPUS_MAX / 8 ? 8 * mask_bytes : NR_CPUS_MAX;
}

/* Without CONFIG_SMP there is one cpu, and per-cpu data is ordinary data: mm/percpu.c. */
static enum mcd_status target_percpu_offset(struct mcd_target *target, unsigned int cpu,
					    uint64_t *ret)
{
	struct mcd_session *session = session_of(target);
	unsigned int word_bytes = session->dump.word_bytes;
	uint64_t table = 0;

	*ret = 0;
	if (!mcd_symbols_find(&session->kernel.symbols, "__per_cpu_offset", &table))
		return cpu ? MCD_ABSENT : MCD_OK;
	if (!session->nr_cpus)
		session->nr_cpus = count_cpus(session);
	if (cpu >= session->nr_cpus)
		return MCD_ABSENT;
	return mcd_dump_read_uint(&session->dump, table + (uint64_t)cpu * word_bytes, word_bytes,
				  ret)
		       ? MCD_OK
		       : MCD_FAULT;
}

static bool target_is_interrupted(struct mcd_target *target, const struct mcd_progress *progress)
{
	mcd_progress_show(&session_of(target)->progress, progress);
	return mcd_interrupt_is_pending();
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

/* ---- opening and closing ---- */

static enum mcd_outcome dump_outcome(enum mcd_status status)
{
	return status == MCD_NO_MEMORY ? MCD_OUTCOME_MEMORY : MCD_OUTCOME_DUMP;
}

static enum mcd_outcome kernel_outcome(enum mcd_status status)
{
	switch (status) {
	case MCD_NO_MEMORY:
		return MCD_OUTCOME_MEMORY;
	case MCD_FAULT:
		return MCD_OUTCOME_DUMP;
	case MCD_INTERRUPTED:
		return MCD_OUTCOME_PARTIAL;
	default:
		return MCD_OUTCOME_NO_TYPES;
	}
}

static enum mcd_outcome open_parts(struct mcd_session *session, const struct mcd_request *request,
				   struct mcd_error *error)
{
	enum mcd_status status = mcd_dump_open(&session->dump, request->dump, error);

	if (status)
		return dump_outcome(status);
	status = mcd_kernel_open(&session->kernel, &session->dump, request, &session->arena, error);
	if (status) {
		mcd_dump_close(&session->dump);
		return kernel_outcome(status);
	}
	session->symbols = request->symbols;
	mcd_target_init(&session->target, &ops, session->dump.word_bytes,
			session->dump.is_big_endian, session->dump.page_bytes);
	return MCD_OUTCOME_COMPLETE;
}

enum mcd_outcome mcd_session_open(const struct mcd_request *request, struct mcd_session **ret,
				  struct mcd_error *error)
{
	struct mcd_session *session = calloc(1, sizeof(*session));
	enum mcd_outcome outcome;

	*ret = NULL;
	if (!session) {
		mcd_error_set(error, MCD_NO_MEMORY, "%s: not enough memory", request->dump);
		return MCD_OUTCOME_MEMORY;
	}
	clock_gettime(CLOCK_MONOTONIC, &session->started);
	mcd_arena_init(&session->arena, ARENA_BYTES_MAX);
	outcome = open_parts(session, request, error);
	if (!outcome) {
		*ret = session;
		return outcome;
	}
	mcd_arena_deinit(&session->arena);
	free(session);
	return outcome;
}

void mcd_session_close(struct mcd_session *session)
{
	if (!session)
		return;
	mcd_kernel_close(&session->kernel);
	mcd_dump_close(&session->dump);
	mcd_arena_deinit(&session->arena);
	free(session);
}

struct mcd_target *mcd_session_target(struct mcd_session *session)
{
	return &session->target;
}

/* ---- running ---- */

void mcd_session_begin(struct mcd_session *session)
{
	mcd_interrupt_begin();
	mcd_progress_begin(&session->progress);
}

void mcd_session_end(struct mcd_session *session)
{
	mcd_progress_clear(&session->progress);
	mcd_interrupt_end();
}

static void say(void *context, const char *text)
{
	struct mcd_session *session = context;

	mcd_progress_clear(&session->progress);
	mcd_message("%s", text);
}

static enum mcd_status write_report(void *sink, const char *bytes, size_t size)
{
	struct mcd_session *session = sink;

	if (!session->output.path)
		mcd_progress_stop(&session->progress);
	return mcd_output_write(&session->output, bytes, size);
}

static enum mcd_outcome run(struct mcd_session *session, const struct mcd_options *options)
{
	struct mcd_arena arena;
	struct mcd_out out;
	const struct mcd_command command = {
		.target = &session->target,
		.arena = &arena,
		.options = options,
		.out = &out,
		.say = say,
		.say_context = session,
		.origin = {
			.front_end = "standalone",
			.types = session->kernel.types->ops->name,
			.types_from = session->kernel.types_from,
			.dump = session->dump.path,
			.started = session->started,
		},
	};
	enum mcd_outcome outcome;

	mcd_arena_init(&arena, ARENA_BYTES_MAX);
	mcd_out_init(&out, write_report, session);
	outcome = mcd_command_run(&command);
	mcd_arena_deinit(&arena);
	return outcome;
}

bool mcd_session_reads(const struct mcd_session *session, const char *path)
{
	return mcd_is_same_file(path, session->dump.path) ||
	       (session->symbols && mcd_is_same_file(path, session->symbols)) ||
	       (session->kernel.has_image && mcd_is_same_file(path, session->kernel.image.path));
}

/* Once: of a report that lacks nothing nobody would know, and of another not why. */
static void tell_flaw(struct mcd_session *session)
{
	char flaw[MCD_FLAW_BYTES];

	if (session->has_told_flaw || !mcd_guard_flaw(&session->dump.guard, flaw))
		return;
	mcd_message("%s: %s: %s", session->dump.path, flaw,
		    session->dump.guard.is_cut ? "what is behind its end is missing"
					       : "what is damaged cannot be read");
	session->has_told_flaw = true;
}

static enum mcd_outcome run_to(struct mcd_session *session, const struct mcd_options *options,
			       int fd)
{
	enum mcd_outcome outcome;

	if (options->output && mcd_session_reads(session, options->output)) {
		mcd_message("%s: the report is made from it: write it to another file",
			    options->output);
		return MCD_OUTCOME_USAGE;
	}
	mcd_output_init(&session->output, options->output, fd);
	mcd_session_begin(session);
	outcome = run(session, options);
	mcd_session_end(session);
	tell_flaw(session);
	return mcd_output_close(&session->output, outcome);
}

enum mcd_outcome mcd_session_run(struct mcd_session *session, const struct mcd_options *options,
				 int fd)
{
	clock_gettime(CLOCK_MONOTONIC, &session->started);
	return run_to(session, options, fd);
}

static enum mcd_outcome report(const struct mcd_request *request, const struct mcd_options *options,
			       int fd)
{
	struct mcd_session *session = NULL;
	struct mcd_error error = { "" };
	enum mcd_outcome outcome = mcd_session_open(request, &session, &error);

	if (outcome) {
		mcd_message("%s", error.text);
		return outcome;
	}
	outcome = run_to(session, options, fd); /* the opening is a part of it */
	mcd_session_close(session);
	return outcome;
}

enum mcd_outcome mcd_session_report(const struct mcd_request *request,
				    const struct mcd_options *options, int fd)
{
	enum mcd_outcome outcome;

	mcd_interrupt_begin();
	outcome = report(request, options, fd);
	mcd_interrupt_end();
	return outcome;
}
