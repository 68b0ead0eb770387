// SPDX-License-Identifier: GPL-2.0-or-later
/* See line.h. */
#include <stdlib.h>
#include <string.h>

#include "standalone/shell/line.h"

#define BLANKS " \t\r\n\v\f"
#define QUOTES "'\""
#define OPERATORS "|>"
#define FOREIGN "<&;" /* what /bin/sh has and this shell does not */

static bool is_one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

static struct mcd_token operator_at(const char *line, size_t at)
{
	if (line[at] == '|')
		return (struct mcd_token){ MCD_TOKEN_PIPE, at, at + 1, 0 };
	if (line[at + 1] == '>')
		return (struct mcd_token){ MCD_TOKEN_APPEND, at, at + 2, 0 };
	return (struct mcd_token){ MCD_TOKEN_FILE, at, at + 1, 0 };
}

struct mcd_token mcd_token_next(const char *line, size_t from)
{
	struct mcd_token token = { .kind = MCD_TOKEN_WORD };
	size_t at = from + strspn(line + from, BLANKS);

	if (!line[at])
		return (struct mcd_token){ MCD_TOKEN_END, at, at, 0 };
	if (is_one_of(line[at], OPERATORS))
		return operator_at(line, at);
	token.start = at;
	for (; line[at]; at++) {
		if (token.open_quote && line[at] == token.open_quote)
			token.open_quote = 0;
		else if (!token.open_quote && is_one_of(line[at], QUOTES))
			token.open_quote = line[at];
		else if (!token.open_quote && is_one_of(line[at], BLANKS OPERATORS))
			break;
	}
	token.end = at;
	return token;
}

/* The first foreign operator of a word, outside of its quotes; NULL: none. */
static const char *find_foreign(const char *line, const struct mcd_token *token)
{
	char quote = 0;

	for (size_t at = token->start; at < token->end; at++) {
		if (quote && line[at] == quote)
			quote = 0;
		else if (!quote && is_one_of(line[at], QUOTES))
			quote = line[at];
		else if (!quote && is_one_of(line[at], FOREIGN))
			return line + at;
	}
	return NULL;
}

/* Whether the word is the number of a file: digits, then > at once. */
static bool is_descriptor(const char *line, const struct mcd_token *token)
{
	return line[token->end] == '>' &&
	       strspn(line + token->start, "0123456789") == token->end - token->start;
}

/* Copies the bytes from `start` to `end` to `to` without their quotes; returns how many remain. */
static size_t unquote(const char *line, size_t start, size_t end, char *to)
{
	char quote = 0;
	size_t length = 0;

	for (size_t at = start; at < end; at++) {
		if (quote && line[at] == quote)
			quote = 0;
		else if (!quote && is_one_of(line[at], QUOTES))
			quote = line[at];
		else
			to[length++] = line[at];
	}
	return length;
}

char *mcd_token_text(const char *line, const struct mcd_token *token, struct mcd_arena *arena)
{
	size_t start = token->start, home_length = 0;
	const char *home = getenv("HOME");
	bool has_tilde = line[start] == '~' && (start + 1 == token->end || line[start + 1] == '/');
	char *text = NULL;

	if (has_tilde && home) {
		home_length = strlen(home);
		start++;
	}
	text = mcd_arena_alloc(arena, home_length + (token->end - start) + 1);
	if (!text)
		return NULL;
	if (home_length)
		memcpy(text, home, home_length);
	unquote(line, start, token->end, text + home_length);
	return text;
}

/* Appends `c`; returns the end. */
static char *put(char *to, char c)
{
	*to = c;
	return to + 1;
}

char *mcd_word_quote(const char *text, char quote, bool is_open, struct mcd_arena *arena)
{
	bool is_needed = strpbrk(text, BLANKS QUOTES OPERATORS FOREIGN) || text[0] == '~' ||
			 (!text[0] && !is_open);
	char outer = quote == '"' ? '"' : '\'', inner = quote == '"' ? '\'' : '"';
	char *word = NULL, *to = NULL;

	if (!quote && !is_needed)
		return mcd_arena_strndup(arena, text, strlen(text));
	/* A quote of the text itself takes five bytes: close, the other kind around it, open. */
	word = mcd_arena_alloc(arena, 5 * strlen(text) + 3);
	if (!word)
		return NULL;
	to = put(word, outer);
	for (; *text; text++) {
		if (*text == outer) {
			to = put(put(to, outer), inner);
			to = put(put(put(to, *text), inner), outer);
		} else {
			to = put(to, *text);
		}
	}
	if (!is_open)
		put(to, outer);
	return word;
}

