// SPDX-License-Identifier: GPL-2.0-or-later
/* See help.h. */
#include <bpf/libbpf.h>
#include <elfutils/version.h>
#include <libkdumpfile/kdumpfile.h>
#include <limits.h>
#include <readline/readline.h>
#include <stdio.h>
#include <unistd.h>

#include "mcd/command.h"
#include "mcd/version.h"
#include "standalone/help.h"
#include "standalone/output.h"

static const char usage[] =
	"Usage: dangling [OPTION]... VMCORE [VMLINUX]\n"
	"       dangling shell [OPTION]... VMCORE [VMLINUX]\n"
	"       dangling batch [OPTION]... DUMP|DIR|@LIST...\n"
	"\n"
	"Reports the memory cgroups in a kernel's dump that were removed and are still "
	"referenced.\n"
	"Types are from VMLINUX, from one with the dump's build-id that is installed, or from the\n"
	"dump itself.\n"
	"\n";

static const char after[] = "\n"
			    "Exit status: 0 complete, 1 no such memory cgroup, 2 usage, 3 dump not "
			    "readable, 4 no types for\n"
			    "this kernel, 5 it has no memory controller, 6 partial (interrupted, "
			    "or the dump is damaged),\n"
			    "7 internal. `man dangling` has the rest; `dangling shell --help`, "
			    "`dangling batch --help`.\n";

static void print_option(struct mcd_out *out, const struct mcd_option *option)
{
	char left[64], letter[8] = "    ";

	if (option->letter <= UCHAR_MAX)
		snprintf(letter, sizeof(letter), "-%c, ", option->letter);
	snprintf(left, sizeof(left), "%s--%s%s%s", letter, option->name,
		 option->argument ? "=" : "", option->argument ? option->argument : "");
	mcd_out_printf(out, "  %-23s %s\n", left, option->help);
}

static void print_help(struct mcd_out *out)
{
	size_t nr = 0;
	const struct mcd_option *options = mcd_option_table(&nr);

	mcd_out_text(out, usage);
	for (size_t i = 0; i < nr; i++)
		if (options[i].places & MCD_AT_START)
			print_option(out, &options[i]);
	mcd_out_text(out, after);
}

static void print_version(struct mcd_out *out)
{
	mcd_out_printf(out,
		       "dangling %s\nlibkdumpfile %s, elfutils %d.%d, libbpf %d.%d, readline %s\n",
		       MCD_VERSION, KDUMPFILE_VERSION_STRING, _ELFUTILS_VERSION / 1000,
		       _ELFUTILS_VERSION % 1000, LIBBPF_MAJOR_VERSION, LIBBPF_MINOR_VERSION,
		       rl_library_version);
}

int mcd_help_print(void)
{
	return (int)mcd_output_print(STDOUT_FILENO, print_help);
}

int mcd_version_print(void)
{
	return (int)mcd_output_print(STDOUT_FILENO, print_version);
}
