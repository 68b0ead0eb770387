// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Symbols of the kernel's own table in the dump. See symbols.h.
 *
 * kallsyms_names holds one entry per symbol, sorted by address: a length (one byte, or two where
 * the first has bit 7 set), then so many indexes into a table of 256 tokens, whose texts joined
 * are the type letter and the name. What kallsyms_offsets holds has changed several times and the
 * dump does not tell which form it has, so that each is tried on a symbol whose address
 * VMCOREINFO knows.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "standalone/dump/dump.h"
#include "standalone/symbols/symbols.h"

enum {
	NR_TOKENS = 256,
	TOKENS_BYTES_MAX = 8192,	      /* of all tokens: a text has a few bytes each */
	NAME_BYTES_MAX = 1024,		      /* the kernel's KSYM_NAME_LEN is 128, later 512 */
	ENTRY_BYTES_MAX = 2 + NAME_BYTES_MAX, /* no token is empty */
	NR_SYMBOLS_MAX = 1 << 22,
	CHUNK_BYTES = 1 << 16,
};

struct table {
	struct mcd_dump *dump;
	uint64_t names, values;	  /* addresses of kallsyms_names, and of offsets or addresses */
	uint64_t base;		  /* *kallsyms_relative_base */
	bool has_base, has_words; /* words: whole addresses, not 32-bit offsets */
	uint32_t nr;
	unsigned char token_length[NR_TOKENS];
	const char *token[NR_TOKENS]; /* in token_text */
	char token_text[TOKENS_BYTES_MAX];
};

/* Names as a stream of entries, read in chunks. */
struct stream {
	struct mcd_dump *dump;
	uint64_t next; /* address of what follows the chunk */
	size_t at, filled;
	unsigned char chunk[CHUNK_BYTES];
};

/* One entry of the names: indexes of tokens, in the stream's chunk until the next one. */
struct entry {
	const unsigned char *tokens;
	size_t nr_tokens;
};

/* One wanted name that was seen, and where in the table. */
struct sighting {
	const struct mcd_wanted *symbol;
	uint32_t index;
	bool is_global; /* its type letter is a capital */
};

/* ---- the forms of a value; see kallsyms_sym_address() in kernel/kallsyms.c ---- */

static uint64_t whole_address(const struct table *table, uint32_t index, uint64_t raw)
{
	(void)table;
	(void)index;
	return raw;
}

static uint64_t above_base(const struct table *table, uint32_t index, uint64_t raw)
{
	(void)index;
	return table->base + (uint32_t)raw;
}

/* CONFIG_KALLSYMS_ABSOLUTE_PERCPU: what is not negative is an address of per-cpu data. */
static uint64_t below_base(const struct table *table, uint32_t index, uint64_t raw)
{
	int32_t offset = (int32_t)raw;

	(void)index;
	return offset >= 0 ? (uint64_t)offset : table->base - 1 - (uint64_t)(int64_t)offset;
}

/* Since kallsyms_relative_base is gone: relative to where the value itself is. */
static uint64_t from_itself(const struct table *table, uint32_t index, uint64_t raw)
{
	return table->values + 4 * (uint64_t)index + (uint64_t)(int64_t)(int32_t)raw;
}

typedef uint64_t (*form_fn)(const struct table *table, uint32_t index, uint64_t raw);

static const struct {
	bool needs_words, needs_base;
	form_fn address;
} forms[] = {
	{ true, false, whole_address },	 { false, true, below_base },
	{ false, true, above_base },	 { false, false, from_itself },
	{ false, false, whole_address },
};

/* ---- reading ---- */

static enum mcd_status unreadable(const struct mcd_dump *dump, const char *what,
				  struct mcd_error *error)
{
	return mcd_error_set(error, MCD_FAULT, "%s: %s: not readable in the dump", dump->path,
			     what);
}

/* Up to `size` bytes, less where the memory after them cannot be read. */
static size_t read_some(struct mcd_dump *dump, uint64_t addr, void *buffer, size_t size)
{
	while (size && mcd_dump_read(dump, addr, buffer, size))
		size /= 2;
	return size;
}

