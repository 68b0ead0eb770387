// SPDX-License-Identifier: GPL-2.0-or-later
/* See complete.h. Finds where the last word stands, asks the sources that fit there, quotes. */
#include <ctype.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "mcd/command.h"
#include "standalone/shell/complete.h"
#include "standalone/shell/line.h"

/* Bits: what can stand somewhere. */
enum source { COMMANDS = 1, OPTIONS = 2, MEMCGS = 4, FILES = 8 };

/* The last word of the line, and what came before it. */
struct spot {
	bool is_first;			 /* no word before it */
	bool is_for_shell;		 /* after | or !, where /bin/sh reads */
	bool is_file;			 /* after > */
	bool has_dashes;		 /* after --: no option any more */
	const struct mcd_option *option; /* whose argument it is, or NULL */
	struct mcd_token token; /* empty at the end of the line where there is no word yet */
	const char *word;	/* what it means */
};

struct gathering {
	struct mcd_arena *arena;
	const char **words; /* unquoted */
	size_t nr, capacity;
	enum mcd_status status;
};

/* ---- where we are ---- */

static const struct mcd_option *next_option(const struct mcd_option *last)
{
	size_t nr = 0;
	const struct mcd_option *table = mcd_option_table(&nr);

	for (const struct mcd_option *option = last ? last + 1 : table; option < table + nr;
	     option++)
		if (option->places & MCD_AT_PROMPT)
			return option;
	return NULL;
}

static const struct mcd_option *option_of_letter(int letter)
{
	const struct mcd_option *option = NULL;

	while ((option = next_option(option)) && option->letter != letter)
		;
	return option;
}

/* The first option whose name begins with `length` bytes of `name`. */
static const struct mcd_option *option_of_name(const char *name, size_t length)
{
	const struct mcd_option *option = NULL;

	while ((option = next_option(option)) && strncmp(option->name, name, length) != 0)
		;
	return option;
}

/* The option of `word` whose argument is the next word, or NULL. */
static const struct mcd_option *awaits_argument(const char *word)
{
	const struct mcd_option *option = NULL;

	if (word[1] == '-') {
		option = strchr(word, '=') ? NULL : option_of_name(word + 2, strlen(word + 2));
		return option && option->argument ? option : NULL;
	}
	for (const char *letter = word + 1; *letter; letter++) {
		option = option_of_letter((unsigned char)*letter);
		if (option && option->argument)
			return letter[1] ? NULL : option;
	}
	return NULL;
}

/* Takes note of a word that is followed by others. */
static void pass_word(struct spot *spot, const char *word)
{
	if (spot->is_file) {
		spot->is_file = false;
		return;
	}
	spot->is_first = false;
	if (spot->option)
		spot->option = NULL;
	else if (strcmp(word, "--") == 0)
		spot->has_dashes = true;
	else if (word[0] == '-' && !spot->has_dashes)
		spot->option = awaits_argument(word);
}

static enum mcd_status find_spot(const char *line, struct mcd_arena *arena, struct spot *ret)
{
	size_t length = strlen(line), at = strspn(line, " \t");

	*ret = (struct spot){ .is_first = true };
	if (line[at] == '!') {
		ret->is_for_shell = true;
		at++;
	}
	for (;;) {
		struct mcd_token *token = &ret->token;

		*token = mcd_token_next(line, at);
		ret->is_for_shell |= token->kind == MCD_TOKEN_PIPE;
		ret->is_file |= token->kind == MCD_TOKEN_FILE || token->kind == MCD_TOKEN_APPEND;
		at = token->end;
		if (token->kind != MCD_TOKEN_WORD && token->kind != MCD_TOKEN_END)
			continue;
		ret->word = mcd_token_text(line, token, arena);
		if (!ret->word)
			return MCD_NO_MEMORY;
		if (token->kind == MCD_TOKEN_END || at == length)
			return MCD_OK;
		pass_word(ret, ret->word);
	}
}

/* ---- the sources ---- */

/* Adds the word that `before` and `word` make together. */
static void add(struct gathering *to, const char *before, size_t length, const char *word)
{
	char *text = NULL;

	if (to->status)
		return;
	to->status = MCD_NO_MEMORY;
	to->words = mcd_arena_grow(to->arena, to->words, to->nr, &to->capacity, sizeof(*to->words));
	text = to->words ? mcd_arena_alloc(to->arena, length + strlen(word) + 1) : NULL;
	if (!text)
		return;
	memcpy(text, before, length);
	memcpy(text + length, word, strlen(word) + 1);
	to->words[to->nr++] = text;
	to->status = MCD_OK;
}

static void add_if_fits(struct gathering *to, const char *prefix, const char *word)
{
	if (strncmp(word, prefix, strlen(prefix)) == 0)
		add(to, "", 0, word);
}

static void add_commands(struct gathering *to, const struct mcd_completer *completer,
			 const char *prefix)
{
	for (const char *const *command = completer->commands; *command; command++)
		add_if_fits(to, prefix, *command);
}

static void add_options(struct gathering *to, const char *prefix)
{
	const struct mcd_option *option = NULL;

	while ((option = next_option(option))) {
		const char letter[] = { '-', (char)option->letter, '\0' };
		char name[64];

		if (option->letter <= UCHAR_MAX)
			add_if_fits(to, prefix, letter);
		snprintf(name, sizeof(name), "--%s", option->name);
		add_if_fits(to, prefix, name);
	}
}

static void add_list(struct gathering *to, const struct mcd_word_list *list, const char *before,
		     size_t length, const char *prefix)
{
	struct mcd_word_list fitting = mcd_words_with_prefix(list, prefix);

	for (size_t i = 0; i < fitting.nr; i++)
		add(to, before, length, fitting.words[i]);
}

