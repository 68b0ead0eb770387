// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Folds paths to patterns. See fold.h.
 *
 * A path is words and what is between them. A word is letters and digits; `\x2d`, which systemd writes for
 * a byte, is none. At the start of each word the tables below are asked, in their order; what none of them
 * knows is kept. Stars with nothing but punctuation between them are one.
 */
#include "mcd/fold.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum {
	HEX_ID_DIGITS = 8,   /* as many hex digits in a row are an id, if one of them is a figure */
	RANDOM_LETTERS = 16, /* a word as long may be random letters and figures: */
	RANDOM_FIGURES = 3,  /* … with so many figures, */
	RANDOM_CHANGES = 3,  /* … and from letters to figures or back so often */
	TAIL_DIGITS = 3,     /* ext4, sda15 and x86 are names, job123 is not */
	ESCAPE_LENGTH = 4,   /* \x2d */
};

/* Of UTF-8, every byte of a character that is not ASCII. */
static bool is_word(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

static bool is_hex(char c)
{
	return isxdigit((unsigned char)c);
}

static bool is_figure(char c)
{
	return isdigit((unsigned char)c);
}

static size_t count(const char *at, bool (*is)(char))
{
	size_t nr = 0;

	while (is(at[nr]))
		nr++;
	return nr;
}

static bool has_figure(const char *at, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (is_figure(at[i]))
			return true;
	return false;
}

static size_t escape_length(const char *at)
{
	return at[0] == '\\' && at[1] == 'x' && is_hex(at[2]) && is_hex(at[3]) ? ESCAPE_LENGTH : 0;
}

/* ---- ids of a known form: how long it is, up to the end of a word; 0: there is none ---- */

static size_t uuid_with(const char *separator, const char *at)
{
	static const size_t groups[] = { 8, 4, 4, 4, 12 };
	size_t length = 0, between = strlen(separator);

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (i && strncmp(at + length, separator, between) != 0)
			return 0;
		length += i ? between : 0;
		if (count(at + length, is_hex) != groups[i])
			return 0;
		length += groups[i];
	}
	return is_word(at[length]) ? 0 : length;
}

/* 8-4-4-4-12 hex digits; kubelet writes _ for the -, and systemd \x2d. */
static size_t uuid(const char *at)
{
	static const char *const separators[] = { "-", "_", "\\x2d" };
	size_t length = 0;

	for (size_t i = 0; i < sizeof(separators) / sizeof(separators[0]) && !length; i++)
		length = uuid_with(separators[i], at);
	return length;
}

/* What docker, containerd, cri-o and git call things by, in full or cut short. */
static size_t hex_id(const char *at)
{
	size_t length = count(at, is_hex);

	return length >= HEX_ID_DIGITS && !is_word(at[length]) && has_figure(at, length) ? length
											 : 0;
}

static size_t id(const char *at)
{
	size_t length = uuid(at);

	return length ? length : hex_id(at);
}

/* Counters, pids, times; parts of an ISO date too: 20240131T235959Z, 31T23 of 2024-01-31T23:59:59Z, 59Z. */
static size_t number(const char *at)
{
	size_t length = count(at, is_figure);

	if (length && at[length] == 'T' && is_figure(at[length + 1]))
		length += 1 + count(at + length + 1, is_figure);
	if (length && at[length] == 'Z')
		length++;
	return is_word(at[length]) ? 0 : length;
}

/* An address of IPv6: sshd@3-2001:db8::1:22-2001:db8::2:40022.service. Those of IPv4 are numbers. */
static size_t ipv6(const char *at)
{
	size_t length = 0, nr_colons = 0;

	for (; is_hex(at[length]) || at[length] == ':'; length++)
		nr_colons += at[length] == ':';
	return nr_colons >= 2 && !is_word(at[length]) && has_figure(at, length) ? length : 0;
}

/* Random letters and figures, as of swarm, nix or an ULID. */
static size_t random_word(const char *at)
{
	size_t length = count(at, is_word), nr_figures = 0, nr_changes = 0;

	for (size_t i = 0; i < length; i++) {
		nr_figures += is_figure(at[i]);
		nr_changes += i && is_figure(at[i]) != is_figure(at[i - 1]);
	}
	return length >= RANDOM_LETTERS && nr_figures >= RANDOM_FIGURES &&
			       nr_changes >= RANDOM_CHANGES
		       ? length
		       : 0;
}

static size_t (*const shapes[])(const char *at) = { uuid, ipv6, number, hex_id, random_word };

/* ---- words that go together ---- */

enum form_use {
	FOLDED,
	KEPT,
	KEPT_IN_FRONT, /* of a component; elsewhere it is another thing */
};

/*
 * # is figures, % an id, & the rest of a word; all else is itself. The whole must end where a word ends.
 * Uids stay: they name who produces, and do not count up.
 */