static bool locate(struct table *table)
{
	struct mcd_dump *dump = table->dump;
	uint64_t nr_at = 0, base_at = 0, nr = 0;

	if (!mcd_dump_info_symbol(dump, "kallsyms_names", &table->names) ||
	    !mcd_dump_info_symbol(dump, "kallsyms_num_syms", &nr_at))
		return false;
	table->has_words = !mcd_dump_info_symbol(dump, "kallsyms_offsets", &table->values);
	if (table->has_words && !mcd_dump_info_symbol(dump, "kallsyms_addresses", &table->values))
		return false;
	table->has_base = mcd_dump_info_symbol(dump, "kallsyms_relative_base", &base_at) &&
			  mcd_dump_read_uint(dump, base_at, dump->word_bytes, &table->base);
	if (!mcd_dump_read_uint(dump, nr_at, 4, &nr) || nr > NR_SYMBOLS_MAX)
		return false;
	table->nr = (uint32_t)nr;
	return true;
}

static bool read_tokens(struct table *table)
{
	struct mcd_dump *dump = table->dump;
	uint64_t text_at = 0, index_at = 0;
	unsigned char index[2 * NR_TOKENS];
	size_t size;

	if (!mcd_dump_info_symbol(dump, "kallsyms_token_table", &text_at) ||
	    !mcd_dump_info_symbol(dump, "kallsyms_token_index", &index_at) ||
	    mcd_dump_read(dump, index_at, index, sizeof(index)))
		return false;
	size = read_some(dump, text_at, table->token_text, sizeof(table->token_text));
	for (size_t i = 0; i < NR_TOKENS; i++) {
		size_t at = (size_t)mcd_dump_uint(dump, index + 2 * i, 2);
		size_t length = at < size ? strnlen(table->token_text + at, size - at) : size;

		if (at + length >= size || length > UINT8_MAX)
			return false;
		table->token[i] = table->token_text + at;
		table->token_length[i] = (unsigned char)length;
	}
	return true;
}

/* Makes sure that a whole entry is in the chunk, if so much can be read. */
static void refill(struct stream *stream)
{
	size_t rest = stream->filled - stream->at, got;

	if (rest >= ENTRY_BYTES_MAX)
		return;
	memmove(stream->chunk, stream->chunk + stream->at, rest);
	got = read_some(stream->dump, stream->next, stream->chunk + rest,
			sizeof(stream->chunk) - rest);
	stream->next += got;
	stream->filled = rest + got;
	stream->at = 0;
}

/* False at the end of what can be read, or where the table contradicts itself. */
static bool next_entry(struct stream *stream, struct entry *ret)
{
	const unsigned char *bytes;
	size_t header = 1, rest;

	refill(stream);
	bytes = stream->chunk + stream->at;
	rest = stream->filled - stream->at;
	if (rest < 2)
		return false;
	ret->nr_tokens = bytes[0];
	if (bytes[0] & 0x80) {
		ret->nr_tokens = (size_t)(bytes[0] & 0x7f) | (size_t)bytes[1] << 7;
		header = 2;
	}
	if (ret->nr_tokens > NAME_BYTES_MAX || header + ret->nr_tokens > rest)
		return false;
	ret->tokens = bytes + header;
	stream->at += header + ret->nr_tokens;
	return true;
}

/* How long the type letter and the name of an entry are together. */
static size_t length_of(const struct table *table, const struct entry *entry)
{
	size_t length = 0;

	for (size_t i = 0; i < entry->nr_tokens; i++)
		length += table->token_length[entry->tokens[i]];
	return length;
}

static void expand(const struct table *table, const struct entry *entry, char *ret)
{
	for (size_t i = 0; i < entry->nr_tokens; i++) {
		unsigned char token = entry->tokens[i];

		memcpy(ret, table->token[token], table->token_length[token]);
		ret += table->token_length[token];
	}
}

/* Whether an entry is a wanted symbol. Most are told by their length alone. */
static bool is_wanted(const struct mcd_symbols *symbols, const struct table *table,
		      const struct entry *entry, struct sighting *ret)
{
	char name[MCD_WANTED_BYTES_MAX + 1];
	size_t length = length_of(table, entry);

	if (length < 2 || !mcd_wanted_is_length(&symbols->wanted, length - 1))
		return false;
	name[0] = '\0'; /* tokens of a damaged table may be empty */
	expand(table, entry, name);
	ret->symbol = mcd_wanted_find(&symbols->wanted, name + 1, length - 1);
	ret->is_global = name[0] >= 'A' && name[0] <= 'Z';
	return ret->symbol;
}

/* Where the wanted names are; `*ret_nr` of at most `max`. False where the table is damaged. */
static bool see_names(const struct mcd_symbols *symbols, const struct table *table,
		      struct stream *stream, struct sighting *sightings, size_t max, size_t *ret_nr)
{
	*ret_nr = 0;
	for (uint32_t i = 0; i < table->nr; i++) {
		struct entry entry;

		if (!next_entry(stream, &entry))
			return false;
		if (*ret_nr < max && is_wanted(symbols, table, &entry, &sightings[*ret_nr]))
			sightings[(*ret_nr)++].index = i;
	}
	return true;
}

