// SPDX-License-Identifier: GPL-2.0-or-later
/* See options.h. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options.h"

enum {
	JOBS_MAX = 1024,
	DEFAULT_TIMEOUT_SECONDS = 600,
	FIRST_OPTION = 256, /* of getopt_long()'s values: no letter stands for these */
};

#define MIB (UINT64_C(1) << 20)
#define DEFAULT_MEMORY_LIMIT_BYTES (1024 * MIB)
#define LEAST_MEMORY_LIMIT_BYTES (16 * MIB)
#define TIMEOUT_SECONDS_MAX 1e8

static enum mcd_status take_jobs(struct mcd_batch_options *options, const char *text,
				 struct mcd_error *error)
{
	char *end = NULL;
	unsigned long count = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || !count || count > JOBS_MAX)
		return mcd_error_set(error, MCD_USAGE, "%s: --jobs takes a number from 1 to %d",
				     text, JOBS_MAX);
	options->nr_jobs = count;
	return MCD_OK;
}

/* How many seconds the unit has; 0 for what is none. */
static double seconds_of(const char *unit)
{
	static const struct {
		const char *name;
		double seconds;
	} units[] = { { "", 1 }, { "s", 1 }, { "m", 60 }, { "h", 3600 } };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(unit, units[i].name) == 0)
			return units[i].seconds;
	return 0;
}

static enum mcd_status take_timeout(struct mcd_batch_options *options, const char *text,
				    struct mcd_error *error)
{
	char *end = NULL;
	double count = strtod(text, &end), seconds = count * seconds_of(end);

	/* Turned round, so that NaN is refused too. */
	if (end == text || !(seconds > 0 && seconds <= TIMEOUT_SECONDS_MAX))
		return mcd_error_set(error, MCD_USAGE,
				     "%s: --timeout takes seconds, or a number with m or h: more "
				     "than 0 s and at most %.0f",
				     text, TIMEOUT_SECONDS_MAX);
	options->timeout_seconds = seconds;
	return MCD_OK;
}

/* 2^10, 2^20, … for K, M, …, which "B" or "iB" may follow; 1 for no suffix, 0 for what is none. */
static uint64_t unit_of(const char *suffix)
{
	static const char letters[] = "KMGT";
	const char *letter = NULL;

	if (!*suffix)
		return 1;
	letter = isalpha((unsigned char)*suffix) ? strchr(letters, toupper(*suffix)) : NULL;
	suffix += 1 + (suffix[1] == 'i' && suffix[2] == 'B');
	suffix += *suffix == 'B';
	return letter && !*suffix ? UINT64_C(1) << (10 * (letter - letters + 1)) : 0;
}

static enum mcd_status take_memory_limit(struct mcd_batch_options *options, const char *text,
					 struct mcd_error *error)
{
	char *end = NULL;
	unsigned long long count = 0;
	uint64_t unit = 0, bytes = 0;

	errno = 0;
	count = strtoull(text, &end, 10);
	unit = unit_of(end);
	if (*text < '0' || *text > '9' || errno || !unit ||
	    __builtin_mul_overflow(count, unit, &bytes) || bytes < LEAST_MEMORY_LIMIT_BYTES)
		return mcd_error_set(
			error, MCD_USAGE,
			"%s: --memory-limit takes bytes with K, M, G or T, at least 16M", text);
	options->memory_limit_bytes = bytes;
	return MCD_OK;
}

static enum mcd_status take_resume(struct mcd_batch_options *options, const char *text,
				   struct mcd_error *error)
{
	(void)text;
	(void)error;
	options->is_resumed = true;
	return MCD_OK;
}

static enum mcd_status take_output(struct mcd_batch_options *options, const char *text,
				   struct mcd_error *error)
{
	if (!*text)
		return mcd_error_set(error, MCD_USAGE, "--output takes the name of a directory");
	options->output = text;
	return MCD_OK;
}

static enum mcd_status take_debug_dir(struct mcd_batch_options *options, const char *text,
				      struct mcd_error *error)
{
	(void)error;
	options->debug_dirs[options->nr_debug_dirs++] = text;
	return MCD_OK;
}

static enum mcd_status take_help(struct mcd_batch_options *options, const char *text,
				 struct mcd_error *error)
{
	(void)text;
	(void)error;
	options->wants_help = true;
	return MCD_OK;
}

static enum mcd_status take_version(struct mcd_batch_options *options, const char *text,
				    struct mcd_error *error)
{
	(void)text;
	(void)error;
	options->wants_version = true;
	return MCD_OK;
}

