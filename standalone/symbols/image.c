// SPDX-License-Identifier: GPL-2.0-or-later
/* Symbols of a vmlinux: one pass over its .symtab. See symbols.h. */
#include <limits.h>
#include <string.h>

#include "standalone/symbols/symbols.h"
#include "standalone/vmlinux/image.h"

/* The name in a string table, bounded by it; NULL where it is not inside. */
static const char *name_at(const Elf_Data *names, size_t offset, size_t *ret_length)
{
	const char *text = names->d_buf;

	if (offset >= names->d_size)
		return NULL;
	*ret_length = strnlen(text + offset, names->d_size - offset);
	return text + offset;
}

/* Offers the symbols from `first` up to `end`, or to the table's end. */
static void offer(struct mcd_symbols *symbols, Elf_Data *table, const Elf_Data *names, int first,
		  int end)
{
	GElf_Sym symbol;

	for (int i = first; i < end && gelf_getsym(table, i, &symbol); i++) {
		size_t length = 0;
		const char *name = name_at(names, symbol.st_name, &length);

		if (name && symbol.st_shndx != SHN_UNDEF)
			mcd_wanted_offer(&symbols->wanted, name, length, symbol.st_value);
	}
}

enum mcd_status mcd_symbols_from_image(struct mcd_symbols *symbols, struct mcd_image *image,
				       struct mcd_error *error)
{
	GElf_Shdr header;
	Elf_Scn *section = mcd_image_section(image, SHT_SYMTAB, NULL, &header);
	Elf_Scn *name_section = section ? elf_getscn(image->elf, header.sh_link) : NULL;
	Elf_Data *table = section ? elf_getdata(section, NULL) : NULL;
	Elf_Data *names = name_section ? elf_getdata(name_section, NULL) : NULL;
	int first_global;

	if (!table || !names || !names->d_buf)
		return mcd_error_set(error, MCD_ABSENT,
				     "%s: has no symbol table: was it stripped, or cut short?",
				     image->path);
	/* Local symbols come first, and may have the name of a global one: elf(5), sh_info. */
	first_global = header.sh_info < INT_MAX ? (int)header.sh_info : 0;
	offer(symbols, table, names, first_global, INT_MAX);
	offer(symbols, table, names, 0, first_global);
	return MCD_OK;
}
