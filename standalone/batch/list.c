// SPDX-License-Identifier: GPL-2.0-or-later
/* See list.h. */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "list.h"
#include "name.h"
#include "walk.h"

static enum mcd_status no_memory(struct mcd_error *error)
{
	return mcd_error_set(error, MCD_NO_MEMORY, "no memory for the list of dumps");
}

/* A copy, or NULL for NULL; clears `*is_ok` where there is no memory. */
static const char *copy(struct mcd_arena *arena, const char *text, bool *is_ok)
{
	const char *ret = text ? mcd_arena_strndup(arena, text, strlen(text)) : NULL;

	*is_ok &= !text || ret;
	return ret;
}

enum mcd_status mcd_batch_list_add(struct mcd_batch_list *list, const struct mcd_batch_dump *dump,
				   struct mcd_error *error)
{
	struct mcd_batch_dump *dumps = mcd_arena_grow(list->arena, list->dumps, list->nr,
						      &list->capacity, sizeof(*list->dumps));
	bool is_ok = true;

	if (!dumps)
		return no_memory(error);
	list->dumps = dumps;

	struct mcd_batch_dump *added = &dumps[list->nr];

	*added = (struct mcd_batch_dump){
		.path = copy(list->arena, dump->path, &is_ok),
		.normalised = mcd_batch_normalise(dump->path, list->arena),
		.vmlinux = copy(list->arena, dump->vmlinux, &is_ok),
		.symbols = copy(list->arena, dump->symbols, &is_ok),
		.problem = copy(list->arena, dump->problem, &is_ok),
		.is_walked = dump->is_walked,
	};
	if (is_ok && added->normalised)
		added->stream = mcd_batch_name(added->normalised, list->arena);
	if (!added->stream)
		return no_memory(error);
	list->nr++;
	return MCD_OK;
}

/* A file, or a directory of them. */
static enum mcd_status take_dump(struct mcd_batch_list *list, const struct mcd_batch_dump *dump,
				 const char *output, struct mcd_error *error)
{
	struct stat status;

	if (!*dump->path)
		return mcd_error_set(error, MCD_USAGE, "a dump without a name");
	if (strlen(dump->path) >= PATH_MAX)
		return mcd_error_set(error, MCD_USAGE, "%.60s...: a path of more than %d bytes",
				     dump->path, PATH_MAX - 1);
	if (stat(dump->path, &status) == 0 && S_ISDIR(status.st_mode))
		return mcd_batch_walk(list, dump, output, error);
	return mcd_batch_list_add(list, dump, error);
}

/* Cuts off the next column of a line; NULL: it is empty, or there is none. */
static const char *next_column(char **line)
{
	const char *column = strsep(line, "\t");

	return column && *column ? column : NULL;
}

/* "DUMP", "DUMP<tab>VMLINUX" or "DUMP<tab>VMLINUX<tab>SYSTEM.MAP"; an empty line names nothing. */
static enum mcd_status take_line(struct mcd_batch_list *list, char *line, const char *output,
				 struct mcd_error *error)
{
	struct mcd_batch_dump dump = { 0 };

	if (!*line)
		return MCD_OK;
	dump.path = strsep(&line, "\t");
	dump.vmlinux = next_column(&line);
	dump.symbols = next_column(&line);
	if (line)
		return mcd_error_set(error, MCD_USAGE,
				     "%.200s: more than a dump, its vmlinux and its System.map "
				     "with tabs between them",
				     dump.path);
	return take_dump(list, &dump, output, error);
}

/* Without its end, which may be that of another system. */
static size_t cut_line(char *line, size_t length)
{
	if (length && line[length - 1] == '\n')
		line[--length] = '\0';
	if (length && line[length - 1] == '\r')
		line[--length] = '\0';
	return length;
}

