// SPDX-License-Identifier: GPL-2.0-or-later
/* The program `dangling`: which of its three uses is meant, and the first of them, one report. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mcd/command.h"
#include "standalone/batch/batch.h"
#include "standalone/help.h"
#include "standalone/message.h"
#include "standalone/session.h"
#include "standalone/shell/shell.h"

enum { ARENA_BYTES_MAX = 1 << 24 };

static int refuse(const char *why)
{
	mcd_message("%s", why);
	fputs("Try 'dangling --help'.\n", stderr);
	return MCD_OUTCOME_USAGE;
}

static int report(const struct mcd_options *options)
{
	const struct mcd_request request = {
		.dump = options->operands[0],
		.vmlinux = options->nr_operands > 1 ? options->operands[1] : NULL,
		.symbols = options->symbols,
		.debug_dirs = options->debug_dirs,
		.nr_debug_dirs = options->nr_debug_dirs,
	};

	return mcd_exit_status(mcd_session_report(&request, options, STDOUT_FILENO));
}

static int run_options(const struct mcd_options *options)
{
	if (options->wants_help)
		return mcd_help_print();
	if (options->wants_version)
		return mcd_version_print();
	if (!options->nr_operands)
		return refuse("which dump? Give a VMCORE");
	if (options->nr_operands > 2)
		return refuse("more than a VMCORE and a VMLINUX; memory cgroups are given with -m");
	return report(options);
}

static int report_main(int argc, char **argv)
{
	struct mcd_arena arena;
	struct mcd_options options;
	struct mcd_error error = { "" };
	int status;

	mcd_arena_init(&arena, ARENA_BYTES_MAX);
	switch (mcd_options_parse(argc, argv, MCD_AT_START, &arena, &options, &error)) {
	case MCD_OK:
		status = run_options(&options);
		break;
	case MCD_NO_MEMORY:
		mcd_message("%s", error.text);
		status = MCD_OUTCOME_INTERNAL;
		break;
	default:
		status = refuse(error.text);
	}
	mcd_arena_deinit(&arena);
	return status;
}

static const struct {
	const char *name;
	int (*main)(int argc, char **argv);
} commands[] = {
	{ "shell", mcd_shell_main },
	{ "batch", mcd_batch_main },
};

/* Where one of the three is closed, no file that is opened may take its number; writing to it fails. */
static void occupy_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		(void)close(fd);
}

int main(int argc, char **argv)
{
	occupy_standard_files();
	/* A reader that goes away ends the report, not the program; what waits is cleaned up. */
	signal(SIGPIPE, SIG_IGN);
	/* Who ignores it never learns how a child ended: the kernel reaps it. */
	signal(SIGCHLD, SIG_DFL);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (argc > 1 && strcmp(argv[1], commands[i].name) == 0)
			return commands[i].main(argc - 1, argv + 1);
	return report_main(argc, argv);
}
