// SPDX-License-Identifier: GPL-2.0-or-later
/* See shell.h: the shell's own command line, then lines from a terminal or a script. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "standalone/help.h"
#include "standalone/interrupt.h"
#include "standalone/message.h"
#include "standalone/output.h"
#include "standalone/shell/commands.h"
#include "standalone/shell/complete.h"
#include "standalone/shell/help.h"
#include "standalone/shell/history.h"
#include "standalone/shell/prompt.h"
#include "standalone/shell/shell.h"
#include "standalone/shell/signals.h"

struct shell {
	struct mcd_commands commands;
	struct mcd_names names;
	struct mcd_history history;
};

/* ---- the loops ---- */

/* For completion: the memcgs of the dump, looked for when they are first wanted. */
static const struct mcd_names *names_of(void *context)
{
	struct shell *shell = context;
	enum mcd_status status = MCD_OK;

	if (shell->names.is_read)
		return &shell->names;
	mcd_prompt_hide();
	mcd_session_begin(shell->commands.session);
	status = mcd_names_read(&shell->names, mcd_session_target(shell->commands.session));
	mcd_session_end(shell->commands.session);
	/* Meant for the shell, too: SIGTERM and SIGHUP end it. */
	mcd_signals_note(mcd_interrupt_signal());
	mcd_prompt_show();
	return status ? NULL : &shell->names;
}

/* A signal asked for an end: of the script, or of what was pasted. */
static bool is_stopped(void)
{
	return mcd_signals_take_interrupt() || mcd_signals_leaving();
}

/* A program that a line runs may leave the terminal in any state. */
static void run_line(struct shell *shell, const char *line)
{
	struct termios settings;
	bool is_known = tcgetattr(STDIN_FILENO, &settings) == 0;

	mcd_commands_run(&shell->commands, line);
	if (is_known)
		tcsetattr(STDIN_FILENO, TCSANOW, &settings);
}

/* What was pasted in one go may hold several lines. */
static void run_lines(struct shell *shell, char *text)
{
	char *rest = text, *line = NULL;

	while (!shell->commands.is_leaving && !is_stopped() && (line = strsep(&rest, "\n"))) {
		mcd_history_add(&shell->history, line);
		run_line(shell, line);
	}
}

static int run_terminal(struct shell *shell)
{
	const struct mcd_completer completer = { mcd_command_names, names_of, shell };
	char *text = NULL;

	fprintf(stderr, "help lists commands and options, quit leaves; TAB completes\n");
	mcd_names_init(&shell->names);
	mcd_history_init(&shell->history);
	mcd_prompt_init(&completer);
	while (!shell->commands.is_leaving && (text = mcd_prompt_read())) {
		run_lines(shell, text);
		free(text);
	}
	mcd_history_deinit(&shell->history);
	mcd_names_deinit(&shell->names);
	return 0;
}

static bool read_line(char **line, size_t *size)
{
	if (getline(line, size, stdin) < 0)
		return false;
	(*line)[strcspn(*line, "\n")] = '\0';
	return true;
}

static int run_script(struct shell *shell)
{
	char *line = NULL;
	size_t size = 0;
	bool was_stopped = false;
	int problem = 0;

	while (!was_stopped && !shell->commands.is_leaving && read_line(&line, &size)) {
		shell->commands.nr_lines++;
		mcd_commands_run(&shell->commands, line);
		was_stopped = is_stopped();
	}
	problem = ferror(stdin) ? errno : 0;
	free(line);
	/* Or while it waited for a line. */
	was_stopped |= is_stopped();
	if (problem && !was_stopped) {
		mcd_message("standard input: %s", strerror(problem));
		return MCD_OUTCOME_INTERNAL;
	}
	return mcd_exit_status(was_stopped ? MCD_OUTCOME_PARTIAL : shell->commands.outcome);
}

/* ---- the start ---- */

enum { OPT_DEBUG_DIR = 256, OPT_SYMBOLS, OPT_VERSION };

static const struct option own_options[] = {
	{ "debug-dir", required_argument, NULL, OPT_DEBUG_DIR },
	{ "symbols", required_argument, NULL, OPT_SYMBOLS },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 },
};

static int refuse_start(const char *what, const char *why)
{
	mcd_message("shell: %s%s", what, why);
	fputs("Try 'dangling shell --help'.\n", stderr);
	return MCD_OUTCOME_USAGE;
}

static int run_shell(struct mcd_session *session)
{
	struct shell shell = {
		.commands = { .session = session, .is_terminal = isatty(STDIN_FILENO) },
	};

	mcd_signals_install();
	return shell.commands.is_terminal ? run_terminal(&shell) : run_script(&shell);
}

static int open_and_run(const struct mcd_request *request)
{
	struct mcd_session *session = NULL;
	struct mcd_error error = { "" };
	enum mcd_outcome outcome = mcd_session_open(request, &session, &error);
	int status = MCD_OUTCOME_COMPLETE;

	if (outcome) {
		mcd_message("%s", error.text);
		return mcd_exit_status(outcome);
	}
	status = run_shell(session);
	mcd_session_close(session);
	/* The signal that ended the shell is what its parent is to see. */
	if (mcd_signals_leaving()) {
		signal(mcd_signals_leaving(), SIG_DFL);
		raise(mcd_signals_leaving());
	}
	return status;
}

/* Parses the shell's own command line into `request`, whose debug_dirs has room for argc. */
static int start(int argc, char **argv, struct mcd_request *request, const char **debug_dirs)
{
	char plain[4];
	int letter;

	opterr = optind = 0;
	while ((letter = getopt_long(argc, argv, ":h", own_options, NULL)) != -1) {
		switch (letter) {
		case OPT_DEBUG_DIR:
			debug_dirs[request->nr_debug_dirs++] = optarg;
			break;
		case OPT_SYMBOLS:
			request->symbols = optarg;
			break;
		case 'h':
			return (int)mcd_output_print(STDOUT_FILENO, mcd_shell_usage_print);
		case OPT_VERSION:
			return mcd_version_print();
		case ':':
			return refuse_start(argv[optind - 1], ": this option needs an argument");
		default:
			/* Of a long option optopt is 0. */
			snprintf(plain, sizeof(plain), "-%c", optopt);
			return refuse_start(
				optopt && optopt <= UCHAR_MAX ? plain : argv[optind - 1],
				": no such option of the shell; reports get theirs at its prompt");
		}
	}
	if (optind == argc)
		return refuse_start("", "which dump? Give a VMCORE");
	if (argc - optind > 2)
		return refuse_start(argv[optind + 2], ": more than a VMCORE and a VMLINUX");
	request->dump = argv[optind];
	request->vmlinux = argv[optind + 1];
	return open_and_run(request);
}

int mcd_shell_main(int argc, char **argv)
{
	const char **debug_dirs = calloc((size_t)argc, sizeof(*debug_dirs));
	struct mcd_request request = { .debug_dirs = debug_dirs };
	int status = MCD_OUTCOME_INTERNAL;

	if (debug_dirs)
		status = start(argc, argv, &request, debug_dirs);
	else
		mcd_message("shell: not enough memory");
	free(debug_dirs);
	return status;
}
