// SPDX-License-Identifier: GPL-2.0-or-later
/* See signals.h. */
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "signals.h"

bool mcd_batch_signals_init(struct mcd_batch_signals *signals)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	sigset_t caught;

	sigemptyset(&caught);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct sigaction action;

		sigaction(numbers[i], NULL, &action);
		if (action.sa_handler != SIG_IGN)
			sigaddset(&caught, numbers[i]);
	}
	sigprocmask(SIG_BLOCK, &caught, &signals->before);
	signals->fd = signalfd(-1, &caught, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals->fd >= 0)
		return true;
	sigprocmask(SIG_SETMASK, &signals->before, NULL);
	return false;
}

void mcd_batch_signals_deinit(struct mcd_batch_signals *signals)
{
	close(signals->fd);
	sigprocmask(SIG_SETMASK, &signals->before, NULL);
}

int mcd_batch_signals_take(const struct mcd_batch_signals *signals)
{
	struct signalfd_siginfo info;
	ssize_t got = read(signals->fd, &info, sizeof(info));

	return got == (ssize_t)sizeof(info) ? (int)info.ssi_signo : 0;
}
