// SPDX-License-Identifier: GPL-2.0-or-later
/* What a ledger adds to the record of a memcg. See json.h. */
#include "json.h"

static json_t *balance_value(const struct mcd_balance *balance)
{
	if (balance->is_open && balance->value > 0)
		return json_null();
	if (balance->known == MCD_KNOWN)
		return json_integer(balance->value);
	return balance->known == MCD_NA ? json_null() : mcd_json_unreadable();
}

static json_t *pin_value(const struct mcd_pin_row *pin)
{
	json_t *object = json_object();

	object = mcd_json_set(object, "kind", json_string(mcd_pin_name(pin->kind)));
	object = mcd_json_set(object, "refs", json_integer((json_int_t)pin->nr_refs));
	object = mcd_json_set(object, "bytes", mcd_json_figure(pin->bytes));
	return mcd_json_set(object, "detail",
			    *pin->detail ? mcd_json_escaped(pin->detail) : json_null());
}

static json_t *pins_value(const struct mcd_ledger *ledger)
{
	json_t *array = json_array();

	for (size_t i = 0; i < ledger->nr_pins; i++)
		array = mcd_json_with(array, pin_value(&ledger->pins[i]));
	return array;
}

static json_t *verdicts_value(const struct mcd_ledger *ledger)
{
	json_t *array = json_array();

	for (size_t i = 0; i < ledger->nr_verdicts; i++) {
		const struct mcd_verdict *verdict = &ledger->verdicts[i];
		json_t *object = mcd_json_set(json_object(), "kind",
					      json_string(mcd_verdict_name(verdict->kind)));

		array = mcd_json_with(array, mcd_json_set(object, "text",
							  mcd_json_escaped(verdict->text)));
	}
	return array;
}

static json_t *deleted_value(struct mcd_figure deleted)
{
	return deleted.known == MCD_KNOWN ? json_boolean(deleted.value) : mcd_json_figure(deleted);
}

static json_t *file_value(const struct mcd_file *file)
{
	const struct {
		const char *key;
		json_t *value;
	} members[] = {
		{ "kind", json_string(mcd_file_kind_name(file->kind)) },
		{ "path", mcd_json_text(&file->path) },
		{ "dev", mcd_json_text(&file->dev) },
		{ "inode", mcd_json_figure(file->ino) },
		{ "fs", mcd_json_text(&file->fs) },
		{ "refs", json_integer((json_int_t)file->nr_refs) },
		{ "pages", json_integer((json_int_t)file->nr_pages) },
		{ "bytes", json_integer((json_int_t)file->bytes) },
		{ "deleted", deleted_value(file->is_deleted) },
		{ "dirty", json_integer((json_int_t)file->nr_dirty) },
		{ "writeback", json_integer((json_int_t)file->nr_writeback) },
		{ "mapped", json_integer((json_int_t)file->nr_mapped) },
		{ "mlocked", json_integer((json_int_t)file->nr_mlocked) },
	};
	json_t *object = json_object();

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		object = mcd_json_set(object, members[i].key, members[i].value);
	return object;
}

static json_t *files_value(const struct mcd_ledger *ledger)
{
	json_t *array = json_array();

	for (size_t i = 0; i < ledger->nr_files; i++)
		array = mcd_json_with(array, file_value(&ledger->files[i]));
	return array;
}

static json_t *charge_value(const struct mcd_charge_row *charge)
{
	json_t *object = json_object();

	object = mcd_json_set(object, "kind", json_string(charge->kind));
	object = mcd_json_set(object, "cache", mcd_json_text(&charge->name));
	object = mcd_json_set(object, "objects", json_integer((json_int_t)charge->nr_objects));
	return mcd_json_set(object, "bytes", json_integer((json_int_t)charge->bytes));
}

static json_t *charges_value(const struct mcd_ledger *ledger)
{
	json_t *array = NULL;

	if (ledger->charges_known != MCD_KNOWN && !ledger->nr_charges)
		return ledger->charges_known == MCD_NA ? json_null() : mcd_json_unreadable();
	array = json_array();
	for (size_t i = 0; i < ledger->nr_charges; i++)
		array = mcd_json_with(array, charge_value(&ledger->charges[i]));
	return array;
}

void mcd_json_put_ledger(struct mcd_record *record, const struct mcd_ledger *ledger,
			 unsigned int parts)
{
	if (parts & MCD_PART_PINS) {
		mcd_json_put(record, "unexplained_refs", balance_value(&ledger->unexplained));
		mcd_json_put(record, "pins", pins_value(ledger));
		mcd_json_put(record, "verdict", verdicts_value(ledger));
	}
	if (parts & MCD_PART_FILES)
		mcd_json_put(record, "files", files_value(ledger));
	if (parts & MCD_PART_CHARGES)
		mcd_json_put(record, "charged", charges_value(ledger));
}
