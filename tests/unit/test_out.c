// SPDX-License-Identifier: GPL-2.0-or-later
/* The buffered writer and the column printer on top of it. */
#include <stdio.h>
#include <string.h>

#include "mcd/out.h"
#include "mcd/table.h"
#include "unit.h"

/* A sink that fails from its n-th write on. */
struct failing_sink {
	unsigned int nr_writes, fail_at;
	size_t bytes;
};

static enum mcd_status failing_write(void *sink, const char *bytes, size_t size)
{
	struct failing_sink *failing = sink;

	(void)bytes;
	if (++failing->nr_writes >= failing->fail_at)
		return MCD_INTERRUPTED;
	failing->bytes += size;
	return MCD_OK;
}

static struct capture capture;
static struct mcd_out out;

static int start(void **state)
{
	(void)state;
	memset(&capture, 0, sizeof(capture));
	mcd_out_init(&out, capture_write, &capture);
	return 0;
}

static void writes_nothing_before_a_flush(void **state)
{
	(void)state;
	mcd_out_text(&out, "abc");
	assert_int_equal(capture.used, 0);
	assert_int_equal(mcd_out_flush(&out), MCD_OK);
	assert_string_equal(capture.text, "abc");
	assert_int_equal(mcd_out_flush(&out), MCD_OK);
	assert_string_equal(capture.text, "abc");
}

static void keeps_bytes_as_they_are(void **state)
{
	static const char bytes[] = "a\0b\n\xff";

	(void)state;
	mcd_out_bytes(&out, bytes, 5);
	assert_int_equal(mcd_out_flush(&out), MCD_OK);
	assert_int_equal(capture.used, 5);
	assert_memory_equal(capture.text, bytes, 5);
}

static void formats_numbers(void **state)
{
	(void)state;
	mcd_out_printf(&out, "%d %s|%5u|", -7, "x", 42U);
	assert_int_equal(mcd_out_flush(&out), MCD_OK);
	assert_string_equal(capture.text, "-7 x|   42|");
}

