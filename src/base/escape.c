// SPDX-License-Identifier: GPL-2.0-or-later
/* UTF-8 validation after RFC 3629 and the escapes of escape.h. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "mcd/escape.h"

/* One row per form of RFC 3629, section 4: the lead byte's range, the second byte's, the length. */
struct utf8_form {
	unsigned char lead_min, lead_max;
	unsigned char second_min, second_max;
	unsigned char length;
};

static const struct utf8_form utf8_forms[] = {
	{ 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

static bool is_tail(const unsigned char *text, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if ((text[i] & 0xc0) != 0x80)
			return false;
	return true;
}

/* Bytes of the valid multi-byte character at `text`, or 0. */
static size_t multibyte_length(const unsigned char *text)
{
	for (size_t i = 0; i < sizeof(utf8_forms) / sizeof(utf8_forms[0]); i++) {
		const struct utf8_form *form = &utf8_forms[i];

		if (text[0] >= form->lead_min && text[0] <= form->lead_max)
			return text[1] >= form->second_min && text[1] <= form->second_max &&
					       is_tail(text, 2, form->length)
				       ? form->length
				       : 0;
	}
	return 0;
}

static size_t as_hex(const unsigned char *text, size_t length, char *ret)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < length; i++) {
		ret[4 * i] = '\\';
		ret[4 * i + 1] = 'x';
		ret[4 * i + 2] = digits[text[i] >> 4];
		ret[4 * i + 3] = digits[text[i] & 0xf];
	}
	return 4 * length;
}

size_t mcd_escape(const char *name, char *ret, size_t *ret_length)
{
	const unsigned char *text = (const unsigned char *)name;
	size_t length = 1;

	if (text[0] == '\n' || text[0] == '\t') {
		ret[0] = '\\';
		ret[1] = text[0] == '\n' ? 'n' : 't';
		*ret_length = 2;
		return 1;
	}
	if (text[0] >= 0x80)
		length = multibyte_length(text);

	bool is_c1 = length == 2 && text[0] == 0xc2 && text[1] < 0xa0;

	if (text[0] < 0x20 || text[0] == 0x7f || !length || is_c1) {
		length = length ? length : 1;
		*ret_length = as_hex(text, length, ret);
		return length;
	}
	memcpy(ret, text, length);
	*ret_length = length;
	return length;
}
