/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line of the shell: words, `> file`, `>> file`, `| command`.
 *
 * Blanks separate words; '…' and "…" keep blanks and operators together; a backslash is a character
 * like any other, since paths contain \x2d and escapes as shown. Other operators of /bin/sh are
 * refused, lest `2> errs` be taken for the memcg 2. Pure text: nothing is run here.
 */
#ifndef MCD_LINE_H
#define MCD_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "mcd/arena.h"
#include "mcd/status.h"

enum mcd_token_kind {
	MCD_TOKEN_END, /* the line has nothing more */
	MCD_TOKEN_WORD,
	MCD_TOKEN_PIPE,	  /* | */
	MCD_TOKEN_FILE,	  /* > */
	MCD_TOKEN_APPEND, /* >> */
};

/* A piece of a line. */
struct mcd_token {
	enum mcd_token_kind kind;
	size_t start, end; /* its bytes, quotes included */
	char open_quote;   /* the quote that a word opens and the line does not close, else 0 */
};

/* The first token of `line` at or after byte `from`, which is outside of quotes. */
struct mcd_token mcd_token_next(const char *line, size_t from);

/*
 * What the word `token` means: without its quotes, a leading unquoted ~ or ~/ being $HOME. In
 * `arena`; NULL: no memory.
 */
MCD_MUST_CHECK char *mcd_token_text(const char *line, const struct mcd_token *token,
				    struct mcd_arena *arena);

/*
 * `text` as a word that means it, quoted where it has to be; `quote` (' or ", else 0) is used even
 * where it need not be. With `is_open` the last quote stays open, so that the word can go on. In
 * `arena`; NULL: no memory.
 */
MCD_MUST_CHECK char *mcd_word_quote(const char *text, char quote, bool is_open,
				    struct mcd_arena *arena);

/* A line taken apart; everything but `reader` lives in the arena. */
struct mcd_line {
	int argc;
	char **argv;	    /* the words, then NULL; writable */
	const char *reader; /* the command after the first | outside of quotes, or NULL; borrowed */
	const char *file;   /* of > or >>, or NULL */
	bool is_append;	    /* >> */
};

/* MCD_USAGE with the reason in `error` where the line makes no sense, or MCD_NO_MEMORY. */
MCD_MUST_CHECK enum mcd_status mcd_line_parse(const char *text, struct mcd_arena *arena,
					      struct mcd_line *ret, struct mcd_error *error);

#endif
