// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Types from DWARF, without an index of it. See types.h.
 *
 * A name's home functions (layout.def) lead through .debug_aranges to a compile unit, whose
 * top-level entries are read once; everything wanted that is among them is remembered. Only where
 * no home leads anywhere (no .debug_aranges, renamed functions) all units are read, once.
 */
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/version.h>
#include <stdlib.h>
#include <string.h>

#include "mcd/layout.h"
#include "standalone/interrupt.h"
#include "standalone/symbols/symbols.h"
#include "standalone/types/types.h"
#include "standalone/vmlinux/image.h"
#include "standalone/wanted.h"

enum {
	UNITS_MAX = 64,
	NESTING_MAX = 16,
	ENTRY_BYTES = 16, /* more than gcc leaves out of a range: read_home() */
};

struct dwarf_types {
	struct mcd_types types;
	Dwarf *dwarf;
	const struct mcd_symbols *symbols;
	struct mcd_types_wanted wanted;
	Dwarf_Off units[UNITS_MAX]; /* that have been read */
	size_t nr_units;
	bool is_all_read;
};

/* ---- reading a unit ---- */

/* Only a signed form has a sign: gcc writes 200 as one byte without one. */
static bool value_of(Dwarf_Die *enumerator, uint64_t *ret)
{
	Dwarf_Attribute attribute;
	Dwarf_Word word = 0;
	Dwarf_Sword sword = 0;
	unsigned int form;
	bool is_signed;

	if (!dwarf_attr(enumerator, DW_AT_const_value, &attribute))
		return false;
	form = dwarf_whatform(&attribute);
	is_signed = form == DW_FORM_sdata || form == DW_FORM_implicit_const;
	if (is_signed ? dwarf_formsdata(&attribute, &sword) : dwarf_formudata(&attribute, &word))
		return false;
	*ret = is_signed ? (uint64_t)sword : word;
	return true;
}

static void take_enumerators(struct dwarf_types *self, Dwarf_Die *enumeration)
{
	Dwarf_Die die;

	if (dwarf_child(enumeration, &die))
		return;
	do {
		const char *name = dwarf_diename(&die);
		size_t length = name ? strlen(name) : 0;
		uint64_t value = 0;

		if (mcd_wanted_find(&self->wanted.enumerators, name, length) &&
		    value_of(&die, &value))
			mcd_wanted_offer(&self->wanted.enumerators, name, length, value);
	} while (dwarf_siblingof(&die, &die) == 0);
}

static void take_struct(struct dwarf_types *self, Dwarf_Die *die)
{
	const char *name = dwarf_diename(die);
	size_t length = name ? strlen(name) : 0;

	if (mcd_wanted_find(&self->wanted.structs, name, length) &&
	    !dwarf_hasattr(die, DW_AT_declaration))
		mcd_wanted_offer(&self->wanted.structs, name, length, dwarf_dieoffset(die));
}

/* The top-level entries: types of C are nowhere else. */
static void read_unit(struct dwarf_types *self, Dwarf_Die *unit)
{
	Dwarf_Die die;

	if (dwarf_child(unit, &die))
		return;
	do {
		switch (dwarf_tag(&die)) {
		case DW_TAG_structure_type:
		case DW_TAG_union_type:
			take_struct(self, &die);
			break;
		case DW_TAG_enumeration_type:
			take_enumerators(self, &die);
			break;
		default:
			break;
		}
	} while (dwarf_siblingof(&die, &die) == 0);
}

/* Reads the unit unless it has been read. */
static void read_unit_once(struct dwarf_types *self, Dwarf_Die *unit)
{
	Dwarf_Off offset = dwarf_dieoffset(unit);

	for (size_t i = 0; i < self->nr_units; i++)
		if (self->units[i] == offset)
			return;
	if (self->nr_units < UNITS_MAX)
		self->units[self->nr_units++] = offset;
	read_unit(self, unit);
}

