// SPDX-License-Identifier: GPL-2.0-or-later
/* See record.h. */
#include <stdlib.h>
#include <string.h>

#include "mcd/escape.h"
#include "record.h"

/* One row per class: its word, and whether another run could find something else. */
static const struct {
	const char *name;
	bool is_final;
} classes[MCD_NR_CLASSES] = {
	[MCD_CLASS_OK] = { "ok", true },
	[MCD_CLASS_PARTIAL] = { "partial", true },
	[MCD_CLASS_UNREADABLE] = { "unreadable", true },
	[MCD_CLASS_NO_TYPES] = { "no-types", false },
	[MCD_CLASS_NO_MEMCG] = { "no-memcg", true },
	[MCD_CLASS_TIMEOUT] = { "timeout", false },
	[MCD_CLASS_MEMORY] = { "memory", false },
	[MCD_CLASS_INTERNAL] = { "internal", false },
};

const char *mcd_batch_class_name(enum mcd_batch_class class)
{
	return classes[class].name;
}

bool mcd_batch_record_is_final(const struct mcd_batch_record *record)
{
	return !record->is_interrupted && classes[record->class].is_final;
}

struct mcd_figure mcd_batch_figure(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_integer(value))
		return (struct mcd_figure){ .known = MCD_NA };
	return (struct mcd_figure){ .known = MCD_KNOWN,
				    .value = (uint64_t)json_integer_value(value) };
}

json_t *mcd_batch_figure_make(struct mcd_figure figure)
{
	return figure.known == MCD_KNOWN ? json_integer((json_int_t)figure.value) : json_null();
}

/* Text as JSON takes it; null for NULL and "". */
static json_t *escaped(const char *text)
{
	json_t *ret = NULL;
	char *copy = NULL, *end = NULL;

	if (!text || !*text)
		return json_null();
	copy = malloc(MCD_ESCAPE_MAX * strlen(text));
	end = copy;
	while (copy && *text) {
		size_t length = 0;

		text += mcd_escape(text, end, &length);
		end += length;
	}
	if (copy)
		ret = json_stringn(copy, (size_t)(end - copy));
	free(copy);
	return ret;
}

static json_t *file_json(const struct mcd_batch_file *file)
{
	if (!file->is_known)
		return json_null();
	return json_pack("{s:I, s:I, s:I, s:I}", "device", (json_int_t)file->device, "inode",
			 (json_int_t)file->inode, "size", (json_int_t)file->size_bytes, "mtime_ns",
			 (json_int_t)file->mtime_ns);
}

/* A member of the head, borrowed there; null where there is none. */
static json_t *from_head(const json_t *head, const char *name)
{
	json_t *value = json_object_get(head, name);

	return value ? json_incref(value) : json_null();
}

json_t *mcd_batch_record_make(const struct mcd_batch_dump *dump,
			      const struct mcd_batch_record *record, const char *stream,
			      const json_t *head)
{
	json_t *peak = record->peak_bytes ? json_integer((json_int_t)record->peak_bytes)
					  : json_null();

	return json_pack("{s:s, s:o, s:o, s:s, s:b, s:o, s:f, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "type", "dump", "dump", escaped(dump->path), "stream", escaped(stream),
			 "class", mcd_batch_class_name(record->class), "interrupted",
			 record->is_interrupted, "message", escaped(record->message), "seconds",
			 record->seconds, "peak_bytes", peak, "release", from_head(head, "release"),
			 "build_id", from_head(head, "build_id"), "dangling",
			 mcd_batch_figure_make(record->dangling), "online",
			 mcd_batch_figure_make(record->online), "unreadable",
			 mcd_batch_figure_make(record->unreadable), "identity",
			 file_json(&record->file));
}

static bool is_text(const json_t *object, const char *name, const char *text)
{
	json_t *expected = escaped(text);
	bool ret = expected && json_equal(json_object_get(object, name), expected);

	json_decref(expected);
	return ret;
}

static bool parse_class(const json_t *json, enum mcd_batch_class *ret)
{
	const char *name = json_string_value(json_object_get(json, "class"));

	for (unsigned int i = 0; name && i < MCD_NR_CLASSES; i++) {
		*ret = i;
		if (strcmp(classes[i].name, name) == 0)
			return true;
	}
	return false;
}

static void parse_file(const json_t *json, struct mcd_batch_file *ret)
{
	ret->is_known = json_is_object(json);
	ret->device = mcd_batch_figure(json, "device").value;
	ret->inode = mcd_batch_figure(json, "inode").value;
	ret->size_bytes = mcd_batch_figure(json, "size").value;
	ret->mtime_ns = (int64_t)mcd_batch_figure(json, "mtime_ns").value;
}

bool mcd_batch_record_parse(const json_t *json, const struct mcd_batch_dump *dump,
			    struct mcd_batch_record *ret)
{
	const char *message = json_string_value(json_object_get(json, "message"));

	*ret = (struct mcd_batch_record){
		.is_interrupted = json_is_true(json_object_get(json, "interrupted")),
		.seconds = json_number_value(json_object_get(json, "seconds")),
		.peak_bytes = mcd_batch_figure(json, "peak_bytes").value,
		.dangling = mcd_batch_figure(json, "dangling"),
		.online = mcd_batch_figure(json, "online"),
		.unreadable = mcd_batch_figure(json, "unreadable"),
	};
	if (message)
		strncat(ret->message, message, sizeof(ret->message) - 1);
	parse_file(json_object_get(json, "identity"), &ret->file);
	return is_text(json, "type", "dump") && is_text(json, "dump", dump->path) &&
	       parse_class(json, &ret->class);
}

char *mcd_batch_line(const json_t *json)
{
	/*
	 * Seconds to the millisecond must not show what binary makes of them. Measured first, since
	 * json_dumps() of jansson 2.14 loses a key without a word where its buffer cannot grow.
	 */
	const size_t flags = JSON_COMPACT | JSON_REAL_PRECISION(12);
	size_t size = json ? json_dumpb(json, NULL, 0, flags) : 0;
	char *line = size ? malloc(size + 2) : NULL;

	if (line && json_dumpb(json, line, size, flags) == size) {
		memcpy(line + size, "\n", sizeof("\n"));
		return line;
	}
	free(line);
	return NULL;
}
