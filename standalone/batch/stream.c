// SPDX-License-Identifier: GPL-2.0-or-later
/* See stream.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "name.h"
#include "stream.h"

/* Longer lines would be a memcg's, which is of no interest here. */
enum { LINE_MAX_BYTES = 1 << 20, HEAD_MAX_BYTES = 1 << 16 };

/* A line of the file and where it begins; to be freed by the caller. */
struct line {
	char *text; /* with its newline, terminated; NULL: there is none, or it is too long */
	off_t begin;
};

/* Reads [begin, end) of the file; what is missing of it is an error. */
static bool read_part(int fd, char *buffer, off_t begin, off_t end)
{
	while (begin < end) {
		ssize_t got = pread(fd, buffer, (size_t)(end - begin), begin);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		buffer += got;
		begin += got;
	}
	return true;
}

static off_t size_of(int fd)
{
	struct stat status;

	return fstat(fd, &status) || !S_ISREG(status.st_mode) ? 0 : status.st_size;
}

/* Where the last line break before `end` ends; 0: there is none, -1: the file cannot be read. */
static off_t after_last_break(int fd, off_t end)
{
	char buffer[4096];

	while (end > 0) {
		off_t begin = end > (off_t)sizeof(buffer) ? end - (off_t)sizeof(buffer) : 0;
		const char *found = NULL;

		if (!read_part(fd, buffer, begin, end))
			return -1;
		found = memrchr(buffer, '\n', (size_t)(end - begin));
		if (found)
			return begin + (found - buffer) + 1;
		end = begin;
	}
	return 0;
}

/* The bytes [begin, end) as text. */
static char *read_text(int fd, off_t begin, off_t end)
{
	char *text = end - begin > LINE_MAX_BYTES ? NULL : malloc((size_t)(end - begin) + 1);

	if (!text)
		return NULL;
	if (!read_part(fd, text, begin, end)) {
		free(text);
		return NULL;
	}
	text[end - begin] = '\0';
	return text;
}

/* The line that ends at `end`, behind its line break. */
static struct line line_before(int fd, off_t end)
{
	struct line line = { .begin = end > 0 ? after_last_break(fd, end - 1) : -1 };

	if (line.begin >= 0)
		line.text = read_text(fd, line.begin, end);
	if (line.text && line.text[end - line.begin - 1] != '\n') {
		free(line.text);
		line.text = NULL;
	}
	return line;
}

static char *first_line(int fd)
{
	off_t size = size_of(fd);
	char *text = read_text(fd, 0, size > HEAD_MAX_BYTES ? HEAD_MAX_BYTES : size);
	char *end = text ? strchr(text, '\n') : NULL;

	if (end)
		end[1] = '\0';
	return text;
}

/* `text` as a record of this type, or NULL. */
static json_t *parse(const char *text, const char *type)
{
	json_t *json = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
	const char *found = json_string_value(json_object_get(json, "type"));

	if (found && strcmp(found, type) == 0)
		return json;
	json_decref(json);
	return NULL;
}

/* A worker's end says what it knows; one that did not come to it knew nothing. */
static json_t *make_end(const struct mcd_batch_record *record)
{
	return json_pack("{s:s, s:b, s:n, s:n, s:n, s:n, s:n, s:f, s:[], s:[]}", "type", "end",
			 "complete", 0, "dangling", "online", "dying", "shown", "unreadable",
			 "seconds", record->seconds, "notes", "missing");
}

/* What a worker left: its first and last record, and where the rest of it ends. */
struct remains {
	json_t *head, *end;
	char *end_text;
	off_t rest_end;
};

static void examine(int fd, struct remains *ret)
{
	off_t whole = after_last_break(fd, size_of(fd));
	struct line last = line_before(fd, whole);
	char *first = first_line(fd);

	*ret = (struct remains){
		.head = parse(first, "head"),
		.end = parse(last.text, "end"),
		.end_text = last.text,
		.rest_end = whole > 0 ? whole : 0,
	};
	if (ret->end)
		ret->rest_end = last.begin;
	free(first);
}

static void forget(struct remains *remains)
{
	json_decref(remains->head);
	json_decref(remains->end);
	free(remains->end_text);
}

/* The end's line: the worker's own, byte for byte, unless it promises what did not come true. */
static char *settle_end(struct remains *remains, const struct mcd_batch_record *record)
{
	bool may_be_complete = record->class == MCD_CLASS_OK || record->class == MCD_CLASS_PARTIAL;

	if (!remains->end) {
		remains->end = make_end(record);
		return mcd_batch_line(remains->end);
	}
	if (may_be_complete || !json_is_true(json_object_get(remains->end, "complete")))
		return strdup(remains->end_text);
	if (json_object_set_new(remains->end, "complete", json_false()))
		return NULL;
	return mcd_batch_line(remains->end);
}

static void fill_in(struct mcd_batch_record *record, const struct mcd_batch_dump *dump,
		    const struct remains *remains)
{
	char name[MCD_BATCH_SHORT_BYTES];

	if (record->class == MCD_CLASS_OK && !remains->end) {
		record->class = MCD_CLASS_INTERNAL;
		snprintf(record->message, sizeof(record->message),
			 "%s: the report has no end: is the disk full?",
			 mcd_batch_short(dump->path, name));
	}
	record->dangling = mcd_batch_figure(remains->end, "dangling");
	record->online = mcd_batch_figure(remains->end, "online");
	record->unreadable = mcd_batch_figure(remains->end, "unreadable");
}

static enum mcd_status append(struct mcd_batch_store *store, int fd, off_t at, const char *record,
			      const char *end, struct mcd_error *error)
{
	enum mcd_status status = MCD_OK;

	if (!record || !end)
		return mcd_error_set(error, MCD_NO_MEMORY, "no memory for the record of a dump");
	if (ftruncate(fd, at) || lseek(fd, at, SEEK_SET) != at)
		return mcd_error_set(error, MCD_FAULT, "%.200s: a stream cannot be cut: %s",
				     store->path, strerror(errno));
	status = mcd_batch_store_write(store, fd, record, strlen(record), error);
	return status ? status : mcd_batch_store_write(store, fd, end, strlen(end), error);
}

enum mcd_status mcd_batch_stream_finish(struct mcd_batch_store *store, int fd,
					const struct mcd_batch_dump *dump,
					struct mcd_batch_record *record, const char *stream,
					struct mcd_error *error)
{
	enum mcd_status status = MCD_OK;
	char *record_line = NULL, *end_line = NULL;
	struct remains remains;
	json_t *json = NULL;

	examine(fd, &remains);
	fill_in(record, dump, &remains);
	json = mcd_batch_record_make(dump, record, stream, remains.head);
	record_line = mcd_batch_line(json);
	end_line = settle_end(&remains, record);
	status = append(store, fd, remains.rest_end, record_line, end_line, error);
	free(record_line);
	free(end_line);
	json_decref(json);
	forget(&remains);
	return status;
}

bool mcd_batch_stream_read(int fd, const struct mcd_batch_dump *dump, struct mcd_batch_record *ret,
			   char **ret_line)
{
	off_t size = size_of(fd);
	struct line end = line_before(fd, size), record = { .begin = -1 };
	json_t *end_json = parse(end.text, "end"), *json = NULL;
	bool is_good = false;

	if (end_json)
		record = line_before(fd, end.begin);
	json = parse(record.text, "dump");
	is_good = json && mcd_batch_record_parse(json, dump, ret);
	if (is_good && ret_line) {
		*ret_line = record.text;
		record.text = NULL;
	}
	json_decref(json);
	json_decref(end_json);
	free(end.text);
	free(record.text);
	return is_good;
}
