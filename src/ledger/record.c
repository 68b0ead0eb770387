// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the wanted members of a struct in one go. See record.h. */
#include <string.h>

#include "mcd/bytes.h"
#include "record.h"

static enum mcd_status place_of(struct mcd_target *target, const struct mcd_record_field *field,
				struct mcd_place *ret)
{
	uint64_t inner = 0;
	enum mcd_status status = mcd_layout_value(target, field->outer, &ret->offset);

	ret->size_bytes = mcd_layout_ask(target, field->outer)->size_bytes;
	if (status || field->inner == MCD_NR_LAYOUT)
		return status;
	status = mcd_layout_value(target, field->inner, &inner);
	ret->offset += inner;
	ret->size_bytes = mcd_layout_ask(target, field->inner)->size_bytes;
	return status;
}

/* From the first to the last byte of all fields. */
static enum mcd_status span(struct mcd_target *target, struct mcd_record_form *form)
{
	uint64_t first = UINT64_MAX, end = 0;

	for (size_t i = 0; i < MCD_RECORD_FIELDS_MAX; i++) {
		const struct mcd_place *place = &form->places[i];

		if (!form->has[i])
			continue;
		first = place->offset < first ? place->offset : first;
		end = place->offset + place->size_bytes > end ? place->offset + place->size_bytes
							      : end;
	}
	if (first >= end || end - first > MCD_RECORD_BYTES_MAX)
		return mcd_error_set(&target->error, MCD_CORRUPT,
				     "type information: no such struct");
	form->first = first;
	form->nr_bytes = (size_t)(end - first);
	return MCD_OK;
}

enum mcd_status mcd_record_compile(struct mcd_target *target, const struct mcd_record_field *fields,
				   size_t nr, struct mcd_record_form *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < nr && !ret->status; i++) {
		enum mcd_status status = MCD_ABSENT;

		if (fields[i].is_needed || mcd_layout_has(target, fields[i].outer))
			status = place_of(target, &fields[i], &ret->places[i]);
		ret->has[i] = !status;
		if (status == MCD_INTERRUPTED || fields[i].is_needed)
			ret->status = status;
	}
	if (!ret->status)
		ret->status = span(target, ret);
	return ret->status == MCD_INTERRUPTED ? ret->status : MCD_OK;
}

enum mcd_status mcd_record_read(struct mcd_target *target, const struct mcd_record_form *form,
				uint64_t addr, const char *what, struct mcd_record *ret)
{
	ret->target = target;
	ret->form = form;
	ret->addr = addr;
	if (form->status)
		return mcd_error_set(&target->error, form->status, "%s: not in this kernel's types",
				     what);
	return mcd_read(target, addr + form->first, ret->bytes, form->nr_bytes, what);
}

static uint64_t uint_at(const struct mcd_record *record, size_t field, uint64_t offset, size_t size)
{
	const struct mcd_place *place = &record->form->places[field];

	if (!record->form->has[field] || size > sizeof(uint64_t) ||
	    offset + size > place->size_bytes)
		return 0;
	return mcd_uint_of_bytes(record->bytes + (place->offset - record->form->first + offset),
				 size, record->target->is_big_endian);
}

uint64_t mcd_record_uint(const struct mcd_record *record, size_t field)
{
	return uint_at(record, field, 0, (size_t)record->form->places[field].size_bytes);
}

uint64_t mcd_record_pointer(const struct mcd_record *record, size_t field, size_t number)
{
	size_t word_bytes = record->target->word_bytes;

	return uint_at(record, field, number * word_bytes, word_bytes);
}