static enum mcd_status read_all_units(struct dwarf_types *self)
{
	Dwarf_CU *unit = NULL;
	Dwarf_Die die;
	uint8_t type = 0;

	if (self->is_all_read)
		return MCD_OK;
	while (dwarf_get_units(self->dwarf, unit, &unit, NULL, &type, &die, NULL) == 0) {
		if (mcd_interrupt_is_pending())
			return MCD_INTERRUPTED;
		read_unit(self, &die);
	}
	self->is_all_read = true;
	return MCD_OK;
}

/* ---- finding a name ---- */

/*
 * Reads the unit of one home function; false where it leads to none. On aarch64 the range of a function
 * outside .text begins behind what its first instructions are patched to when it is traced
 * (-fpatchable-function-entry of gcc 12).
 */
static bool read_home(struct dwarf_types *self, const char *function, size_t length)
{
	const struct mcd_wanted *symbol = mcd_wanted_find(&self->symbols->wanted, function, length);
	Dwarf_Die unit;

	if (!symbol || !symbol->is_found ||
	    (!dwarf_addrdie(self->dwarf, symbol->value, &unit) &&
	     !dwarf_addrdie(self->dwarf, symbol->value + ENTRY_BYTES, &unit)))
		return false;
	read_unit_once(self, &unit);
	return true;
}

/* Reads homes until one has the name; true where any home led to a unit. */
static bool read_homes(struct dwarf_types *self, const struct mcd_wanted *wanted)
{
	const char *at = wanted->homes;
	bool has_home = false;

	while (*at && !wanted->is_found) {
		size_t length = strcspn(at, " ");

		has_home |= read_home(self, at, length);
		at += length + strspn(at + length, " ");
	}
	return has_home;
}

static enum mcd_status find(struct dwarf_types *self, const struct mcd_wanted_set *set,
			    const char *name, uint64_t *ret)
{
	const struct mcd_wanted *wanted = mcd_wanted_find(set, name, strlen(name));
	enum mcd_status status = MCD_OK;

	if (!wanted)
		return MCD_ABSENT;
	if (!wanted->is_found && !read_homes(self, wanted))
		status = read_all_units(self);
	if (status)
		return status;
	*ret = wanted->value;
	return wanted->is_found ? MCD_OK : MCD_ABSENT;
}

static enum mcd_status find_struct(struct dwarf_types *self, const char *type, Dwarf_Die *ret)
{
	uint64_t offset = 0;
	enum mcd_status status = find(self, &self->wanted.structs, type, &offset);

	if (!status && !dwarf_offdie(self->dwarf, offset, ret))
		status = MCD_FAULT;
	return status;
}

/* ---- members ---- */

/* The type that an entry refers to, without typedefs and qualifiers. */
static bool type_of(Dwarf_Die *die, Dwarf_Die *ret)
{
	Dwarf_Attribute attribute;

	return dwarf_formref_die(dwarf_attr_integrate(die, DW_AT_type, &attribute), ret) &&
	       dwarf_peel_type(ret, ret) == 0;
}

/* Where a member begins: a constant, or in old compilers' output an expression of one. */
static bool offset_of(Dwarf_Die *member, uint64_t *ret)
{
	Dwarf_Attribute attribute;
	Dwarf_Word offset = 0;
	Dwarf_Op *operations = NULL;
	size_t nr = 0;

	*ret = 0;
	if (!dwarf_attr(member, DW_AT_data_member_location, &attribute))
		return true; /* of a union */
	if (dwarf_formudata(&attribute, &offset) == 0) {
		*ret = offset;
		return true;
	}
	if (dwarf_getlocation(&attribute, &operations, &nr) || nr != 1 ||
	    operations[0].atom != DW_OP_plus_uconst)
		return false;
	*ret = operations[0].number;
	return true;
}