static enum mcd_status take_lines(struct mcd_batch_list *list, FILE *file, const char *name,
				  const char *output, struct mcd_error *error)
{
	enum mcd_status status = MCD_OK;
	char *line = NULL;
	size_t room = 0;
	ssize_t length = 0;

	errno = 0;
	while (!status && (length = getline(&line, &room, file)) > 0) {
		size_t kept = cut_line(line, (size_t)length);

		if (strlen(line) != kept)
			status = mcd_error_set(error, MCD_USAGE,
					       "%s: has a NUL byte, is no list of paths", name);
		else
			status = take_line(list, line, output, error);
		errno = 0;
	}
	if (!status && !feof(file))
		status = mcd_error_set(error, MCD_USAGE, "%s: %s", name, strerror(errno));
	free(line);
	return status;
}

static enum mcd_status take_list(struct mcd_batch_list *list, const char *name, const char *output,
				 struct mcd_error *error)
{
	enum mcd_status status = MCD_OK;
	FILE *file = NULL;

	if (strcmp(name, "-") == 0)
		return take_lines(list, stdin, "standard input", output, error);
	file = fopen(name, "re");
	if (!file)
		return mcd_error_set(error, MCD_USAGE, "%s: %s: a list of dumps is needed here",
				     name, strerror(errno));
	status = take_lines(list, file, name, output, error);
	fclose(file);
	return status;
}

static int by_stream(const void *a, const void *b)
{
	struct mcd_batch_dump *const *left = a, *const *right = b;
	int order = strcmp((*left)->stream, (*right)->stream);

	if (order)
		return order;
	return *left < *right ? -1 : *left > *right;
}

/* False where both are named, and are not the same. */
static bool merge_file(const char **first, const char *later)
{
	if (!*first)
		*first = later;
	return !later || strcmp(*first, later) == 0;
}

/* `later` names what `first` names: it stands for both, and its stream is taken away. */
static enum mcd_status merge(struct mcd_batch_dump *first, struct mcd_batch_dump *later,
			     struct mcd_error *error)
{
	if (strcmp(first->normalised, later->normalised) != 0)
		return mcd_error_set(error, MCD_USAGE,
				     "%s and %s: rename one, their streams would "
				     "have the same name",
				     first->path, later->path);
	later->stream = NULL;
	first->is_walked &= later->is_walked;
	if (!merge_file(&first->vmlinux, later->vmlinux))
		return mcd_error_set(error, MCD_USAGE, "%s: two vmlinux are named, %s and %s",
				     first->path, first->vmlinux, later->vmlinux);
	if (!merge_file(&first->symbols, later->symbols))
		return mcd_error_set(error, MCD_USAGE, "%s: two System.map are named, %s and %s",
				     first->path, first->symbols, later->symbols);
	return MCD_OK;
}

/* Leaves the first of those that have the same name. */
static enum mcd_status unite(struct mcd_batch_list *list, struct mcd_error *error)
{
	struct mcd_batch_dump **sorted = mcd_arena_array(list->arena, list->nr + 1,
							 sizeof(struct mcd_batch_dump *));
	enum mcd_status status = MCD_OK;
	size_t nr = 0;

	if (!sorted)
		return no_memory(error);
	for (size_t i = 0; i < list->nr; i++)
		sorted[i] = &list->dumps[i];
	qsort(sorted, list->nr, sizeof(struct mcd_batch_dump *), by_stream);
	for (size_t i = 1, first = 0; i < list->nr && !status; i++) {
		if (strcmp(sorted[first]->stream, sorted[i]->stream) == 0)
			status = merge(sorted[first], sorted[i], error);
		else
			first = i;
	}
	for (size_t i = 0; i < list->nr; i++)
		if (list->dumps[i].stream)
			list->dumps[nr++] = list->dumps[i];
	list->nr = nr;
	return status;
}

enum mcd_status mcd_batch_list_collect(const struct mcd_batch_options *options,
				       struct mcd_arena *arena, struct mcd_batch_list *ret,
				       struct mcd_error *error)
{
	enum mcd_status status = MCD_OK;

	*ret = (struct mcd_batch_list){ .arena = arena };
	for (size_t i = 0; i < options->nr_arguments && !status; i++) {
		const struct mcd_batch_dump dump = { .path = options->arguments[i] };

		if (*dump.path == '@')
			status = take_list(ret, dump.path + 1, options->output, error);
		else
			status = take_dump(ret, &dump, options->output, error);
	}
	return status ? status : unite(ret, error);
}
