// SPDX-License-Identifier: GPL-2.0-or-later
/* The record of what all ledgers add up to. See json.h. */
#include "json.h"

static json_t *total_value(const struct mcd_audit_summary *audit, int kind)
{
	const struct mcd_pin_row *total = &audit->totals[kind];
	json_t *object = mcd_json_set(json_object(), "kind", json_string(mcd_pin_name(kind)));

	object = mcd_json_set(object, "memcgs", mcd_json_count(audit->nr_pinned_memcgs[kind]));
	object = mcd_json_set(object, "refs", json_integer((json_int_t)total->nr_refs));
	return mcd_json_set(object, "bytes", mcd_json_figure(total->bytes));
}

static json_t *totals_value(const struct mcd_audit_summary *audit)
{
	json_t *array = json_array();

	for (int kind = 0; kind < MCD_NR_PINS; kind++)
		if (audit->nr_pinned_memcgs[kind])
			array = mcd_json_with(array, total_value(audit, kind));
	return array;
}

static json_t *verdicts_value(const struct mcd_audit_summary *audit)
{
	json_t *array = json_array();

	for (int kind = 0; kind < MCD_NR_VERDICTS; kind++) {
		json_t *object = NULL;

		if (!audit->nr_verdict_memcgs[kind])
			continue;
		object = mcd_json_set(json_object(), "kind", json_string(mcd_verdict_name(kind)));
		array = mcd_json_with(array,
				      mcd_json_set(object, "memcgs",
						   mcd_json_count(audit->nr_verdict_memcgs[kind])));
	}
	return array;
}

enum mcd_status mcd_report_json_audit(struct mcd_out *out, const struct mcd_audit_summary *audit)
{
	struct mcd_record record = mcd_json_begin("ledger");

	mcd_json_put(&record, "complete", json_boolean(!audit->is_partial && !audit->is_lossy));
	mcd_json_put(&record, "memcgs", mcd_json_count(audit->nr_memcgs));
	mcd_json_put(&record, "unexplained_memcgs", mcd_json_count(audit->nr_unexplained_memcgs));
	mcd_json_put(&record, "unexplained_refs", json_integer(audit->nr_unexplained_refs));
	mcd_json_put(&record, "pins", totals_value(audit));
	mcd_json_put(&record, "verdict", verdicts_value(audit));
	return mcd_json_finish(&record, out);
}
