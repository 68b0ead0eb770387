// SPDX-License-Identifier: GPL-2.0-or-later
/* The error context: one line, replaced by whoever fails, prefixed by whoever called. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

enum mcd_status mcd_error_prefix(struct mcd_error *error, enum mcd_status status,
				 const char *format, ...)
{
	struct mcd_error inner = *error;
	va_list args;

	va_start(args, format);
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);

	size_t used = strlen(error->text);

	snprintf(error->text + used, sizeof(error->text) - used, ": %s", inner.text);
	return status;
}
