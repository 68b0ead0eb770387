// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * See prompt.h. The waiting for keys is done here, not in readline, so that Ctrl-C ends it for
 * sure, whatever readline was asking for: a line, a word to search for, yes or no.
 */
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <readline/readline.h>

#include "standalone/shell/prompt.h"
#include "standalone/shell/signals.h"

#define PROMPT "dangling> "

enum { ARENA_BYTES_MAX = 1 << 30 };

/* What readline's callbacks work on, since they take no context. */
static struct {
	const struct mcd_completer *completer;
	size_t word_start; /* of the last completion */
} prompt;

/* ---- completion ---- */

/*
 * Matches as readline wants them: what they have in common, then each of them, then NULL. It takes
 * the whole line up to the cursor for the word, since its idea of quotes is another one.
 */
static char **matches_of(const char *line, const struct mcd_completion *completion)
{
	char **matches = calloc(completion->nr + 2, sizeof(*matches));
	int start = (int)completion->start;
	bool is_ok = matches &&
		     asprintf(&matches[0], "%.*s%s", start, line, completion->common) >= 0;

	for (size_t i = 0; i < completion->nr && completion->nr > 1 && is_ok; i++) {
		/* To insert them all, readline puts one after the other. */
		start = i && rl_completion_type == '*' ? 0 : start;
		is_ok = asprintf(&matches[i + 1], "%.*s%s", start, line, completion->words[i]) >= 0;
	}
	if (is_ok)
		return matches;
	for (char **match = matches; match && *match; match++)
		free(*match);
	free(matches);
	return NULL;
}

static char **complete(const char *line, int start, int end)
{
	struct mcd_completion completion;
	struct mcd_arena arena;
	char **matches = NULL;

	(void)start;
	(void)end;
	mcd_arena_init(&arena, ARENA_BYTES_MAX);
	if (!mcd_complete(prompt.completer, line, &arena, &completion) && completion.nr)
		matches = matches_of(line, &completion);
	prompt.word_start = completion.start;
	rl_completion_suppress_append = completion.is_open;
	rl_attempted_completion_over = 1;
	mcd_arena_deinit(&arena);
	return matches;
}

/* ---- showing ---- */

void mcd_prompt_hide(void)
{
	rl_clear_visible_line();
	fflush(rl_outstream);
}

void mcd_prompt_show(void)
{
	rl_forced_update_display();
	fflush(rl_outstream);
}

static bool confirms(int nr)
{
	int key;

	rl_crlf();
	fprintf(rl_outstream, "Display all %d possibilities? (y or n)", nr);
	fflush(rl_outstream);
	key = rl_read_key();
	return key == 'y' || key == 'Y' || key == ' ';
}

/* Shows the words without the line before them; the longest has at most as many columns as bytes. */
static void show_matches(char **matches, int nr, int longest_match)
{
	char **words = calloc((size_t)nr + 2, sizeof(*words));
	size_t longest = 0;

	(void)longest_match;
	if (!words)
		return;
	for (int i = 0; i <= nr; i++) {
		words[i] = matches[i] + prompt.word_start;
		longest = strlen(words[i]) > longest ? strlen(words[i]) : longest;
	}
	if (rl_completion_query_items <= 0 || nr < rl_completion_query_items || confirms(nr))
		rl_display_match_list(words, nr, (int)longest);
	else
		rl_crlf();
	rl_on_new_line();
	rl_redisplay();
	free(words);
}

/* ---- keys ---- */

/*
 * Waits for a key or the end of the terminal, and tells which by `input`; false where a signal
 * came, which readline has passed on. Signals are blocked between looking for one and waiting, so
 * that none is missed.
 */
static bool wait_for_input(struct pollfd *input)
{
	sigset_t all, old;
	bool has_input = false;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	/* Another shell has written below the line meanwhile. */
	if (mcd_signals_take_continue())
		mcd_prompt_show();
	if (!rl_pending_signal() && !mcd_signals_are_noted())
		has_input = ppoll(input, 1, NULL, &old) > 0;
	sigprocmask(SIG_SETMASK, &old, NULL);
	rl_check_signals();
	return has_input;
}

/* readline's own one would go on waiting after Ctrl-C. */
static int read_key(FILE *stream)
{
	struct pollfd input = { .fd = fileno(stream), .events = POLLIN };
	unsigned char key = 0;

	for (;;) {
		bool has_input = wait_for_input(&input);
		ssize_t nr_keys = 0;

		if (mcd_signals_are_noted())
			return READERR;
		if (!has_input)
			continue;
		nr_keys = read(input.fd, &key, 1);
		if (nr_keys > 0)
			return key;
		/* None: Ctrl-C has just taken it away, or there will be none any more. */
		if (nr_keys < 0 || input.revents != POLLIN)
			return EOF;
	}
}

/* A read without a key returns at once: what wait_for_input() has seen may be gone by then. */
static void prepare_terminal(int is_meta)
{
	struct termios settings;

	rl_prep_terminal(is_meta);
	if (tcgetattr(fileno(rl_instream), &settings) != 0)
		return;
	settings.c_cc[VMIN] = settings.c_cc[VTIME] = 0;
	tcsetattr(fileno(rl_instream), TCSANOW, &settings);
}

/* ---- lines ---- */

void mcd_prompt_init(const struct mcd_completer *completer)
{
	prompt.completer = completer;
	rl_readline_name = "dangling";
	if (!isatty(STDOUT_FILENO))
		rl_outstream = stderr;
	rl_getc_function = read_key;
	rl_prep_term_function = prepare_terminal;
	rl_attempted_completion_function = complete;
	rl_completion_display_matches_hook = show_matches;
	rl_completer_word_break_characters = "";
	rl_sort_completion_matches = 0;
	rl_ignore_completion_duplicates = 0;
}

char *mcd_prompt_read(void)
{
	char *line = NULL;
	sigset_t mask;

	mcd_signals_take_interrupt();
	mcd_signals_take_continue();
	sigprocmask(SIG_SETMASK, NULL, &mask);
	do {
		line = readline(PROMPT);
		if (!line)
			fputc('\n', rl_outstream);
	} while (!line && mcd_signals_take_interrupt());
	/* Once stopped, readline leaves SIGTTOU blocked: programs would inherit it. */
	sigprocmask(SIG_SETMASK, &mask, NULL);
	/* What came with the last key readline would keep for the next line. */
	mcd_signals_note(rl_pending_signal());
	return line;
}
