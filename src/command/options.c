// SPDX-License-Identifier: GPL-2.0-or-later
/* The command line, the same in every front end. See command.h. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mcd/command.h"
#include "select.h"

enum { OPT_DEBUG_DIR = 256, OPT_SYMBOLS, OPT_VERSION, OPT_SCAN };

#define EVERYWHERE (MCD_AT_PROMPT | MCD_AT_START)

static const struct mcd_option table[] = {
	{ 'a', EVERYWHERE, "all", NULL, "live memory cgroups too, after the dangling ones" },
	{ 'k', EVERYWHERE, "kernel", NULL, "the kernel's own file, byte for byte" },
	{ 'l', EVERYWHERE, "list", NULL, "one line each" },
	{ 'p', EVERYWHERE, "pins", NULL, "the ledger: what holds each reference" },
	{ OPT_SCAN, EVERYWHERE, "scan", NULL, "for the ledger, look at every page of the machine" },
	{ 'f', EVERYWHERE, "files", NULL, "the files whose pages hold references" },
	{ 's', EVERYWHERE, "slab", NULL, "what is charged without holding a reference" },
	{ 'g', EVERYWHERE, "group", NULL, "by producer: paths with ids folded to *" },
	{ 'i', EVERYWHERE, "ids", NULL, "the space of ids, and whether it is full" },
	{ 'c', EVERYWHERE, "cost", NULL, "the memory that each takes by itself" },
	{ 'u', EVERYWHERE, "unions", NULL, "raw unions, sources, flags, damage, every probe" },
	{ 'j', EVERYWHERE, "json", NULL, "NDJSON, one object a line, instead of text" },
	{ 'n', EVERYWHERE, "limit", "COUNT", "at most COUNT rows in each view" },
	{ 'm', EVERYWHERE, "memcg", "MEMCG", "only this one: /path, 0xaddress or decimal css id" },
	{ 'o', EVERYWHERE, "output", "FILE", "write the report to FILE" },
	{ OPT_DEBUG_DIR, MCD_AT_START, "debug-dir", "DIR", "look for the vmlinux here first" },
	{ OPT_SYMBOLS, MCD_AT_START, "symbols", "FILE", "the kernel's System.map" },
	{ 'h', MCD_AT_START, "help", NULL, "this text" },
	{ OPT_VERSION, MCD_AT_START, "version", NULL, "the version, with those of the libraries" },
};

enum { NR_OPTIONS = sizeof(table) / sizeof(table[0]) };

/* The same as getopt_long() wants it. */
struct grammar {
	char letters[2 * NR_OPTIONS + 2];
	struct option names[NR_OPTIONS + 1];
};

const struct mcd_option *mcd_option_table(size_t *ret_nr)
{
	*ret_nr = NR_OPTIONS;
	return table;
}

static struct grammar grammar_of(enum mcd_place_of_use place)
{
	struct grammar grammar = { .letters = ":" };
	size_t nr_names = 0, nr_letters = 1;

	for (size_t i = 0; i < NR_OPTIONS; i++) {
		int has_argument = table[i].argument ? required_argument : no_argument;

		if (!(table[i].places & place))
			continue;
		grammar.names[nr_names++] = (struct option){ table[i].name, has_argument, NULL,
							     table[i].letter };
		if (table[i].letter > UCHAR_MAX)
			continue;
		grammar.letters[nr_letters++] = (char)table[i].letter;
		if (table[i].argument)
			grammar.letters[nr_letters++] = ':';
	}
	return grammar;
}

static enum mcd_status take_limit(struct mcd_options *options, const char *text,
				  struct mcd_error *error)
{
	char *end = NULL;
	unsigned long long count;

	errno = 0;
	count = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || count > SIZE_MAX)
		return mcd_error_set(error, MCD_USAGE, "%s: -n takes a whole number", text);
	options->has_limit = true;
	options->limit = (size_t)count;
	return MCD_OK;
}

/* Why getopt_long() did not take a word that begins with "--". */
static const char *long_problem(const struct grammar *grammar, const char *word)
{
	const char *name = word + 2;
	size_t length = strcspn(name, "="), nr_alike = 0;

	for (const struct option *option = grammar->names; option->name; option++)
		nr_alike += strncmp(option->name, name, length) == 0;
	if (!nr_alike)
		return "no such option";
	return nr_alike > 1 ? "more than one option begins so" : "this option takes no argument";
}

/* Why getopt_long() refused `word`. */
static enum mcd_status refuse(const struct grammar *grammar, int letter, const char *word,
			      struct mcd_error *error)
{
	if (letter == ':')
		return mcd_error_set(error, MCD_USAGE, "%s: this option needs an argument", word);
	/* Of a long option optopt is 0, or the letter that it stands for. */
	if (optopt == ':' || (optopt && optopt <= UCHAR_MAX && !strchr(grammar->letters, optopt)))
		return mcd_error_set(error, MCD_USAGE, "-%c: no such option", optopt);
	return mcd_error_set(error, MCD_USAGE, "%s: %s", word, long_problem(grammar, word));
}

