// SPDX-License-Identifier: GPL-2.0-or-later
/* See output.h. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "standalone/interrupt.h"
#include "standalone/message.h"
#include "standalone/output.h"

enum { PATIENCE_MS = 100 };

void mcd_output_init(struct mcd_output *output, const char *path, int fd)
{
	*output = (struct mcd_output){ .path = path, .fd = path ? -1 : fd };
}

static const char *name_of(const struct mcd_output *output)
{
	return output->path ? output->path : "output";
}

static bool is_open(struct mcd_output *output)
{
	if (output->fd < 0)
		output->fd = open(output->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (output->fd < 0)
		mcd_message("%s: %s", name_of(output), strerror(errno));
	return output->fd >= 0;
}

/* After a signal a reader that does not read is not waited for. */
static bool is_worth_a_write(const struct mcd_output *output)
{
	struct pollfd file = { .fd = output->fd, .events = POLLOUT };

	bool is_hurried = output->is_hurried || mcd_interrupt_is_pending();

	return !is_hurried || poll(&file, 1, PATIENCE_MS) > 0;
}

enum mcd_status mcd_output_write(struct mcd_output *output, const char *bytes, size_t size)
{
	if (!is_open(output))
		return MCD_FAULT;
	while (size) {
		ssize_t written;

		if (!is_worth_a_write(output)) {
			if (!output->is_hurried)
				mcd_message("%s: interrupted, the report is cut off",
					    name_of(output));
			return MCD_INTERRUPTED;
		}
		written = write(output->fd, bytes, size);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0 && errno == EPIPE)
			return MCD_INTERRUPTED;
		if (written < 0) {
			mcd_message("%s: %s", name_of(output), strerror(errno));
			return MCD_FAULT;
		}
		bytes += written;
		size -= (size_t)written;
	}
	return MCD_OK;
}

static enum mcd_status write_to(void *sink, const char *bytes, size_t size)
{
	return mcd_output_write(sink, bytes, size);
}

enum mcd_outcome mcd_output_print(int fd, void (*print)(struct mcd_out *out))
{
	struct mcd_output output;
	struct mcd_out out;

	mcd_output_init(&output, NULL, fd);
	mcd_out_init(&out, write_to, &output);
	mcd_interrupt_begin();
	print(&out);
	(void)mcd_out_flush(&out);
	mcd_interrupt_end();
	return out.status == MCD_FAULT ? MCD_OUTCOME_INTERNAL : MCD_OUTCOME_COMPLETE;
}

/* Whether such a run has a report, even an empty one. */
static bool has_report(enum mcd_outcome outcome)
{
	return outcome == MCD_OUTCOME_COMPLETE || outcome == MCD_OUTCOME_PARTIAL ||
	       outcome == MCD_OUTCOME_NO_MATCH;
}

enum mcd_outcome mcd_output_close(struct mcd_output *output, enum mcd_outcome outcome)
{
	if (!output->path)
		return outcome;
	if (has_report(outcome) && !is_open(output))
		return MCD_OUTCOME_INTERNAL;
	if (output->fd >= 0 && close(output->fd)) {
		mcd_message("%s: %s", name_of(output), strerror(errno));
		return MCD_OUTCOME_INTERNAL;
	}
	return outcome;
}
