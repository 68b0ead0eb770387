// SPDX-License-Identifier: GPL-2.0-or-later
/* Remarks about the dump, kept in the order in which they were made. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "decode.h"

enum mcd_status mcd_note_add(struct mcd_world *world, const char *format, ...)
{
	struct mcd_note *note = mcd_arena_alloc(world->arena, sizeof(*note));
	char text[320];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (note)
		note->text = mcd_arena_strndup(world->arena, text, strlen(text));
	if (!note || !note->text)
		return mcd_error_set(&world->target->error, MCD_NO_MEMORY, "note");

	if (world->last_note)
		world->last_note->next = note;
	else
		world->notes = note;
	world->last_note = note;
	return MCD_OK;
}

enum mcd_status mcd_note_list(struct mcd_world *world, const char *what,
			      const struct mcd_list *list)
{
	static const char *const reasons[] = {
		[MCD_FAULT] = "cannot be read",
		[MCD_CORRUPT] = "does not point back",
		[MCD_LIMIT] = "is one too many",
	};

	if (!list->damage)
		return MCD_OK;
	return mcd_note_add(world,
			    "%s: damaged after %" PRIx64 ": next %" PRIx64 " %s; "
			    "%zu entries recovered from the other end, %s",
			    what, list->broken_at, list->broken_next, reasons[list->damage],
			    list->nr_salvaged,
			    list->is_complete ? "nothing is missing" : "some may be missing");
}
