// SPDX-License-Identifier: GPL-2.0-or-later
/* Types from the kernel's own BTF in the dump, parsed by libbpf. See types.h. */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "standalone/dump/dump.h"
#include "standalone/symbols/symbols.h"
#include "standalone/types/types.h"
#include "standalone/wanted.h"

enum {
	BTF_BYTES_MAX = 64 << 20,
	NESTING_MAX = 16,
	NR_MEMBERS_MAX =
		1 << 16, /* looked at for one answer: damaged types may refer to themselves */
};

struct btf_types {
	struct mcd_types types;
	struct btf *btf;
	struct mcd_types_wanted wanted;
};

/* ---- one pass over all types ---- */

static void take_name(struct btf_types *self, struct mcd_wanted_set *set, uint32_t name_at,
		      uint64_t value)
{
	const char *name = btf__name_by_offset(self->btf, name_at);

	if (name)
		mcd_wanted_offer(set, name, strlen(name), value);
}

/* The flag of the kind tells whether values have a sign: include/uapi/linux/btf.h. */
static void take_enumerators(struct btf_types *self, const struct btf_type *type)
{
	for (uint32_t i = 0; i < btf_vlen(type); i++) {
		int32_t value = btf_enum(type)[i].val;

		take_name(self, &self->wanted.enumerators, btf_enum(type)[i].name_off,
			  btf_kflag(type) ? (uint64_t)(int64_t)value : (uint32_t)value);
	}
}

static void take_type(struct btf_types *self, uint32_t id, const struct btf_type *type)
{
	switch (btf_kind(type)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		take_name(self, &self->wanted.structs, type->name_off, id);
		break;
	case BTF_KIND_ENUM:
		take_enumerators(self, type);
		break;
	case BTF_KIND_ENUM64:
		for (uint32_t i = 0; i < btf_vlen(type); i++)
			take_name(self, &self->wanted.enumerators, btf_enum64(type)[i].name_off,
				  btf_enum64_value(&btf_enum64(type)[i]));
		break;
	default:
		break;
	}
}

static void take_all(struct btf_types *self)
{
	uint32_t nr = btf__type_cnt(self->btf);

	for (uint32_t id = 1; id < nr; id++)
		take_type(self, id, btf__type_by_id(self->btf, id));
}

/* ---- members ---- */

static bool is_aggregate(const struct btf_type *type)
{
	return type && (btf_is_struct(type) || btf_is_union(type));
}

/* The type behind typedefs and qualifiers; NULL where that leads nowhere. */
static const struct btf_type *peeled(const struct btf *btf, uint32_t id)
{
	int peeled_id = btf__resolve_type(btf, id);

	return peeled_id < 0 ? NULL : btf__type_by_id(btf, (uint32_t)peeled_id);
}

/* Finds `name` in a struct or union, and in what it has anonymous; `left` members may be looked at. */
static enum mcd_status find_member(const struct btf *btf, const struct btf_type *type,
				   const char *name, unsigned int nesting, unsigned int *left,
				   struct mcd_place *ret)
{
	if (nesting > NESTING_MAX || !is_aggregate(type))
		return MCD_ABSENT;
	for (uint32_t i = 0; i < btf_vlen(type) && *left; i++) {
		const struct btf_member *member = &btf_members(type)[i];
		const char *found = btf__name_by_offset(btf, member->name_off);
		uint64_t offset = btf_member_bit_offset(type, i) / 8;

		--*left;
		if (found && strcmp(found, name) == 0) {
			int64_t size = btf__resolve_size(btf, member->type);

			/* Members of layout.def are whole bytes. */
			if (btf_member_bitfield_size(type, i) || btf_member_bit_offset(type, i) % 8)
				return MCD_FAULT;
			/* A flexible array counts no elements. */
			ret->size_bytes = size < 0 ? 0 : (uint64_t)size;
			ret->offset = offset;
			return MCD_OK;
		}
		if ((!found || !*found) && find_member(btf, peeled(btf, member->type), name,
						       nesting + 1, left, ret) == MCD_OK) {
			ret->offset += offset;
			return MCD_OK;
		}
	}
	return MCD_ABSENT;
}

/* ---- the operations ---- */

static enum mcd_status find(const struct mcd_wanted_set *set, const char *name, uint64_t *ret)
{
	const struct mcd_wanted *wanted = mcd_wanted_find(set, name, strlen(name));

	if (!wanted || !wanted->is_found)
		return MCD_ABSENT;
	*ret = wanted->value;
	return MCD_OK;
}

