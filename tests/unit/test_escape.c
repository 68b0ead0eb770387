// SPDX-License-Identifier: GPL-2.0-or-later
/* Names made safe for a terminal: what is escaped, what is left alone. */
#include <stdlib.h>
#include <string.h>

#include "mcd/escape.h"
#include "mcd/out.h"
#include "unit.h"

struct escape_case {
	const char *name;
	const char *escaped;
};

static const struct escape_case cases[] = {
	{ "", "" },
	{ "plain name:(7:x)", "plain name:(7:x)" },
	/* C0 and DEL */
	{ "a\nb\tc", "a\\nb\\tc" },
	{ "\x01\x1b[31m\x1f", "\\x01\\x1b[31m\\x1f" },
	{ "\r\b\v\f\a", "\\x0d\\x08\\x0b\\x0c\\x07" },
	{ "\x7f~", "\\x7f~" },
	/* C1, as UTF-8 writes them; U+00A0 is none of them */
	{ "\xc2\x80\xc2\x85\xc2\x9f", "\\xc2\\x80\\xc2\\x85\\xc2\\x9f" },
	{ "\xc2\xa0", "\xc2\xa0" },
	/* a backslash is never doubled: systemd's names hold such text */
	{ "dev-disk-by\\x2dlabel", "dev-disk-by\\x2dlabel" },
	{ "\\", "\\" },
	{ "\"'\\n", "\"'\\n" },
	/* UTF-8 of two, three and four bytes, the ends of each range */
	{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
	{ "\xdf\xbf", "\xdf\xbf" },
	{ "\xe0\xa0\x80\xe2\x82\xac\xef\xbf\xbf", "\xe0\xa0\x80\xe2\x82\xac\xef\xbf\xbf" },
	{ "\xed\x9f\xbf\xee\x80\x80", "\xed\x9f\xbf\xee\x80\x80" },
	{ "\xf0\x90\x80\x80\xf0\x9f\x98\x80", "\xf0\x90\x80\x80\xf0\x9f\x98\x80" },
	{ "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf" },
	/* overlong forms */
	{ "\xc0\xaf", "\\xc0\\xaf" },
	{ "\xc1\xbf", "\\xc1\\xbf" },
	{ "\xe0\x9f\xbf", "\\xe0\\x9f\\xbf" },
	{ "\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf" },
	/* surrogates, and beyond U+10FFFF */
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
	{ "\xed\xbf\xbf", "\\xed\\xbf\\xbf" },
	{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
	{ "\xf5\x80\xff\xfe", "\\xf5\\x80\\xff\\xfe" },
	/* a tail without a lead, a lead without its tail */
	{ "\x80"
	  "a\xbf",
	  "\\x80a\\xbf" },
	{ "\xc3(", "\\xc3(" },
	{ "\xe2\x82(", "\\xe2\\x82(" },
	{ "\xf0\x9f\x98(", "\\xf0\\x9f\\x98(" },
	{ "\xe2\xc3\xbc", "\\xe2\xc3\xbc" },
	/* cut off by the end of the string */
	{ "a\xc3", "a\\xc3" },
	{ "a\xe2", "a\\xe2" },
	{ "a\xe2\x82", "a\\xe2\\x82" },
	{ "a\xf0\x9f", "a\\xf0\\x9f" },
	{ "a\xf0\x9f\x98", "a\\xf0\\x9f\\x98" },
};

/* A copy that ends where the string ends, so that reading on is noticed. */
static char *exact_copy(const char *text)
{
	char *copy = malloc(strlen(text) + 1);

	assert_non_null(copy);
	return strcpy(copy, text);
}

static void escapes_every_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static struct capture capture;
		char *name = exact_copy(cases[i].name);
		struct mcd_out out;

		capture = (struct capture){ .used = 0 };
		mcd_out_init(&out, capture_write, &capture);
		mcd_out_escaped(&out, name);
		assert_int_equal(mcd_out_flush(&out), MCD_OK);
		assert_string_equal(capture.text, cases[i].escaped);
		free(name);
	}
}

static void tells_the_bytes_of_one_character(void **state)
{
	static const struct {
		const char *text;
		size_t nr_bytes, nr_escaped;
	} table[] = {
		{ "ab", 1, 1 },
		{ "\n", 1, 2 },
		{ "\x1b[", 1, 4 },
		{ "\xc2\x85x", 2, 8 },
		{ "\xe2\x82\xacx", 3, 3 },
		{ "\xf0\x9f\x98\x80x", 4, 4 },
		{ "\xff\xff", 1, 4 },
	};
	char escaped[MCD_ESCAPE_MAX];
	size_t length = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		assert_int_equal(mcd_escape(table[i].text, escaped, &length), table[i].nr_bytes);
		assert_int_equal(length, table[i].nr_escaped);
	}
}

/* Every byte on its own: printable ASCII stays, everything else is escaped. */
static void every_single_byte(void **state)
{
	(void)state;
	for (int byte = 1; byte < 256; byte++) {
		const char text[2] = { (char)byte, '\0' };
		char escaped[MCD_ESCAPE_MAX];
		size_t length = 0;

		assert_int_equal(mcd_escape(text, escaped, &length), 1);
		if (byte >= 0x20 && byte < 0x7f)
			assert_true(length == 1 && escaped[0] == (char)byte);
		else
			assert_true(length == (byte == '\n' || byte == '\t' ? 2 : 4) &&
				    escaped[0] == '\\');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_every_case),
		cmocka_unit_test(tells_the_bytes_of_one_character),
		cmocka_unit_test(every_single_byte),
	};

	return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
