// SPDX-License-Identifier: GPL-2.0-or-later
/* See commands.h. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "standalone/interrupt.h"
#include "standalone/message.h"
#include "standalone/output.h"
#include "standalone/shell/commands.h"
#include "standalone/shell/help.h"
#include "standalone/shell/line.h"
#include "standalone/shell/redirect.h"
#include "standalone/shell/signals.h"

#define NAME "dangling"
#define BLANKS " \t\r\v\f"

enum { LINE_ARENA_BYTES_MAX = 64 << 20 };

/* One line at work. */
struct work {
	struct mcd_commands *commands;
	struct mcd_arena *arena;
	struct mcd_line line;
	struct mcd_error error;
};

static enum mcd_outcome run_report(struct work *work);
static enum mcd_outcome run_help(struct work *work);
static enum mcd_outcome run_quit(struct work *work);

static const struct {
	const char *name;
	enum mcd_outcome (*run)(struct work *work);
} table[] = {
	{ NAME, run_report },	{ "exit", run_quit }, { "help", run_help }, { "?", run_help },
	{ "--help", run_help }, { "-h", run_help },   { "quit", run_quit }, { "q", run_quit },
};

/* The same for completion, which does without those that nobody needs to complete. */
const char *const mcd_command_names[] = { NAME, "exit", "help", "quit", NULL };

/* ---- commands ---- */

static enum mcd_outcome outcome_of(enum mcd_status status)
{
	switch (status) {
	case MCD_OK:
		return MCD_OUTCOME_COMPLETE;
	case MCD_USAGE:
		return MCD_OUTCOME_USAGE;
	case MCD_NO_MEMORY:
		return MCD_OUTCOME_MEMORY;
	default:
		return MCD_OUTCOME_INTERNAL;
	}
}

/* Says what is wrong with the line, and where to read how to do better. */
static enum mcd_outcome refuse(const struct work *work, enum mcd_status status)
{
	const char *hint = status == MCD_USAGE ? " (help lists commands and options)" : "";
	size_t nr = work->commands->nr_lines;

	if (nr)
		mcd_message("line %zu: %s%s", nr, work->error.text, hint);
	else
		mcd_message("%s%s", work->error.text, hint);
	return outcome_of(status);
}

/* The words as a command line: the name first, whether it was typed or not. */
static enum mcd_status parse_options(struct work *work, struct mcd_options *ret)
{
	struct mcd_line *line = &work->line;
	bool is_named = strcmp(line->argv[0], NAME) == 0;
	size_t nr = (size_t)line->argc + (is_named ? 0 : 1);
	char **argv = mcd_arena_array(work->arena, nr + 1, sizeof(*argv));
	enum mcd_status status = MCD_OK;

	if (!argv)
		return mcd_error_set(&work->error, MCD_NO_MEMORY, "line");
	argv[0] = NAME;
	memcpy(argv + (is_named ? 0 : 1), line->argv, (size_t)line->argc * sizeof(*argv));
	status = mcd_options_parse((int)nr, argv, MCD_AT_PROMPT, work->arena, ret, &work->error);
	return status ? status : mcd_options_take_operands(ret, &work->error);
}

/* A signal that came since the line was entered is meant for the report, too. */
static enum mcd_outcome run_unless_stopped(struct work *work, const struct mcd_options *options,
					   int fd)
{
	enum mcd_outcome outcome = MCD_OUTCOME_PARTIAL;

	mcd_interrupt_begin();
	if (!mcd_signals_are_noted())
		outcome = mcd_session_run(work->commands->session, options, fd);
	mcd_interrupt_end();
	mcd_signals_note(mcd_interrupt_signal());
	return outcome;
}

static enum mcd_status open_output(struct work *work, struct mcd_redirect *ret)
{
	const char *file = work->line.file;

	if (file && mcd_session_reads(work->commands->session, file))
		return mcd_error_set(&work->error, MCD_USAGE,
				     "%s: the report is made from it: write it to another file",
				     file);
	return mcd_redirect_open(&work->line, ret, &work->error);
}

/* Options first, so that a slip of the keys does not empty a file. */
static enum mcd_outcome run_report(struct work *work)
{
	struct mcd_options options = { 0 };
	struct mcd_redirect redirect = { .fd = -1 };
	enum mcd_outcome outcome = MCD_OUTCOME_COMPLETE;
	enum mcd_status status = parse_options(work, &options);

	if (!status)
		status = open_output(work, &redirect);
	if (status)
		return refuse(work, status);
	outcome = run_unless_stopped(work, &options, redirect.fd);
	status = mcd_redirect_close(&redirect, &work->line, &work->error);
	return status ? refuse(work, status) : outcome;
}

static enum mcd_outcome run_help(struct work *work)
{
	struct mcd_redirect redirect = { .fd = -1 };
	enum mcd_outcome outcome = MCD_OUTCOME_COMPLETE;
	enum mcd_status status = open_output(work, &redirect);

	if (status)
		return refuse(work, status);
	outcome = mcd_output_print(redirect.fd, mcd_shell_help_print);
	mcd_signals_note(mcd_interrupt_signal());
	status = mcd_redirect_close(&redirect, &work->line, &work->error);
	return status ? refuse(work, status) : outcome;
}

static enum mcd_outcome run_quit(struct work *work)
{
	work->commands->is_leaving = true;
	return work->commands->outcome;
}

/* ---- one line ---- */

/* The word that says which command is meant: `dangling -h` means what -h means. */
static const char *word_of(const struct mcd_line *line)
{
	bool is_option = line->argc == 2 && strcmp(line->argv[0], NAME) == 0 &&
			 line->argv[1][0] == '-';

	return line->argv[is_option];
}

static enum mcd_outcome run_words(struct work *work)
{
	const char *word = word_of(&work->line);

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(word, table[i].name) == 0)
			return table[i].run(work);
	return run_report(work);
}

/* !PROGRAM is no report, so that the outcome stays. A script is not the program's input. */
static enum mcd_outcome run_program(struct work *work, const char *program)
{
	const struct mcd_commands *commands = work->commands;
	int input = commands->is_terminal ? STDIN_FILENO : open("/dev/null", O_RDONLY | O_CLOEXEC);
	enum mcd_status status = MCD_OK;

	if (!program[strspn(program, BLANKS)])
		status = mcd_error_set(&work->error, MCD_USAGE,
				       "!: the command after it is missing");
	else if (input < 0)
		status = mcd_error_set(&work->error, MCD_FAULT, "/dev/null cannot be opened");
	else
		status = mcd_program_run(program, input, &work->error);
	if (input > STDIN_FILENO)
		close(input);
	return status ? refuse(work, status) : commands->outcome;
}

void mcd_commands_run(struct mcd_commands *commands, const char *line)
{
	struct mcd_arena arena;
	struct work work = { .commands = commands, .arena = &arena };
	enum mcd_status status = MCD_OK;

	line += strspn(line, BLANKS);
	if (!*line || *line == '#')
		return;
	if (*line == '!') {
		commands->outcome = run_program(&work, line + 1);
		return;
	}
	mcd_arena_init(&arena, LINE_ARENA_BYTES_MAX);
	status = mcd_line_parse(line, &arena, &work.line, &work.error);
	commands->outcome = status ? refuse(&work, status) : run_words(&work);
	mcd_arena_deinit(&arena);
}