static enum mcd_status find_struct(struct btf_types *self, const char *name,
				   const struct btf_type **ret)
{
	uint64_t id = 0;
	enum mcd_status status = find(&self->wanted.structs, name, &id);

	if (status)
		return status;
	*ret = btf__type_by_id(self->btf, (uint32_t)id);
	return is_aggregate(*ret) ? MCD_OK : MCD_FAULT;
}

static enum mcd_status btf_types_size(struct mcd_types *types, const char *name, uint64_t *ret)
{
	const struct btf_type *type = NULL;
	enum mcd_status status = find_struct((struct btf_types *)types, name, &type);

	if (!status)
		*ret = type->size;
	return status;
}

static enum mcd_status btf_types_member(struct mcd_types *types, const char *name,
					const char *member, struct mcd_place *ret)
{
	struct btf_types *self = (struct btf_types *)types;
	const struct btf_type *type = NULL;
	unsigned int left = NR_MEMBERS_MAX;
	enum mcd_status status = find_struct(self, name, &type);

	return status ? status : find_member(self->btf, type, member, 0, &left, ret);
}

static enum mcd_status btf_types_enumerator(struct mcd_types *types, const char *name,
					    uint64_t *ret)
{
	return find(&((struct btf_types *)types)->wanted.enumerators, name, ret);
}

static void btf_types_close(struct mcd_types *types)
{
	btf__free(((struct btf_types *)types)->btf);
	free(types);
}

static const struct mcd_types_ops ops = {
	.name = "btf",
	.type_size = btf_types_size,
	.member = btf_types_member,
	.enumerator = btf_types_enumerator,
	.close = btf_types_close,
};

/* ---- opening ---- */

static enum mcd_status read_btf(struct mcd_dump *dump, uint64_t start, size_t size, void *bytes,
				struct mcd_error *error)
{
	if (mcd_dump_read(dump, start, bytes, size))
		return mcd_error_set(error, MCD_FAULT, "%s: the kernel's BTF: %s", dump->path,
				     mcd_dump_reason(dump));
	return MCD_OK;
}

static enum mcd_status parse(struct btf_types *self, struct mcd_dump *dump, uint64_t start,
			     size_t size, struct mcd_error *error)
{
	void *bytes = malloc(size);
	enum mcd_status status;

	if (!bytes)
		return mcd_error_set(error, MCD_NO_MEMORY, "the kernel's BTF of %zu bytes", size);
	status = read_btf(dump, start, size, bytes, error);
	if (!status) {
		libbpf_set_print(NULL);
		self->btf = btf__new(bytes, (uint32_t)size);
		if (!self->btf)
			status = mcd_error_set(error, errno == ENOMEM ? MCD_NO_MEMORY : MCD_CORRUPT,
					       "%s: the kernel's BTF: libbpf: %s", dump->path,
					       strerror(errno));
	}
	free(bytes);
	return status;
}

/* Where the kernel keeps it: include/asm-generic/vmlinux.lds.h, before that scripts/link-vmlinux.sh. */
static bool find_btf(const struct mcd_symbols *symbols, uint64_t *ret_start, uint64_t *ret_end)
{
	static const char *const names[][2] = {
		{ "__start_BTF", "__stop_BTF" },
		{ "_binary__btf_vmlinux_bin_start", "_binary__btf_vmlinux_bin_end" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (mcd_symbols_find(symbols, names[i][0], ret_start) &&
		    mcd_symbols_find(symbols, names[i][1], ret_end))
			return true;
	return false;
}

enum mcd_status mcd_types_from_btf(struct mcd_dump *dump, const struct mcd_symbols *symbols,
				   struct mcd_types **ret, struct mcd_error *error)
{
	uint64_t start = 0, end = 0;
	struct btf_types *self;
	enum mcd_status status;

	if (!find_btf(symbols, &start, &end))
		return mcd_error_set(error, MCD_ABSENT, "%s: its kernel has no BTF", dump->path);
	if (end <= start || end - start > BTF_BYTES_MAX)
		return mcd_error_set(error, MCD_CORRUPT,
				     "%s: the kernel's BTF cannot have %" PRIu64 " bytes",
				     dump->path, end - start);
	self = calloc(1, sizeof(*self));
	if (!self)
		return mcd_error_set(error, MCD_NO_MEMORY, "the kernel's BTF");
	self->types.ops = &ops;
	mcd_types_want(&self->wanted);
	status = parse(self, dump, start, (size_t)(end - start), error);
	if (status) {
		free(self);
		return status;
	}
	take_all(self);
	*ret = &self->types;
	return MCD_OK;
}