static const struct {
	const char *name;
	const char *argument; /* NULL: it takes none */
	enum mcd_status (*take)(struct mcd_batch_options *options, const char *text,
				struct mcd_error *error);
	const char *help;
	unsigned int views; /* what it adds to the records, in place of `take` */
} table[] = {
	{ .name = "jobs",
	  .argument = "N",
	  .take = take_jobs,
	  .help = "N workers at a time (as many as there are CPUs)" },
	{ .name = "timeout",
	  .argument = "S",
	  .take = take_timeout,
	  .help = "end a worker after S seconds, or 5m, 2h (600)" },
	{ .name = "memory-limit",
	  .argument = "SIZE",
	  .take = take_memory_limit,
	  .help = "memory of one worker, e.g. 512M (1G)" },
	{ .name = "resume", .take = take_resume, .help = "leave out what --output DIR already has" },
	{ .name = "output",
	  .argument = "DIR",
	  .take = take_output,
	  .help = "a file per dump in DIR, and DIR/batch.ndjson" },
	{ .name = "debug-dir",
	  .argument = "DIR",
	  .take = take_debug_dir,
	  .help = "look for each vmlinux here first" },
	{ .name = "pins", .views = MCD_VIEW_PINS, .help = "with the ledger of each memory cgroup" },
	{ .name = "files",
	  .views = MCD_VIEW_FILES,
	  .help = "with the files whose pages hold references" },
	{ .name = "slab", .views = MCD_VIEW_SLAB, .help = "with the slab objects that are charged" },
	{ .name = "group", .views = MCD_VIEW_GROUP, .help = "with records by producer" },
	{ .name = "ids", .views = MCD_VIEW_IDS, .help = "with a record of the space of ids" },
	{ .name = "cost", .views = MCD_VIEW_COST, .help = "with what each takes by itself" },
	{ .name = "help", .take = take_help, .help = "this text" },
	{ .name = "version",
	  .take = take_version,
	  .help = "the version, with those of the libraries" },
};

enum { NR_OPTIONS = sizeof(table) / sizeof(table[0]) };

static void fill_names(struct option names[NR_OPTIONS + 1])
{
	for (int i = 0; i < NR_OPTIONS; i++)
		names[i] = (struct option){ table[i].name,
					    table[i].argument ? required_argument : no_argument,
					    NULL, FIRST_OPTION + i };
	names[NR_OPTIONS] = (struct option){ 0 };
}

/* Why getopt_long() refused a word. */
static enum mcd_status refuse(int letter, const char *word, struct mcd_error *error)
{
	if (letter == ':')
		return mcd_error_set(error, MCD_USAGE, "%s: this option needs an argument", word);
	if (optopt && optopt < FIRST_OPTION)
		return mcd_error_set(error, MCD_USAGE, "-%c: no such option", optopt);
	if (optopt)
		return mcd_error_set(error, MCD_USAGE, "%s: this option takes no argument", word);
	return mcd_error_set(error, MCD_USAGE, "%s: no such option, or more than one begins so",
			     word);
}

static enum mcd_status take(struct mcd_batch_options *options, int option, const char *text,
			    struct mcd_error *error)
{
	options->views |= table[option].views;
	return table[option].take ? table[option].take(options, text, error) : MCD_OK;
}

static size_t nr_cpus(void)
{
	long count = sysconf(_SC_NPROCESSORS_ONLN);

	return count < 1 ? 1 : count > JOBS_MAX ? JOBS_MAX : (size_t)count;
}

static enum mcd_status check(const struct mcd_batch_options *options, struct mcd_error *error)
{
	if (options->wants_help || options->wants_version)
		return MCD_OK;
	if (options->is_resumed && !options->output)
		return mcd_error_set(error, MCD_USAGE,
				     "--resume needs the --output DIR of the batch to go on with");
	if (!options->nr_arguments)
		return mcd_error_set(error, MCD_USAGE, "no dump is named");
	return MCD_OK;
}

enum mcd_status mcd_batch_options_parse(int argc, char **argv, struct mcd_arena *arena,
					struct mcd_batch_options *ret, struct mcd_error *error)
{
	struct option names[NR_OPTIONS + 1];
	enum mcd_status status = MCD_OK;
	int letter = 0;

	fill_names(names);
	*ret = (struct mcd_batch_options){
		.nr_jobs = nr_cpus(),
		.timeout_seconds = DEFAULT_TIMEOUT_SECONDS,
		.memory_limit_bytes = DEFAULT_MEMORY_LIMIT_BYTES,
		.debug_dirs = mcd_arena_array(arena, (size_t)argc + 1, sizeof(*ret->debug_dirs)),
	};
	if (!ret->debug_dirs)
		return mcd_error_set(error, MCD_NO_MEMORY, "no memory for the command line");
	optind = 0;
	while (!status && (letter = getopt_long(argc, argv, ":h", names, NULL)) != -1) {
		if (letter == 'h')
			ret->wants_help = true;
		else if (letter >= FIRST_OPTION)
			status = take(ret, letter - FIRST_OPTION, optarg, error);
		else
			status = refuse(letter, argv[optind - 1], error);
	}
	ret->arguments = argv + optind;
	ret->nr_arguments = (size_t)(argc - optind);
	optind = 0;
	return status ? status : check(ret, error);
}

void mcd_batch_options_help(struct mcd_out *out)
{
	mcd_out_text(out,
		     "Usage: dangling batch [OPTION]... DUMP|DIR|@LIST...\n"
		     "Reports the dangling memory cgroups of many dumps as NDJSON, each dump "
		     "by a process of its own.\n\n"
		     "DIR stands for every dump in and below it, @LIST for the lines of the file "
		     "LIST (@-: of\nstandard input): one path each, after a tab also its "
		     "vmlinux, after another its System.map.\n\n");
	for (size_t i = 0; i < NR_OPTIONS; i++) {
		const char *argument = table[i].argument ? table[i].argument : "";
		int width = 18 - (int)strlen(table[i].name);

		mcd_out_printf(out, "  --%s %-*s %s\n", table[i].name, width, argument,
			       table[i].help);
	}
	mcd_out_text(out, "\nExit status: 0 every dump is ok, 6 one is not or the batch was "
			  "interrupted, 2 usage, 7 internal.\n");
}
