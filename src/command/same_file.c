// SPDX-License-Identifier: GPL-2.0-or-later
/* See command.h. */
#include <sys/stat.h>

#include "mcd/command.h"

bool mcd_is_same_file(const char *path, const char *other)
{
	struct stat a, b;

	return stat(path, &a) == 0 && stat(other, &b) == 0 && S_ISREG(a.st_mode) &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}
