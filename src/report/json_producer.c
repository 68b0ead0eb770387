// SPDX-License-Identifier: GPL-2.0-or-later
/* The record of a producer. See json.h. */
#include "json.h"

static json_t *pins_value(const struct mcd_producer *producer)
{
	json_t *array = json_array();

	for (int kind = 0; kind < MCD_NR_PINS; kind++) {
		const struct mcd_producer_pin *pin = &producer->pins[kind];
		json_t *object = NULL;

		if (!pin->nr_refs)
			continue;
		object = mcd_json_set(json_object(), "kind", json_string(mcd_pin_name(kind)));
		object = mcd_json_set(object, "refs", json_integer((json_int_t)pin->nr_refs));
		array = mcd_json_with(array,
				      mcd_json_set(object, "bytes", mcd_json_figure(pin->bytes)));
	}
	return array;
}

enum mcd_status mcd_report_json_producer(struct mcd_out *out, const struct mcd_producer *producer)
{
	struct mcd_record record = mcd_json_begin("producer");

	mcd_json_put(&record, "pattern", mcd_json_text(&producer->pattern));
	mcd_json_put(&record, "memcgs", mcd_json_count(producer->nr_memcgs));
	mcd_json_put(&record, "refs", mcd_json_figure(producer->refs));
	mcd_json_put(&record, "bytes", mcd_json_figure(producer->bytes));
	mcd_json_put(&record, "pins", pins_value(producer));
	mcd_json_put(&record, "unexplained_refs", json_integer(producer->nr_unexplained_refs));
	mcd_json_put(&record, "first_serial", mcd_json_figure(producer->first_serial));
	mcd_json_put(&record, "last_serial", mcd_json_figure(producer->last_serial));
	mcd_json_put(&record, "example", mcd_json_text(&producer->example));
	return mcd_json_finish(&record, out);
}