static enum mcd_status take_with_argument(struct mcd_options *options, int letter,
					  struct mcd_error *error)
{
	switch (letter) {
	case 'm':
		return mcd_selector_parse(optarg, &options->selectors[options->nr_selectors++],
					  error);
	case 'n':
		return take_limit(options, optarg, error);
	case 'o':
		options->output = optarg;
		break;
	case OPT_DEBUG_DIR:
		options->debug_dirs[options->nr_debug_dirs++] = optarg;
		break;
	case OPT_SYMBOLS:
		options->symbols = optarg;
		break;
	}
	return MCD_OK;
}

static void take_plain(struct mcd_options *options, int letter)
{
	static const unsigned int views[] = {
		['k'] = MCD_VIEW_KERNEL, ['l'] = MCD_VIEW_LIST,	 ['u'] = MCD_VIEW_UNIONS,
		['j'] = MCD_VIEW_JSON,	 ['p'] = MCD_VIEW_PINS,	 ['f'] = MCD_VIEW_FILES,
		['s'] = MCD_VIEW_SLAB,	 ['g'] = MCD_VIEW_GROUP, ['i'] = MCD_VIEW_IDS,
		['c'] = MCD_VIEW_COST,
	};

	options->with_live |= letter == 'a';
	options->wants_scan |= letter == OPT_SCAN;
	options->wants_help |= letter == 'h';
	options->wants_version |= letter == OPT_VERSION;
	if (letter < (int)(sizeof(views) / sizeof(views[0])))
		options->views |= views[letter];
}

static enum mcd_status check(struct mcd_options *options, struct mcd_error *error)
{
	if ((options->views & MCD_VIEW_KERNEL) &&
	    (options->views != MCD_VIEW_KERNEL || options->with_live))
		return mcd_error_set(error, MCD_USAGE,
				     "-k cannot be combined with -a or another view");
	if ((options->views & MCD_VIEW_JSON) && (options->views & MCD_VIEW_UNIONS))
		return mcd_error_set(error, MCD_USAGE,
				     "-j cannot be combined with -u, which is text only");
	if (options->views & MCD_VIEW_JSON)
		options->views &= MCD_VIEW_JSON | MCD_VIEWS_OF_JSON;
	if (options->wants_scan && !(options->views & MCD_VIEWS_OF_LEDGER))
		return mcd_error_set(error, MCD_USAGE, "--scan goes with -p, -f, -s or -g");
	if (!options->views)
		options->views = MCD_VIEW_TEXT;
	return MCD_OK;
}

/* There is room for as many of each as there are arguments. */
static enum mcd_status init(struct mcd_options *options, int argc, struct mcd_arena *arena,
			    struct mcd_error *error)
{
	*options = (struct mcd_options){ 0 };
	options->selectors = mcd_arena_array(arena, (size_t)argc + 1, sizeof(*options->selectors));
	options->debug_dirs = mcd_arena_array(arena, (size_t)argc + 1,
					      sizeof(*options->debug_dirs));
	if (!options->selectors || !options->debug_dirs)
		return mcd_error_set(error, MCD_NO_MEMORY, "command line");
	return MCD_OK;
}

enum mcd_status mcd_options_parse(int argc, char **argv, enum mcd_place_of_use place,
				  struct mcd_arena *arena, struct mcd_options *ret,
				  struct mcd_error *error)
{
	const struct grammar grammar = grammar_of(place);
	enum mcd_status status = init(ret, argc, arena, error);
	int letter;

	if (status)
		return status;
	optind = 0;
	while (!status &&
	       (letter = getopt_long(argc, argv, grammar.letters, grammar.names, NULL)) != -1) {
		if (letter == ':' || letter == '?')
			status = refuse(&grammar, letter, argv[optind - 1], error);
		else if (optarg)
			status = take_with_argument(ret, letter, error);
		else
			take_plain(ret, letter);
	}
	if (!status)
		status = check(ret, error);
	ret->operands = argv + optind;
	ret->nr_operands = (size_t)(argc - optind);
	optind = 0;
	return status;
}

enum mcd_status mcd_options_take_operands(struct mcd_options *options, struct mcd_error *error)
{
	enum mcd_status status = MCD_OK;

	/* There is room for as many selectors as there are arguments. */
	for (size_t i = 0; i < options->nr_operands && !status; i++)
		status = mcd_selector_parse(options->operands[i],
					    &options->selectors[options->nr_selectors++], error);
	options->nr_operands = 0;
	return status;
}
