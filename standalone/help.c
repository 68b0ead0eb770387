// SPDX-License-Identifier: GPL-2.0-or-later
/* See help.h. */
#include <bpf/libbpf.h>
#include <elfutils/version.h>
#include <errno.h>
#include <libkdumpfile/kdumpfile.h>
#include <limits.h>
#include <readline/readline.h>
#include <stdio.h>

#include "mcd/command.h"
#include "mcd/version.h"
#include "standalone/help.h"
#include "standalone/message.h"

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

static void print_option(const struct mcd_option *option)
{
	char left[64], letter[8] = "    ";

	if (option->letter <= UCHAR_MAX)
		snprintf(letter, sizeof(letter), "-%c, ", option->letter);
	snprintf(left, sizeof(left), "%s--%s%s%s", letter, option->name,
		 option->argument ? "=" : "", option->argument ? option->argument : "");
	printf("  %-23s %s\n", left, option->help);
}

/* The exit status of what was printed. */
static int finish(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return MCD_OUTCOME_COMPLETE;
	mcd_message("output: %s", strerror(errno));
	return MCD_OUTCOME_INTERNAL;
}

int mcd_help_print(void)
{
	size_t nr = 0;
	const struct mcd_option *options = mcd_option_table(&nr);

	fputs(usage, stdout);
	for (size_t i = 0; i < nr; i++)
		if (options[i].places & MCD_AT_START)
			print_option(&options[i]);
	fputs(after, stdout);
	return finish();
}

int mcd_version_print(void)
{
	printf("dangling %s\nlibkdumpfile %s, elfutils %d.%d, libbpf %d.%d, readline %s\n",
	       MCD_VERSION, KDUMPFILE_VERSION_STRING, _ELFUTILS_VERSION / 1000,
	       _ELFUTILS_VERSION % 1000, LIBBPF_MAJOR_VERSION, LIBBPF_MINOR_VERSION,
	       rl_library_version);
	return finish();
}