/* The first `length` bytes of `word` stay as they are: "--memcg=". Addresses only once begun. */
static void add_memcgs(struct gathering *to, const struct mcd_completer *completer,
		       const char *word, size_t length)
{
	const char *prefix = word + length;
	bool can_fit = !*prefix || *prefix == '/' || isxdigit((unsigned char)*prefix);
	const struct mcd_names *names = can_fit ? completer->names(completer->context) : NULL;

	if (!names)
		return;
	add_list(to, &names->paths, word, length, prefix);
	if (prefix[0] == '0' && (prefix[1] == 'x' || prefix[1] == 'X'))
		add_list(to, &names->addresses, word, length + 2, prefix + 2);
	else if (isxdigit((unsigned char)prefix[0]))
		add_list(to, &names->addresses, word, length, prefix);
}

/*
 * Every file whose path begins with word + length; directories end with a slash. A line has no place
 * for a name with a newline.
 */
static void add_files(struct gathering *to, const char *word, size_t length)
{
	char *pattern = mcd_arena_alloc(to->arena, 2 * strlen(word) + 2), *end = pattern;
	glob_t found = { 0 };

	if (!pattern) {
		to->status = MCD_NO_MEMORY;
		return;
	}
	for (const char *from = word + length; *from; from++) {
		if (strchr("*?[\\", *from))
			*end++ = '\\';
		*end++ = *from;
	}
	*end = '*';
	if (glob(pattern, GLOB_MARK, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			if (!strchr(found.gl_pathv[i], '\n'))
				add(to, word, length, found.gl_pathv[i]);
	globfree(&found);
}

static unsigned int source_of_argument(const struct mcd_option *option)
{
	static const struct {
		const char *argument;
		enum source source;
	} sources[] = { { "MEMCG", MEMCGS }, { "FILE", FILES }, { "DIR", FILES } };

	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (option && option->argument &&
		    strcmp(option->argument, sources[i].argument) == 0)
			return sources[i].source;
	return 0;
}

/* What can stand at `spot`; `*ret_length` bytes of its word belong to an option before it. */
static unsigned int sources_of(const struct spot *spot, size_t *ret_length)
{
	const char *word = spot->word, *equals = strchr(word, '=');

	*ret_length = 0;
	if (spot->is_for_shell || spot->is_file)
		return FILES;
	if (spot->option)
		return source_of_argument(spot->option);
	if (word[0] != '-' || spot->has_dashes)
		return (spot->is_first ? COMMANDS : 0) | (spot->is_first && !*word ? 0 : MEMCGS);
	if (strncmp(word, "--", 2) != 0 || !equals)
		return OPTIONS;
	*ret_length = (size_t)(equals + 1 - word);
	return source_of_argument(option_of_name(word + 2, (size_t)(equals - word - 2)));
}

/* The dump is not looked at where a command fits. */
static void gather(struct gathering *to, const struct mcd_completer *completer,
		   const struct spot *spot)
{
	size_t length = 0;
	unsigned int sources = sources_of(spot, &length);

	if (sources & COMMANDS)
		add_commands(to, completer, spot->word);
	if (sources & OPTIONS)
		add_options(to, spot->word);
	if (sources & MEMCGS && !to->nr)
		add_memcgs(to, completer, spot->word, length);
	if (sources & FILES)
		add_files(to, spot->word, length);
}

/* ---- the answer ---- */

/* What all words begin with, in whole characters of UTF-8. */
static const char *common_of(const struct gathering *from)
{
	const char *first = from->words[0];
	size_t length = strlen(first);

	for (size_t i = 1; i < from->nr; i++) {
		size_t same = 0;

		while (same < length && first[same] == from->words[i][same])
			same++;
		length = same;
	}
	while (length && ((unsigned char)first[length] & 0xc0) == 0x80)
		length--;
	return mcd_arena_strndup(from->arena, first, length);
}

/* /bin/sh expands more than blanks, and expands inside "…" too. */
static bool needs_shell_quotes(const struct gathering *from)
{
	for (size_t i = 0; i < from->nr; i++)
		if (strpbrk(from->words[i], "\\$`\"&;()<>*?[]#~=%!{}"))
			return true;
	return false;
}

/* Quotes every word, and what they have in common, which stays open unless it is all there is. */
static enum mcd_status answer(const struct gathering *from, char quote, struct mcd_completion *ret)
{
	const char *common = common_of(from);
	size_t length = common ? strlen(common) : 0;

	if (!common)
		return MCD_NO_MEMORY;
	ret->words = from->words;
	ret->nr = from->nr;
	ret->is_open = from->nr > 1 || (length > 1 && common[length - 1] == '/');
	ret->common = mcd_word_quote(common, quote, ret->is_open, from->arena);
	for (size_t i = 0; i < ret->nr; i++) {
		ret->words[i] = mcd_word_quote(ret->words[i], quote, false, from->arena);
		if (!ret->words[i])
			return MCD_NO_MEMORY;
	}
	return ret->common ? MCD_OK : MCD_NO_MEMORY;
}

enum mcd_status mcd_complete(const struct mcd_completer *completer, const char *line,
			     struct mcd_arena *arena, struct mcd_completion *ret)
{
	struct gathering gathering = { .arena = arena };
	struct spot spot;
	enum mcd_status status = find_spot(line, arena, &spot);

	*ret = (struct mcd_completion){ 0 };
	if (status || line[strspn(line, " \t")] == '#')
		return status;
	ret->start = spot.token.start;
	gather(&gathering, completer, &spot);
	if (gathering.status || !gathering.nr)
		return gathering.status;
	if (spot.is_for_shell && needs_shell_quotes(&gathering))
		return answer(&gathering, '\'', ret);
	return answer(&gathering, spot.token.open_quote, ret);
}
