// SPDX-License-Identifier: GPL-2.0-or-later
/* The rows of layout.def, and the cache of a target's answers. See layout.h for the contract. */
#include <stdio.h>
#include <string.h>

#include "mcd/layout.h"
#include "mcd/target.h"

static const struct mcd_layout_row rows[MCD_NR_LAYOUT] = {
#define MCD_STRUCT(type_, need_, history_) \
	[S(type_)] = { MCD_KIND_STRUCT, MCD_##need_, #type_, NULL },
#define MCD_MEMBER(type_, member_, need_, history_) \
	[M(type_, member_)] = { MCD_KIND_MEMBER, MCD_##need_, #type_, #member_ },
#define MCD_SYMBOL(name_, need_, history_) \
	[SYM(name_)] = { MCD_KIND_SYMBOL, MCD_##need_, NULL, #name_ },
#define MCD_ENUMERATOR(name_, need_, history_) \
	[ENUM(name_)] = { MCD_KIND_ENUMERATOR, MCD_##need_, NULL, #name_ },
#define MCD_HOME(name_, functions_)
#include "mcd/layout.def"
#undef MCD_STRUCT
#undef MCD_MEMBER
#undef MCD_SYMBOL
#undef MCD_ENUMERATOR
#undef MCD_HOME
};

static const struct mcd_home homes[] = {
#define MCD_STRUCT(type_, need_, history_)
#define MCD_MEMBER(type_, member_, need_, history_)
#define MCD_SYMBOL(name_, need_, history_)
#define MCD_ENUMERATOR(name_, need_, history_)
#define MCD_HOME(name_, functions_) { #name_, functions_ },
#include "mcd/layout.def"
};

const struct mcd_home *mcd_layout_homes(size_t *ret_nr)
{
	*ret_nr = sizeof(homes) / sizeof(homes[0]);
	return homes;
}

const struct mcd_layout_row *mcd_layout_row(enum mcd_layout_id id)
{
	return &rows[id];
}

const char *mcd_layout_name(enum mcd_layout_id id, char *ret, size_t size)
{
	const struct mcd_layout_row *row = &rows[id];

	snprintf(ret, size, "%s%s%s", row->type ? row->type : "", row->type && row->name ? "." : "",
		 row->name ? row->name : "");
	return ret;
}

/* An unknown struct costs crash up to 100 ms: it is asked for once, not once a member. */
static bool is_known_to_lack(struct mcd_target *target, const char *type)
{
	for (int id = 0; id < MCD_NR_LAYOUT; id++)
		if (target->answers[id].lacks_type && strcmp(rows[id].type, type) == 0)
			return true;
	return false;
}

static enum mcd_status ask_member(struct mcd_target *target, const struct mcd_layout_row *row,
				  struct mcd_layout_answer *answer)
{
	struct mcd_place place = { 0 };
	uint64_t ignored = 0;
	enum mcd_status status = MCD_ABSENT;

	if (is_known_to_lack(target, row->type))
		return status;
	status = target->ops->member(target, row->type, row->name, &place);
	answer->value = place.offset;
	answer->size_bytes = place.size_bytes;
	answer->lacks_type = status == MCD_ABSENT &&
			     target->ops->type_size(target, row->type, &ignored) == MCD_ABSENT;
	return status;
}

static enum mcd_status ask_target(struct mcd_target *target, const struct mcd_layout_row *row,
				  struct mcd_layout_answer *answer)
{
	switch (row->kind) {
	case MCD_KIND_STRUCT:
		return target->ops->type_size(target, row->type, &answer->value);
	case MCD_KIND_MEMBER:
		return ask_member(target, row, answer);
	case MCD_KIND_SYMBOL:
		return target->ops->symbol(target, row->name, &answer->value);
	case MCD_KIND_ENUMERATOR:
		return target->ops->enumerator(target, row->name, &answer->value);
	}
	return MCD_ABSENT;
}

static struct mcd_layout_answer *ask(struct mcd_target *target, enum mcd_layout_id id)
{
	struct mcd_layout_answer *answer = &target->answers[id];

	if (!answer->is_asked) {
		answer->status = ask_target(target, &rows[id], answer);
		answer->is_asked = answer->status != MCD_INTERRUPTED;
	}
	return answer;
}

const struct mcd_layout_answer *mcd_layout_ask(struct mcd_target *target, enum mcd_layout_id id)
{
	return ask(target, id);
}

bool mcd_layout_has(struct mcd_target *target, enum mcd_layout_id id)
{
	struct mcd_layout_answer *answer = ask(target, id);

	if (!answer->status)
		answer->is_used = true;
	return !answer->status;
}

void mcd_layout_lack(struct mcd_target *target, enum mcd_layout_id id)
{
	target->missing = id;
}

enum mcd_status mcd_layout_value(struct mcd_target *target, enum mcd_layout_id id, uint64_t *ret)
{
	struct mcd_layout_answer *answer = ask(target, id);
	char name[96];

	if (answer->status == MCD_ABSENT)
		mcd_layout_lack(target, id);
	if (answer->status)
		return mcd_error_set(&target->error, answer->status, "%s: %s",
				     mcd_layout_name(id, name, sizeof(name)),
				     answer->status == MCD_ABSENT ? "not in this kernel"
								  : "no type information");
	answer->is_used = true;
	*ret = answer->value;
	return MCD_OK;
}
