// SPDX-License-Identifier: GPL-2.0-or-later
/* Remarks about the dump, kept in the order in which they were made. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "decode.h"

/* A dump with a hole has as many remarks as objects: so many of a kind tell enough. */
enum { NOTES_PER_KIND = 10 };

static bool is_too_many(const struct mcd_world *world, const char *format)
{
	size_t nr = 0;

	for (const struct mcd_note *note = world->notes; note; note = note->next)
		nr += note->format == format;
	return nr >= NOTES_PER_KIND;
}

enum mcd_status mcd_note_add(struct mcd_world *world, const char *format, ...)
{
	struct mcd_note *note = NULL;
	char text[320];
	va_list args;

	if (is_too_many(world, format)) {
		world->head.nr_notes_left_out++;
		return MCD_OK;
	}
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	note = mcd_arena_alloc(world->arena, sizeof(*note));
	if (note)
		note->text = mcd_arena_strndup(world->arena, text, strlen(text));
	if (!note || !note->text)
		return mcd_error_set(&world->target->error, MCD_NO_MEMORY, "note");

	note->format = format;
	if (world->last_note)
		world->last_note->next = note;
	else
		world->notes = note;
	world->last_note = note;
	return MCD_OK;
}

size_t mcd_note_count(const struct mcd_world *world)
{
	size_t nr = world->head.nr_notes_left_out;

	for (const struct mcd_note *note = world->notes; note; note = note->next)
		nr++;
	return nr;
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