/* ---- from sightings to addresses ---- */

static bool value_of(const struct table *table, uint32_t index, uint64_t *ret)
{
	size_t size = table->has_words ? table->dump->word_bytes : 4;

	return mcd_dump_read_uint(table->dump, table->values + index * (uint64_t)size, size, ret);
}

static uint64_t address_of(const struct table *table, form_fn form, uint32_t index, uint64_t raw)
{
	uint64_t address = form(table, index, raw);

	return table->dump->word_bytes == 4 ? (uint32_t)address : address;
}

/* What VMCOREINFO has for mem_section is where that points: VMCOREINFO_SYMBOL_ARRAY(), since v4.15. */
static bool find_known(const struct table *table, const char *name, uint64_t *ret)
{
	return strcmp(name, "mem_section") != 0 && mcd_dump_info_symbol(table->dump, name, ret);
}

/* True where `form` gives every address that VMCOREINFO has for one of the sightings. */
static bool is_form(const struct table *table, form_fn form, const struct sighting *sightings,
		    size_t nr)
{
	bool is_confirmed = false;

	for (size_t i = 0; i < nr; i++) {
		uint64_t known = 0, raw = 0;

		if (!sightings[i].is_global ||
		    !find_known(table, sightings[i].symbol->name, &known) ||
		    !value_of(table, sightings[i].index, &raw))
			continue;
		if (address_of(table, form, sightings[i].index, raw) != known)
			return false;
		is_confirmed = true;
	}
	return is_confirmed;
}

static form_fn find_form(const struct table *table, const struct sighting *sightings, size_t nr)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (forms[i].needs_words == table->has_words &&
		    forms[i].needs_base == table->has_base &&
		    is_form(table, forms[i].address, sightings, nr))
			return forms[i].address;
	return NULL;
}

/* Global symbols before local ones, which may have the same name. */
static void offer(struct mcd_symbols *symbols, const struct table *table, form_fn form,
		  const struct sighting *sightings, size_t nr, bool is_global)
{
	for (size_t i = 0; i < nr; i++) {
		const struct mcd_wanted *symbol = sightings[i].symbol;
		uint64_t raw = 0;

		if (sightings[i].is_global == is_global &&
		    value_of(table, sightings[i].index, &raw))
			mcd_wanted_offer(&symbols->wanted, symbol->name, symbol->length,
					 address_of(table, form, sightings[i].index, raw));
	}
}

static enum mcd_status offer_all(struct mcd_symbols *symbols, const struct table *table,
				 const struct sighting *sightings, size_t nr,
				 struct mcd_error *error)
{
	form_fn form = find_form(table, sightings, nr);

	if (!form)
		return mcd_error_set(error, MCD_CORRUPT,
				     "%s: kallsyms: it is damaged, or none of the known forms of "
				     "its offsets fits",
				     table->dump->path);
	offer(symbols, table, form, sightings, nr, true);
	offer(symbols, table, form, sightings, nr, false);
	return MCD_OK;
}

static enum mcd_status read_table(struct mcd_symbols *symbols, struct table *table,
				  struct stream *stream, struct mcd_error *error)
{
	struct sighting sightings[256];
	size_t nr = 0;

	if (!read_tokens(table))
		return unreadable(table->dump, "kallsyms_token_table", error);
	stream->dump = table->dump;
	stream->next = table->names;
	if (!see_names(symbols, table, stream, sightings, sizeof(sightings) / sizeof(sightings[0]),
		       &nr))
		return unreadable(table->dump, "kallsyms_names", error);
	return offer_all(symbols, table, sightings, nr, error);
}

enum mcd_status mcd_symbols_from_kallsyms(struct mcd_symbols *symbols, struct mcd_dump *dump,
					  struct mcd_error *error)
{
	struct table *table = calloc(1, sizeof(*table));
	struct stream *stream = calloc(1, sizeof(*stream));
	enum mcd_status status;

	if (!table || !stream)
		status = mcd_error_set(error, MCD_NO_MEMORY, "kallsyms");
	else if (table->dump = dump, !locate(table))
		status = mcd_error_set(error, MCD_ABSENT, "%s: %s", dump->path,
				       dump->has_info
					       ? "its VMCOREINFO does not locate kallsyms"
					       : "has no VMCOREINFO, which locates kallsyms");
	else
		status = read_table(symbols, table, stream, error);
	free(table);
	free(stream);
	return status;
}
