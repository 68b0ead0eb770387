// SPDX-License-Identifier: GPL-2.0-or-later
/* See message.h. */
#include <stdarg.h>
#include <stdio.h>

#include "standalone/message.h"

void mcd_message(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("dangling: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
}
