// SPDX-License-Identifier: GPL-2.0-or-later
/* The first and the last record. See json.h. */
#include "json.h"
#include "mcd/version.h"

enum { SCHEMA = 1 }; /* grows when what a member means changes, not when members are added */

static json_t *capabilities_value(const struct mcd_head *head)
{
	json_t *object = json_object();

	for (int pin = 0; pin < MCD_NR_PINS; pin++)
		object = mcd_json_set(object, mcd_pin_name(pin), json_boolean(head->can_pin[pin]));
	return object;
}

enum mcd_status mcd_report_json_head(struct mcd_out *out, const struct mcd_report *report)
{
	const struct mcd_origin *origin = report->origin;
	const struct mcd_head *head = report->head;
	struct mcd_record record = mcd_json_begin("head");

	mcd_json_put(&record, "schema", json_integer(SCHEMA));
	mcd_json_put(&record, "tool", json_string("memcg-dangling"));
	mcd_json_put(&record, "version", json_string(MCD_VERSION));
	mcd_json_put(&record, "front_end", json_string(origin->front_end));
	mcd_json_put(&record, "types", json_string(origin->types));
	mcd_json_put(&record, "dump", origin->dump ? mcd_json_escaped(origin->dump) : json_null());
	mcd_json_put(&record, "release", mcd_json_text(&report->identity->release));
	mcd_json_put(&record, "build_id", mcd_json_text(&report->identity->build_id));
	mcd_json_put(&record, "arch", mcd_json_text(&report->identity->arch));
	mcd_json_put(&record, "hierarchy", json_string(mcd_hierarchy_name(head->hierarchy)));
	mcd_json_put(&record, "facility", json_boolean(head->facility != MCD_FACILITY_NONE));
	mcd_json_put(&record, "sources", mcd_json_sources(head->sources));
	mcd_json_put(&record, "capabilities", capabilities_value(head));
	mcd_json_put(&record, "nr_dying_descendants", mcd_json_figure(head->nr_dying_descendants));
	mcd_json_put(&record, "nr_dying_subsys", mcd_json_figure(head->nr_dying_subsys));
	return mcd_json_finish(&record, out);
}

static json_t *notes_value(const struct mcd_note *notes)
{
	json_t *array = json_array();

	for (const struct mcd_note *note = notes; note; note = note->next)
		array = mcd_json_with(array, mcd_json_escaped(note->text));
	return array;
}

static json_t *missing_value(const struct mcd_head *head)
{
	json_t *array = json_array();

	for (size_t i = 0; i < head->nr_missing; i++)
		array = mcd_json_with(array, json_pack("{s:s, s:s}", "fact", head->missing[i].fact,
						       "probe", head->missing[i].probe));
	return array;
}

enum mcd_status mcd_report_json_end(struct mcd_out *out, const struct mcd_head *head,
				    const struct mcd_ending *ending)
{
	struct mcd_record record = mcd_json_begin("end");

	mcd_json_put(&record, "complete", json_boolean(ending->is_complete));
	mcd_json_put(&record, "dangling", mcd_json_count(head->nr_dangling));
	mcd_json_put(&record, "online", mcd_json_count(head->nr_online));
	mcd_json_put(&record, "dying", mcd_json_count(head->nr_dying));
	mcd_json_put(&record, "shown", mcd_json_count(ending->nr_shown));
	mcd_json_put(&record, "unreadable", mcd_json_count(head->nr_unreadable));
	mcd_json_put(&record, "seconds", json_real(ending->seconds));
	mcd_json_put(&record, "notes", notes_value(ending->notes));
	mcd_json_put(&record, "missing", missing_value(head));
	return mcd_json_finish(&record, out);
}
