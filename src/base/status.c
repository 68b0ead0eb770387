// SPDX-License-Identifier: GPL-2.0-or-later
/* The error context: one line, replaced by whoever fails. */
#include <stdarg.h>
#include <stdio.h>

#include "mcd/status.h"

enum mcd_status mcd_error_set(struct mcd_error *error, enum mcd_status status, const char *format,
			      ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return status;
}
