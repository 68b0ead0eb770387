// SPDX-License-Identifier: GPL-2.0-or-later
/* See signals.h. */
#include <signal.h>
#include <stddef.h>

#include "standalone/shell/signals.h"

/* A signal has no other way to tell. */
static volatile sig_atomic_t is_interrupted, is_continued, leaving;

void mcd_signals_note(int number)
{
	if (number == SIGINT)
		is_interrupted = 1;
	else if (number == SIGCONT)
		is_continued = 1;
	else if (number == SIGTERM || number == SIGHUP)
		leaving = number;
}

void mcd_signals_install(void)
{
	/* Those that end something also end the read of the next line. */
	static const struct {
		int number, flags;
	} noted[] = { { SIGINT, 0 }, { SIGTERM, 0 }, { SIGHUP, 0 }, { SIGCONT, SA_RESTART } };
	struct sigaction action = { .sa_handler = mcd_signals_note }, old;

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(noted) / sizeof(noted[0]); i++) {
		action.sa_flags = noted[i].flags;
		if (sigaction(noted[i].number, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(noted[i].number, &action, NULL);
	}
	signal(SIGPIPE, SIG_IGN);
}

static bool take(volatile sig_atomic_t *flag)
{
	if (!*flag)
		return false;
	*flag = 0;
	return true;
}

bool mcd_signals_take_interrupt(void)
{
	return take(&is_interrupted);
}

bool mcd_signals_take_continue(void)
{
	return take(&is_continued);
}

bool mcd_signals_are_noted(void)
{
	return is_interrupted || leaving;
}

int mcd_signals_leaving(void)
{
	return leaving;
}
