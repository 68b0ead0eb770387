// SPDX-License-Identifier: GPL-2.0-or-later
/* Figures that keep known, n/a and unreadable apart, and the words of the enumerations. */
#include "decode.h"

struct mcd_figure mcd_figure_from(enum mcd_status status, uint64_t value)
{
	if (!status)
		return mcd_figure_known(value);
	return mcd_figure_none(status == MCD_ABSENT ? MCD_NA : MCD_UNREADABLE);
}

struct mcd_figure mcd_figure_count(enum mcd_status status, uint64_t value)
{
	return mcd_figure_scale(mcd_figure_from(status, value), 1);
}

struct mcd_figure mcd_figure_known(uint64_t value)
{
	return (struct mcd_figure){ .known = MCD_KNOWN, .value = value };
}

struct mcd_figure mcd_figure_none(enum mcd_known known)
{
	return (struct mcd_figure){ .known = known };
}

struct mcd_figure mcd_figure_minus(struct mcd_figure a, struct mcd_figure b)
{
	if (a.known == MCD_UNREADABLE || b.known == MCD_UNREADABLE)
		return mcd_figure_none(MCD_UNREADABLE);
	if (a.known == MCD_NA || b.known == MCD_NA)
		return mcd_figure_none(MCD_NA);
	return mcd_figure_known(a.value - b.value);
}

struct mcd_figure mcd_figure_scale(struct mcd_figure figure, uint64_t unit)
{
	if (figure.known != MCD_KNOWN)
		return figure;
	if (figure.value > INT64_MAX / unit)
		return mcd_figure_none(MCD_UNREADABLE);
	return mcd_figure_known(figure.value * unit);
}

bool mcd_figure_equal(struct mcd_figure a, struct mcd_figure b)
{
	return a.known == b.known && (a.known != MCD_KNOWN || a.value == b.value);
}
