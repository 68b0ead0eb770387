// SPDX-License-Identifier: GPL-2.0-or-later
/* The records of what memcgs cost and of the ids. See json.h. */
#include "json.h"

static json_t *number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

/* ---- cost ---- */

static json_t *cost_row_value(const struct mcd_cost_row *row)
{
	json_t *object = mcd_json_set(json_object(), "name", json_string(row->name));

	object = mcd_json_set(object, "count", number(row->nr));
	object = mcd_json_set(object, "cpus", row->nr_cpus ? number(row->nr_cpus) : json_null());
	object = mcd_json_set(object, "each_bytes",
			      row->is_uniform ? number(row->each_bytes) : json_null());
	return mcd_json_set(object, "bytes", number(row->bytes));
}

static json_t *cost_rows_value(const struct mcd_cost *cost)
{
	json_t *array = json_array();

	for (size_t i = 0; i < cost->nr_rows; i++)
		array = mcd_json_with(array, cost_row_value(&cost->rows[i]));
	return array;
}

enum mcd_status mcd_report_json_cost(struct mcd_out *out, const struct mcd_cost *cost)
{
	struct mcd_record record = mcd_json_begin("cost");

	mcd_json_put(&record, "memcgs", mcd_json_count(cost->nr_memcgs));
	mcd_json_put(&record, "unreadable", mcd_json_count(cost->nr_unreadable));
	mcd_json_put(&record, "freed_statistics", mcd_json_count(cost->nr_freed_stats));
	mcd_json_put(&record, "bytes", number(cost->bytes));
	mcd_json_put(&record, "ram_bytes", mcd_json_figure(cost->ram_bytes));
	mcd_json_put(&record, "rows", cost_rows_value(cost));
	return mcd_json_finish(&record, out);
}

/* ---- ids ---- */

static json_t *id_table_value(const struct mcd_id_table *table)
{
	const struct {
		const char *key;
		uint64_t value;
	} figures[] = {
		{ "used", table->nr_used },	    { "online", table->nr_online },
		{ "dying", table->nr_dying },	    { "offline", table->nr_offline },
		{ "released", table->nr_released }, { "unreadable", table->nr_unreadable },
		{ "gone", table->nr_gone },
	};
	json_t *object = mcd_json_set(json_object(), "name", json_string(table->name));

	object = mcd_json_set(object, "limit", table->limit ? number(table->limit) : json_null());
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		const struct mcd_figure figure = { table->known, figures[i].value };

		object = mcd_json_set(object, figures[i].key, mcd_json_figure(figure));
	}
	return object;
}

static json_t *id_tables_value(const struct mcd_id_space *ids)
{
	json_t *array = json_array();

	for (size_t i = 0; i < ids->nr_tables; i++)
		array = mcd_json_with(array, id_table_value(&ids->tables[i]));
	return array;
}

static json_t *memcgs_value(const struct mcd_id_space *ids)
{
	json_t *object = json_object();

	for (int state = 0; state < MCD_NR_STATES; state++)
		object = mcd_json_set(object, mcd_state_name(state),
				      mcd_json_count(ids->nr_memcgs[state]));
	return object;
}

enum mcd_status mcd_report_json_ids(struct mcd_out *out, const struct mcd_id_space *ids)
{
	struct mcd_record record = mcd_json_begin("ids");

	mcd_json_put(&record, "tables", id_tables_value(ids));
	mcd_json_put(&record, "left", mcd_json_figure(ids->nr_left));
	mcd_json_put(&record, "refusal", json_string(ids->refusal));
	mcd_json_put(&record, "memcgs", memcgs_value(ids));
	mcd_json_put(&record, "directories", mcd_json_figure(ids->nr_directories));
	mcd_json_put(&record, "cgroups", mcd_json_figure(ids->nr_cgroups));
	return mcd_json_finish(&record, out);
}
