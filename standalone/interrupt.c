// SPDX-License-Identifier: GPL-2.0-or-later
/* See interrupt.h. */
#include <signal.h>
#include <stddef.h>
#include <time.h>

#include "standalone/interrupt.h"

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
enum { NR_SIGNALS = sizeof(signals) / sizeof(signals[0]), SAME_REQUEST_MS = 200 };

/* A signal has no other way to tell. */
static volatile sig_atomic_t pending;
static struct timespec first; /* when that one came */
static struct sigaction before[NR_SIGNALS];
static int depth;

static bool is_soon(const struct timespec *then)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - then->tv_sec) * 1000 + (now.tv_nsec - then->tv_nsec) / 1000000 <
	       SAME_REQUEST_MS;
}

/* The next one after a while is not ours any more; timeout(1) sends each of its signals twice. */
static void on_signal(int number)
{
	if (!pending) {
		pending = number;
		clock_gettime(CLOCK_MONOTONIC, &first);
		return;
	}
	if (is_soon(&first))
		return;
	for (size_t i = 0; i < NR_SIGNALS; i++)
		sigaction(signals[i], &before[i], NULL);
	(void)raise(number);
}

void mcd_interrupt_begin(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	if (depth++)
		return;
	pending = 0;
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < NR_SIGNALS; i++) {
		sigaction(signals[i], NULL, &before[i]);
		/* What nohup and the like ignore stays ignored. */
		if (before[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	}
}

void mcd_interrupt_end(void)
{
	if (--depth)
		return;
	for (size_t i = 0; i < NR_SIGNALS; i++)
		sigaction(signals[i], &before[i], NULL);
}

bool mcd_interrupt_is_pending(void)
{
	return pending != 0;
}

int mcd_interrupt_signal(void)
{
	return pending;
}