static void cuts_formatted_text_at_511_bytes(void **state)
{
	char word[600];

	(void)state;
	memset(word, 'w', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	mcd_out_printf(&out, "%s", word);
	assert_int_equal(mcd_out_flush(&out), MCD_OK);
	assert_int_equal(capture.used, 511);
}

static void passes_long_text_on_complete(void **state)
{
	static char text[10001];

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		text[i] = (char)('a' + i % 26);
	mcd_out_text(&out, "head ");
	mcd_out_text(&out, text);
	mcd_out_escaped(&out, text);
	assert_int_equal(mcd_out_flush(&out), MCD_OK);
	assert_int_equal(capture.used, 5 + 2 * 10000);
	assert_memory_equal(capture.text, "head abc", 8);
	assert_memory_equal(capture.text + 5, text, 10000);
	assert_memory_equal(capture.text + 10005, text, 10000);
}

static void writes_as_soon_as_the_buffer_is_full(void **state)
{
	static char text[sizeof(out.buffer)];

	(void)state;
	memset(text, 't', sizeof(text));
	mcd_out_bytes(&out, text, sizeof(text) - 1);
	assert_int_equal(capture.used, 0);
	mcd_out_bytes(&out, text, 1);
	assert_int_equal(capture.used, sizeof(text));
}

static void remembers_the_first_failure(void **state)
{
	struct failing_sink sink = { .fail_at = 2 };
	char text[1000];

	(void)state;
	memset(text, 't', sizeof(text));
	mcd_out_init(&out, failing_write, &sink);
	for (int i = 0; i < 20; i++)
		mcd_out_bytes(&out, text, sizeof(text));
	assert_int_equal(out.status, MCD_INTERRUPTED);
	assert_int_equal(mcd_out_flush(&out), MCD_INTERRUPTED);
	assert_int_equal(sink.nr_writes, 2);
	assert_int_equal(sink.bytes, sizeof(out.buffer));
}

/* ---- the table ---- */

struct fruit {
	const char *name, *colour;
	unsigned int nr;
};

static const struct fruit fruits[] = {
	{ "apple", "red", 7 },
	{ "a\nb", "yellow and green", 12345678 },
	{ "", "", 0 },
};

static const char *cell_colour(const void *row, char ret[MCD_CELL_BYTES])
{
	snprintf(ret, MCD_CELL_BYTES, "%s", ((const struct fruit *)row)->colour);
	return ret;
}

static const char *cell_nr(const void *row, char ret[MCD_CELL_BYTES])
{
	snprintf(ret, MCD_CELL_BYTES, "%u", ((const struct fruit *)row)->nr);
	return ret;
}

static void print_name(struct mcd_out *to, const void *row)
{
	mcd_out_escaped(to, ((const struct fruit *)row)->name);
}

static const void *fruit_at(const void *rows, size_t i)
{
	return &((const struct fruit *)rows)[i];
}

static const struct mcd_column fruit_columns[] = {
	{ .header = "COLOUR", .is_left = true, .cell = cell_colour },
	{ .header = "NR", .cell = cell_nr },
	{ .header = "NAME", .print = print_name },
};

static const struct mcd_table fruit_table = { fruit_columns, ARRAY_SIZE(fruit_columns), fruit_at };

static void table_fits_its_content(void **state)
{
	(void)state;
	mcd_table_print(&out, &fruit_table, fruits, ARRAY_SIZE(fruits));
	assert_int_equal(mcd_out_flush(&out), MCD_OK);
	assert_string_equal(capture.text, "COLOUR                  NR  NAME\n"
					  "red                      7  apple\n"
					  "yellow and green  12345678  a\\nb\n"
					  "                         0  \n");
}

static void table_is_as_wide_as_its_headers(void **state)
{
	(void)state;
	mcd_table_print(&out, &fruit_table, fruits, 1);
	assert_int_equal(mcd_out_flush(&out), MCD_OK);
	assert_string_equal(capture.text, "COLOUR  NR  NAME\n"
					  "red      7  apple\n");
}

static void table_without_rows_has_a_header(void **state)
{
	(void)state;
	mcd_table_print(&out, &fruit_table, NULL, 0);
	assert_int_equal(mcd_out_flush(&out), MCD_OK);
	assert_string_equal(capture.text, "COLOUR  NR  NAME\n");
}

/* 200 lines are more than one buffer: the second write fails and the table ends early. */
static unsigned int nr_cells;

static const char *cell_counted(const void *row, char ret[MCD_CELL_BYTES])
{
	nr_cells++;
	return cell_colour(row, ret);
}

static const void *same_fruit(const void *rows, size_t i)
{
	(void)i;
	return rows;
}

static void table_stops_when_the_output_is_gone(void **state)
{
	static const struct mcd_column columns[] = {
		{ .header = "COLOUR", .is_left = true, .cell = cell_counted },
		{ .header = "NAME", .print = print_name },
	};
	static const struct mcd_table table = { columns, ARRAY_SIZE(columns), same_fruit };
	struct failing_sink sink = { .fail_at = 1 };

	(void)state;
	nr_cells = 0;
	mcd_out_init(&out, failing_write, &sink);
	mcd_table_print(&out, &table, &fruits[1], 10000);
	assert_int_equal(out.status, MCD_INTERRUPTED);
	/* Measuring asks for 10000 cells, printing for the few that fill the first buffer. */
	assert_in_range(nr_cells, 10001, 10400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(writes_nothing_before_a_flush, start),
		cmocka_unit_test_setup(keeps_bytes_as_they_are, start),
		cmocka_unit_test_setup(formats_numbers, start),
		cmocka_unit_test_setup(cuts_formatted_text_at_511_bytes, start),
		cmocka_unit_test_setup(passes_long_text_on_complete, start),
		cmocka_unit_test_setup(writes_as_soon_as_the_buffer_is_full, start),
		cmocka_unit_test_setup(remembers_the_first_failure, start),
		cmocka_unit_test_setup(table_fits_its_content, start),
		cmocka_unit_test_setup(table_is_as_wide_as_its_headers, start),
		cmocka_unit_test_setup(table_without_rows_has_a_header, start),
		cmocka_unit_test_setup(table_stops_when_the_output_is_gone, start),
	};

	return cmocka_run_group_tests_name("out", tests, NULL, NULL);
}
