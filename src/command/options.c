// SPDX-License-Identifier: GPL-2.0-or-later
/* The command line, the same in every front end. See command.h. */
#include <errno.h>
#include <getopt.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mcd/command.h"
#include "select.h"

static const char letters[] = ":aklm:n:o:u";

static const struct option long_options[] = {
	{ "all", no_argument, NULL, 'a' },	   { "kernel", no_argument, NULL, 'k' },
	{ "limit", required_argument, NULL, 'n' }, { "list", no_argument, NULL, 'l' },
	{ "memcg", required_argument, NULL, 'm' }, { "output", required_argument, NULL, 'o' },
	{ "unions", no_argument, NULL, 'u' },	   { NULL, 0, NULL, 0 },
};

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
static const char *long_problem(const char *word)
{
	const char *name = word + 2;
	size_t length = strcspn(name, "="), nr_alike = 0;

	for (const struct option *option = long_options; option->name; option++)
		nr_alike += strncmp(option->name, name, length) == 0;
	if (!nr_alike)
		return "no such option";
	return nr_alike > 1 ? "more than one option begins so" : "this option takes no argument";
}

static enum mcd_status take(struct mcd_options *options, int letter, const char *word,
			    struct mcd_error *error)
{
	switch (letter) {
	case 'a':
		options->with_live = true;
		return MCD_OK;
	case 'k':
		options->views |= MCD_VIEW_KERNEL;
		return MCD_OK;
	case 'l':
		options->views |= MCD_VIEW_LIST;
		return MCD_OK;
	case 'u':
		options->views |= MCD_VIEW_UNIONS;
		return MCD_OK;
	case 'm':
		return mcd_selector_parse(optarg, &options->selectors[options->nr_selectors++],
					  error);
	case 'n':
		return take_limit(options, optarg, error);
	case 'o':
		options->output = optarg;
		return MCD_OK;
	case ':':
		return mcd_error_set(error, MCD_USAGE, "%s: this option needs an argument", word);
	default:
		/* Of a long option optopt is 0, or the letter that it stands for. */
		if (optopt == ':' || (optopt && !strchr(letters, optopt)))
			return mcd_error_set(error, MCD_USAGE, "-%c: no such option", optopt);
		return mcd_error_set(error, MCD_USAGE, "%s: %s", word, long_problem(word));
	}
}

static enum mcd_status check(struct mcd_options *options, struct mcd_error *error)
{
	if ((options->views & MCD_VIEW_KERNEL) &&
	    (options->views != MCD_VIEW_KERNEL || options->with_live))
		return mcd_error_set(error, MCD_USAGE, "-k cannot be combined with -a, -l or -u");
	if (!options->views)
		options->views = MCD_VIEW_TEXT;
	return MCD_OK;
}

enum mcd_status mcd_options_parse(int argc, char **argv, struct mcd_arena *arena,
				  struct mcd_options *ret, struct mcd_error *error)
{
	enum mcd_status status = MCD_OK;
	int letter;

	*ret = (struct mcd_options){ 0 };
	ret->selectors = mcd_arena_array(arena, (size_t)argc + 1, sizeof(*ret->selectors));
	if (!ret->selectors)
		return mcd_error_set(error, MCD_NO_MEMORY, "command line");
	optind = 0;
	while (!status && (letter = getopt_long(argc, argv, letters, long_options, NULL)) != -1)
		status = take(ret, letter, argv[optind - 1], error);
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
