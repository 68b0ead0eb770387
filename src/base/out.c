// SPDX-License-Identifier: GPL-2.0-or-later
/* The buffered writer. See out.h for the contract. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mcd/escape.h"
#include "mcd/out.h"

void mcd_out_init(struct mcd_out *out,
		  enum mcd_status (*write)(void *sink, const char *bytes, size_t size), void *sink)
{
	out->write = write;
	out->sink = sink;
	out->poll = NULL;
	out->poll_context = NULL;
	out->status = MCD_OK;
	out->used = 0;
}

enum mcd_status mcd_out_flush(struct mcd_out *out)
{
	if (!out->status && out->used)
		out->status = out->write(out->sink, out->buffer, out->used);
	out->used = 0;
	return out->status;
}

void mcd_out_bytes(struct mcd_out *out, const char *bytes, size_t size)
{
	while (size && !out->status) {
		size_t room = sizeof(out->buffer) - out->used;
		size_t part = size < room ? size : room;

		memcpy(out->buffer + out->used, bytes, part);
		out->used += part;
		bytes += part;
		size -= part;
		if (out->used < sizeof(out->buffer))
			return;
		if (!mcd_out_flush(out) && out->poll)
			out->status = out->poll(out->poll_context);
	}
}

void mcd_out_text(struct mcd_out *out, const char *text)
{
	mcd_out_bytes(out, text, strlen(text));
}

void mcd_out_printf(struct mcd_out *out, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	mcd_out_text(out, text);
}

void mcd_out_escaped(struct mcd_out *out, const char *name)
{
	while (*name) {
		char escaped[MCD_ESCAPE_MAX];
		size_t length;

		name += mcd_escape(name, escaped, &length);
		mcd_out_bytes(out, escaped, length);
	}
}
