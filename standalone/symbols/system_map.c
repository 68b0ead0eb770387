// SPDX-License-Identifier: GPL-2.0-or-later
/* Symbols of a System.map. See symbols.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "standalone/symbols/symbols.h"

/* "ffffffff81000000 T _stext": offers the name, if it is such a line. */
static bool take_line(struct mcd_symbols *symbols, const char *line)
{
	char *end = NULL;
	uint64_t value = strtoull(line, &end, 16);

	if (end == line || end[0] != ' ' || !end[1] || end[2] != ' ')
		return false;
	mcd_wanted_offer(&symbols->wanted, end + 3, strcspn(end + 3, " \t\n"), value);
	return true;
}

/* Opens without waiting: a FIFO would have no end. */
static enum mcd_status open_map(const char *path, FILE **ret, struct mcd_error *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat file;

	if (fd < 0)
		return mcd_error_set(error, MCD_FAULT, "%s: %s", path, strerror(errno));
	if (fstat(fd, &file) == 0 && S_ISREG(file.st_mode)) {
		*ret = fdopen(fd, "r");
		if (*ret)
			return MCD_OK;
	}
	(void)close(fd);
	return mcd_error_set(error, MCD_USAGE, "%s: not a file that can be read", path);
}

enum mcd_status mcd_symbols_from_system_map(struct mcd_symbols *symbols, const char *path,
					    struct mcd_error *error)
{
	FILE *file = NULL;
	enum mcd_status status = open_map(path, &file, error);
	char line[1024];
	bool is_map = true, is_read;
	uint64_t root = 0;

	if (status)
		return status;
	while (is_map && fgets(line, sizeof(line), file))
		is_map = take_line(symbols, line);
	is_read = !ferror(file);
	(void)fclose(file);
	if (!is_read)
		return mcd_error_set(error, MCD_FAULT, "%s: not a file that can be read", path);
	if (!is_map)
		return mcd_error_set(error, MCD_USAGE,
				     "%s: not a System.map, whose lines are address, letter, name",
				     path);
	/* Debian's in /boot is a line that names the package of the real one. */
	if (!mcd_symbols_find_unrelocated(symbols, "_stext", &root))
		return mcd_error_set(error, MCD_USAGE,
				     "%s: has no _stext: Debian keeps the real System.map in the "
				     "package linux-image-RELEASE-dbg",
				     path);
	return MCD_OK;
}
