// SPDX-License-Identifier: GPL-2.0-or-later
/* See select.h. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mcd/escape.h"
#include "select.h"

enum { ADDRESS_DIGITS = 8 }; /* so many hex digits are an address even without 0x */

static bool is_all(const char *text, int (*is_digit)(int))
{
	const char *at = text;

	while (is_digit((unsigned char)*at))
		at++;
	return at != text && !*at;
}

enum mcd_status mcd_selector_parse(const char *text, struct mcd_selector *ret,
				   struct mcd_error *error)
{
	bool has_prefix = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');

	*ret = (struct mcd_selector){ .text = text };
	if (text[0] == '/')
		return MCD_OK;
	errno = 0;
	if (has_prefix ? is_all(text + 2, isxdigit)
		       : is_all(text, isxdigit) && strlen(text) >= ADDRESS_DIGITS) {
		ret->kind = MCD_SELECT_ADDRESS;
		ret->number = strtoull(text, NULL, 16);
	} else if (is_all(text, isdigit)) {
		ret->kind = MCD_SELECT_CSS_ID;
		ret->number = strtoull(text, NULL, 10);
	} else {
		return mcd_error_set(error, MCD_USAGE,
				     "%s: not a MEMCG: give a path (/…), an address (0x…) or a "
				     "decimal css id",
				     text);
	}
	if (errno == ERANGE)
		return mcd_error_set(error, MCD_USAGE, "%s: number too large", text);
	return MCD_OK;
}

/* True where `text` is `name` as mcd_out_escaped() prints it. */
static bool equals_escaped(const char *text, const char *name)
{
	while (*name) {
		char escaped[MCD_ESCAPE_MAX];
		size_t length;

		name += mcd_escape(name, escaped, &length);
		if (strncmp(text, escaped, length) != 0)
			return false;
		text += length;
	}
	return !*text;
}

static bool is_path(const char *text, const char *path)
{
	return strcmp(text, path) == 0 || equals_escaped(text, path);
}

static bool matches(const struct mcd_selector *selector, const struct mcd_memcg *memcg)
{
	switch (selector->kind) {
	case MCD_SELECT_ADDRESS:
		return memcg->addr == selector->number;
	case MCD_SELECT_CSS_ID:
		return memcg->css_id.known == MCD_KNOWN && memcg->css_id.value == selector->number;
	case MCD_SELECT_PATH:
		break;
	}
	if (memcg->path.known == MCD_KNOWN)
		return is_path(selector->text, memcg->path.text);
	/* Where the path is gone the facility's copy of it, or of its last component, identifies. */
	return memcg->name.known == MCD_KNOWN && (is_path(selector->text, memcg->name.text) ||
						  is_path(selector->text + 1, memcg->name.text));
}

bool mcd_selector_matches(struct mcd_selector *selector, const struct mcd_memcg *memcg)
{
	bool is_match = matches(selector, memcg);

	selector->has_match |= is_match;
	return is_match;
}