/* ---- the whole line ---- */

static enum mcd_status refuse_operator(const char *sign, int length, struct mcd_error *error)
{
	return mcd_error_set(error, MCD_USAGE,
			     "%.*s: only > FILE, >> FILE and | COMMAND are known, and messages "
			     "stay on the terminal; in a name it has to be quoted",
			     length, sign);
}

/* What a word means, unless it is a piece of another shell's language. */
static enum mcd_status read_word(const char *text, const struct mcd_token *token,
				 struct mcd_arena *arena, char **ret, struct mcd_error *error)
{
	const char *foreign = find_foreign(text, token);

	if (foreign)
		return refuse_operator(foreign, 1, error);
	if (is_descriptor(text, token))
		return refuse_operator(text + token->start, (int)(token->end - token->start) + 1,
				       error);
	*ret = mcd_token_text(text, token, arena);
	return *ret ? MCD_OK : mcd_error_set(error, MCD_NO_MEMORY, "line");
}

/* The file of `>` or `>>`, which is the word after it. */
static enum mcd_status take_file(const char *text, struct mcd_token *token, struct mcd_arena *arena,
				 struct mcd_line *ret, struct mcd_error *error)
{
	const char *sign = token->kind == MCD_TOKEN_APPEND ? ">>" : ">";
	enum mcd_status status = MCD_OK;
	char *file = NULL;

	ret->is_append = token->kind == MCD_TOKEN_APPEND;
	*token = mcd_token_next(text, token->end);
	if (token->kind != MCD_TOKEN_WORD)
		return mcd_error_set(error, MCD_USAGE, "%s: the name of a file is missing", sign);
	if (ret->file)
		return mcd_error_set(error, MCD_USAGE, "%s: only one file can be written", sign);
	status = read_word(text, token, arena, &file, error);
	ret->file = file;
	return status;
}

static enum mcd_status take_word(const char *text, const struct mcd_token *token,
				 struct mcd_arena *arena, struct mcd_line *ret,
				 struct mcd_error *error)
{
	return read_word(text, token, arena, &ret->argv[ret->argc++], error);
}

static enum mcd_status take_token(const char *text, struct mcd_token *token,
				  struct mcd_arena *arena, struct mcd_line *ret,
				  struct mcd_error *error)
{
	switch (token->kind) {
	case MCD_TOKEN_PIPE:
		ret->reader = text + token->end;
		return MCD_OK;
	case MCD_TOKEN_FILE:
	case MCD_TOKEN_APPEND:
		return take_file(text, token, arena, ret, error);
	default:
		return take_word(text, token, arena, ret, error);
	}
}

static enum mcd_status check(const struct mcd_line *line, struct mcd_error *error)
{
	if (line->reader && line->reader[0] == '&')
		return refuse_operator(line->reader - 1, 2, error);
	if (line->reader && !line->reader[strspn(line->reader, BLANKS)])
		return mcd_error_set(error, MCD_USAGE, "|: the command after it is missing");
	if (line->reader && line->file)
		return mcd_error_set(error, MCD_USAGE,
				     "> and |: the report can go to one of them only");
	if (!line->argc && (line->reader || line->file))
		return mcd_error_set(error, MCD_USAGE, "%s: the command before it is missing",
				     line->reader ? "|" : ">");
	return MCD_OK;
}

enum mcd_status mcd_line_parse(const char *text, struct mcd_arena *arena, struct mcd_line *ret,
			       struct mcd_error *error)
{
	enum mcd_status status = MCD_OK;

	*ret = (struct mcd_line){ 0 };
	/* Words are apart by one byte at least. */
	ret->argv = mcd_arena_array(arena, strlen(text) / 2 + 2, sizeof(*ret->argv));
	if (!ret->argv)
		return mcd_error_set(error, MCD_NO_MEMORY, "line");
	for (size_t at = 0; !status && !ret->reader;) {
		struct mcd_token token = mcd_token_next(text, at);

		if (token.kind == MCD_TOKEN_END)
			break;
		status = take_token(text, &token, arena, ret, error);
		if (!status && token.open_quote)
			status = mcd_error_set(error, MCD_USAGE, "%c: this quote is not closed",
					       token.open_quote);
		at = token.end;
	}
	return status ? status : check(ret, error);
}
