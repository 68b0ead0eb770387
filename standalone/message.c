// SPDX-License-Identifier: GPL-2.0-or-later
/* See message.h. */
#include <stdarg.h>
#include <stdio.h>

#include "mcd/escape.h"
#include "standalone/message.h"

enum { TEXT_BYTES = 8192 }; /* two paths and more */

void mcd_message(const char *format, ...)
{
	char text[TEXT_BYTES];
	const char *at = text;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fputs("dangling: ", stderr);
	while (*at) {
		char escaped[MCD_ESCAPE_MAX];
		size_t length = 0;

		at += mcd_escape(at, escaped, &length);
		fwrite(escaped, 1, length, stderr);
	}
	fputc('\n', stderr);
}