/* Finds `name` in a struct or union, and in what it has anonymous. */
static enum mcd_status find_member(Dwarf_Die *type, const char *name, unsigned int nesting,
				   struct mcd_place *ret)
{
	Dwarf_Die member;

	if (nesting > NESTING_MAX || dwarf_child(type, &member))
		return MCD_ABSENT;
	do {
		const char *found = dwarf_diename(&member);
		Dwarf_Die inner;
		Dwarf_Word size = 0;
		uint64_t offset = 0;

		if (dwarf_tag(&member) != DW_TAG_member || (found && strcmp(found, name) != 0))
			continue;
		/* A member of layout.def is whole bytes; a bit-field of its name is something else. */
		if (!offset_of(&member, &offset) || !type_of(&member, &inner) ||
		    dwarf_hasattr_integrate(&member, DW_AT_bit_size))
			return MCD_FAULT;
		if (found) {
			/* A flexible array has no size. */
			ret->size_bytes = dwarf_aggregate_size(&inner, &size) ? 0 : size;
			ret->offset = offset;
			return MCD_OK;
		}
		if (find_member(&inner, name, nesting + 1, ret) == MCD_OK) {
			ret->offset += offset;
			return MCD_OK;
		}
	} while (dwarf_siblingof(&member, &member) == 0);
	return MCD_ABSENT;
}

/* ---- the operations ---- */

static enum mcd_status dwarf_types_size(struct mcd_types *types, const char *type, uint64_t *ret)
{
	Dwarf_Die die;
	enum mcd_status status = find_struct((struct dwarf_types *)types, type, &die);
	int size;

	if (status)
		return status;
	size = dwarf_bytesize(&die);
	*ret = (uint64_t)size;
	return size < 0 ? MCD_FAULT : MCD_OK;
}

static enum mcd_status dwarf_types_member(struct mcd_types *types, const char *type,
					  const char *member, struct mcd_place *ret)
{
	Dwarf_Die die;
	enum mcd_status status = find_struct((struct dwarf_types *)types, type, &die);

	return status ? status : find_member(&die, member, 0, ret);
}

static enum mcd_status dwarf_types_enumerator(struct mcd_types *types, const char *name,
					      uint64_t *ret)
{
	struct dwarf_types *self = (struct dwarf_types *)types;

	return find(self, &self->wanted.enumerators, name, ret);
}

static void dwarf_types_close(struct mcd_types *types)
{
	dwarf_end(((struct dwarf_types *)types)->dwarf);
	free(types);
}

static const struct mcd_types_ops ops = {
	.name = "dwarf",
	.type_size = dwarf_types_size,
	.member = dwarf_types_member,
	.enumerator = dwarf_types_enumerator,
	.close = dwarf_types_close,
};

enum mcd_status mcd_types_from_dwarf(struct mcd_image *image, const struct mcd_symbols *symbols,
				     struct mcd_types **ret, struct mcd_error *error)
{
	struct dwarf_types *self;

	if (!mcd_image_has_dwarf(image))
		return mcd_error_set(error, MCD_ABSENT, "%s: has no debuginfo", image->path);
	self = calloc(1, sizeof(*self));
	if (!self)
		return mcd_error_set(error, MCD_NO_MEMORY, "%s: debuginfo", image->path);
	self->types.ops = &ops;
	self->symbols = symbols;
	mcd_types_want(&self->wanted);
	self->dwarf = dwarf_begin_elf(image->elf, DWARF_C_READ, NULL);
	if (self->dwarf) {
		*ret = &self->types;
		return MCD_OK;
	}
	free(self);
	return mcd_error_set(
		error, MCD_CORRUPT,
		"%s: debuginfo: %s: is it compressed as this elfutils (%d.%d) does not "
		"know? objcopy --decompress-debug-sections %s vmlinux.decompressed",
		image->path, dwarf_errmsg(-1), _ELFUTILS_VERSION / 1000, _ELFUTILS_VERSION % 1000,
		image->path);
}
