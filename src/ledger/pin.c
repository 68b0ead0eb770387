// SPDX-License-Identifier: GPL-2.0-or-later
/* Enters pins into accounts. See accounts.h. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "accounts.h"

enum { DETAIL_BYTES_MAX = 8192 }; /* a path and some words */

enum mcd_status mcd_pin_add(struct mcd_audit *audit, struct mcd_account *account, enum mcd_pin kind,
			    uint64_t nr_refs, struct mcd_figure bytes, const char *format, ...)
{
	struct mcd_arena *arena = audit->world->arena;
	struct mcd_pin_link *link = mcd_arena_alloc(arena, sizeof(*link));
	char detail[DETAIL_BYTES_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(detail, sizeof(detail), format, args);
	va_end(args);
	if (link)
		link->row = (struct mcd_pin_row){
			.kind = kind,
			.nr_refs = nr_refs,
			.bytes = bytes,
			.detail = *detail ? mcd_arena_strndup(arena, detail, strlen(detail)) : "",
		};
	if (!link || !link->row.detail)
		return mcd_error_set(&audit->world->target->error, MCD_NO_MEMORY, "ledger");
	link->next = account->pins;
	account->pins = link;
	account->nr_pins++;
	account->nr_refs += nr_refs;
	return MCD_OK;
}

void mcd_pin_hold(struct mcd_account *account, unsigned int pid, const char *comm)
{
	account->pins->row.pid = pid;
	account->pins->row.comm = comm;
}
