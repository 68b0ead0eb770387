// SPDX-License-Identifier: GPL-2.0-or-later
/* See message.h. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mcd/escape.h"
#include "standalone/message.h"

enum { TEXT_BYTES = (MCD_MESSAGE_BYTES - 16) / 4 }; /* two paths; a byte is at most four escaped */

size_t mcd_message_line(const char *text, char ret[MCD_MESSAGE_BYTES])
{
	char *end = stpcpy(ret, "dangling: ");

	while (*text && end < ret + MCD_MESSAGE_BYTES - MCD_ESCAPE_MAX - 1) {
		size_t length = 0;

		text += mcd_escape(text, end, &length);
		end += length;
	}
	*end++ = '\n';
	return (size_t)(end - ret);
}

/* In one piece, so that nobody else's words come in between. */
void mcd_message(const char *format, ...)
{
	char text[TEXT_BYTES], line[MCD_MESSAGE_BYTES];
	ssize_t written = 0;
	size_t length = 0;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	length = mcd_message_line(text, line);
	do
		written = write(STDERR_FILENO, line, length);
	while (written < 0 && errno == EINTR);
}
