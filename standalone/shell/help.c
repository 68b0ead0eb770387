// SPDX-License-Identifier: GPL-2.0-or-later
/* See help.h. */
#include <limits.h>
#include <stdio.h>

#include "mcd/command.h"
#include "standalone/shell/help.h"

static const char before[] =
	"[dangling] [OPTION]... [MEMCG]...\n"
	"MEMCG is a path as -l shows it, an address or a decimal css id. '...' and \"...\" keep\n"
	"blanks together; a backslash is a character like any other.\n"
	"\n";

/* What there is beside the options. */
static const struct {
	const char *form, *help;
} forms[] = {
	{ "dangling", "the report; before options and MEMCGs the word can be left out" },
	{ "COMMAND | PROGRAM", "the output goes to a program, which /bin/sh runs" },
	{ "COMMAND > FILE", "the output goes to a file; with >> to its end" },
	{ "!PROGRAM", "runs a program" },
	{ "# TEXT", "a comment" },
	{ "help, ?", "this text" },
	{ "quit, exit, q", "leaves, like the end of the input" },
};

void mcd_shell_help_print(struct mcd_out *out)
{
	size_t nr = 0;
	const struct mcd_option *options = mcd_option_table(&nr);

	mcd_out_text(out, before);
	for (const struct mcd_option *option = options; option < options + nr; option++) {
		char left[64], letter[8] = "    ";

		if (!(option->places & MCD_AT_PROMPT))
			continue;
		if (option->letter <= UCHAR_MAX)
			snprintf(letter, sizeof(letter), "-%c, ", option->letter);
		snprintf(left, sizeof(left), "%s--%s%s%s", letter, option->name,
			 option->argument ? "=" : "", option->argument ? option->argument : "");
		mcd_out_printf(out, "  %-19s %s\n", left, option->help);
	}
	mcd_out_text(out, "\n");
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		mcd_out_printf(out, "  %-19s %s\n", forms[i].form, forms[i].help);
}

static const char usage[] =
	"Usage: dangling shell [OPTION]... VMCORE [VMLINUX]\n"
	"\n"
	"Opens the dump once and reads commands from the terminal, or a script of them from\n"
	"standard input. `help` at its prompt lists them.\n"
	"\n"
	"      --debug-dir=DIR   look for the vmlinux here first\n"
	"      --symbols=FILE    the kernel's System.map\n"
	"  -h, --help            this text\n"
	"      --version         the version, with those of the libraries\n"
	"\n"
	"Exit status: at a terminal 0 once the dump is open; of a script, that of its last\n"
	"command, as in `dangling --help`.\n";

void mcd_shell_usage_print(struct mcd_out *out)
{
	mcd_out_text(out, usage);
}