static const struct form {
	const char *text;
	enum form_use use;
} forms[] = {
	{ "user-#", KEPT_IN_FRONT },		 /* user-1000.slice */
	{ "user@#", KEPT_IN_FRONT },		 /* user@1000.service */
	{ "user-runtime-dir@#", KEPT_IN_FRONT }, /* user-runtime-dir@1000.service */
	{ "uid_#", KEPT_IN_FRONT },		 /* of slurm: uid_1000/job_5/step_0 */
	{ "x86_64", KEPT },
	{ "i386", KEPT },
	{ "i486", KEPT },
	{ "i586", KEPT },
	{ "i686", KEPT },
	{ "sha256", KEPT },
	{ "sha512", KEPT },
	{ "session-c#", FOLDED }, /* of logind, where audit has no session: session-c2.scope */
	{ "run-u#", FOLDED },	  /* of systemd-run: run-u77.service */
	{ "run-r%", FOLDED },	  /* run-r4f…32 digits.service */
	{ "run-p#-i#", FOLDED },  /* since systemd 257: run-p1234-i5678.service */
	{ "pod%", FOLDED },	  /* of kubelet: kubepods-burstable-pod4c9d…_….slice */
	{ "runc.&", FOLDED },	  /* of docker's mounts: runc.XyZ12a */
};

static size_t rest_of_word(const char *at)
{
	return count(at, is_word);
}

static size_t figures(const char *at)
{
	return count(at, is_figure);
}

/* What a letter of a form stands for; NULL: for itself. */
static size_t (*wildcard(char letter))(const char *at)
{
	switch (letter) {
	case '#':
		return figures;
	case '%':
		return id;
	case '&':
		return rest_of_word;
	default:
		return NULL;
	}
}

/* ---- the work ---- */

struct folding {
	const char *path;
	const char *at; /* what of it is still to be read */
	char *out;
	char *star_end; /* behind the last star, if only punctuation came since; else NULL */
};

static void emit_star(struct folding *folding, size_t length)
{
	if (folding->star_end)
		folding->out = folding->star_end;
	else
		*folding->out++ = '*';
	folding->star_end = folding->out;
	folding->at += length;
}

static void emit(struct folding *folding, size_t length)
{
	memcpy(folding->out, folding->at, length);
	folding->out += length;
	folding->at += length;
}

/* What may stand between parts of one id. */
static bool is_punctuation(const char *at, size_t length)
{
	return length == ESCAPE_LENGTH || strchr("-_.:,", *at);
}

static void fold_separator(struct folding *folding)
{
	size_t length = escape_length(folding->at);

	if (!length)
		length = 1;
	if (!is_punctuation(folding->at, length))
		folding->star_end = NULL;
	emit(folding, length);
}

static void keep(struct folding *folding, size_t length)
{
	folding->star_end = NULL;
	emit(folding, length);
}

/* How much of `at` the form is; 0: it is another. */
static size_t form_length(const char *form, const char *at)
{
	size_t length = 0;

	for (; *form; form++) {
		size_t (*stands_for)(const char *) = wildcard(*form);
		size_t part = stands_for ? stands_for(at + length) : at[length] == *form;

		if (!part)
			return 0;
		length += part;
	}
	return is_word(at[length]) ? 0 : length;
}

static bool fold_form(struct folding *folding, const struct form *form)
{
	bool is_front = folding->at == folding->path || folding->at[-1] == '/';
	size_t length = form_length(form->text, folding->at);

	if (!length || (form->use == KEPT_IN_FRONT && !is_front))
		return false;
	if (form->use != FOLDED) {
		keep(folding, length);
		return true;
	}
	for (const char *letter = form->text; *letter; letter++) {
		size_t (*stands_for)(const char *) = wildcard(*letter);

		if (stands_for)
			emit_star(folding, stands_for(folding->at));
		else
			keep(folding, 1);
	}
	return true;
}

/* php8.2, go1.21: a version, where a name stands before it. */
static size_t version(const char *at)
{
	size_t length = 0, nr = 0;

	while (isalpha((unsigned char)at[length]))
		length++;
	nr = count(at + length, is_figure);
	if (!length || !nr || nr >= TAIL_DIGITS || at[length + nr] != '.')
		return 0;
	for (length += nr; at[length] == '.' && is_figure(at[length + 1]); length += 1 + nr)
		nr = count(at + length + 1, is_figure);
	return is_word(at[length]) ? 0 : length;
}

/* A counter behind a name: job123. */
static void fold_tail(struct folding *folding)
{
	size_t length = count(folding->at, is_word), nr = 0;

	while (nr < length && is_figure(folding->at[length - nr - 1]))
		nr++;
	if (nr < TAIL_DIGITS)
		nr = 0;
	keep(folding, length - nr);
	if (nr)
		emit_star(folding, nr);
}

static void fold_word(struct folding *folding)
{
	size_t length = 0;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (fold_form(folding, &forms[i]))
			return;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		length = shapes[i](folding->at);
		if (length) {
			emit_star(folding, length);
			return;
		}
	}
	length = version(folding->at);
	if (length)
		keep(folding, length);
	else
		fold_tail(folding);
}

void mcd_fold_path(const char *path, char *ret)
{
	struct folding folding = { .path = path, .at = path, .out = ret };

	while (*folding.at) {
		if (is_word(*folding.at))
			fold_word(&folding);
		else
			fold_separator(&folding);
	}
	*folding.out = '\0';
}
