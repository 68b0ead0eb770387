// SPDX-License-Identifier: GPL-2.0-or-later
/* The ledger as text: a block for each memcg, then what all of them add up to. */
#include <inttypes.h>
#include <stdio.h>

#include "format.h"

enum { PINS_OF_A_KIND = 8 };

/* "1 reference", "5 references". */
static void print_refs(struct mcd_out *out, uint64_t nr)
{
	mcd_out_printf(out, "%" PRIu64 " reference%s", nr, nr == 1 ? "" : "s");
}

static void print_balance(struct mcd_out *out, const struct mcd_balance *balance)
{
	if (balance->known == MCD_UNREADABLE)
		mcd_out_text(out, ", which cannot be compared with the pins");
	else if (balance->known == MCD_NA)
		mcd_out_text(out, ", tasks and its directory among them");
	else if (!balance->value)
		mcd_out_text(out, ", all explained");
	else if (balance->value > 0)
		mcd_out_printf(out, ", %" PRId64 " %s", balance->value,
			       balance->is_open ? "not found" : "unexplained");
	else
		mcd_out_printf(out, ", %" PRId64 " fewer than pins", -balance->value);
}

static void print_head(struct mcd_out *out, const struct mcd_memcg *memcg)
{
	char figure[MCD_FIGURE_TEXT];

	mcd_out_text(out, "\t");
	if (memcg->refs.known == MCD_KNOWN)
		print_refs(out, memcg->refs.value);
	else
		mcd_out_printf(out, "%s references", mcd_format_figure(memcg->refs, figure));
	if (memcg->ledger)
		print_balance(out, &memcg->ledger->unexplained);
	else
		mcd_out_text(out, ", not looked at");
	mcd_out_text(out, "\n");
}

/* A bound; where the kernel leaves none there is no line. */
static void print_age(struct mcd_out *out, const struct mcd_age *age)
{
	char text[MCD_FIGURE_TEXT];

	if (age->at_least_ms.known == MCD_KNOWN)
		mcd_out_printf(out, "\tage: at least %s (%s)\n",
			       mcd_format_duration(age->at_least_ms.value, text),
			       mcd_age_name(age->source));
	else if (age->at_least_ms.known == MCD_UNREADABLE)
		mcd_out_text(out, "\tage: unreadable\n");
}

static void print_pin(struct mcd_out *out, const struct mcd_pin_row *pin)
{
	mcd_out_printf(out, "\t%8" PRIu64 "  %-10s", pin->nr_refs, mcd_pin_name(pin->kind));
	if (pin->bytes.known == MCD_KNOWN)
		mcd_out_printf(out, "  %12" PRIu64 " bytes", pin->bytes.value);
	else if (*pin->detail)
		mcd_out_printf(out, "  %18s", "");
	if (*pin->detail) {
		mcd_out_text(out, "  ");
		mcd_out_escaped(out, pin->detail);
	}
	mcd_out_text(out, "\n");
}

/* Of a kind that has many, the first are printed, and the others in one line: sockets come by hundreds. */
static size_t print_kind(struct mcd_out *out, const struct mcd_pin_row *pins, size_t nr)
{
	struct mcd_pin_row rest = { .kind = pins[0].kind };
	char words[48];
	size_t nr_kind = 0, nr_shown = 0;

	while (nr_kind < nr && pins[nr_kind].kind == pins[0].kind)
		nr_kind++;
	nr_shown = nr_kind > PINS_OF_A_KIND ? PINS_OF_A_KIND - 1 : nr_kind;
	for (size_t i = 0; i < nr_shown; i++)
		print_pin(out, &pins[i]);
	if (nr_shown == nr_kind)
		return nr_kind;
	for (size_t i = nr_shown; i < nr_kind; i++) {
		rest.nr_refs += pins[i].nr_refs;
		if (pins[i].bytes.known != MCD_KNOWN)
			continue;
		rest.bytes.known = MCD_KNOWN;
		rest.bytes.value += pins[i].bytes.value;
	}
	snprintf(words, sizeof(words), "%zu more (-j has each)", nr_kind - nr_shown);
	rest.detail = words;
	print_pin(out, &rest);
	return nr_kind;
}

static void print_memcg(struct mcd_out *out, const struct mcd_memcg *memcg)
{
	const struct mcd_ledger *ledger = memcg->ledger;

	mcd_format_path(out, memcg);
	mcd_out_text(out, ":\n");
	print_head(out, memcg);
	print_age(out, &memcg->age);
	for (size_t i = 0; ledger && i < ledger->nr_pins;)
		i += print_kind(out, &ledger->pins[i], ledger->nr_pins - i);
	for (size_t i = 0; ledger && i < ledger->nr_verdicts; i++) {
		mcd_out_text(out, "\t-> ");
		mcd_out_escaped(out, ledger->verdicts[i].text);
		mcd_out_text(out, "\n");
	}
}

static void print_total(struct mcd_out *out, const struct mcd_audit_summary *audit, int pin)
{
	const struct mcd_pin_row *total = &audit->totals[pin];

	mcd_out_printf(out, "%-10s  %6zu  %8" PRIu64, mcd_pin_name(pin),
		       audit->nr_pinned_memcgs[pin], total->nr_refs);
	if (total->bytes.known == MCD_KNOWN)
		mcd_out_printf(out, "  %12" PRIu64, total->bytes.value);
	mcd_out_text(out, "\n");
}

static void print_verdicts(struct mcd_out *out, const struct mcd_audit_summary *audit)
{
	for (int kind = 0; kind < MCD_NR_VERDICTS; kind++)
		if (audit->nr_verdict_memcgs[kind])
			mcd_out_printf(out, "-> %s: %zu of %zu memory cgroups\n",
				       mcd_verdict_words(kind), audit->nr_verdict_memcgs[kind],
				       audit->nr_memcgs);
}

/* Of more than one memcg. */
static void print_summary(struct mcd_out *out, const struct mcd_audit_summary *audit)
{
	if (audit->nr_memcgs < 2)
		return;
	mcd_out_printf(out, "\n%-10s  %6s  %8s  %12s\n", "PIN", "MEMCGS", "REFS", "BYTES");
	for (int pin = 0; pin < MCD_NR_PINS; pin++)
		if (audit->nr_pinned_memcgs[pin])
			print_total(out, audit, pin);
	mcd_out_printf(out, "%-10s  %6zu  %8" PRId64 "\n",
		       audit->is_partial || audit->is_lossy ? "not found" : "unexplained",
		       audit->nr_unexplained_memcgs, audit->nr_unexplained_refs);
	print_verdicts(out, audit);
}

void mcd_report_pins(struct mcd_out *out, const struct mcd_report *report)
{
	for (size_t i = 0; i < report->nr_rows && !out->status; i++)
		print_memcg(out, report->rows[i]);
	mcd_format_footer(out, report);
	if (report->audit->is_made)
		print_summary(out, report->audit);
}
