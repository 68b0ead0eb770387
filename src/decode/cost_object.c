// SPDX-License-Identifier: GPL-2.0-or-later
/* The structures that a cost is read from, and how it is entered. See cost.h. */
#include "cost.h"
#include "mcd/bytes.h"

void mcd_cost_load(struct mcd_cost_account *account, enum mcd_layout_id type, uint64_t addr)
{
	struct mcd_target *target = account->accountant->world->target;
	struct mcd_cost_object *object = account->object;
	uint64_t size = 0;

	object->addr = addr;
	object->size = 0;
	if (!mcd_layout_has(target, type) || mcd_layout_value(target, type, &size) ||
	    size > sizeof(object->bytes))
		return;
	if (!mcd_read(target, addr, object->bytes, (size_t)size, "struct"))
		object->size = (size_t)size;
}

/* An unsigned integer of the object. */
static enum mcd_status uint_at(const struct mcd_cost_account *account, uint64_t offset, size_t size,
			       uint64_t *ret)
{
	struct mcd_target *target = account->accountant->world->target;
	const struct mcd_cost_object *object = account->object;

	if (offset > object->size || size > object->size - offset)
		return mcd_read_uint(target, object->addr + offset, size, "struct", ret);
	*ret = mcd_uint_of_bytes(object->bytes + offset, size, target->is_big_endian);
	return MCD_OK;
}

enum mcd_status mcd_cost_word(const struct mcd_cost_account *account, uint64_t offset,
			      uint64_t *ret)
{
	return uint_at(account, offset, account->accountant->world->target->word_bytes, ret);
}

enum mcd_status mcd_cost_member(const struct mcd_cost_account *account, enum mcd_layout_id member,
				uint64_t *ret)
{
	struct mcd_target *target = account->accountant->world->target;
	uint64_t offset = 0;

	if (!mcd_layout_has(target, member) || mcd_layout_value(target, member, &offset))
		return MCD_ABSENT;
	return uint_at(account, offset, (size_t)mcd_layout_ask(target, member)->size_bytes, ret);
}

static void enter(struct mcd_cost_account *account, size_t row, uint64_t nr, uint64_t bytes)
{
	struct mcd_cost *cost = account->accountant->cost;
	struct mcd_cost_row *entry = &cost->rows[row];
	uint64_t total = nr * bytes * (entry->nr_cpus ? entry->nr_cpus : 1);

	if (!nr)
		return;
	entry->is_uniform = !entry->nr || (entry->is_uniform && entry->each_bytes == bytes);
	entry->each_bytes = bytes;
	entry->nr += nr;
	entry->bytes += total;
	account->bytes += total;
	cost->bytes += total;
}

void mcd_cost_enter(struct mcd_cost_account *account, const char *name, uint64_t nr, uint64_t bytes)
{
	enter(account, mcd_cost_row(account->accountant->cost, name, 0), nr, bytes);
}

/* Nothing where there is no such thing. */
void mcd_cost_miss(struct mcd_cost_account *account, enum mcd_status status)
{
	account->is_unreadable |= status && status != MCD_ABSENT;
}

static enum mcd_status follow(const struct mcd_cost_account *account,
			      const struct mcd_cost_form *form, uint64_t *ret)
{
	enum mcd_status status = mcd_cost_word(account, form->hops[0], ret);

	for (size_t i = 1; i < form->nr_hops && !status && *ret; i++)
		status = mcd_read_word(account->accountant->world->target, *ret + form->hops[i],
				       "struct", ret);
	if (!status && (*ret & form->gone))
		*ret = 0;
	*ret &= ~form->flags;
	return status;
}

void mcd_cost_enter_parts(struct mcd_cost_account *account, enum mcd_cost_owner owner)
{
	const struct mcd_cost_forms *forms = &account->accountant->forms;

	for (size_t i = 0; i < forms->nr; i++) {
		const struct mcd_cost_form *form = &forms->forms[i];
		uint64_t pointer = 0;

		if (form->owner != owner || (form->is_statistics && account->has_freed_stats))
			continue;

		enum mcd_status status = follow(account, form, &pointer);

		mcd_cost_miss(account, status);
		if (!status)
			enter(account, form->row, pointer != 0, form->bytes);
	}
}
