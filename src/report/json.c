// SPDX-License-Identifier: GPL-2.0-or-later
/* Records of NDJSON and their values. See json.h. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "mcd/escape.h"

struct mcd_record mcd_json_begin(const char *type)
{
	struct mcd_record record = { .json = json_object() };

	record.is_whole = json_object_set_new(record.json, "type", json_string(type)) == 0;
	return record;
}

/* Adds a member; takes `value` over, which is NULL where there was no memory for it. */
void mcd_json_put(struct mcd_record *record, const char *key, json_t *value)
{
	if (json_object_set_new(record->json, key, value))
		record->is_whole = false;
}

/* The record as text that the caller frees, `*ret_size` bytes; NULL where there is no memory. */
static char *text_of(const struct mcd_record *record, size_t *ret_size)
{
	/*
	 * Measured first: json_dumps() grows a buffer, and jansson 2.14 loses a key without a word
	 * where that fails.
	 */
	const size_t flags = JSON_COMPACT | JSON_REAL_PRECISION(9);
	size_t size = record->is_whole ? json_dumpb(record->json, NULL, 0, flags) : 0;
	char *text = size ? malloc(size) : NULL;

	*ret_size = size;
	if (text && json_dumpb(record->json, text, size, flags) == size)
		return text;
	free(text);
	return NULL;
}

/* Writes the record as one line and frees it. */
enum mcd_status mcd_json_finish(struct mcd_record *record, struct mcd_out *out)
{
	size_t size = 0;
	char *text = text_of(record, &size);

	json_decref(record->json);
	if (!text)
		return MCD_NO_MEMORY;
	mcd_out_bytes(out, text, size);
	mcd_out_text(out, "\n");
	free(text);
	return MCD_OK;
}

/* ---- values ---- */

json_t *mcd_json_unreadable(void)
{
	return json_string("unreadable");
}

json_t *mcd_json_figure(struct mcd_figure figure)
{
	if (figure.known == MCD_KNOWN)
		return json_integer((json_int_t)figure.value);
	return figure.known == MCD_NA ? json_null() : mcd_json_unreadable();
}

json_t *mcd_json_count(size_t count)
{
	return json_integer((json_int_t)count);
}

/* Bytes of the kernel or of a command line. */
json_t *mcd_json_escaped(const char *raw)
{
	/* escaping makes four bytes of one at most */
	char *text = malloc(4 * strlen(raw) + MCD_ESCAPE_MAX);
	size_t length = 0, part = 0;
	json_t *value = NULL;

	if (!text)
		return NULL;
	for (; *raw; length += part)
		raw += mcd_escape(raw, text + length, &part);
	value = json_stringn(text, length);
	free(text);
	return value;
}

json_t *mcd_json_text(const struct mcd_text *text)
{
	if (text->known == MCD_KNOWN)
		return mcd_json_escaped(text->text);
	return text->known == MCD_NA ? json_null() : mcd_json_unreadable();
}

bool mcd_json_is_escaped(const struct mcd_text *text)
{
	char escaped[MCD_ESCAPE_MAX];
	size_t length = 0;

	if (text->known != MCD_KNOWN)
		return false;
	for (const char *at = text->text; *at; at += length)
		if (mcd_escape(at, escaped, &length) != length)
			return true;
	return false;
}

/* Appends the value, which it takes over; frees the array and gives NULL where that fails. */
json_t *mcd_json_with(json_t *array, json_t *value)
{
	if (!json_array_append_new(array, value))
		return array;
	json_decref(array);
	return NULL;
}

json_t *mcd_json_set(json_t *object, const char *key, json_t *value)
{
	if (!json_object_set_new(object, key, value))
		return object;
	json_decref(object);
	return NULL;
}

json_t *mcd_json_sources(unsigned int sources)
{
	json_t *array = json_array();

	for (unsigned int bit = 1; bit < MCD_SOURCE_END; bit <<= 1)
		if (sources & bit)
			array = mcd_json_with(array, json_string(mcd_source_name(bit)));
	return array;
}
